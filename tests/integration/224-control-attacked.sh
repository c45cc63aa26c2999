#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 35 s
#
# Where: the control socket of a daemon with two sites, on BIND, and clients that mean no good, one kind after the other.
# What:  probes go on at their pace, a well-behaved status is answered within a moment (or, where others hold every place, told why not),
#        memory and descriptors do not grow, and nothing of what was sent gets into the log. Another user is refused.
# Names: fault 132; N5.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
SOCKET=$DIR/run/control.sock
ATTACK_S=${ATTACK_S:-2}
new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_site primary $P4
start_site secondary $S4
# Twenty probes twice a second: enough to see whether they come at their pace.
write_config 'audit: 1h' <<CONFIG
checks:
$(for n in {1..10}; do echo "  web$n: {http: \"http://www.$ZONE/$n\", interval: 500ms, timeout: 450ms, fall: 3, rise: 1}"; done)
records:
  www.$ZONE: {check: web1, primary: $P4, secondary: $S4}
$(for n in {2..10}; do echo "  www$n.$ZONE: {check: web$n, primary: $P4, secondary: $S4, enabled: off}"; done)
CONFIG
status=0 out=
# Leaves $status and $out.
ask() { status=0; out=$(timeout -s KILL 20 "$REPOINTCTL" status --socket "$SOCKET" 2>&1) || status=$?; }
resident_kb() { awk '/^VmRSS/ { print $2 }' "/proc/${PIDS[repointd]}/status"; }
descriptors() { find "/proc/${PIDS[repointd]}/fd" -mindepth 1 | wc -l; }

start_daemon
ok "adopted" wait_until 20 told owned
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 20 ]'
ask
is "at rest it answers" "$status" 0
kb=$(resident_kb) held=$(descriptors)

say "another user"
chmod 755 "$DIR/run"
as_stranger() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
status=0
out=$(as_stranger "$REPOINTCTL" hold --all --socket "$SOCKET" 2>&1) || status=$?
is "exit 1" "$status" 1
like "and hears which group may" "$out" "permission denied: root and members of the group '$(id -gn)' may use it"
like "the kernel does not let him in" "$(as_stranger "$TESTS/hostile/control_clients.py" "$SOCKET" garbage 0.2 2>&1)" '^0 connections; PermissionError'
chmod 750 "$DIR/run"

attack() # KIND WANTED-STATUS
{
    local begun asked_then took=0 worst=0 at wrong=
    begun=$(now_ms) asked_then=$(asked)
    start "attack" "$TESTS/hostile/control_clients.py" "$SOCKET" "$1" "$ATTACK_S"
    wait_until 5 grep -q ready "$DIR/attack.log"
    while runs attack; do
        at=$(now_ms)
        ask
        took=$(($(now_ms) - at))
        [ $took -le $worst ] || worst=$took
        case $status in
        0) ;;
        1) [[ $2 == full && $out == *"too many commands are under way"* ]] || wrong="$out" ;;
        *) wrong="$status: $out" ;;
        esac
        sleep 0.2
    done
    wait "${PIDS[attack]}" 2>/dev/null
    unset 'PIDS[attack]'
    local spent=$(($(now_ms) - begun)) probes=$(($(asked) - asked_then))
    say "$1: $(tail -n 1 "$DIR/attack.log"); an answer in $worst ms at worst; $probes probes in $spent ms"
    rm -f "$DIR/attack.log"
    is "$1: who behaves is answered" "$wrong" ""
    ok "$1: probes go on at their pace" [ "$probes" -ge $((spent * 20 / 500 * 8 / 10)) ]
}
for kind in body chunks drip crowd garbage half headers pipeline; do attack $kind answered; done
for kind in deaf waiting; do attack $kind full; done

say "afterwards"
ask
is "it answers as before" "$status" 0
is "no target was blamed" "$(count_told 'target-(down|unknown)')" 0
is "nor were probes late" "$(count_told probes-late)" 0
is "the record is as it was" "$(dig_short www A)|$(count_told '(failover|not-ours|conflict)')" "$P4|0"
ok "no descriptor is left open" wait_until 8 eval '[ "$(descriptors)" -le $held ]'
say "$kb kB resident before, $(resident_kb) kB now"
ok "memory is what it was, within 4 MB" [ "$(resident_kb)" -le $((kb + 4096)) ]
is "the log has nothing of what they sent" "$(said | LC_ALL=C grep -c '[^ -~]')" 0
stop repointd
done_testing
