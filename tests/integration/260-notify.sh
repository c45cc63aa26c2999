#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon with a hook, a webhook and mail, on BIND.
# What:  a hook gets what a golden file says; a webhook's signature holds; twenty fast switches and a slow hook stay in order; a
#        receiver that is away, and a daemon that is killed meanwhile, cost nothing: all arrives once, in order, and what is late
#        says so; a test tells how it went; what waits is told at the stop; a reload keeps queues; drained targets are quiet.
# Names: NOT-1 to NOT-8, NOT-12, NOT-13; r53 88; AWAY_S=300 is how long the receiver is away.
# Lasts: 60 s
# shellcheck source=tests/integration/daemon.sh
OWN_MOUNTS=yes . "$(dirname "$0")/daemon.sh"

SOCKET=$DIR/run/control.sock AWAY_S=${AWAY_S:-3}
new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
RECEIVER_PORT=$(free_port)
printf 'geheim' >"$DIR/hmac.secret"
printf 'http://127.0.0.1:%s/chat\n' "$RECEIVER_PORT" >"$DIR/chat.url"
chmod 600 "$DIR/hmac.secret" "$DIR/chat.url"
: >"$DIR/got"

start_receiver() { start receiver "$HOSTILE/receiver.py" "$RECEIVER_PORT" "$DIR/got" "$DIR/mode" && wait_until 5 nc -z 127.0.0.1 "$RECEIVER_PORT"; }

hook() # NAME: the program that dumps all it gets, after the pause that stands in a file
{
    cat >"$DIR/$1" <<HOOK
#!/bin/sh
sleep "\$(cat $DIR/$1.pause 2>/dev/null || echo 0)"
{ printf 'event=%s record=%s from=%s to=%s and %s more\n' "\$2" "\$3" "\$4" "\$5" "\$((\$# - 5))"; env | grep -v ^PWD= | sort; cat; echo; } >>$DIR/$1.got
echo "\$REPOINT_CHANGE" >>$DIR/$1.changes
echo "the $1 says \$REPOINT_EVENT"
HOOK
    chmod +x "$DIR/$1"
}
hook dump
hook slow

configure() # WORDS OF THE NOTIFIERS…
{
    write_config <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 2, rise: 1}
records:
  www.$ZONE:
    check: web
    primary: {address: $P4, label: fra1}
    secondary: {address: $S4, label: ams2}
    ttl: 5s
    fail-back-delay: 1s
    notify: [$1]
notify:
$(shift; printf '  %s\n' "$@")
CONFIG
}
got() { jq -r "$1" "$DIR/got"; } # FILTER
has_got() { [ "$(got "select(.path == \"$1\") | .headers[\"Idempotency-Key\"]" | sort -u | wc -l)" -ge "$2" ]; } # PATH COUNT
dumped() { [ "$(grep -c "^event=" "$DIR/$1.got" 2>/dev/null)" -ge "$2" ]; } # HOOK COUNT
moves() { ctl failover "www.$ZONE" --to secondary && ctl failback "www.$ZONE"; }
pending() { jq -c 'select(.letter)' "$DIR/state/notifications.jsonl"; }

say "what a hook gets"
start_receiver
configure dump,signed "dump: {exec: [$DIR/dump, first]}" "signed: {webhook: {url: 'http://localhost:$RECEIVER_PORT/signed', secret: {file: $DIR/hmac.secret}}}"
start_daemon
wait_until 15 serves www A "$P4"
wait_until 15 told target-up role=.*secondary
wait_until 15 told target-up address="$S4"
sick primary
ok "the record moves, and the hook has run" wait_until 20 dumped dump 1
well primary
ok "… and when it returns" wait_until 20 dumped dump 2
sed -E -e "s/$ZONE/fo.test/g; s/(HOST=|host\":\")$(hostname)/\1HOST/; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g; s/after [0-9.]+m?s/after SPAN/" \
    -e 's/(outage_seconds":|OUTAGE_SECONDS=)[0-9]+/\1N/; s/(serial":|SERIAL=)[0-9]+/\1N/; s/"failures":[0-9]+/"failures":N/; s/"served":[a-z]+/"served":S/' \
    "$DIR/dump.got" >"$DIR/dump.plain"
[ -z "${WRITE:-}" ] || cp "$DIR/dump.plain" "$TESTS/golden/hook.txt"
ok "arguments, environment and input are those of the golden file" diff -u "$TESTS/golden/hook.txt" "$DIR/dump.plain"
like "what it writes is a line of its own" "$(line_of hook failover)" 'level=info event=hook speaker=hook msg="the dump says failover"'
ok "the webhook has the same two" wait_until 10 has_got /signed 2
is "of the same change" "$(got '.body | fromjson | "\(.event) \(.change)"' | paste -sd' ')" "failover 1 fail-back 2"
is "each signature holds" "$(got 'select(.path == "/signed") | .headers["X-Repoint-Signature"]' | sort)" "$(
    got 'select(.path == "/signed") | .body | @base64' | while read -r body; do
        base64 -d <<<"$body" | openssl dgst -sha256 -hmac geheim -r | sed 's/ .*//; s/^/sha256=/'; done | sort)"
is "with a key for each" "$(got '.headers["Idempotency-Key"]' | sort -u | wc -l)" 2
is "nothing waits" "$(pending)" ""

say "tests"
ctl notify signed --test
like "a test that arrives says so" "$status $out" '^0 signed: the test message has arrived: HTTP 204 in [0-9]+ ms$'
is "it is marked" "$(got '.body | fromjson | select(.test) | .event')" test
echo 503 >"$DIR/mode"
ctl notify signed --test
like "one that does not says why" "$status $err" '^1 repointctl: signed: HTTP 503: no\\x1b'
rm "$DIR/mode"
ctl notify sigend --test
like "one who is not there" "$status $err" "no notifier named 'sigend'; did you mean 'signed'"
ctl notify signed
is "without --test nothing is sent" "$status" 2

say "twenty fast switches, and a hook that takes its time"
echo 0.3 >"$DIR/slow.pause"
configure slow "slow: {exec: [$DIR/slow, first], on: [failover, fail-back]}"
ctl reload
is "the notifiers are others now" "$status" 0
for ((i = 0; i < 10; i++)); do
    moves || break
    sleep 0.5
done
all_have_come() { [ "$(wc -l <"$DIR/slow.changes")" -ge 20 ]; }
ok "all have come" wait_until 30 all_have_come
is "in order, each once" "$(paste -sd' ' "$DIR/slow.changes")" "$(seq 3 22 | paste -sd' ')"

say "the receiver is away for ${AWAY_S} s, and the daemon is killed meanwhile"
configure away,quiet "away: {webhook: {url: 'http://127.0.0.1:$RECEIVER_PORT/away'}, on: [failover, fail-back, override]}" \
    "quiet: {exec: [$DIR/dump, first], on: [target-down, target-up]}"
stop receiver
: >"$DIR/got"
: >"$DIR/dump.got"
ctl reload
ctl failover "www.$ZONE" --to secondary --reason 'kernel update'
wait_until 10 told notify-failed 'notifier away: .*(refused|connect).*, [0-9]+ messages? waits?, next try in'
ok "that it fails is told once" test "$(count_told notify-failed)" = 1
stop repointd KILL
is "both messages are in the file" "$(pending | jq -r .letter.event | paste -sd' ')" "override failover"
# An hour ago, as far as anybody knows.
now=$(date +%s)000
sed -i -E "s/\"born_ms\":[0-9]+/\"born_ms\":$((now - 3600000))/" "$DIR/state/notifications.jsonl"
start_daemon
like "they are taken over" "$(line_of started)" '1 override and 2 unsent messages taken over'
ctl failback "www.$ZONE"
sleep "$AWAY_S"
start_receiver
ok "all arrive" wait_until 90 has_got /away 4
is "in order" "$(got '.body | fromjson | .event' | paste -sd' ')" "override failover override fail-back"
is "each once" "$(got '.headers["Idempotency-Key"]' | sort | uniq -d)" ""
is "the late ones say when it was" "$(got '.body | fromjson | .text | test("told late: it happened at .* UTC, 1h.* ago")' | paste -sd' ')" \
    "true true false false"
is "who forced it, and why" "$(got '.body | fromjson | select(.override) | .override | "\(.target) \(.reason)"' | sort -u)" "secondary kernel update"
is "nothing waits any more" "$(pending)" ""
ctl metrics
like "counted" "$(grep '^repointd_notifications' "$DIR/out" | paste -sd' ')" \
    'total\{notifier="away",result="ok"\} 4 .*notifier="away",result="retry"\} [1-9].*pending\{notifier="away"\} 0'

say "drained targets are quiet"
ctl drain ams2
: >"$DIR/dump.got"
sick secondary
ok "it goes down" wait_until 15 told target-down "address=$S4"
sick primary
ok "and so does another" wait_until 15 told target-down "address=$P4"
ok "of which alone a message is made" wait_until 10 grep -q '^event=target-down' "$DIR/dump.got"
is "" "$(grep '^event=' "$DIR/dump.got")" "event=target-down record=www.$ZONE from=primary to= and 0 more"
well primary
well secondary
ctl release ams2

say "at the stop, and over a reload"
: >"$DIR/got"
echo 500 >"$DIR/mode"
ctl hold "www.$ZONE" --for 1h
ok "it fails" wait_until 10 has_got /away 1
configure away,more "away: {webhook: {url: 'http://127.0.0.1:$RECEIVER_PORT/other'}, on: [failover, fail-back, override]}" \
    "more: {exec: [$DIR/slow, first], on: [override]}"
ctl reload
ok "who stays keeps what waits, at the new place at once" wait_until 5 has_got /other 1
rm "$DIR/mode"
: >"$DIR/slow.changes"
nothing_waits() { [ -z "$(pending)" ]; }
ok "… where it arrives" wait_until 60 nothing_waits
: >"$DIR/got"
ctl release "www.$ZONE"
stop repointd
is "what has just happened is told before the end" "$(got '.body | fromjson | .event' | grep override)" override
is "nothing is left" "$(pending)" ""

say "mail"
mkdir "$DIR/sbin"
cat >"$DIR/sbin/sendmail" <<SENDMAIL
#!/bin/sh
{ echo "arguments: \$*"; cat; } >>$DIR/mail
SENDMAIL
chmod +x "$DIR/sbin/sendmail"
if mount -t overlay overlay -o "lowerdir=$DIR/sbin:/usr/sbin" /usr/sbin 2>/dev/null; then
    configure mail "mail: {email: [hostmaster@example.com, root], on: [failover, fail-back]}"
    start_daemon
    wait_until 15 told target-up address="$S4"
    sick primary
    ok "a mail comes" wait_until 30 grep -q '^Subject: .*FAILED OVER' "$DIR/mail"
    well primary
    ok "and another" wait_until 30 grep -q '^Subject: .*returned' "$DIR/mail"
    is "by sendmail -t -oi" "$(sort -u "$DIR/mail" | grep ^arguments)" "arguments: -t -oi"
    like "its subject" "$(grep -m1 ^Subject "$DIR/mail")" "^Subject: \[repointd $(hostname)\] www.$ZONE FAILED OVER to secondary \(status\)$"
    is "its receivers" "$(sed -n '/^To: /,/^Subject/p' "$DIR/mail" | head -2)" "To: hostmaster@example.com,
 root"
    is "no autoreply answers it" "$(grep -c '^Auto-Submitted: auto-generated' "$DIR/mail")" 2
    is "the second refers to the first" "$(sed -n 's/^References: //p' "$DIR/mail")" "$(sed -n 's/^Message-ID: //p' "$DIR/mail" | head -1)"
    like "what caches do" "$(cat "$DIR/mail")" 'caches may keep the old answer 5s'
else
    skip "a mail comes" "no right to lay a program over /usr/sbin"
fi

done_testing
