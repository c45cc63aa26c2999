#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointctl probe, verify and plan, on BIND.
# What:  one look by hand at addresses and at a host name, up, down, and where this host cannot look; only so many at a time; the daemon
#        believes what it believed, and looks when it would have looked. What each name server serves, and which
#        lags. What a dry run would send, and that nsupdate takes it.
# Names: CLI-3, CLI-7, CLI-8, CLI-13.
OWN_MOUNTS=yes
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
api 5 A $P4
ZONE
start_bind
start_bind_secondary
start_site primary $P4
start_site secondary $S4

# The resolver of this host: /etc/resolv.conf and /etc/hosts of its own.
printf '%s\n' "lb1.example.org $P4 2" "gone.example.org nothing" >"$DIR/answers"
start resolver "$HOSTILE/resolver.py" --listen 127.0.0.1:53 --answers "$DIR/answers"
wait_until 10 grep -q ready "$DIR/resolver.log" || bail "no resolver: $(tail -n 3 "$DIR/resolver.log")"
printf 'nameserver 127.0.0.1\n' >"$DIR/resolv.conf"
mount --bind "$DIR/resolv.conf" /etc/resolv.conf

write_config 'audit: 1s' "verify: [\"$NS_ADDRESS:$NS_PORT\", \"$NS_ADDRESS:$SECONDARY_PORT\"]" <<CONFIG
$(quick_check)
  sick: {http: "http://www.$ZONE/health", invert: on}
  slow: {exec: [/bin/sleep, "5.007"], timeout: 8s}
  both: {all-of: [web, sick]}
  beat: {heartbeat: 90s}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 1s}
  api.$ZONE: {check: web, primary: $P4, secondary: $F4, ttl: 5s}
CONFIG
record() { "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e ".records[] | select(.record == \"$1.$ZONE\") | $2" >/dev/null; }

say "one probe"
ctl probe web $P4
is "no daemon: exit 3" "$status" 3
start_daemon
wait_until 10 record www '.condition == "ok" and .in_dns and .targets[1].state == "up"'
ctl probe web $P4
is "a live target: exit 0" "$status" 0
like "the head" "$out" "^check web: GET http://www\.$ZONE/health via $P4:80$"
like "phases" "$out" "^  connect      [0-9.]+ ms$"
like "verdict" "$out" "^verdict        up \(ok\)\.  Nothing was changed\.$"
"$REPOINTD" -c "$CONFIG" --probe web $P4 >"$DIR/alone"
is "as repointd --probe tells it" "$(sed -E 's/[0-9.]+ ms/MS/' "$DIR/alone")" "$(sed -E 's/[0-9.]+ ms/MS/' "$DIR/out")"
ctl probe web $F4
is "a dead one: exit 1" "$status" 1
like "where it failed" "$out" "^  connect      FAILED after [0-9.]+ ms: .*Connection refused$"
like "verdict" "$out" "^verdict        down \(refused\)\.  Nothing was changed\.$"
ctl probe sick $P4
is "inverted: exit 1" "$status" 1
like "and says so" "$out" "^verdict        down \(inverted\)\."
ctl probe web 198.18.0.1
is "no route from here: exit 3" "$status" 3
like "is no verdict" "$out" "^verdict        none, this host could not ask \(local-error\)"
for words in "wbe $P4" "web a..b" "both $P4" "beat $P4"; do
    # shellcheck disable=SC2086
    ctl probe $words
    is "probe $words: exit 2" "$status" 2
done
like "the reason is said" "$err" "check 'beat' waits for heartbeats"
ctl probe both $P4
like "a calculated one names its parts" "$err" "'both' is calculated; probe what it is made of: web sick$"
ctl probe wbe $P4
like "a slip is guessed" "$err" "no check named 'wbe'; did you mean 'web'"
ctl probe web $P4 --json
is "JSON: exit 0" "$status" 0
ok "with the result" jq -e ".version == 1 and .check == \"web\" and .address == \"$P4\" and .state == \"up\" and .result.code == 200 and
    .result.phases.connect_ms > 0 and .result.certificate_end == null and (.text | test(\"Nothing was changed\"))" "$DIR/out"

say "a host name"
ctl probe web lb1.example.org
is "exit 0" "$status" 0
like "the head names it" "$out" "via lb1\.example\.org:80$"
like "and its phase" "$out" "^  resolve      [0-9.]+ ms$"
ctl probe web gone.example.org
is "one that is not there: exit 1" "$status" 1
like "says so" "$out" "^  resolve      FAILED after [0-9.]+ ms: .*gone\.example\.org"
status=0
out=$("$REPOINTD" -c "$CONFIG" --probe web lb1.example.org) || status=$?
is "repointd --probe knows it, too: exit 0" "$status" 0
like "with the phase" "$out" "^  resolve      [0-9.]+ ms$"

say "no more than four at a time, and nothing else waits for them"
before=$(asked)
for i in 1 2 3 4; do "$REPOINTCTL" probe slow $P4 --socket "$SOCKET" >"$DIR/slow$i" 2>&1 & slow[i]=$!; done
wait_until 5 eval '[ "$(pgrep -cf "/bin/sleep 5.007")" -eq 4 ]'
ctl probe slow $P4
is "a fifth: exit 3" "$status" 3
like "is told to come again" "$err" "too many probes by hand"
ctl probe nothing $P4
is "what is no check is told as ever: exit 2" "$status" 2
ok "the daemon goes on looking" wait_until 5 eval '[ "$(asked)" -ge $((before + 3)) ]'
for i in 1 2 3 4; do wait "${slow[i]}"; codes[i]=$?; done
is "each had its answer" "${codes[*]}" "0 0 0 0"
is "nothing was believed of it" "$(count_told target-down "$P4")$(count_told failover)" 00
is "and nothing is told of it" "$(count_told command)" 0
"$REPOINTCTL" probe slow $P4 --socket "$SOCKET" >"$DIR/slow" 2>&1 & last=$!
wait_until 5 pgrep -f "/bin/sleep 5.007"
sed -i 's/^  sick: .*/  sick: {tcp: 80}/' "$CONFIG"
ctl reload
is "a reload does not wait for a look" "$status" 0
wait $last
is "which then has no verdict: exit 3" "$?" 3
like "and says why" "$(<"$DIR/slow")" "the configuration was reloaded meanwhile"

say "what is served"
wait_until 10 record www '.condition == "ok" and .targets[1].state == "up"'
ctl verify
is "all is as wanted: exit 0" "$status" 0
like "a head" "$out" "^RECORD +SERVER +SERVES +SERIAL +OK +DETAIL$"
like "the update server, signed" "$out" "^www\.$ZONE +ns1 \(signed\) +$P4 +[0-9]+ +yes$"
like "as the world asks it" "$out" "^www\.$ZONE +$NS_ADDRESS:$NS_PORT +$P4 +[0-9]+ +yes$"
like "its secondary" "$out" "^api\.$ZONE +$NS_ADDRESS:$SECONDARY_PORT +$P4 +[0-9]+ +yes$"
like "the end" "$out" "^2 records: 2 served as wanted, 0 not\.$"
ctl failover "www.$ZONE" --reason test
is "a change that the secondary is not told of" "$status" 0
ctl verify "www.$ZONE" "www.$ZONE"
is "one lags: exit 1" "$status" 1
like "which one, and what it serves" "$out" "^www\.$ZONE +$NS_ADDRESS:$SECONDARY_PORT +$P4 +[0-9]+ +NO$"
like "the others do not" "$out" "^www\.$ZONE +$NS_ADDRESS:$NS_PORT +$S4 +[0-9]+ +yes$"
is "who is named twice is asked about once" "$(wc -l <"$DIR/out")" 5
ctl verify "www.$ZONE" --json
ok "as JSON" jq -e ".version == 1 and (.records | length == 1) and (.records[0] | .ok == false and .wanted == {A: [\"$S4\"]} and
    (.servers | length == 3) and ([.servers[] | select(.signed)] | length == 1) and (.servers[] | select(.ok == false) | .serves == {A: [\"$P4\"]}))" "$DIR/out"
ctl verify "wwww.$ZONE"
is "a record that is not there: exit 1" "$status" 1
stop bind-secondary
ctl verify "www.$ZONE"
is "one that is away: exit 1" "$status" 1
like "and why" "$out" "^www\.$ZONE +$NS_ADDRESS:$SECONDARY_PORT +- +- +NO +[^ ]"
ctl release "www.$ZONE"
rm -f "$DIR/secondary/zone.db"
start_bind_secondary
nsupdate_now <<LINES
update delete _repointd.api.$ZONE. TXT
LINES
wait_until 10 record api '.condition == "unowned"'
ctl verify "api.$ZONE"
is "what is not ours is not as wanted: exit 1" "$status" 1
like "and says so" "$out" "^api\.$ZONE +ns1 \(signed\) +$P4 +[0-9]+ +NO +the marker there is not ours$"
ctl adopt "api.$ZONE" --expect $P4
wait_until 10 record www '.answer == "primary" and .condition == "ok"'

say "the plan"
ctl plan
is "exit 0" "$status" 0
is "where all is well not one message" "$(grep -vc '^;' "$DIR/out")" 0
like "each record is told of" "$out" "^; www\.$ZONE: nothing to send; answers primary; primary up, secondary up"
stop repointd
printf 'safety: {dry-run: on}\n' >>"$CONFIG"
start_daemon
stop primary
ok "a dry run would send" wait_until 20 told would-send "record=www\.$ZONE"
before=$(serial)
ctl plan
is "exit 0" "$status" 0
like "where to" "$out" "^server $NS_ADDRESS $NS_PORT$"
like "what has to stand there" "$out" "^prereq yxrrset www\.$ZONE\. IN A $P4$"
like "and comes in its place" "$out" "^update add www\.$ZONE\. 5 IN A $S4$"
is "and no secret" "$(grep -cF "$KEY_SECRET" "$DIR/out")" 0
like "that it is a dry run" "$out" "^; dry run: it sends none of this$"
like "the other has nowhere to go" "$out" "^; api\.$ZONE: nothing to send; answers primary; primary down \(refused\), secondary (down|unknown)"
ctl plan --json
ok "as JSON" jq -e ".version == 1 and .dry_run and (.records | length == 2) and (.records[0] | .record == \"www.$ZONE\" and .plan == \"switch\"
    and (.message | endswith(\"\nsend\n\"))) and .records[1].plan == null and .records[1].message == null" "$DIR/out"
is "nothing was sent" "$(serial)" "$before"
ctl plan
stop repointd
ok "with the daemon stopped nsupdate takes it" nsupdate -t 5 -k "$KEY_FILE" "$DIR/out"
is "and the record has moved" "$(dig_short www A)" $S4
done_testing
