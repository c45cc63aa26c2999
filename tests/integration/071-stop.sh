#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the end of a daemon, with a line between it and BIND that swallows answers.
# What:  an update is out, its answer does not come: TERM waits a while and ends with 0, the second TERM at once; the
#        record stays where the server has brought it, and the next start finds it there and goes on, without one change
#        too many.
# Names: faults 66, 102, 126, 127.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
start_proxy
UPDATE_PORT=$PROXY_PORT write_config 'timeout: 20s' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG

ended() { ! kill -0 "$pid" 2>/dev/null; }
exit_of() # leaves $status
{
    status=0
    wait "$pid" || status=$?
    unset 'PIDS[repointd]'
}
# The daemon has sent an update that was carried out, and waits for an answer that does not come.
start_into_the_dark()
{
    local updates
    updates=$(($(updates_seen | wc -l) + 1)) # its rehearsal, and before that at the first start its adoption
    [ -n "$(epoch www)" ] || updates=$((updates + 1))
    proxy_mode pass
    start_daemon
    pid=${PIDS[repointd]}
    ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
    ok "the record is ours" wait_until 20 eval '[ -n "$(epoch www)" ]'
    ok "it has rehearsed" wait_until 20 eval "[ \"\$(updates_seen | wc -l)\" -ge $updates ]"
    mark=$(epoch www)
    proxy_mode swallow
    stop primary KILL
    ok "the change is made, its answer is swallowed" wait_until 20 serves www A $S4
    is "and not told as published" "$(count_told failover)" 0
}
goes_on()
{
    proxy_mode pass
    start_site primary $P4
    start_daemon
    ok "the next start finds what was published, and returns" wait_until 30 serves www A $P4
    is "by one change after the other" "$(epoch www)" $((mark + 2))
    is "without a complaint" "$(said | grep -cE 'event=(conflict|foreign-change|not-ours|update-failed) ')" 0
    stop repointd
}

say "TERM"
start_into_the_dark
at=$(now_ms)
kill -TERM "$pid"
ok "it ends" wait_until 10 ended
ok "but it has waited for the answer ($(($(now_ms) - at)) ms)" [ $(($(now_ms) - at)) -ge 4000 ]
exit_of
is "with 0" "$status" 0
is "the record stays where it was brought" "$(dig_short www A)" $S4
ok "the end is told" told stopped
goes_on

say "TERM twice"
start_into_the_dark
at=$(now_ms)
kill -TERM "$pid"
# Two that come together are one: the first has to be taken before.
wait_until 2 eval '! grep -qE "^(SigPnd|ShdPnd):.*[1-9a-f]" /proc/$pid/status'
sleep 0.3
kill -TERM "$pid"
ok "the second one does not wait" wait_until 10 ended
took=$(($(now_ms) - at))
exit_of
is "it ends with 0 as well" "$status" 0
ok "long before the 5 s of the first one ($took ms)" [ $took -lt 5000 ]
ok "the end is told" told stopped
goes_on

say "INT while all is well"
start_daemon
pid=${PIDS[repointd]}
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
before=$(serial)
kill -INT "$pid"
ok "it ends" wait_until 10 ended
exit_of
is "with 0" "$status" 0
is "and nothing was written" "$(serial)" "$before"
done_testing
