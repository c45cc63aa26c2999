#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: one daemon on BIND whose primaries die and come back again and again, and targets that nearly fail.
# What:  a hundred switches: how long each took, none longer than N1 allows. A target toggled at every pace uses up its budget and is
#        left alone. Who fails every other time, who gets slower, who bans us: as promised.
# Names: faults 38, 40, 41, 43; N1, N4; acceptance 8, 10 (seconds stand in for minutes), 14.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
names=$(seq -f 'r%g' 25)
{ for name in $names flap; do printf '%s 30 A %s\n' "$name" $P4; done; } | write_zone
start_bind
start_site primary $P4
start_site secondary $S4
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }

# A check for each, so that each has a place of its own on the grid.
write_config 'audit: 1h' 'batch: 1' <<CONFIG
defaults:
  check: {interval: 500ms, timeout: 450ms, fall: 2, rise: 1}
  record: {fail-back-delay: 0s, fail-back-delay-max: 0s, max-switches: 1000}
checks:
$(for name in $names flap; do printf '  %s: {http: "http://www.%s/%s"}\n' "$name" "$ZONE" "${name/r*/health}"; done)
  every-other: {http: "http://www.$ZONE:$(port_of every-other)/"}
  slower: {http: "http://www.$ZONE:$(port_of slower)/"}
  banning: {http: "http://www.$ZONE:$(port_of banning)/", interval: 1s, interval-changing: 500ms}
records:
$(for name in $names; do printf '  %s.%s: {check: %s, primary: %s, secondary: %s}\n' "$name" "$ZONE" "$name" $P4 $S4; done)
  flap.$ZONE: {check: flap, primary: $P4, secondary: $S4, fail-back-delay: 100ms, fail-back-delay-max: 100ms, max-switches: 3}
$(for name in every-other slower banning; do
    printf '  %s.%s: {check: %s, primary: 127.0.0.1, secondary: {address: %s, check: none}, enabled: off}\n' $name "$ZONE" $name $S4
done)
CONFIG
started=$(now_ms)
start_daemon --log-level debug
ok "all are ours" wait_until 20 eval '[ "$(count_told owned)" = 26 ]'
ok "all is well" wait_until 20 eval '[ "$(count_told target-up "record=(r|flap)")" = 52 ]'
written=$(serial)

# At every pace from two fifths of an interval to six of it, beside all that follows.
flap()
{
    for pause in 0.2 0.2 0.2 0.3 0.3 0.5 0.5 0.7 0.7 1 1 1.5 1.5 2 2 3; do
        sleep $pause
        if [ -e "$DIR/site-primary/sick/flap" ]; then well primary flap; else sick primary flap; fi
    done
    well primary flap
    : >"$DIR/flapped"
}
flap &

say "a hundred switches"
times=$DIR/times
switched() # EVENT HOW MANY IN ALL
{
    wait_until 20 eval '[ "$(count_told '"$1"' "record=r[0-9]")" = '"$2"' ]'
}
# Milliseconds from `since` to the line of each switch that was told after it.
took() { said | grep -E " event=$1 record=r" | tail -n 25 | sed -nE 's/^time=([^ ]*).*/\1/p' | date -f - +%s%3N | awk -v since="$since" '{ print $1 - since }'; }
for round in 1 2; do
    since=$(now_ms)
    sick primary
    ok "round $round: 25 leave the primary" switched failover $((round * 25))
    took failover | tee -a "$times" >>"$DIR/departures"
    since=$(now_ms)
    well primary
    ok "round $round: 25 return" switched fail-back $((round * 25))
    took fail-back >>"$times"
done
limit=$((500 + 500 + 50 + 450 + 3000 + 2000)) # I + (f - 1) Ic + j I + timeout + the server's + 2 s
is "a hundred were told" "$(wc -l <"$times")" 100
percentile() { sort -n "$1" | awk -v part="$2" '{ line[NR] = $1 } END { print line[int((NR - 1) * part + 0.5) + 1] }'; }
for kind in departures times; do
    say "$kind: p50 $(percentile "$DIR/$kind" 0.5) ms, p99 $(percentile "$DIR/$kind" 0.99) ms, most $(percentile "$DIR/$kind" 1) ms; promised $limit ms"
done
ok "none took longer than N1 allows" [ "$(percentile "$times" 1)" -le $limit ]
# The flapping one writes as well; its own count is below.
flap_switches() { count_told '(failover|fail-back)' "record=flap"; }
is "each by one change" "$(for name in $names; do epoch "$name"; done | sort -u)" 5

say "the flapping one"
ok "it has been toggled at every pace" wait_until 30 test -e "$DIR/flapped"
many_probes 60
say "$(flap_switches) switches in $((($(now_ms) - started) / 1000)) s"
ok "no more than its budget and the departure after it" [ "$(flap_switches)" -le 4 ]
ok "that it is held is told" told flapping 'record=flap'
is "it stays on the secondary, although the primary is well" "$(dig_short flap A)" $S4

say "those that nearly fail"
is "every other time: never down" "$(count_told target-down record=every-other)" 0
ok "slower and slower: passes until the timeout …" told target-down 'record=slower.* reason=timeout-response'
latencies=$(said | sed -nE 's/.*probe slower [0-9.]+: ok after ([0-9]+) us.*/\1/p')
say "latencies in us: ${latencies//$'\n'/ }"
ok "… and its latencies show it coming" eval '[ "$(wc -l <<<"$latencies")" -ge 3 ] && sort -nc <<<"$latencies"'
requests=$(curl -s --noproxy '*' "http://127.0.0.1:$(port_of asked)/" | sed -nE 's/.*banning=([0-9]+).*/\1/p')
seconds=$((($(now_ms) - started + 999) / 1000))
ok "who bans us is asked at the pace of the file ($requests times in $seconds s)" [ "$requests" -ge $((seconds - 3)) -a "$requests" -le $((seconds + 3)) ]
stop repointd
done_testing
