#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon, BIND, a target of two addresses.
# What:  with publish: healthy the record holds those that are up; with publish: all it holds both as long as the target is up.
# Names: N1, N6; CFG-9 (min-healthy); r53 77.
#
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

T4=192.0.2.251
ip address add $T4/32 dev lo
new_key repointd hmac-sha256
printf '%s\n' "some A $P4" "some A $T4" "all A $P4" "all A $T4" "both A $P4" "both A $T4" | write_zone
start_bind
start_site one $P4
start_site two $T4
start_site secondary $S4
write_config 'audit: 2s' <<CONFIG
$(quick_check)
defaults:
  record: {ttl: 5s, fail-back-delay: 1s}
records:
  some.$ZONE: {check: web, primary: [$P4, $T4], secondary: $S4, publish: healthy}
  all.$ZONE: {check: web, primary: [$P4, $T4], secondary: $S4}
  both.$ZONE: {check: web, primary: {address: [$P4, $T4]}, secondary: [$S4, 198.51.100.77], min-healthy: 2, verify-failover: off}
CONFIG
ip address add 198.51.100.77/32 dev lo
start_site more 198.51.100.77
start_daemon
wait_until 15 eval '[ "$(count_told owned)" = 3 ]'

say "one address of two dies"
stop one
ok "publish: healthy leaves it out" wait_until 10 serves some A $T4
ok "min-healthy: 2 makes the target down" wait_until 10 serves both A "$S4 198.51.100.77"
ok "publish: all keeps both" serves all A "$P4 $T4"
is "the target is not left" "$(count_told failover "record=(some|all)")" 0
ok "which is told as what it is" wait_until 5 told published "some.$ZONE stays on primary, now with $T4; ns1 NOERROR "

say "both are dead, and the first returns"
stop two
ok "the secondary is published" wait_until 10 serves some A $S4
start_site one $P4
ok "the primary comes back with what is up" wait_until 15 serves some A $P4
ok "the line names what was published and nothing else" wait_until 5 told fail-back "some.$ZONE returned secondary -> primary \\($P4\\) "
ok "publish: all comes back with both" wait_until 15 serves all A "$P4 $T4"
ok "and says so" wait_until 5 told fail-back "all.$ZONE returned secondary -> primary \\($P4, $T4\\) "

say "the second returns"
start_site two $T4
ok "it is published again" wait_until 15 serves some A "$P4 $T4"
ok "and told, with the number of its change" \
    wait_until 5 told published "change=[0-9]+ msg=\"some.$ZONE stays on primary, now with ($P4, $T4|$T4, $P4); "
ok "the target is whole" wait_until 15 serves both A "$P4 $T4"
is "nobody was left without an answer" "$(count_told no-healthy-target)" 0
done_testing
