#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 20 s
#
# Where: the daemon, killed with -9 while the answer to its message is awaited, on BIND behind a line that swallows it.
# What:  what was under way stands in in-flight.jsonl before the message leaves; whoever starts next takes it for its own, and at
#        rest the file is empty.
# Names: faults 67, 102, 103.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_bind
start_proxy
start_site primary $P4
start_site secondary $S4
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1h' 'timeout: 5s' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 1, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
kept=$DIR/state/in-flight.jsonl

start_daemon
ok "adopted" wait_until 15 told owned
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
ok "at rest nothing is kept" wait_until 5 not test -s "$kept"
owner=$(marker www | cut -d' ' -f2)

proxy_mode once swallow 0
sick primary
ok "the switch is made, its answer is swallowed" wait_until 10 serves www A $S4
ok "what is under way is kept" jq -e --arg www "www.$ZONE" --arg there $P4 --arg wanted $S4 \
    '.record == $www and .messages[0].kind == "switch" and .messages[0].expect == [$there] and .messages[0].publish == [$wanted]' \
    <<<"$(tail -n 1 "$kept")"
is "with the marker that is served" "$(tail -n 1 "$kept" | jq -r '.messages[0].fresh')" "$(marker www)"
is "and no secret" "$(grep -cF "$KEY_SECRET" "$kept")" 0
is "for nobody else to read" "$(stat -c %a "$kept")" 600

kill -KILL "${PIDS[repointd]}"
wait "${PIDS[repointd]}" 2>/dev/null
unset 'PIDS[repointd]'
well primary
start_daemon
ok "the next process takes it for its own, and goes on" wait_until 15 serves www A $P4
is "one owner" "$(marker www | cut -d' ' -f2)" "$owner"
is "it did not stop over its own traces" "$(count_told '(conflict|foreign-change|not-ours)')" 0
ok "and keeps nothing at the end" wait_until 5 not test -s "$kept"
stop repointd
done_testing
