# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: the daemon, killed with -9 at one system call after the other while it switches, told once for each name server by 021, which
#        sets SERVER.
# What:  started again, it brings the record where it belongs, by one transaction or two; nothing but the two targets' sets is ever
#        served, under one owner's marker; what was under way is kept, and forgotten in the end.
# Names: fault 102; S18; acceptance 32 (KILL_STEP=1 for every call; no other server than BIND is asked more often than at each eighth).
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<<"www 30 A $P4"
"start_$SERVER"
start_site primary $P4
start_site secondary $S4
# As little as can be besides the switch: no audit, and one look that fails is enough.
write_config 'audit: 1h' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 1, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 1000}
CONFIG
KILL_STEP=${KILL_STEP:-16}
[ "$SERVER" = bind ] || [ "$KILL_STEP" -ge 8 ] || KILL_STEP=8
start served /usr/bin/python3 "$(dirname "$0")/served.py" $NS_ADDRESS "$NS_PORT" "www.$ZONE" A

kept() { [ -s "$DIR/state/in-flight.jsonl" ]; }
is_sick() { [ -f "$DIR/site-primary/sick/health" ]; }
place() { if is_sick; then echo $S4; else echo $P4; fi; }
moves() { grep -cE ' event=(failover|fail-back) ' "$LOG"; }
# Both sites are known to this process, the record is where it belongs, and nothing is under way.
at_rest()
{
    local event=target-up
    ! is_sick || event=target-down
    told $event target=primary && told target-up target=secondary && serves www A "$(place)" && ! kept
}
ended() { ! kill -0 "${PIDS[repointd]}" || { ! kept && [ "$(moves)" -gt "$moved" ]; }; }

# The call that it sits in is the first one: it may be dead already.
watched() { ! kill -0 "$1" || grep -q "TracerPid:[[:space:]]*$2" "/proc/$1/status"; } # PID PID

# The other site's turn. Kills it in front of the Nth call of a name, counted from the moment when the primary's health changes; calls
# are written down. Sets LIVED.
made=0 killed=0 wrong=0 extra=0 left=0 others=0
declare -A AT=()
move() # CALLS-FILE [NAME N]
{
    local pid=${PIDS[repointd]} tracer marked written moved deltas inject=()
    marked=$(epoch www) written=$(serial) moved=$(moves) LIVED=
    [ $# = 1 ] || inject=(-e "inject=$2:signal=KILL:when=$3")
    strace -q -o "$1" -p "$pid" -e trace=all "${inject[@]}" &
    tracer=$!
    wait_until 30 watched "$pid" $tracer || bail "strace does not attach (${*:2})"
    if is_sick; then well primary; else sick primary; fi
    wait_until 15 ended
    made=$((made + 1))
    kill "$tracer" 2>/dev/null # lets go of it, if it lives
    wait "$tracer" 2>/dev/null
    if kill -0 "$pid" 2>/dev/null; then
        LIVED=yes
    else
        killed=$((killed + 1)) AT[$2]=$((${AT[$2]:-0} + 1))
        wait "$pid" 2>/dev/null
        unset 'PIDS[repointd]'
        ! kept || left=$((left + 1))
        start_daemon
    fi
    wait_until 20 at_rest || { wrong=$((wrong + 1)); say "${*:2}: $(dig_short www A) and not $(place)"; }
    deltas="$(($(epoch www) - marked)) $(($(serial) - written))"
    [ "$(marker www | cut -d' ' -f2)" = "$owner" ] || others=$((others + 1))
    case $deltas in
    '1 1') ;;
    '2 2') extra=$((extra + 1)) ;;
    *) wrong=$((wrong + 1)); say "${*:2}: epoch and serial went on by $deltas" ;;
    esac
}
# The Nth call of a file: its name, and how many of that name it is.
nth_call() # FILE N
{
    awk -F'(' -v n="$2" '{ seen[$1]++ } NR == n { print $1, seen[$1] }' "$1"
}

start_daemon
ok "the record is adopted" wait_until 20 told owned
ok "and at rest" wait_until 20 at_rest
owner=$(marker www | cut -d' ' -f2)
begun=$(epoch www)
move "$DIR/there"
move "$DIR/back"
is "it lives through being watched" "$LIVED" yes
both=$(cat "$DIR/there" "$DIR/back" | wc -l)
for n in $(seq "$KILL_STEP" "$KILL_STEP" "$both"); do
    read -ra there <<<"$(nth_call "$DIR/there" "$n")"
    read -ra back <<<"$(nth_call "$DIR/back" "$n")"
    [ ${#there[@]}${#back[@]} != 00 ] || break
    move "$DIR/calls" "${there[@]}"
    move "$DIR/calls" "${back[@]}"
done
say "of $both calls there and back each ${KILL_STEP}th: $made moves, $killed kills, $left with something under way;"
say "$extra times a transaction too many"
say "in front of: $(for call in "${!AT[@]}"; do echo "$call ${AT[$call]}"; done | sort | paste -sd,)"
is "after each kill it came right, with one transaction too many at the most" "$wrong" 0
ok "it really was killed in the middle" [ "$killed" -ge 8 ]
ok "while something was under way, too" [ "$left" -ge 1 ]
ok "what is over is forgotten" not kept
stop repointd
is "nothing came later" "$(epoch www)" $((begun + made + extra))
stop served
is "no third value was ever served" "$(cut -d' ' -f2- "$DIR/served.log" | sort -u)" "$(printf 'NOERROR %s\nNOERROR %s' $P4 $S4 | sort)"
is "nobody else's marker was ever seen" "$others" 0
is "it never stopped over its own traces" "$(grep -cE 'event=(conflict|foreign-change|not-ours) ' "$LOG")" 0
done_testing
