#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon and its key, on BIND; and what the environment would have it do.
# What:  proxies in the environment change nothing; the secret is in nothing that it writes, shows or would leave in a
#        core, and in its memory on one locked page alone; other users, even its own, cannot look in. A key file that
#        others can read is told once; a credential works; what is no key file is refused at once.
# Names: docs/faults.md 4.1, 4.4; fault 118; CFG-10; acceptance 35.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no HTTPS server: $(tail -n 3 "$DIR/hostile.log")"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }
cp "$(port_of ca)" "$DIR/ca.pem"
chmod 644 "$DIR/ca.pem"
configure() # KEY
{
    KEY_FILE=- write_config 'audit: 1s' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 1s, timeout: 800ms}
  secure: {http: "https://www.example.com:$(port_of tls-good)/", tls: {ca: $DIR/ca.pem}, interval: 1s, timeout: 800ms}
  dial: {tcp: 80, interval: 1s, timeout: 800ms}
records:
  www.$ZONE: {primary: {address: $P4, check: web}, secondary: {address: $S4, check: dial}, fail-back-delay: 0s}
  safe.$ZONE: {primary: {address: 127.0.0.1, check: secure}, secondary: {address: $S4, check: dial}}
CONFIG
    sed -i "s|key: {file: -}|key: {$1}|" "$CONFIG"
}

# ---- the environment -------------------------------------------------------------------------------------------------

say "proxies in the environment"
PROXY=127.0.0.1:$(free_port)
start proxy /usr/bin/python3 -c '
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
while True:
    line, peer = listener.accept()
    print("came", flush=True)
    line.close()' "${PROXY#*:}"
wait_until 10 grep -q ready "$DIR/proxy.log" || bail "no proxy"
http_proxy=http://$PROXY curl -s -o /dev/null "http://$P4/"
is "the proxy would be there" "$(grep -c came "$DIR/proxy.log")" 1
configure "file: $KEY_FILE"
DAEMON_WRAPPER="env http_proxy=http://$PROXY https_proxy=http://$PROXY HTTPS_PROXY=http://$PROXY all_proxy=http://$PROXY \
ALL_PROXY=socks5h://$PROXY no_proxy= NO_PROXY= SSLKEYLOGFILE=$DIR/session-keys" start_daemon --log-level=debug
pid=${PIDS[repointd]}
ok "HTTP, HTTPS and TCP targets are up" wait_until 20 eval '[ "$(count_told target-up)" = 3 ]'
ok "and the record is adopted" wait_until 10 told owned
stop primary
ok "it fails over" wait_until 20 serves www A $S4
start_site primary $P4
ok "and returns" wait_until 20 serves www A $P4
is "nobody came to the proxy" "$(grep -c came "$DIR/proxy.log")" 1
ok "and no session keys were written" [ ! -e "$DIR/session-keys" ]

# ---- the secret ------------------------------------------------------------------------------------------------------

say "where the secret is not"
printf '%b' "$(sed 's/../\\x&/g' <<<"$KEY_HEX")" >"$DIR/raw"
is "this looks for the right thing" "$(base64 -w0 <"$DIR/raw")" "$KEY_SECRET"
# How many of the files hold it, raw, in base64 or in hex.
holds()
{
    /usr/bin/python3 -c '
import sys
raw = open(sys.argv[1], "rb").read()
import base64
needles = raw, base64.b64encode(raw).rstrip(b"="), raw.hex().encode(), raw.hex().upper().encode()
print(sum(any(n in open(name, "rb").read() for n in needles) for name in sys.argv[2:]))' "$DIR/raw" "$@"
}
is "the key file is one that has it" "$(holds "$KEY_FILE")" 1
"$REPOINTD" --dump-config -c "$CONFIG" >"$DIR/dump" 2>&1
"$REPOINTD" -t -c "$CONFIG" >"$DIR/checked" 2>&1
"$REPOINTD" --probe web $P4 -c "$CONFIG" >"$DIR/probed" 2>&1
kill -USR1 "$pid"
wait_until 5 told counters
cat "/proc/$pid/cmdline" >"$DIR/cmdline"
cat "/proc/$pid/environ" >"$DIR/environ"
is "the log has lines of each probe, read and update" \
    "$(said | grep -oE 'level=debug msg="(probe|read|update) ' | sort -u | wc -l)" 3
like "the dump says that there is one" "$(<"$DIR/dump")" 'key: *$|key:.*file'
is "it is not in log, dump, check, probe, arguments, environment" \
    "$(holds "$LOG" "$DIR/dump" "$DIR/checked" "$DIR/probed" "$DIR/cmdline" "$DIR/environ")" 0
mapfile -t written < <(find "$DIR/state" "$DIR/run" -type f)
is "nor in what it keeps (${#written[@]} files)" "$(holds "${written[@]}")" 0

say "in memory"
/usr/bin/python3 "$(dirname "$0")/secret_in_memory.py" "$pid" "$KEY_SECRET" >"$DIR/places" 2>&1
is "it lies once, locked, and is left out of dumps" "$(<"$DIR/places")" "raw locked,not-dumped"
gcore -o "$DIR/core" "$pid" >"$DIR/gcore.log" 2>&1
ok "a core of a good size is taken by root" [ "$(stat -c %s "$DIR/core.$pid" 2>/dev/null || echo 0)" -ge 1000000 ]
is "without the secret" "$(holds "$DIR/core.$pid")" 0
rm -f "$DIR/core.$pid"
stop repointd

# ---- other users -----------------------------------------------------------------------------------------------------

say "as a user without rights"
as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
mkdir "$DIR/of-nobody"
cp "$KEY_FILE" "$DIR/of-nobody/key"
chown -R nobody:nogroup "$DIR/of-nobody"
configure "file: $DIR/of-nobody/key"
sed -i "s|-directory: $DIR|&/of-nobody|" "$CONFIG"
DAEMON_WRAPPER="${as_nobody[*]}" start_daemon
pid=${PIDS[repointd]}
ok "it runs" wait_until 20 eval '[ "$(count_told target-up)" = 3 ]'
"${as_nobody[@]}" sleep 60 &
other=$!
wait_until 5 grep -q sleep "/proc/$other/cmdline"
can_look_in() # PID
{
    "${as_nobody[@]}" cat "/proc/$1/environ" >/dev/null && "${as_nobody[@]}" head -c 0 "/proc/$1/mem" >/dev/null
}
ok "a process of that user could look into another one" can_look_in $other
ok "but not into the daemon" not can_look_in "$pid"
is "its memory belongs to root" "$(stat -c %U "/proc/$pid/mem" "/proc/$other/mem" | paste -sd' ')" "root nobody"
kill $other
stop repointd

say "a death by signal leaves no core"
cat >"$DIR/dies.py" <<'PYTHON'
import os, resource, signal, subprocess, sys, time
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
process = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=open(sys.argv[1], "w"))
end = time.monotonic() + 10
while "sleep" not in sys.argv[2] and "event=started" not in open(sys.argv[1]).read() and time.monotonic() < end:
    time.sleep(0.05)
time.sleep(0.2)
process.send_signal(signal.SIGABRT)
_, status = os.waitpid(process.pid, 0)
print(os.WTERMSIG(status), "core" if os.WCOREDUMP(status) else "no core")
PYTHON
mkdir "$DIR/cores"
dies() { (cd "$DIR/cores" && exec /usr/bin/python3 "$DIR/dies.py" "$DIR/dies.log" "$@"); }
if [ "$(dies sleep 60)" = "6 core" ]; then
    configure "file: $KEY_FILE"
    is "though others leave one here" "$(dies "$REPOINTD" -c "$CONFIG" --log-format=logfmt)" "6 no core"
else
    skip "though others leave one here" "nobody leaves a core on this host"
fi

# ---- key files -------------------------------------------------------------------------------------------------------

say "key files and credentials"
configure "file: $KEY_FILE"
chmod 644 "$KEY_FILE"
start_daemon
is "a key that others can read is told once" "$(said | grep -c 'level=warning .*other users can read')" 1
ok "and works" wait_until 20 told target-up
stop repointd
chmod 600 "$KEY_FILE"
start_daemon
is "closed again, nothing is told" "$(said | grep -c 'level=warning .*other users can read')" 0
stop repointd

mkdir -m 700 "$DIR/credentials"
cp "$KEY_FILE" "$DIR/credentials/ddns"
configure "credential: ddns"
DAEMON_WRAPPER="env CREDENTIALS_DIRECTORY=$DIR/credentials" start_daemon
before=$(serial)
stop primary
ok "a credential signs as well" wait_until 20 serves www A $S4
is "one change" "$(serial)" $((before + 1))
stop repointd
start_site primary $P4

refused() # NAME KEY PATTERN
{
    local status=0
    configure "$2"
    timeout 10 "$REPOINTD" -c "$CONFIG" --log-format=logfmt >"$DIR/refused" 2>&1 </dev/null || status=$?
    is "$1: exit 78" "$status" 78
    like "$1: and why" "$(<"$DIR/refused")" "$3"
    is "$1: and no secret with it" "$(holds "$DIR/refused")" 0
}
refused "a credential without a directory of credentials" "credential: ddns" CREDENTIALS_DIRECTORY
ln -s "$KEY_FILE" "$DIR/link.key"
refused "a symbolic link" "file: $DIR/link.key" 'symbolic link'
mkfifo "$DIR/pipe.key"
refused "a pipe" "file: $DIR/pipe.key" 'not a regular file'
{ cat "$KEY_FILE"; head -c 5000 /dev/zero | tr '\0' '#'; } >"$DIR/long.key"
refused "a long file" "file: $DIR/long.key" '4096 bytes'
{ cat "$KEY_FILE"; echo '};'; } >"$DIR/broken.key"
refused "a broken one" "file: $DIR/broken.key" 'not a key file'
done_testing
