#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: calculated, inverted and pushed checks, on BIND.
# What:  all-of leaves a target when one child fails, at-least when too few are left; the reason is the child's; an inverted
#        check is up while the page is not there; a heartbeat moves the record by its word and by its silence.
# Names: r53 42, 50, 53, 56, 58; CLI-2.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
all 5 A $P4
two 5 A $P4
not 5 A $P4
job 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
look() { printf '  %s: {http: "http://www.%s/%s", interval: 500ms, timeout: 450ms, fall: 2, rise: 1%s}\n' "$1" "$ZONE" "$2" "${3:-}"; }
record_of() { printf '  %s.%s: {check: %s, primary: %s, secondary: %s, ttl: 5s, fail-back-delay: 1s}\n' "$1" "$ZONE" "$2" $P4 $S4; }
sick primary maintenance
sick secondary maintenance
write_config 'audit: 2s' 'timeout: 2s' <<CONFIG
checks:
$(look web web; look shop shop; look mail mail; look calm maintenance ', invert: on')
  job: {heartbeat: 4s}
  site: {all-of: [web, shop]}
  some: {at-least: {count: 2, of: [web, shop, mail]}}
records:
$(record_of all site; record_of two some; record_of not calm; record_of job job)
CONFIG
push() { timeout 10 "$REPOINTCTL" heartbeat job "$@" --socket "$SOCKET" >"$DIR/out" 2>"$DIR/err" </dev/null; }
status_of() { "$REPOINTCTL" status --json --socket "$SOCKET" | jq -r ".records[] | select(.record == \"$1.$ZONE\") | $2"; }
states() { [ "$(status_of "$1" '[.targets[].state] | join(" ")')" = "$2" ]; }

is "--plan waits for nobody whom it cannot ask" "$(timeout 30 "$REPOINTD" --plan -c "$CONFIG" >"$DIR/plan" 2>&1; echo $?)" 0
start_daemon
ok "calculated and inverted ones are up" wait_until 15 eval 'states all "up up" && states two "up up" && states not "up up"'
ok "a heartbeat is unknown before the first" states job "unknown unknown"
ok "a push" push $P4 up
is "is silent" "$(cat "$DIR/out" "$DIR/err")" ""
ok "and counts at once" states job "up unknown"
push $S4 up

say "one child of the primary fails"
sick primary shop
ok "all-of leaves it" wait_until 10 serves all A $S4
ok "told with the child's reason" told target-down "all\.$ZONE .*reason=status.*shop: HTTP 503"
push $P4 up
push $S4 up
is "two of three are enough" "$(dig_short two A)" $P4
sick primary mail
push $P4 up
push $S4 up
ok "one of three is not" wait_until 10 serves two A $S4

say "the page is there: the inverted check fails"
well primary maintenance
push $P4 up
push $S4 up
ok "the record moves" wait_until 10 serves not A $S4
ok "told as what it is" told target-down "not\.$ZONE .*reason=inverted"

say "heartbeats"
push $S4 up
ok "a bad word" push $P4 down --reason "disk full"
push $S4 up
ok "moves the record" wait_until 10 serves job A $S4
ok "with its reason" told target-down "job\.$ZONE .*disk full"
push $P4 up
push $S4 up
ok "and a good one brings it back" wait_until 10 serves job A $P4
push $S4 up
ok "silence is a failure" wait_until 10 states job "down up"
ok "told as missed" told target-down "job\.$ZONE .*reason=heartbeat-missed"
not push 192.0.2.99 up
like "an address that is none" "$(<"$DIR/err")" "no target with check 'job' has the address 192\.0\.2\.99"
ok "a refused push is in the log" wait_until 5 told command 'heartbeat.*refused'
done_testing
