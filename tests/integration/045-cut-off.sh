#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a host with references of `connectivity`, a record of two targets, on BIND.
# What:  when nothing outside answers, one line says so and not one update leaves, nor after the return; a primary that died
#        meanwhile is left by the rules; targets alone that are lost move nothing; without a route the same.
# Names: faults 1, 2, 4, 5, 6; S7; acceptance 15.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_site primary $P4
start_site secondary $S4
start_site outside $F4
write_config 'audit: 1s' <<CONFIG
$(quick_check)
defaults: {record: {fail-back-delay: 1s}}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4}
safety:
  start-grace: 2s
  connectivity: {tcp: ["$F4:80", "$F4:8080"], interval: 1s, timeout: 500ms}
CONFIG
lose() # ADDRESS…: what is sent there gets lost
{
    nft "add table inet cut; add chain inet cut out { type filter hook output priority 0; };
        $(printf 'add rule inet cut out ip daddr %s drop;' "$@")"
}
mend() { nft delete table inet cut; }

start_daemon
ok "one reference of two is enough: the record is adopted" wait_until 20 told owned
is "no line about this host" "$(count_told connectivity)" 0

say "the line of this host is gone"
before=$(serial)
lose $P4 $S4 $F4
ok "it says so" wait_until 15 told connectivity 'cut off'
is "in these words" "$(line_of connectivity | field msg)" \
    "this host looks cut off (0 of 2 answer): all decisions frozen, DNS left as it is"
ok "many probes later …" many_probes 40
is "… it is one line" "$(count_told connectivity)" 1
is "… nothing was told of targets that are down" "$(count_told target-down)|$(count_told no-healthy-target)" "0|0"
is "… and nothing was written" "$(serial)|$(dig_short www A)" "$before|$P4"

say "it is back"
mend
ok "that is told" wait_until 15 told connectivity 'connected again \(1 of 2 answer\)'
ok "many probes later …" many_probes 30
is "… nothing was written either" "$(serial)|$(dig_short www A)" "$before|$P4"

say "targets alone cannot be reached: nobody has proof"
lose $P4 $S4
ok "both are down" wait_until 20 told no-healthy-target
ok "many probes later …" many_probes 20
is "… nothing was written" "$(serial)|$(dig_short www A)" "$before|$P4"
is "… and this host is not to blame" "$(count_told connectivity)" 2
mend
ok "both are up again" wait_until 20 eval '[ "$(count_told target-up)" -ge 4 ]'
many_probes 20 # the standby may have come up first and been taken until the primary was up, too
ok "the primary is published" wait_until 20 serves www A $P4
before=$(serial)

say "the primary dies while this host is cut off"
lose $P4 $S4 $F4
ok "it is cut off" wait_until 15 eval '[ "$(count_told connectivity)" = 3 ]'
stop primary KILL
many_probes 20
is "nothing is written while it is" "$(serial)" "$before"
mend
ok "when the line is back the dead primary is left" wait_until 20 serves www A $S4
is "by one update" "$(serial)" $((before + 1))

say "no route at all"
written=$(serial)
for address in $P4 $S4 $F4; do ip address del $address/32 dev lo; done
ok "this host's own errors close the gate, too" wait_until 15 eval '[ "$(count_told connectivity)" = 5 ]'
many_probes 20
is "nothing was written" "$(serial)|$(dig_short www A)" "$written|$S4"
done_testing
