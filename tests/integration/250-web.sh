#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the port for those who only look, on BIND.
# What:  health and status; who is answered and who is not; that crowds and dawdlers cost the probes nothing; another port
#        by a reload, and one that is taken.
# Names: WEB-6, WEB-7; fault 132; docs/faults.md 4.8.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
SOCKET=$DIR/run/control.sock
new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
PORT=$(free_port)

configure() # LISTEN [MORE…]
{
    write_config 'audit: 2s' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 1s}
web: {listen: "$1", names: [status.example.com]}
CONFIG
}
ctl() { "$REPOINTCTL" "$@" --socket "$SOCKET"; }
look() { curl -s --noproxy '*' --max-time 5 "$@"; } # OPTIONS… URL
code() { look -o /dev/null -w '%{http_code}' "$@"; }
URL=http://127.0.0.1:$PORT

configure "127.0.0.1:$PORT"
start_daemon
healthy() { [ "$(code "$URL/healthz")" = 200 ]; }
ok "healthz is 200 when all is known" wait_until 15 healthy
is "and says so" "$(look "$URL/healthz")" ok

say "status"
same_status()
{
    ctl status --json | jq -S 'walk(if type == "object" then del(.streak, .latency_ms) else . end)' >"$DIR/one"
    look "$URL/status.json" | jq -S 'walk(if type == "object" then del(.streak, .latency_ms) else . end)' >"$DIR/other"
    cmp "$DIR/one" "$DIR/other" && [ -s "$DIR/one" ]
}
ok "status.json is what repointctl status --json says" wait_until 5 same_status
like "its type" "$(look -I "$URL/status.json")" '^Content-Type: application/json'

say "what a browser may do with it"
headers=$(look -i "$URL/healthz" | tr -d '\r')
for header in 'X-Content-Type-Options: nosniff' "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'" \
    'Cache-Control: no-store' 'Referrer-Policy: no-referrer' 'Connection: close'; do
    ok "$header" grep -qxF "$header" <<<"$headers"
done

say "who is not answered"
is "HEAD is" "$(code -I "$URL/status.json")" 200
is "and has no body" "$(look -I "$URL/healthz" | grep -c '^ok')" 0
for method in POST PUT DELETE OPTIONS BREW; do
    is "$method is not" "$(code -X "$method" "$URL/healthz")" 405
done
like "and hears what is" "$(look -i -X POST -d x=y "$URL/v1/reload")" '^Allow: GET, HEAD'
is "a body is not" "$(code -X GET -d x=y "$URL/healthz")" 413
for path in /nothing /record /record/nothing /v1/status /v1/reload /../etc/passwd /healthz/; do
    is "$path is not there" "$(code --path-as-is "$URL$path")" 404
done
is "a name that leads here (DNS rebinding) is not" "$(code -H 'Host: evil.example' "$URL/status.json")" 421
is "no matter with which port" "$(code -H "Host: evil.example:$PORT" "$URL/status.json")" 421
is "no host is not" "$(code -H 'Host;' "$URL/healthz")" 400
is "nor two of them" "$(printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n' |
    nc -q 2 127.0.0.1 "$PORT" | head -n 1 | cut -d' ' -f2)" 400
for host in localhost "localhost:$PORT" status.example.com '[::1]' "$(hostname)"; do
    is "$host is" "$(code -H "Host: $host" "$URL/healthz")" 200
done
is "a header of 7 kB is" "$(code -H "X-Long: $(printf '%07000d' 0)" "$URL/healthz")" 200
is "one of 9 kB is not" "$(code -H "X-Long: $(printf '%09000d' 0)" "$URL/healthz")" 431
is "nor one of 100 kB" "$(code -H "X-Long: $(printf '%0100000d' 0)" "$URL/healthz")" 431

say "crowds and dawdlers"
cat >"$DIR/crowd.py" <<'PYTHON'
import socket, sys, time
port, end = int(sys.argv[1]), time.monotonic() + 4
def dial():
    s = socket.socket()
    s.settimeout(2)
    s.connect(("127.0.0.1", port))
    return s
crowd = []
for number in range(1000):
    try:
        crowd.append(dial())
        if number % 3 == 0: crowd[-1].send(b"GET /status.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
        if number % 3 == 1: crowd[-1].send(b"GET /status.json HTTP/1.1\r\nHo")
    except OSError:
        pass
drip = dial()
while time.monotonic() < end:
    try:
        drip.send(b"X")
    except OSError:
        drip = dial()
    time.sleep(0.05)
print("through")
PYTHON
before=$(asked) began=$(now_ms)
ok "a thousand connections, and one that drips" timeout 30 /usr/bin/python3 "$DIR/crowd.py" "$PORT"
after=$(asked) took=$(($(now_ms) - began))
say "$((after - before)) probes in $took ms"
ok "the probes go on at their pace" [ $((after - before)) -ge $((took * 4 / 1000 - 3)) ]
ok "no probe was late" grep -qE ', 0 late \(worst [0-9]{1,3} ms\)' <<<"$(line_of counters)"
ok "and it answers as before" healthy
ok "no descriptor is left behind" wait_until 15 eval '[ "$(ls "/proc/${PIDS[repointd]}/fd" | wc -l)" -lt 60 ]'

say "another port"
THERE=$(free_port)
configure "0.0.0.0:$THERE"
ok "a reload" ctl reload
there() { [ "$(code "http://127.0.0.1:$THERE/healthz")" = 200 ]; }
ok "listens there" wait_until 10 there
is "and here no more" "$(code "$URL/healthz")" 000
configure "127.0.0.1:$THERE"
ok "the same port at another address" ctl reload
ok "is no obstacle" wait_until 10 there
ok "and the former is gone" eval "ss -Hltn 'sport = :$THERE' | grep -c . | grep -qx 1"
pid_of_socket() { ss -Hltnpe "sport = :$THERE" | sed -nE 's/.*ino:([0-9]+).*/\1/p'; }
inode=$(pid_of_socket)
sed -i 's/ttl: 5s/ttl: 6s/' "$CONFIG"
ok "another TTL" ctl reload
is "leaves the listener alone" "$(pid_of_socket)" "$inode"
start taken nc -lk 127.0.0.1 "$PORT"
wait_until 5 eval "ss -Hltn 'sport = :$PORT' | grep -q ." || bail "nc does not listen"
configure "127.0.0.1:$PORT"
status=0
err=$(ctl reload 2>&1) || status=$?
is "a port that is taken refuses the reload" "$status" 1
like "and says so" "$err" "web.listen: 127.0.0.1:$PORT is taken by another process"
ok "the old one stays" wait_until 10 there
sed -i '/^web:/d' "$CONFIG"
ok "no web at all" ctl reload
is "nobody listens" "$(code "http://127.0.0.1:$THERE/healthz")" 000

say "a start where the port is taken"
stop repointd
configure "127.0.0.1:$PORT"
status=0
err=$(timeout 10 "$REPOINTD" -c "$CONFIG" --log-format=logfmt 2>&1) || status=$?
is "exit 69" "$status" 69
like "in a line" "$err" "web.listen: 127.0.0.1:$PORT is taken by another process: stop that one"
stop taken

say "out of step"
start_daemon
ok "well again" wait_until 15 healthy
printf 'update delete www.%s. A\nupdate add www.%s. 5 A 203.0.113.7\n' "$ZONE" "$ZONE" | nsupdate_now
ok "somebody else's change is 503" wait_until 15 eval '[ "$(code "$URL/healthz")" = 503 ]'
ok "which record, and why" wait_until 15 eval 'look "$URL/healthz" | grep -qx "out of step: www.$ZONE (foreign-change)"'
done_testing
