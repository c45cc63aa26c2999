#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick, check, lint and sanitize; each argument is a suite: a command that prints TAP.
# What:  runs the suites beside each other, shows the output of those that failed, and adds up. Last line: "N passed, N
#        failed".
# Why:   a suite that dies, that prints less than its plan, or that prints nothing at all has failed as well. What lives
#        in real time waits for most of it, so for each processor three such suites run beside one that works; the
#        latter is nice, so that nobody's deadline passes because of it. JOBS=1 runs all one by one; a suite has
#        TIME_LIMIT seconds. Stories need the programs alone: where BUILDING says how the rest is built, that is done
#        beside them, and all other suites come after it.
set -u

jobs=${JOBS:-$(nproc)}
export BUILD=${BUILD:-$PWD/build}
export REPOINTD=$BUILD/repointd REPOINTCTL=$BUILD/repointctl
export CMOCKA_MESSAGE_OUTPUT=TAP
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
logs=$(mktemp -d "${TMPDIR:-/tmp}/repointd-run.XXXXXX")
trap 'rm -rf "$logs"' EXIT
# timeout hides its suite from the terminal's ^C, and passes a SIGTERM on.
trap 'trap - INT TERM; pkill -TERM -P "$(jobs -p | paste -sd,)"; exit 130' INT TERM

# One suite: its output to a file, then one line "passed failed skipped seconds work why" to another; work is what it
# took of the processors, in seconds.
run_suite() # NUMBER [NICENESS [SECONDS]]
{
    local number=$1 suite=${suites[$1]} status=0 TIMEFORMAT='%1R %1U %1S'
    { time nice -n "${2:-0}" timeout --kill-after=10 "${3:-${TIME_LIMIT:-400}}" sh -c "$suite" \
        >"$logs/$number.out" 2>&1 </dev/null; } 2>"$logs/$number.took" || status=$?
    awk -v status="$status" -v took="$(tail -n 1 "$logs/$number.took")" '
        /^(not )?ok .*# SKIP/ { skipped++; next } # cmocka says "not ok" here
        /^ok /     { passed++ }
        /^not ok / { failed++ }
        /^1\.\.[0-9]+/ { planned += substr($1, 4) }
        END {
            ran = passed + failed + skipped
            why = ""
            if (status && !failed) why = "ended with status " status (status == 124 ? " (time limit)" : "")
            else if (!ran) why = "printed no TAP"
            else if (planned && planned != ran) why = "planned " planned " tests and ran " ran
            if (why != "") failed++
            split(took, seconds)
            printf "%d %d %d %.1f %.1f %s\n", passed, failed, skipped, seconds[1], seconds[2] + seconds[3], why
        }' "$logs/$number.out" >"$logs/$number.new"
    mv "$logs/$number.new" "$logs/$number.sum"
}

# Suites that live in real time, with real servers: a machine that is busy elsewhere can make one of them miss a deadline.
lives_in_real_time() { case $1 in */unit/io/* | */integration/*) ;; *) return 1 ;; esac; }

# A suite's one line, and what it printed if something failed. The second try counts, and is told as such.
tell_suite() # NUMBER [TRY]
{
    local number=$1 suite=${suites[$1]} try=${2:-first} p f s took work why
    read -r p f s took work why <"$logs/$number.sum"
    if [ "$f" != 0 ] && [ "$try" = first ] && lives_in_real_time "$suite"; then
        again+=("$number")
        printf '  %-4s %-60s failed beside others, is tried once more alone\n' "..." "${suite#"${BUILD#"$PWD"/}"/}"
        { grep -A6 '^not ok' "$logs/$number.out" || tail -n 20 "$logs/$number.out"; echo "$why"; } | sed 's/^/       | /'
        return
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '  %-4s %-60s %5s passed%s  %6s s, %5s of work\n' "$([ "$f" = 0 ] && echo ok || echo FAIL)" \
        "${suite#"${BUILD#"$PWD"/}"/}" "$p" "$([ "$s" = 0 ] || echo ", $s skipped")" "$took" "$work"
    if [ "$f" != 0 ]; then
        tail -n 300 "$logs/$number.out" | sed 's/^/       | /'
        [ -z "$why" ] || echo "       $suite: $why"
    fi
}

tell_finished()
{
    local sum number
    for sum in "$logs"/*.sum; do
        [ -e "$sum" ] || continue
        number=${sum##*/}
        tell_suite "${number%.sum}"
        mv "$sum" "${sum%.sum}.told"
    done
}

# What a story says in its head ("Lasts: 90 s"); 0 for all that say nothing.
seconds_of() # SUITE
{
    local line=
    case $1 in *.sh) line=$(grep -m 1 '^# Lasts: ' "$1") ;; esac
    line=${line#'# Lasts: '}
    echo "${line%% *}" | grep . || echo 0
}

# The numbers of those that live in real time, the longest first, so that none of these is alone at the end.
line_up() # NUMBER…
{
    local number
    for number in "$@"; do
        if lives_in_real_time "${suites[number]}"; then
            echo "$(seconds_of "${suites[number]}") $number"
        else
            working+=("$number")
        fi
    done >"$logs/queue"
    mapfile -t waiting < <(sort -s -k1,1nr "$logs/queue" | cut -d' ' -f2)
}

# Number 0 builds what all but the stories need; these are held until it has. Without it they would only fail, too.
begin_to_build()
{
    local number now=()
    for number in "${!suites[@]}"; do
        case ${suites[number]} in
        tests/integration/*) now+=("$number") ;;
        *) [ "$number" = 0 ] || held+=("$number") ;;
        esac
    done
    line_up "${now[@]}"
    run_suite 0 10 3600 &
    kind[$!]=building
}

after_the_build()
{
    [ "${#held[@]}" != 0 ] && [ -e "$logs/0.told" ] || return 0
    local stories=("${waiting[@]}") failures
    read -r _ failures _ <"$logs/0.told"
    if [ "$failures" = 0 ]; then
        line_up "${held[@]}"
        waiting=("${stories[@]}" "${waiting[@]}")
    fi
    held=()
}

# How many of each kind run: leaves $waiting_now and $working_now.
count_running()
{
    local pid
    waiting_now=0 working_now=0
    for pid in $(jobs -rp); do
        case ${kind[$pid]} in
        waiting) waiting_now=$((waiting_now + 1)) ;;
        working) working_now=$((working_now + 1)) ;;
        building) working_now=$jobs ;;
        esac
    done
}

room_for() # HOW MANY OF THEM RUN, AT MOST
{
    if [ "$jobs" = 1 ]; then [ $((waiting_now + working_now)) = 0 ]; else [ "$1" -lt "$2" ]; fi
}

passed=0 failed=0 skipped=0
suites=("$@") again=() waiting=() working=() held=()
declare -A kind=()
if [ -n "${BUILDING:-}" ]; then
    suites=("$BUILDING" "$@")
    begin_to_build
else
    line_up "${!suites[@]}"
fi
while [ $((${#waiting[@]} + ${#working[@]} + ${#held[@]})) != 0 ]; do
    after_the_build
    count_running
    if [ "${#waiting[@]}" != 0 ] && room_for "$waiting_now" $((jobs * 3)); then
        run_suite "${waiting[0]}" &
        kind[$!]=waiting waiting=("${waiting[@]:1}")
    elif [ "${#working[@]}" != 0 ] && room_for "$working_now" "$jobs"; then
        run_suite "${working[0]}" 10 &
        kind[$!]=working working=("${working[@]:1}")
    else
        wait -n
        tell_finished
    fi
done
wait
tell_finished
for number in "${again[@]}"; do
    run_suite "$number"
    tell_suite "$number" second
done
[ "${#again[@]}" = 0 ] || echo "  tried twice, see above: ${#again[@]}"
[ "$skipped" = 0 ] || echo "  $skipped skipped, see above"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
