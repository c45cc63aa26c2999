#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointctl and the control socket, on BIND.
# What:  status before and after a failover, as a table and as JSON, and to a monitor; a name that is not there; who may and who may not; no
#        daemon; a socket left behind, one that is served; clients that are a nuisance.
# Names: fault 132; CLI-1, CLI-3, CLI-4, CLI-11, CLI-12, CLI-13, CLI-14, CLI-15.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
api 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 1s}
  api.$ZONE: {check: web, primary: $P4, secondary: $F4, ttl: 5s}
CONFIG

json() { "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e "$@"; }
record() { json ".records[] | select(.record == \"$1.$ZONE\") | $2" >/dev/null; }

say "no daemon"
ctl check
is "a monitor hears UNKNOWN" "$status" 3
like "on stdout" "$out" "^REPOINTD UNKNOWN - no control socket $SOCKET: "
ctl wait "www.$ZONE" primary
is "wait: exit 3" "$status" 3
ctl status
is "no socket: exit 3" "$status" 3
like "the socket is named" "$err" "no control socket $SOCKET: does repointd run"

start_daemon
wait_until 10 record www '.condition == "ok" and .in_dns and .targets[1].state == "up"'
wait_until 10 record api '.in_dns and .targets[1].state == "down"'

say "status"
ctl status
is "exit 0" "$status" 0
like "the head" "$out" '^RECORD +ANSWER +PRIMARY +SECONDARY +IN DNS +SINCE +WHY$'
like "a record on its primary" "$out" "^www\.$ZONE +primary +up +up +yes +[0-9.ms]+$"
like "one without a standby" "$out" "^api\.$ZONE +primary +up +down  [0-9]+x +yes +[0-9.ms]+ +no standby: "
like "the closing line" "$out" '^2 records: 2 on primary\.  connectivity not watched\.  config [0-9:]{8}, ok\.$'
is "nothing is coloured in a pipe" "$(grep -c $'\033' "$DIR/out")" 0
ctl status --color=always
ok "but where it is asked for" grep -q $'\033' "$DIR/out"
ctl status --color=never
is "and never otherwise" "$(grep -c $'\033' "$DIR/out")" 0
is "status changes nothing" "$(count_told command)" 0
ctl status "www.$ZONE"
is "one record alone" "$(wc -l <"$DIR/out")" 3
ctl status "wwww.$ZONE"
is "a record that is not there: exit 1" "$status" 1
like "is guessed" "$err" "no record named 'wwww.$ZONE'; did you mean 'www.$ZONE'\?"
ctl status "api.$ZONE" --json
ok "a name that is asked for in JSON" jq -e '.records | length == 1' "$DIR/out"

say "for monitors"
ctl check "www.$ZONE"
is "a record on its first target: OK" "$status" 0
like "in one line" "$out" '^REPOINTD OK - 1 record on its first target \| records=1 failed_over=0;0;1 unhealthy=0;;0 out_of_sync=0;;0 overrides=0$'
ctl check "wwww.$ZONE"
is "an unknown record: UNKNOWN" "$status" 3
for words in "check --foo" "--foo check" "check a b" "check --no-wait"; do
    # shellcheck disable=SC2086
    ctl $words
    is "repointctl $words: UNKNOWN" "$status" 3
done
ctl hold "www.$ZONE" --reason freeze
ctl check "www.$ZONE"
is "held: WARNING" "$status" 1
like "by whom and why" "$out" "1 of 1 record held: www\.$ZONE \(by root: freeze\) .* overrides=1$"
ctl release "www.$ZONE"
ctl wait "www.$ZONE" primary
is "what is there need not be waited for" "$status" 0
ctl wait "www.$ZONE" secondary --timeout 600ms
is "the time is out: exit 1" "$status" 1
like "and what is missing" "$err" "www\.$ZONE does not answer with secondary yet: it answers with primary"
ctl wait "www.$ZONE" tertiary
is "no such target: exit 1, at once" "$status" 1
like "those that there are" "$err" "has no target 'tertiary'; it has primary, secondary"

say "again and again"
status=0
timeout 3 "$REPOINTCTL" status --watch=300ms --socket "$SOCKET" >"$DIR/out" || status=$?
is "status --watch goes on until it is stopped" "$status" 124
ok "with a table each time" [ "$(grep -c '^RECORD' "$DIR/out")" -ge 3 ]

say "the level of the log"
ctl log-level debug --for 700ms
is "exit 0" "$status" 0
ok "each probe is told" wait_until 10 eval 'said | grep -q "level=debug.*msg=\"probe web"'
ok "who wanted it is told" told command 'user=root .*log-level debug for '
ok "and that it is over" wait_until 10 told command 'its time is over: info again'
ctl log-level loud
is "no such level: exit 2" "$status" 2
like "those that there are" "$err" "error, warning, notice, info or debug"

say "JSON"
ok "version, connectivity, config, dry run" json '.version == 1 and (.connectivity == {configured: false, ok: true, answering: 0, of: 0})
    and .config.ok and (.config.loaded | test("^20[0-9-]+T[0-9:]+Z$")) and .dry_run == false'
ok "a record" record www ".name == \"www.$ZONE\" and .zone == \"$ZONE\" and .types == [\"A\"] and .answer == \"primary\" and
    .in_dns and .condition == \"ok\" and .why == \"\" and .override == null and (.since | test(\"Z$\")) and .marker.epoch == 1"
ok "its target" record www ".targets[0] | .role == \"primary\" and .label == null and .state == \"up\" and .streak > 0 and
    .check == \"web\" and .reason == \"ok\""
ok "its address" record www ".targets[0].addresses == [{address: \"$P4\", state: \"up\", latency_ms: .targets[0].addresses[0].latency_ms, certificate_end: null}]
    and .targets[0].addresses[0].latency_ms > 0"
ok "what is down" record api '.targets[1] | .state == "down" and .streak < 0 and .reason == "refused" and
    (.detail | length > 0) and .addresses[0].latency_ms == null'
ok "curl speaks it as well" sh -c "curl -sf --unix-socket '$SOCKET' http://x/v1/status | jq -e '.version == 1'"

say "a failover"
stop primary
ctl wait "www.$ZONE" secondary --timeout 20s
is "is waited for" "$status" 0
ctl check "www.$ZONE"
is "a monitor hears WARNING" "$status" 1
like "of what" "$out" "^REPOINTD WARNING - 1 of 1 record failed over: www\.$ZONE \(primary refused\) "
ctl check
is "and CRITICAL of what has no healthy target" "$status" 2
like "which" "$out" "^REPOINTD CRITICAL - 1 of 2 records without a healthy target: api\.$ZONE \(primary refused, secondary "
ctl status
like "in capitals, with the reason" "$out" "^www\.$ZONE +SECONDARY +down  [0-9]+x +up +yes +[0-9.ms]+ +primary $P4: refused$"
like "what has no healthy target says so" "$out" "^api\.$ZONE +primary +down  [0-9]+x +down .*no healthy target: primary refused, secondary "
like "and is counted" "$out" '^2 records: 1 on primary, 1 failed over\.'
start_site primary $P4
ok "and back" wait_until 20 record www '.answer == "primary" and .in_dns'

say "who may"
is "the socket" "$(stat -c '%a %U:%G' "$SOCKET")" "660 $(id -un):$(id -gn)"
chmod 755 "$DIR/run"
status=0
err=$(setpriv --reuid=nobody --regid=nogroup --clear-groups "$REPOINTCTL" status --socket "$SOCKET" 2>&1) || status=$?
is "another user may not: exit 1" "$status" 1
like "and hears which group may" "$err" "permission denied: root and members of the group '$(id -gn)' may use it"
chmod 750 "$DIR/run"
err=$(setpriv --reuid=nobody --regid=nogroup --clear-groups "$REPOINTCTL" status --socket "$SOCKET" 2>&1)
like "the same where he may not even enter" "$err" "group '$(id -gn)' may use it"
ok "a member of the group may" setpriv --reuid=nobody --regid="$(id -g)" --clear-groups "$REPOINTCTL" status --socket "$SOCKET"
export RUNTIME_DIRECTORY=$DIR/run:/nowhere
ok "the environment names the socket" "$REPOINTCTL" status
unset RUNTIME_DIRECTORY

say "nuisances"
cat >"$DIR/nuisance.py" <<'PYTHON'
import os, socket, sys
def dial():
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    return s
crowd = [dial() for _ in range(100)]
for number, one in enumerate(crowd):
    try:
        if number % 3 == 0: one.send(os.urandom(2000))
        if number % 3 == 1: one.send(b"POST /v1/adopt HTTP/1.1\r\nContent-Length: 60000\r\n\r\n{")
    except OSError:
        pass
for body in (b"", b"[]", b"null", b"{", b'{"record": 7}', b'{"record": "x\\u0000y"}', b'{"record": "a", "record": "b"}', b"[" * 50000,
             b'{"expect": ["192.0.2.1"], "record": "\\u001b[31m"}', os.urandom(60000), b"x" * 65536, b"x" * 65537):
    for path in (b"adopt", b"take-over", b"disown", b"../../etc/passwd", b"%00"):
        one = dial()
        try:
            one.send(b"POST /v1/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (path, len(body)) + body)
            one.recv(65536)
        except OSError:
            pass
        one.close()
print("through")
PYTHON
ok "a hundred silent ones, rubbish, huge bodies" timeout 30 /usr/bin/python3 "$DIR/nuisance.py" "$SOCKET"
ok "it answers as before" json '.version == 1'
ok "it logs what was asked and refused" told command 'user=root .*refused'
is "the log stays clean of what they sent" "$(said | grep -c $'\033')" 0
ok "the records are as they were" record www '.answer == "primary" and .condition == "ok"'

say "a socket that is served"
sed "s|state-directory: .*|state-directory: $DIR/state2|" "$CONFIG" >"$DIR/second.yaml"
status=0
err=$(timeout 10 "$REPOINTD" -c "$DIR/second.yaml" --log-format=logfmt 2>&1) || status=$?
is "a second daemon there: exit 69" "$status" 69
like "and why" "$err" "control socket $SOCKET is served by another process: stop that one"
ok "the first is still there" json '.version == 1'
stop repointd KILL
ok "one that was killed leaves its socket" test -S "$SOCKET"
ctl status
is "nobody behind it: exit 3" "$status" 3
start_daemon
ok "it is replaced" wait_until 5 json '.version == 1'
stop repointd
ok "an orderly end takes it away" not test -e "$SOCKET"

say "usage"
for words in "" "--foo" "stauts" "status --expect=1" "adopt" "adopt www" "adopt www --expect non/sense" "adopt www --expect" \
    "take-over www" "take-over www --owner 12 --epoch 1" "take-over www --all --owner 0123456789abcdef" "disown" \
    "disown a b" "status --json=yes" "take-over www --owner 0123456789abcdef --epoch 0" "history" "log-level" "status --watch=1ms" "history a b" "metrics www" "wait www" "wait www primary --timeout 0s"; do
    # shellcheck disable=SC2086
    ctl $words
    is "repointctl $words: exit 2" "$status" 2
done
ctl stauts
like "a slip is guessed" "$err" "unknown command 'stauts'; did you mean 'status'"
for words in "" status targets explain history events probe plan verify failover failback drain hold release overrides adopt take-over \
    disown heartbeat notify metrics reload log-level check wait; do
    # shellcheck disable=SC2086
    ctl $words --help
    is "repointctl $words --help fits a terminal" "$status $(("$(wc -l <"$DIR/out")" <= 24)) $(awk 'length > 79' "$DIR/out" | wc -l)" "0 1 0"
done
done_testing
