#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick, check, lint and sanitize; each argument is a suite: a command that prints TAP.
# What:  runs the suites, two at a time, shows the output of those that failed, and adds up. Last line: "N passed, N
#        failed".
# Why:   a suite that dies, that prints less than its plan, or that prints nothing at all has failed as well. JOBS=1
#        runs them one by one; a suite has TIME_LIMIT seconds.
set -u

jobs=${JOBS:-2}
export BUILD=${BUILD:-$PWD/build}
export REPOINTD=$BUILD/repointd REPOINTCTL=$BUILD/repointctl
export CMOCKA_MESSAGE_OUTPUT=TAP
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
logs=$(mktemp -d "${TMPDIR:-/tmp}/repointd-run.XXXXXX")
trap 'rm -rf "$logs"' EXIT
# timeout hides its suite from the terminal's ^C, and passes a SIGTERM on.
trap 'trap - INT TERM; pkill -TERM -P "$(jobs -p | paste -sd,)"; exit 130' INT TERM

# One suite: its output to a file, then one line "passed failed skipped seconds" to another.
run_suite()
{
    local number=$1 suite=$2 start=${EPOCHREALTIME/.} status=0
    timeout --kill-after=10 "${TIME_LIMIT:-400}" sh -c "$suite" >"$logs/$number.out" 2>&1 </dev/null || status=$?
    local took=$(((${EPOCHREALTIME/.} - start) / 100000))
    awk -v status="$status" -v took="$took" '
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
            printf "%d %d %d %d.%d %s\n", passed, failed, skipped, took / 10, took % 10, why
        }' "$logs/$number.out" >"$logs/$number.sum"
}

# Suites that live in real time, with real servers: a machine that is busy elsewhere can make one of them miss a deadline.
lives_in_real_time() { case $1 in */unit/io/* | */integration/*) ;; *) return 1 ;; esac; }

# A suite's one line, and what it printed if something failed. The second try counts, and is told as such.
tell_suite()
{
    local number=$1 suite=$2 try=${3:-first} p f s took why
    read -r p f s took why <"$logs/$number.sum"
    if [ "$f" != 0 ] && [ "$try" = first ] && lives_in_real_time "$suite"; then
        again+=("$number")
        printf '  %-4s %-60s failed beside others, is tried once more alone\n' "..." "${suite#"${BUILD#"$PWD"/}"/}"
        { grep -A6 '^not ok' "$logs/$number.out" || tail -n 20 "$logs/$number.out"; echo "$why"; } | sed 's/^/       | /'
        return
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '  %-4s %-60s %5s passed%s  %6s s\n' "$([ "$f" = 0 ] && echo ok || echo FAIL)" \
        "${suite#"${BUILD#"$PWD"/}"/}" "$p" "$([ "$s" = 0 ] || echo ", $s skipped")" "$took"
    if [ "$f" != 0 ]; then
        tail -n 300 "$logs/$number.out" | sed 's/^/       | /'
        [ -z "$why" ] || echo "       $suite: $why"
    fi
}

# In the order of the arguments, as far as they have ended.
tell_finished()
{
    while [ "$told" -lt "$number" ] && [ -s "$logs/$told.sum" ]; do
        tell_suite "$told" "${suites[told]}"
        told=$((told + 1))
    done
}

passed=0 failed=0 skipped=0 number=0 told=0
suites=("$@") again=()
for suite in "${suites[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
    run_suite "$number" "$suite" &
    number=$((number + 1))
    tell_finished
done
wait
tell_finished
for number in "${again[@]}"; do
    run_suite "$number" "${suites[number]}"
    tell_suite "$number" "${suites[number]}" second
done
[ "${#again[@]}" = 0 ] || echo "  tried twice, see above: ${#again[@]}"
[ "$skipped" = 0 ] || echo "  $skipped skipped, see above"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
