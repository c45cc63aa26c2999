#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a daemon that gets no time, on BIND.
# What:  it stands still while the primary dies and comes back, for less and for more than its results are good for: the
#        gap is told, nothing is written, nobody is down. Awake again it notices a death as ever.
# Names: faults 11, 13; N5; acceptance 16 (interval 500 ms and 5 s stand in for 10 s and a minute).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 2s' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 400ms}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}
CONFIG
asked_more() { [ "$(asked)" -ge "$1" ]; }
start_daemon
ok "the record is adopted" wait_until 20 told owned
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'

say "the process stands still while the primary dies and comes back"
stands_still() # SECONDS
{
    freeze_process repointd
    stop primary KILL
    sleep "$1"
    start_site primary $P4
    thaw_process repointd
}
for seconds in 2 5; do
    written=$(serial) gaps=$(count_told gap) downs=$(count_told target-down)
    stands_still $seconds
    ok "$seconds s: the gap is told" wait_until 10 eval '[ "$(count_told gap)" = $((gaps + 1)) ]'
    ok "$seconds s: as long as it was" [ "$(line_of gap | field duration_usec)" -ge $((seconds * 1000000 - 1000000)) ]
    ok "$seconds s: 20 probes later …" wait_until 30 asked_more $(($(asked) + 20))
    is "$seconds s: … nothing was written, nobody is down" "$(serial)|$(count_told target-down)" "$written|$downs"
done

say "and it is awake"
stop primary KILL
ok "the primary dies for good: switched" wait_until 20 serves www A $S4
is "by one change" "$(serial)" $((written + 1))
stop repointd
done_testing
