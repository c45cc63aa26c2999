#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 31 s
#
# Where: one daemon on BIND, on a host that runs short of one thing after the other: CPU, local ports, descriptors, memory, chance.
# What:  none of it is held against a target, and none of it moves a record; when it is over the daemon goes on without a restart, and
#        a primary that dies is left as ever. Large packets that vanish fail the check that needs them, and no other.
# Names: faults 8, 9, 12, 14, 15, 16; N1, N5.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_bind
start_site primary $P4 127.0.1.1
start_site secondary $S4
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }

STARVED=$DIR/starved
head -c 4 /dev/zero >"$STARVED"
starve() { printf "\\x$(printf %02x "$1")\\0\\0\\0" | dd of="$STARVED" conv=notrunc status=none; } # ONE OF HOW MANY; 0: no more
"${CC:-cc}" -shared -fPIC -O1 -o "$DIR/starved.so" "$HOSTILE/starved_memory.c" || bail "no compiler"

# `large` has a page that fits in no small packet, `web` one that does.
write_config 'audit: 1h' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
defaults: {check: {interval: 500ms, timeout: 450ms, fall: 2, rise: 1}}
checks:
  web: {http: "http://www.$ZONE/health"}
  dial: {tcp: 80}
  large: {http: "http://www.$ZONE:$(port_of scripted)/?end=5000", expect: {contains: healthy}}
  safe: {http: "https://www.example.com:$(port_of tls-scripted)/", tls: {ca: $(port_of ca)}, expect: {contains: healthy}, fall: 3}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
  dial.$ZONE: {check: dial, primary: 127.0.1.1, secondary: {address: $S4, check: none}, enabled: off}
  large.$ZONE: {check: large, primary: 127.0.0.1, secondary: {address: $S4, check: none}, enabled: off}
  safe.$ZONE: {check: safe, primary: 127.0.0.1, secondary: {address: $S4, check: none}, enabled: off}
CONFIG
DAEMON_WRAPPER="env LD_PRELOAD=$DIR/starved.so STARVED=$STARVED"
start_daemon --log-level debug
DAEMON_WRAPPER=
pid=${PIDS[repointd]}
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 5 ] && told owned'
written=$(serial)

# The last state told of each address that this host asks: names of those that are not up.
not_up()
{
    said | sed -nE 's/.* event=target-(up|down|unknown) record=([a-z]*)\..* target=([a-z]*) .*/\2-\3 \1/p' |
        awk '{ last[$1] = $2 } END { for (name in last) if (last[name] != "up") print name, last[name] }' | sort | paste -sd' '
}
all_up() { [ -z "$(not_up)" ]; }
begin() { say "$1"; downs=$(count_told target-down) was=$(wc -l <"$LOG"); }
recent() { tail -n +$((was + 1)) "$LOG"; }
# What was said of probes since `begin`: nobody is blamed, nothing was written.
nobody_is_blamed() # NAME
{
    say "$(recent | grep -oE 'probe [a-z]+ [0-9.]+: [a-z-]+' | sed 's/.* //' | sort | uniq -c | awk '{ print $2 " " $1 }' | paste -sd' ')"
    is "$1" "$(($(count_told target-down) - downs)) down|$(serial)|$(dig_short www A)" "0 down|$written|$P4"
}

begin "hardly any CPU: a fiftieth of the time, in pieces"
for _ in {1..12}; do
    kill -STOP "$pid"
    sleep 0.4
    kill -CONT "$pid"
    sleep 0.01
done
nobody_is_blamed "probes come late, and nobody is blamed"
is "nor was any failure counted" "$(recent | grep -cE " event=probe-failing record=(www|dial)")" 0
ok "well again" wait_until 10 all_up

begin "no local port"
start ports /usr/bin/python3 -c '
import socket, time
taken = []
for port in range(20000, 20010):
    taken.append(socket.socket())
    taken[-1].bind(("0.0.0.0", port))
print("ready", flush=True)
time.sleep(100)'
ok "ten are taken …" wait_until 10 grep -q ready "$DIR/ports.log"
sysctl -qw net.ipv4.ip_local_port_range="20000 20009" # … and there are no others
ok "that is told as our own fault" wait_until 15 told target-unknown 'record=www.*address='"$P4"' .*local-error'
like "in the kernel's words" "$(line_of target-unknown "address=$P4 " | field msg)" 'Cannot assign requested address'
nobody_is_blamed "nobody is blamed"
stop ports
sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
ok "well again" wait_until 15 all_up

begin "no descriptor"
prlimit --pid "$pid" --nofile=3:4096
ok "that is told as our own fault" wait_until 15 told target-unknown 'Too many open files'
nobody_is_blamed "nobody is blamed"
prlimit --pid "$pid" --nofile=1024:4096
ok "well again" wait_until 15 all_up

# Not for the name server: ldns takes it for granted that memory which was there a moment ago is there now.
begin "memory is out now and then, and then it is out"
for one_of in 30 8 3 1; do
    starve $one_of
    sleep 1.5
done
starve 0
ok "it lives" kill -0 "$pid"
nobody_is_blamed "nobody is blamed"
ok "well again" wait_until 15 all_up

begin "no chance: getrandom fails"
sick primary
strace -f -qq -e trace=getrandom -e inject=getrandom:error=EIO -o "$DIR/strace" -p "$pid" &
tracer=$!
wait_until 5 grep -q 'TracerPid:.*[1-9]' "/proc/$pid/status"
ok "the primary dies" wait_until 10 told target-down 'record=www.*target=primary'
wait_until 10 grep -q INJECTED "$DIR/strace"
sleep 1
is "no message leaves whose ID could be guessed" "$(serial)|$(dig_short www A)" "$written|$P4"
kill -INT "$tracer"
wait "$tracer"
ok "with it, it is switched" wait_until 15 serves www A $S4
is "by one change" "$(serial)" $((written + 1))
well primary
ok "and returns" wait_until 15 serves www A $P4

begin "large packets vanish"
nft "add table inet way; add chain inet way in { type filter hook input priority 0; }; add rule inet way in meta length > 1000 drop"
ok "what needs them is down" wait_until 15 told target-down 'record=large.* reason=timeout-response'
many_probes 10
is "and nothing else" "$(not_up)" "large-primary down"
nft delete table inet way
ok "well again" wait_until 15 all_up
stop repointd

say "no chance at all"
out=$(strace -f -qq -e trace=getrandom -e inject=getrandom:error=EIO -o "$DIR/strace" "$REPOINTD" -c "$CONFIG" --log-format=logfmt 2>&1)
status=$?
ok "it does not start (exit $status)" [ $status != 0 ]
like "and says why" "$out" 'random'
done_testing
