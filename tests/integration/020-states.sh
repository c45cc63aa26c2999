#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the states in which a daemon may find a record at its start, on BIND.
# What:  standby without a check, both dead, primary dead at start, secondary published at start, missing, created, somebody else's.
# Names: faults 44, 84-89, 95; S5, S6, S16; acceptance 5, 9; r53 43, 62, 69.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www A $P4
twin A $P4
early A $P4
late A $F4
other A 203.0.113.5
half A $P4
half A 203.0.113.5
alias CNAME www
*.wild A $P4
ZONE
start_bind
start_site primary $P4
start_site third $F4
write_config 'audit: 1s' <<CONFIG
$(quick_check)
defaults: {record: {fail-back-delay: 1s, ttl: 5m}}
records:
  www.$ZONE:   {check: web, primary: $P4, secondary: {address: $S4, check: none}}
  twin.$ZONE:  {check: web, primary: $P4, secondary: $S4}
  late.$ZONE:  {check: web, primary: $P4, secondary: $F4, fail-back: manual}
  other.$ZONE: {check: web, primary: $P4, secondary: $S4}
  half.$ZONE:  {check: web, primary: $P4, secondary: $S4}
  alias.$ZONE: {check: web, primary: $P4, secondary: $S4}
  a.wild.$ZONE: {check: web, primary: $P4, secondary: $S4}
  none.$ZONE:  {check: web, primary: $P4, secondary: $S4}
  fresh.$ZONE: {check: web, primary: $P4, secondary: $S4, create: yes}
  quiet.$ZONE: {check: web, primary: $P4, secondary: $S4, create: yes, enabled: off}
safety: {start-grace: 10s}
CONFIG
before=$(serial)
start_daemon

say "what is found at start"
ok "one target's set is adopted" wait_until 20 told owned "record=www.$ZONE"
ok "so is the secondary's" wait_until 20 told owned "record=late.$ZONE"
is "and its answer is left alone" "$(dig_short late A)" $F4
ok "a missing record is told" wait_until 20 told not-ours "record=none.$ZONE"
like "and why nothing is done" "$(line_of not-ours "record=none.$ZONE" | field msg)" 'create'
ok "a missing record is created where that is allowed" wait_until 20 serves fresh A $P4
ok "with a marker" wait_until 5 eval '[ "$(epoch fresh)" = 1 ]'
ok "a foreign set is told" wait_until 20 told not-ours "record=other.$ZONE"
ok "a set with a foreign member too" wait_until 20 told not-ours "record=half.$ZONE"
ok "a CNAME too" wait_until 20 told not-ours "record=alias.$ZONE"
ok "a wildcard's answer is nothing to adopt" wait_until 30 told not-ours "record=a.wild.$ZONE"
is "no marker at the foreign one" "$(marker other)" ""
is "none at the CNAME" "$(marker alias)" ""
is "none under the wildcard" "$(dig_short _repointd.a.wild TXT)" ""
is "none at what is switched off" "$(marker quiet)$(dig_short quiet A)" ""
steps=$(($(serial) - before))
ok "at most four changes of the zone: three adopted, one created" [ "$steps" -ge 1 -a "$steps" -le 4 ]

say "the primary dies; one standby has no check, the other one is dead"
stop primary KILL
ok "the standby without a check is taken" wait_until 20 serves www A $S4
ok "both dead is told" wait_until 20 told no-healthy-target "record=twin.$ZONE"
is "and changes nothing" "$(dig_short twin A)" $P4
is "nor at what is somebody else's" "$(dig_short other A)|$(dig_short half A)|$(dig_short alias CNAME)" \
    "203.0.113.5|$P4 203.0.113.5|www.$ZONE."

say "the standby is started: it is proved, and taken"
start_site secondary $S4
ok "the proved standby is taken" wait_until 20 serves twin A $S4

say "the primary returns: manual fail-back stays"
start_site primary $P4
ok "www returns" wait_until 20 serves www A $P4
ok "twin returns" wait_until 20 serves twin A $P4
is "late stays on its secondary" "$(dig_short late A)" $F4

say "somebody else changes a record"
stop repointd
nsupdate_now <<CHANGE
update delete www.$ZONE A
update add www.$ZONE 30 A 203.0.113.7
CHANGE
start_daemon
ok "a foreign change is told" wait_until 20 told foreign-change "record=www.$ZONE"
like "with what was found" "$(line_of foreign-change | field msg)" '203\.0\.113\.7'
stop primary KILL
ok "the dead primary is noticed" wait_until 20 told failover "record=twin.$ZONE"
is "the foreign value is left alone" "$(dig_short www A)" 203.0.113.7
nsupdate_now <<CHANGE
update delete www.$ZONE A
update add www.$ZONE 30 A $P4
CHANGE
ok "put back, it is ours again, and moves" wait_until 20 serves www A $S4
stop repointd

say "the primary is dead at start"
write_config 'audit: 1s' <<CONFIG
$(quick_check)
records:
  early.$ZONE: {check: web, primary: $P4, secondary: $S4}
CONFIG
start_daemon
ok "it is left for the standby once both are known" wait_until 30 serves early A $S4
stop repointd
done_testing
