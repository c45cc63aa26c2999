#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a daemon that has seen much, and another configuration in it, on BIND.
# What:  the latch of max-switches, the count of switches, the history, streaks, the row of results and a level of the log that was
#        asked for go on over a reload; after a restart the line of the start says which overrides were taken over.
# Names: CFG-14, CLI-9; faults 107, 124, 130; r53 86.
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

records() # LOG LEVEL, RISE, MORE RECORDS…
{
    write_config 'audit: 2s' 'timeout: 2s' <<CONFIG
  log-level: $1
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 2, rise: $2}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 1s, max-switches: 3}
$(shift 2; printf '  %s\n' "$@")
CONFIG
}
explains() { "$REPOINTCTL" explain "www.$ZONE" --json --socket "$SOCKET" | jq -e "$1" >/dev/null; } # FILTER
history_of() { "$REPOINTCTL" history "www.$ZONE" --json --socket "$SOCKET" | jq -c '[.switches[] | [.time, .from, .to, .cause]]'; }
results() { "$REPOINTCTL" explain "www.$ZONE" --json --socket "$SOCKET" | jq -c ".evidence[1].results[$1]"; } # INDEX
answers() { explains ".answer == \"$1\" and .in_dns"; }

records info 1
start_daemon
ok "all is well" wait_until 15 explains '.in_dns and .evidence[0].streak > 1'
sick primary
ok "it fails over" wait_until 10 answers secondary
well primary
ok "and back" wait_until 10 answers primary
sick primary
ok "and over again" wait_until 10 answers secondary
well primary
ok "which was one too many: it stays" wait_until 10 explains '.next.kind == "latched"'
switches=$(history_of)
is "three switches are remembered" "$(jq length <<<"$switches")" 3

say "another configuration"
ctl log-level debug --for 8s
is "somebody looks closely" "$status" 0
newest=$(results 0)
streak=$("$REPOINTCTL" explain "www.$ZONE" --json --socket "$SOCKET" | jq '.evidence[1].streak')
records notice 2 "api.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}"
ctl reload
like "is loaded" "$status $out" "^0 reloaded: \+1 record, ~1 check, -0"
ok "the latch stays" explains '.next.kind == "latched" and .answer == "secondary"'
is "so does the history" "$(history_of)" "$switches"
ok "the streak of the secondary goes on" explains ".evidence[1] | .state == \"up\" and .streak >= $streak"
ok "the results from before are still there" explains ".evidence[1].results | any(. == $newest)"
ok "and the switches count on" many_probes 4
ok "as debug lines do" eval 'said | tail -n 30 | grep -q "level=debug"'
ctl release "www.$ZONE"
is "released" "$status" 0
ok "and back" wait_until 10 answers primary
is "with a fourth switch" "$(history_of | jq length)" 4
quiet() { local lines; lines=$(wc -l <"$LOG"); sleep 1.2; ! tail -n "+$((lines + 1))" "$LOG" | grep -q level=debug; }
ok "the close look ends by itself" wait_until 20 quiet
counted=$(count_told counters)
kill -USR1 "${PIDS[repointd]}"
ok "and what holds then is the level of the new file" not wait_until 1 eval '[ "$(count_told counters)" -gt "$counted" ]'

say "how long nothing is probed"
took=999999
for rise in 1 2 1; do
    records notice $rise
    asked_at=$(now_ms)
    ctl reload
    span=$(($(line_of reloaded | line_ms) - asked_at))
    [ "$span" -ge "$took" ] || took=$span
done
ok "a daemon that waits for nobody is through at once ($took ms)" [ "$took" -lt 400 ]

say "what the lines of a missing and a foreign record advise"
nsupdate_now <<ZONE
add old.$ZONE. 5 A $F4
ZONE
new="new.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s"
old="old.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}"
records notice 1 "$new}" "$old"
ctl reload
ok "one is missing" wait_until 10 told not-ours "new\.$ZONE does not exist: .*set create: yes and reload"
ok "one is foreign" wait_until 10 told not-ours "old\.$ZONE holds what is no target's .*repointctl adopt old\.$ZONE --expect $F4 "
records notice 1 "$new, create: yes}" "$old"
ctl reload
ok "it is created" wait_until 10 told owned "record=new\.$ZONE"
nsupdate_now <<ZONE
del old.$ZONE. A
add old.$ZONE. 5 A $P4
ZONE
ctl adopt "old.$ZONE" --expect "$P4"
is "and what was put there is adopted" "$status|$(dig_short old A)|$(epoch old)" "0|$P4|1"

say "a restart"
records info 1
ctl hold "www.$ZONE" --for 1h --reason freeze
ctl drain "$S4" --for 1h --force
stop repointd KILL
start_daemon
ok "the line of the start says what was taken over" told started "; 2 overrides taken over; "
is "the history stays" "$(history_of | jq length)" 4
done_testing
