#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make coverage, with the unit tests of base, model and core, and the simulator, built with --coverage.
# What:  the branches of model and core that they take, lines with assertions left out: 95 % by all, and 85 % of core's
#        by the simulator alone. Prints TAP, and each file with the lines whose branches nobody takes.
# Why:   these floors decide, and they are pure, so nothing excuses a branch that was never gone. Half of model reads
#        texts that no world contains, so the simulator is measured by core. Elsewhere the figure is read, not enforced.
set -eu
build=${BUILD:-build}/cov
told=0 failed=0

# The branches of src/model and src/core taken since the counters were set to nothing, as an lcov file.
measure()
{
    lcov --quiet --capture --directory "$build/src/model" --directory "$build/src/core" --base-directory "$PWD" \
        --no-external --rc lcov_branch_coverage=1 --rc lcov_excl_br_line='assert\(' --output-file "$1" 2>"$1.log" ||
        { cat "$1.log" >&2; exit 1; }
}

# One file of the floors wanted (a pattern) a line: percent, taken, all, name, and the lines with branches not taken.
table()
{
    awk -F '[:,]' -v root="$PWD/" -v floors="^src/($2)/" '
        /^SF:/   { file = substr($0, 4); sub(root, "", file); split("", open) ; lines = ""; hit = all = 0 }
        /^BRDA:/ { all++; if ($5 != "-" && $5 > 0) hit++; else if (!($2 in open)) { open[$2]; lines = lines " " $2 } }
        /^end_of_record/ && all && file ~ floors { printf "%5.1f %5d %5d %-28s%s\n", 100 * hit / all, hit, all, file, lines }' "$1"
}

# "ok" if the whole of a table reaches what is wanted.
judge()
{
    local info=$1 wanted=$2 floors=$3 by=$4
    read -r percent hit all < <(table "$info" "$floors" |
        awk '{ hit += $2; all += $3 } END { printf "%.1f %d %d\n", all ? 100 * hit / all : 0, hit, all }')
    told=$((told + 1))
    local verdict=ok
    awk -v p="$percent" -v w="$wanted" 'BEGIN { exit !(p >= w) }' || { verdict="not ok" failed=1; }
    echo "$verdict $told - $percent % of the branches of ${floors/|/ and } by $by, $wanted % wanted ($hit of $all)"
    table "$info" "$floors" | sort -n | sed 's/^/#  /'
}

find "$build" -name '*.gcda' -delete
for program; do
    case $program in */sim)
        # One process a seed: the workers of --seeds end without writing their counters.
        { seq -f '--seed %.0f' "${SEEDS:-100}"
          find tests/sim/scenarios -name '*.scn' -printf '--scenario %p\n' 2>/dev/null; } |
            xargs -P "$(nproc)" -L 1 "$program" >"$build/sim.out" 2>&1 || { tail -n 60 "$build/sim.out"; exit 1; }
        measure "$build/sim.info"
        judge "$build/sim.info" 85 core "the simulator alone"
    esac
done
for program; do
    case $program in */sim) ;; *) "$program" >"$build/unit.out" 2>&1 || { cat "$build/unit.out"; exit 1; } ;; esac
done
measure "$build/all.info"
judge "$build/all.info" 95 "model|core" "units and simulator"
echo "1..$told"
exit "$failed"
