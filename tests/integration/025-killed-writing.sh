#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon, killed with -9 in front of the system calls that write into its state directory: while it starts for the first time
#        and again, while it switches, while an override is laid and taken away. On BIND.
# What:  started again, it finds no damaged file, is the same owner, brings the record where it belongs; an override is there or is not,
#        and where its command was answered it is.
# Names: faults 102, 103; acceptance 32 (KILL_STEP=1 for every call; else each third).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
KILL_STEP=${KILL_STEP:-3}
new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_site primary $P4
start_site secondary $S4
configure() # ENABLED
{
    write_config 'audit: 1h' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 1, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 1000, enabled: $1}
CONFIG
}
STATE_DIR=$DIR/state
CALLS=openat,write,writev,pwrite64,fsync,fdatasync,ftruncate,renameat,renameat2,unlinkat
watched=(-P "$STATE_DIR")
for file in owner in-flight.jsonl overrides.json history.jsonl; do watched+=(-P "$STATE_DIR/$file" -P "$STATE_DIR/$file.new"); done

ctl() { "$REPOINTCTL" "$@" --socket "$DIR/run/control.sock"; }
is_sick() { [ -f "$DIR/site-primary/sick/health" ]; }
place() { if is_sick; then echo $S4; else echo $P4; fi; }
kept() { [ -s "$STATE_DIR/in-flight.jsonl" ]; }
dead() { ! kill -0 "${PIDS[repointd]}" 2>/dev/null; }
at_rest()
{
    local event=target-up
    ! is_sick || event=target-down
    told $event target=primary && told target-up target=secondary && serves www A "$(place)" && ! kept
}
traced() { dead || grep -q "TracerPid:[[:space:]]*$1" "/proc/${PIDS[repointd]}/status"; } # PID
let_go() { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null; }                                # PID

# What is done while somebody watches. Each leaves it done, or the daemon dead.
moves() { grep -cE ' event=(failover|fail-back) ' "$LOG"; }
switch()
{
    local before
    before=$(moves)
    if is_sick; then well primary; else sick primary; fi
    wait_until 15 eval "dead || { [ \$(moves) -gt $before ] && ! kept; }"
}
lay() { ctl hold "www.$ZONE" --reason freeze >/dev/null 2>&1 && answered=yes; }
take() { ctl release "www.$ZONE" >/dev/null 2>&1 && answered=no; }

# A running daemon does something under strace, which writes its calls down, and may kill it in front of one of them.
do_it() # WHAT [CALL N]
{
    local tracer inject=()
    answered=
    [ $# = 1 ] || inject=(-e "inject=$2:signal=KILL:when=$3")
    strace -q -o "$DIR/calls" -p "${PIDS[repointd]}" -e trace=$CALLS "${watched[@]}" "${inject[@]}" 2>/dev/null &
    tracer=$!
    wait_until 10 traced $tracer || bail "strace does not attach"
    "$1"
    [ $# = 1 ] || wait_until 2 dead
    let_go $tracer
}
start_it() # - [CALL N]: the same from the first instant on
{
    local inject=()
    [ $# = 1 ] || inject=(-e "inject=$2:signal=KILL:when=$3")
    : >>"$LOG"
    MARK=$(wc -l <"$LOG")
    start repointd strace -D -q -o "$DIR/calls" -e trace=$CALLS "${watched[@]}" "${inject[@]}" \
        "$REPOINTD" -c "$CONFIG" --log-format=logfmt
    wait_until 10 eval 'dead || told started'
}
calls() { sed -nE 's/^([a-z0-9]+)\(.*/\1/p' "$DIR/calls"; }

# The process that died is followed by another one.
killed=0 tried=0 wrong=0
next_life() # WHAT IT WAS KILLED AT
{
    local why=
    tried=$((tried + 1))
    if dead; then
        killed=$((killed + 1))
        wait "${PIDS[repointd]}" 2>/dev/null
        unset 'PIDS[repointd]'
        start_daemon
    fi
    wait_until 20 at_rest || why="the record is not where it belongs"
    ! told state || why="damaged: $(line_of state)"
    [ "$(<"$STATE_DIR/owner")" = "$owner" ] || why="another owner"
    [ ! -e "$STATE_DIR/history.jsonl" ] || jq -e . "$STATE_DIR/history.jsonl" >/dev/null || why="the history is no JSON"
    overrides=$(ctl overrides --json | jq '.overrides | length') || why="no answer about overrides"
    case $answered$overrides in
    yes0 | no1) why="what was answered is forgotten" ;;
    esac
    [ -z "$why" ] || { wrong=$((wrong + 1)); say "$*: $why"; }
}
# Every KILL_STEPth call of what was just watched, each as often as it came: CALL N.
chosen() { calls | awk -v step="$KILL_STEP" -v from="$1" '{ seen[$1]++ } (NR + from) % step == 0 { print $1, seen[$1] }'; }

say "the first start"
configure off
start_it -
ok "it starts" told started
chosen 0 >"$DIR/first"
owner=$(<"$STATE_DIR/owner")
stop repointd
first=0 refused=0
while read -r call n; do
    rm -rf "$STATE_DIR" "$DIR/run"
    answered=
    start_it - "$call" "$n"
    dead || { stop repointd; continue; }
    first=$((first + 1))
    wait "${PIDS[repointd]}" 2>/dev/null
    unset 'PIDS[repointd]'
    launch_daemon
    wait_until 10 told started || { refused=$((refused + 1)); say "$call $n: $(said | tail -n 1)"; }
    ! told state || { refused=$((refused + 1)); say "$call $n: $(line_of state)"; }
    stop repointd
done <"$DIR/first"
say "killed $first times"
ok "it was killed" [ "$first" -gt 0 ]
is "and started each time" "$refused" 0

say "with a record to move"
configure on
start_daemon
owner=$(<"$STATE_DIR/owner")
ok "the record is adopted" wait_until 20 told owned
ok "and at rest" wait_until 20 at_rest
shift_by=0
for what in switch lay take; do
    [ $what != take ] || ctl hold "www.$ZONE" >/dev/null
    do_it $what
    wait_until 20 at_rest || bail "$what: not at rest"
    ctl release "www.$ZONE" >/dev/null 2>&1
    shift_by=$((shift_by + 1)) # not the first few calls of each
    chosen $shift_by >"$DIR/$what"
    while read -r call n; do
        [ $what != take ] || ctl hold "www.$ZONE" >/dev/null
        do_it $what "$call" "$n"
        next_life "$what: $call $n"
        ctl release "www.$ZONE" >/dev/null 2>&1
    done <"$DIR/$what"
done
say "$tried tries, $killed kills: $(sort "$DIR/switch" "$DIR/lay" "$DIR/take" | cut -d' ' -f1 | uniq -c | awk '{ print $2 " " $1 }' | paste -sd,)"
ok "it was killed in the middle" [ "$killed" -ge 3 ]
is "and came right each time" "$wrong" 0
is "it never stopped over its own traces" "$(grep -cE 'event=(conflict|foreign-change|not-ours) ' "$LOG")" 0
stop repointd
done_testing
