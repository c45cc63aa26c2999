#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: another configuration in a daemon that runs, by repointctl reload and by SIGHUP, on BIND.
# What:  a bad file changes nothing and its complaints come back; the same file is one line; each kind of edit does what it
#        says and no more; streaks, overrides and the process go on; an update that is held is awaited; a storm is one.
# Names: CFG-14, LOG-10; faults 119 to 125, 128.
# Lasts: 40 s
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
api 5 A $P4
ZONE
start_bind
start_proxy
start_site primary $P4
start_site secondary $S4
start_site third $F4

records() # OF THE SECONDARY OF www, FALL, MORE RECORDS…
{
    UPDATE_PORT=$PROXY_PORT write_config 'audit: 2s' 'timeout: 2s' "verify: ['$NS_ADDRESS:$NS_PORT']" <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: $2, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $1, ttl: 5s, fail-back-delay: 1s}
$(shift 2; printf '  %s\n' "$@")
CONFIG
}
explains() { "$REPOINTCTL" explain "www.$ZONE" --json --socket "$SOCKET" | jq -e "$1" >/dev/null; } # FILTER
streak() { "$REPOINTCTL" explain "www.$ZONE" --json --socket "$SOCKET" | jq '.evidence[0].streak'; }

records "$S4" 2
start_daemon
ok "all is well" wait_until 15 explains '.in_dns and .evidence[0].streak > 2'
pid=${PIDS[repointd]}
before=$(serial)

say "the same file"
ctl reload
is "exit 0" "$status" 0
like "one line" "$out" "^unchanged: nothing has changed"
is "one line in the log, too" "$(count_told reloaded)" 1

say "a bad file"
cp "$CONFIG" "$DIR/good.yaml"
sed -i 's/check: web/check: wep/' "$CONFIG"
ctl reload
is "exit 1" "$status" 1
like "its complaint with its place" "$err" "repointd.yaml:[0-9]+:[0-9]+: error: no check named 'wep'; did you mean 'web'"
like "what stays" "$err" "not reloaded: the configuration of [0-9:]{8} stays in force"
ok "the log says so" told reload-failed "1 error, the one of [0-9:]{8} stays: .*no check named 'wep'"
like "status says that it is not reloaded" "$("$REPOINTCTL" status --socket "$SOCKET" | tail -n 1)" "config [0-9:]{8}, NOT RELOADED"
is "the same process" "${PIDS[repointd]}" "$pid"
ok "which probes on" wait_until 5 explains '.evidence[0].streak > 4'
sed -i "s|state-directory: .*|state-directory: $DIR/elsewhere|" "$DIR/good.yaml"
cp "$DIR/good.yaml" "$CONFIG"
ctl reload
like "what cannot change is refused" "$status $err" "^1 .*daemon.state-directory cannot change while repointd runs"

say "a threshold, and a record more"
former=$(streak)
ctl failover "www.$ZONE" --for 1h --reason "kept over a reload"
records "$S4" 3 "api.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}"
ctl reload
is "exit 0" "$status" 0
like "the difference" "$out" "^reloaded: \+1 record, ~1 check, -0; 2 targets kept their state and streaks"
ok "the streak goes on" eval "[ \"\$(streak)\" -ge $former ]"
ok "the override, too" wait_until 5 explains '.override.reason == "kept over a reload" and .answer == "secondary"'
ok "the new record is taken up" wait_until 10 told owned "record=api.$ZONE"
ctl release "www.$ZONE"
ok "back" wait_until 10 serves www A $P4
ok "nobody was thought dead" not told target-down

say "roles change places, and the published address goes"
records "$S4" 2
sed -i "s/primary: $P4, secondary: $S4/primary: $F4, secondary: $S4/" "$CONFIG"
ctl reload
like "a record less" "$status $out" "^0 reloaded: \+0, ~1 record and 1 check, -1 record"
ok "the first new target that is up takes its place" wait_until 10 serves www A $F4
ok "it was nobody's foreign change" not told foreign-change
is "the record that is gone stays as it is, marker included" "$(dig_short api A)|$(epoch api)" "$P4|1"

say "an update that is held"
proxy_mode "delay 1500"
sick third
ok "an update is under way" wait_until 10 eval '[ -s "$DIR/proxy.record" ] && "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e ".records[0].in_dns == false" >/dev/null'
records "$S4" 2
sed -i "s/primary: $P4, secondary: $S4/primary: $F4, secondary: $S4/; s/ttl: 5s/ttl: 7s/" "$CONFIG"
ctl reload
is "is awaited: exit 0" "$status" 0
proxy_mode pass
ok "and all is right in the end" wait_until 20 eval 'serves www A $S4 && [ "$(ttl www A)" = 7 ]'
ok "with no conflict" not told conflict
well third

ctl reload --no-wait
is "who does not wait hears that it was taken" "$status|$out" "0|accepted, not waited for"

say "a storm of signals"
records "$S4" 2
descriptors=$(find "/proc/$pid/fd" -mindepth 1 | wc -l)
for _ in {1..500}; do kill -HUP "$pid"; done
ok "is a few reloads" wait_until 10 told reloaded 'record'
ok "and then quiet" wait_until 10 explains '.in_dns'
for _ in {1..500}; do kill -HUP "$pid"; done
ok "and none more than one a second" wait_until 5 eval '[ "$(count_told reloaded)" -lt 20 ]'
few_descriptors() { [ "$(find "/proc/$pid/fd" -mindepth 1 | wc -l)" -le $((descriptors + 1)) ]; }
ok "no descriptor is left behind" wait_until 10 few_descriptors
is "the same process" "$(pgrep -f "$CONFIG" | head -n 1)" "$pid"
done_testing
