#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 35 s
#
# Where: a daemon that gets no time while a message of its own is under way, on BIND behind our proxy.
# What:  it stands still longer than the server's timeout and than its results are good for; meanwhile the answer comes, or gets lost, or
#        the message has not even arrived, and the primary returns or stays dead. Each time the record is right in the end, each change
#        is made and told once, and what comes late does nothing.
# Names: faults 11, 13, 50, 66, 69; N1, N3, N5; S12; acceptance 16.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_proxy
start_site primary $P4
start_site secondary $S4
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1h' 'timeout: 1s' 'retry: {first: 200ms, max: 400ms}' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 1, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 100}
CONFIG
kept() { [ -s "$DIR/state/in-flight.jsonl" ]; }
mode_is() { [ "$(cat "$DIR/proxy.mode")" = "$1" ]; }
moves_told() { said | grep -cE ' event=(failover|fail-back) '; }
told_moves() { [ "$(moves_told)" = "$1" ]; }
answers() { grep -c '^<' "$DIR/proxy.record"; }

# The next message meets the line in this mode (behind it nothing passes, so that nothing else of ours gets through); the process stops
# as soon as it is out, for so long.
stops_in() # MODE SECONDS COMMAND WHILE IT STANDS STILL
{
    gaps=$(count_told gap) moves=$(moves_told) marked=$(epoch www) written=$(serial) answered=$(answers)
    proxy_mode "once $1; cut-request 0"
    sick primary
    wait_until 10 mode_is "cut-request 0" || bail "nothing was sent"
    freeze_process repointd
    proxy_mode pass
    eval "$3"
    sleep "$2"
    thaw_process repointd
    ok "$1, $2 s: the gap is told" wait_until 10 eval '[ "$(count_told gap)" -gt $gaps ]'
}
rests() { wait_until 15 eval '! kept' && wait_until 15 serves www A "$1"; } # ADDRESS

start_daemon
ok "the record is adopted" wait_until 20 told owned
ok "both sites are known" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'

for seconds in 2 4; do
    say "it arrives and is answered, while nobody listens"
    stops_in pass $seconds :
    ok "it is switched" rests $S4
    ok "and told" wait_until 10 told_moves $((moves + 1))
    is "once" "$(epoch www)|$(serial)" "$((marked + 1))|$((written + 1))"
    well primary
    ok "and returns" wait_until 15 told_moves $((moves + 2))

    say "it arrives, and the answer is lost"
    stops_in swallow $seconds :
    ok "it is switched" rests $S4
    ok "and told" wait_until 10 told_moves $((moves + 1))
    is "once" "$(epoch www)|$(serial)" "$((marked + 1))|$((written + 1))"
    well primary
    ok "and returns" wait_until 15 told_moves $((moves + 2))
done

say "it has not arrived, and the primary returns meanwhile"
stops_in hold 4 'well primary'
ok "what is out is made void before it rests" rests $P4
is "by the marker alone" "$(epoch www)|$(serial)" "$((marked + 1))|$((written + 1))"
before=$(answers)
proxy_mode release
ok "it arrives at last" wait_until 10 eval '[ "$(answers)" -gt $before ]'
is "and does nothing" "$(dig_short www A)|$(epoch www)|$(serial)" "$P4|$((marked + 1))|$((written + 1))"
is "nothing was told as switched" "$(moves_told)" "$moves"
proxy_mode pass

say "it has arrived, and the primary returns meanwhile"
stops_in pass 4 'well primary'
ok "the record is back with the primary" wait_until 20 serves www A $P4
ok "and nothing is under way" wait_until 10 not kept
is "there and back, each once" "$(epoch www)|$(serial)" "$((marked + 2))|$((written + 2))"
is "it never stopped over its own traces" "$(said | grep -cE 'event=(conflict|foreign-change|not-ours) ')" 0
stop repointd
done_testing
