#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon with notifiers whose receivers do everything wrong, and with a thousand records that fail at once, on BIND.
# What:  each receiver costs its own queue and a few seconds, and no probe begins late for it; what a 2xx has taken is not sent again;
#        no redirect is followed, no untrusted certificate taken, no hook outlives its time; a thousand records are one message.
# Names: NOT-2, NOT-3, NOT-9, NOT-12.
# Lasts: 70 s
# shellcheck source=tests/integration/daemon.sh
OWN_MOUNTS=yes . "$(dirname "$0")/daemon.sh"

SOCKET=$DIR/run/control.sock
CROWD=${CROWD:-1000}
new_key repointd hmac-sha256
{
    printf 'www 5 A %s\n' "$P4"
    for ((i = 0; i < CROWD; i++)); do printf 'r%d 5 A %s\n' $i "$P4"; done
} | write_zone
start_bind
start_site primary $P4
start_site secondary $S4
PORT=$(free_port) TRUSTED_PORT=$(free_port) TLS_PORT=$(free_port) CLOSED_PORT=$(free_port)
: >"$DIR/got"
start receiver "$HOSTILE/receiver.py" "$PORT" "$DIR/got" "$DIR/mode"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DIR/tls.key" -out "$DIR/tls.pem" -days 2 -subj /CN=localhost >/dev/null 2>&1
start tls "$HOSTILE/receiver.py" "$TLS_PORT" "$DIR/got" "$DIR/mode" "$DIR/tls.pem" "$DIR/tls.key"
# The authorities of this host are one, which knows the receiver at the other port.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DIR/trusted.key" -out "$DIR/trusted.pem" -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost >/dev/null 2>&1
mount --bind "$DIR/trusted.pem" /etc/ssl/certs/ca-certificates.crt || bail "no right to mount"
start trusted "$HOSTILE/receiver.py" "$TRUSTED_PORT" "$DIR/got" "$DIR/mode" "$DIR/trusted.pem" "$DIR/trusted.key"
wait_until 5 nc -z 127.0.0.1 "$PORT" && wait_until 5 nc -z 127.0.0.1 "$TRUSTED_PORT" && wait_until 5 nc -z 127.0.0.1 "$TLS_PORT" || bail "no receivers"
for name in fails hangs leaves; do
    case $name in
    fails) body='echo "no such user" >&2; exit 3' ;;
    hangs) body='sleep 1000' ;;
    leaves) body="sh -c 'echo \$\$ >$DIR/left; sleep 1000' & exit 0" ;;
    esac
    printf '#!/bin/sh\n%s\n' "$body" >"$DIR/$name"
    chmod +x "$DIR/$name"
done

WORDS="500 404 302 cut headers endless bad-endless 200-then-nothing slow drip"
{
    printf 'checks:\n  web: {http: "http://www.%s/health", interval: 500ms, timeout: 450ms, fall: 2, rise: 1}\n' "$ZONE"
    printf '  crowd: {http: "http://www.%s/crowd", interval: 500ms, timeout: 450ms, fall: 2, rise: 1}\nrecords:\n' "$ZONE"
    printf '  www.%s: {check: web, primary: %s, secondary: %s, ttl: 5s, notify: [hostile-slow, hostile-500, hangs]}\n' "$ZONE" $P4 $S4
    for ((i = 0; i < CROWD; i++)); do
        printf '  r%d.%s: {check: crowd, primary: %s, secondary: %s, ttl: 5s, notify: [many]}\n' $i "$ZONE" $P4 $S4
    done
    printf 'notify:\n'
    for word in $WORDS; do printf '  hostile-%s: {webhook: {url: "http://127.0.0.1:%s/%s"}}\n' "$word" "$PORT" "$word"; done
    printf '  many: {webhook: {url: "http://127.0.0.1:%s/many"}, on: [failover, fail-back]}\n' "$PORT"
    printf '  closed: {webhook: {url: "http://127.0.0.1:%s/"}}\n  tls: {webhook: {url: "https://localhost:%s/"}}\n' "$CLOSED_PORT" "$TLS_PORT"
    printf '  trusted: {webhook: {url: "https://localhost:%s/"}}\n  other: {webhook: {url: "https://127.0.0.1:%s/"}}\n' "$TRUSTED_PORT" "$TRUSTED_PORT"
    printf '  nowhere: {webhook: {url: "http://hook.invalid/"}}\n'
    for name in fails hangs leaves; do printf '  %s: {exec: [%s/%s]}\n' $name "$DIR" $name; done
} | write_config
start_daemon
are_ours() { "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e '[.records[] | select(.in_dns | not)] == []'; }
ok "all records are ours" wait_until 60 are_ours
test_of() { timeout 60 "$REPOINTCTL" notify "$1" --test --socket "$SOCKET" >"$DIR/test.$1" 2>&1; echo "exit $?" >>"$DIR/test.$1"; }
for word in $WORDS; do test_of "hostile-$word" & done
for name in closed tls trusted other nowhere fails hangs leaves; do test_of $name & done
late_before=$(asked >/dev/null && line_of counters | sed -E 's/.* ([0-9]+) late .*/\1/')
says() { paste -sd' ' "$DIR/test.$1"; }
answered() { grep -q ^exit "$DIR/test.$1"; }
for name in closed tls trusted other nowhere fails leaves; do wait_until 20 answered $name; done
for word in $WORDS; do wait_until 20 answered "hostile-$word"; done

like "500" "$(says hostile-500)" 'HTTP 500: no\\x1b\[1m wa exit 1$'
like "404" "$(says hostile-404)" 'HTTP 404.* exit 1$'
like "a redirect is not followed" "$(says hostile-302)" 'HTTP 302 exit 1$'
is "… nowhere" "$(jq -r 'select(.path == "/elsewhere") | .path' "$DIR/got")" ""
like "cut" "$(says hostile-cut)" 'exit 1$'
like "headers without an end" "$(says hostile-headers)" 'exit 0$|exit 1$'
like "a body without an end: it was taken" "$(says hostile-endless)" 'HTTP 200 in [0-9]+ ms exit 0$'
like "… and behind 500 it is not read to its end" "$(says hostile-bad-endless)" 'HTTP 500: all work and no play exit 1$'
like "a body that never comes: it was taken" "$(says hostile-200-then-nothing)" 'HTTP 200 in [0-9]+ ms exit 0$'
like "no answer" "$(says hostile-slow)" 'no answer for 10s exit 1$'
like "an octet a second" "$(says hostile-drip)" 'exit 1$'
like "nobody there" "$(says closed)" '(refused|connect).* exit 1$'
like "nobody whom we trust" "$(says tls)" 'certificate.* exit 1$'
like "one whom we trust" "$(says trusted)" 'HTTP 204 in [0-9]+ ms exit 0$'
like "… but not under another name" "$(says other)" '(certificate|SSL).* exit 1$'
like "no such host" "$(says nowhere)" 'hook.invalid: .* exit 1$'
like "a hook that fails" "$(says fails)" 'exit status 3: no such user exit 1$'
like "one that leaves something behind" "$(says leaves)" 'exit status 0 exit 0$'
ok "… which is ended with it" not kill -0 "$(cat "$DIR/left")"

say "a switch, while two receivers hang"
sick primary
ok "the record moves" wait_until 10 told failover "record=www.$ZONE "
ok "the notifier that is refused says so" wait_until 10 told notify-failed 'notifier hostile-500: HTTP 500'
late_after=$(asked >/dev/null && line_of counters | sed -E 's/.* ([0-9]+) late .*/\1/')
is "no probe began a second late for all of it" "$late_after" "$late_before"
ok "a hook that hangs is ended after its time" wait_until 40 answered hangs
like "… and says so" "$(says hangs)" 'hangs: it ran for 30s and was ended exit 1$'

say "$CROWD records fail at once"
sick primary crowd
many() { jq -r 'select(.path == "/many") | .body' "$DIR/got"; }
told_of() { many | jq -s 'map(if .event == "digest" then .count else 1 end) | add // 0'; }
all_told() { [ "$(told_of)" -ge "$CROWD" ]; }
ok "all are told of" wait_until 60 all_told
say "in $(many | wc -l) messages"
is "as $CROWD" "$(told_of)" "$CROWD"
like "in one message, or a few where the name server took longer than five seconds" "$(many | wc -l)" '^[1-6]$'
like "which names some and counts the others" "$(many | head -1 | jq -r .text)" "^[0-9]+ records FAILED OVER: (r[0-9]+\.$ZONE, ){4}r[0-9]+\.$ZONE and [0-9]+ more$"
is "it lists a hundred at most" "$(many | jq '.records | length' | sort -n | tail -1)" 100

done_testing
