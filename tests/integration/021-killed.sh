#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 60 s
#
# Where: the daemon, killed with -9 at one system call after the other while it switches, on BIND.
# What:  started again, it brings the record where it belongs; nothing but the two targets' sets is ever served; one owner throughout.
# Names: fault 102; S18.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 300ms, fall: 2, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
start served /usr/bin/python3 "$(dirname "$0")/served.py" $NS_ADDRESS "$NS_PORT" "www.$ZONE" A
start_daemon
ok "the record is adopted" wait_until 20 told owned
owner=$(marker www | cut -d' ' -f2)

# Kills it at the Nth of the calls that speak to others, counted from the death of the primary on. Where it lives through them it is
# stopped, so that every round has a start in the middle of something.
calls=connect,sendto,sendmsg,write,writev,recvfrom,recvmsg,read
round() # N
{
    local pid=${PIDS[repointd]}
    strace -q -o /dev/null -p "$pid" -e trace=$calls -e inject=$calls:signal=KILL:when="$1" &
    local strace=$!
    wait_until 30 grep -q "TracerPid:[[:space:]]*$strace" "/proc/$pid/status" || bail "strace does not attach"
    stop primary KILL
    if wait_until 8 not kill -0 "$pid"; then killed=$((killed + 1)); else kill -KILL "$pid"; fi
    wait "$pid" 2>/dev/null
    unset 'PIDS[repointd]'
    wait "$strace" 2>/dev/null
    start_daemon
    wait_until 20 serves www A $S4 || return 1
    start_site primary $P4
    wait_until 20 serves www A $P4
}

killed=0 wrong=0
for n in ${ROUNDS:-1 3 6 9 12 14 16 18 20 22 24 26 28 30 33 36}; do
    round "$n" || { wrong=$((wrong + 1)); say "wrong after call $n: $(dig_short www A)"; }
done
is "after each kill it came right" "$wrong" 0
ok "it really was killed in the middle" [ "$killed" -ge 8 ]
stop served
is "no third value was ever served" "$(cut -d' ' -f2- "$DIR/served.log" | sort -u)" "$(printf 'NOERROR %s\nNOERROR %s' $P4 $S4 | sort)"
is "one owner throughout" "$(marker www | cut -d' ' -f2)" "$owner"
is "it never stopped over its own traces" "$(grep -cE 'event=(conflict|foreign-change|not-ours) ' "$LOG")" 0
stop repointd
done_testing
