#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make mutants. Arguments: patches to try; all of mutants/ where there are none.
# What:  applies each patch to a copy of the core and demands that the simulator notices, or where it does not, the
#        units. One copy a processor, and each takes the next patch that nobody has: what a patch does not touch is not
#        built again, and the first that notices ends it. Prints TAP, a table of who noticed what, and the total as its
#        last line. MUTANT_BOTH=1 asks the units in any case. What a packet says is written outside the core, where only
#        the units of the packet can notice.
# Why:   a checker that cannot fail is worth nothing. A patch that no longer applies has failed as well: the code it is
#        about has changed, and nobody has asked since whether it is still watched.
set -u

seeds=${MUTANT_SEEDS:-500}
export MAKEFLAGS=

core_units() { (cd tests/unit && printf '%s\n' core/test_*.c | sed 's/\.c$//'); }
packet_units() { (cd tests/unit && printf '%s\n' io/test_dns_packet*.c | sed 's/\.c$//'); }
programs() { printf 'build/tests/unit/%s ' "$@"; }
build() { make BUILD=build WERROR= "$@" >build.log 2>&1; }

# The units that fail (the first one ends it), and the invariant with its seed; both empty: it lives.
try_units()
{
    for unit in "$@"; do
        timeout 30 "build/tests/unit/$unit" >/dev/null 2>&1 && continue
        printf '%s ' "${unit##*/}"
        return
    done
}
try_sim() # SIM ARGUMENTS
{
    timeout 600 build/sim --seeds "$seeds" --stop-at-first "$@" 2>&1 |
        sed -n 's/^# \([A-Za-z0-9]*\): seed \(0x[0-9a-f]*\).*/\1 (seed \2)/p' | head -n 1
}

# One patch in this lane's copy: a line of TAP, and a row of the table in ../rows.
one() # NUMBER PATCH
{
    local number=$1 patch=$2 name by_units='' by_sim='' verdict
    name=$(basename "$patch" .patch)
    if ! patch -s -p1 -F0 -f --no-backup-if-mismatch <"$patch" >patch.log 2>&1; then
        printf 'not ok %s - %s no longer applies\n%s\n' "$number" "$name" "$(sed 's/^/# /' patch.log)"
        printf '# %-32s | %-18s | %s\n' "$name" 'does not apply' - >"../rows/$number"
        find . \( -name '*.rej' -o -name '*.orig' \) -delete
        cp -rp "$root/src/base" "$root/src/model" "$root/src/core" "$root/src/io" src/
        return
    fi
    if grep -q '^--- a/src/io/' "$patch"; then
        build $(programs $(packet_units)) && by_units=$(try_units $(packet_units))
    elif build build/sim; then
        by_sim=$(try_sim --workers 1)
        if [ -z "$by_sim" ] || [ -n "${MUTANT_BOTH:-}" ]; then
            build -k $(programs $(core_units))
            by_units=$(try_units $(core_units))
        fi
    else
        printf '# %s does not build:\n%s\n' "$name" "$(grep -m 3 error build.log | sed 's/^/# /')"
    fi
    verdict="not ok $number - $name lives"
    [ -n "$by_units$by_sim" ] && verdict="ok $number - $name"
    echo "$verdict"
    printf '# %-32s | %-18s | %s\n' "$name" "${by_sim:--}" "${by_units:--}" >"../rows/$number"
    patch -s -p1 -R -f --no-backup-if-mismatch <"$patch" >/dev/null 2>&1
}

if [ "${1:-}" = --lane ]; then # NUMBER:PATCH, as xargs calls it
    cd "$copy/lane$LANE" || exit 1
    one "${2%%:*}" "${2#*:}"
    exit
fi

patches=()
for patch in "$@"; do patches+=("$(realpath "$patch")"); done
root=$(cd "$(dirname "$0")/../.." && pwd)
self=$(realpath "$0")
lanes=${JOBS:-$(nproc)}
copy=$(mktemp -d "${TMPDIR:-/tmp}/repointd-mutants.XXXXXX")
export root copy seeds
trap 'rm -rf "$copy"' EXIT

mkdir -p "$copy/rows" "$copy/lane0/src" "$copy/lane0/tests/unit"
cd "$copy/lane0" || exit 1
cp -rp "$root/Makefile" "$root/include" .
cp -rp "$root/src/base" "$root/src/model" "$root/src/core" "$root/src/io" src/
cp -rp "$root/tests/unit/core" "$root/tests/unit/io" tests/unit/
cp -rp "$root/tests/sim" tests/

if ! build -j "$lanes" build/sim $(programs $(core_units) $(packet_units)); then
    tail -n 20 build.log | sed 's/^/# /'
    echo "not ok 1 - the core without a mistake builds"
    exit 1
fi
alive=$(try_units $(core_units) $(packet_units))$(try_sim)
if [ -z "$alive" ]; then
    echo "ok 1 - the core without a mistake passes"
else
    echo "not ok 1 - the core without a mistake fails: $alive"
fi >"$copy/rows/first"
cat "$copy/rows/first"
for lane in $(seq 1 $((lanes - 1))); do cp -rp "$copy/lane0" "$copy/lane$lane"; done

[ ${#patches[@]} -gt 0 ] || patches=("$root"/tests/sim/mutants/*.patch)
number=1
for patch in "${patches[@]}"; do
    number=$((number + 1))
    printf '%s\n' "$number:$patch"
done >"$copy/list"
xargs -d '\n' -n 1 -P "$lanes" --process-slot-var=LANE "$self" --lane <"$copy/list" | tee "$copy/told"

echo "1..$number"
printf '# %-32s | %-18s | %s\n' mutant simulator units
(cd "$copy/rows" && find . -name '[0-9]*' -printf '%f\n' | sort -n | xargs -r cat)
failed=$(cat "$copy/rows/first" "$copy/told" | grep -c '^not ok')
found=$(grep -c '^ok ' "$copy/told")
echo "# $found of $((number - 1)) mutants are found"
[ "$failed" = 0 ] && [ "$found" = $((number - 1)) ]
