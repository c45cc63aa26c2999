#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make mutants. Arguments: patches to try; all of mutants/ where there are none.
# What:  applies each patch to a copy of the core and demands that the simulator notices, or where it does not, the
#        units. Prints TAP, and a table of who noticed what. MUTANT_BOTH=1 asks the units in any case. What a packet
#        says is written outside the core, where only the units of the packet can notice.
# Why:   a checker that cannot fail is worth nothing. A patch that no longer applies has failed as well: the code it is
#        about has changed, and nobody has asked since whether it is still watched.
set -u

patches=()
for patch in "$@"; do patches+=("$(realpath "$patch")"); done
root=$(cd "$(dirname "$0")/../.." && pwd)
seeds=${MUTANT_SEEDS:-500}
copy=$(mktemp -d "${TMPDIR:-/tmp}/repointd-mutants.XXXXXX")
trap 'rm -rf "$copy"' EXIT

cd "$copy" || exit 1
mkdir -p src tests/unit
cp -r "$root/Makefile" "$root/include" .
cp -r "$root/src/base" "$root/src/model" "$root/src/core" "$root/src/io" src/
cp -r "$root/tests/unit/core" "$root/tests/unit/io" tests/unit/
cp -r "$root/tests/sim" tests/

core_units=$(cd tests/unit && printf '%s\n' core/test_*.c | sed 's/\.c$//')
packet_units=$(cd tests/unit && printf '%s\n' io/test_dns_packet*.c | sed 's/\.c$//')
programs() { printf 'build/tests/unit/%s ' "$@"; }
build() { make BUILD=build WERROR= "$@" >build.log 2>&1; }

# The units that fail, and the invariant with its seed; both empty: it lives.
try_units()
{
    for unit in "$@"; do
        timeout 30 "build/tests/unit/$unit" >/dev/null 2>&1 || printf '%s ' "${unit##*/}"
    done
}
try_sim()
{
    timeout 600 build/sim --seeds "$seeds" --stop-at-first 2>&1 |
        sed -n 's/^# \([A-Za-z0-9]*\): seed \(0x[0-9a-f]*\).*/\1 (seed \2)/p' | head -n 1
}

if ! build build/sim $(programs $core_units $packet_units); then
    tail -n 20 build.log | sed 's/^/# /'
    echo "not ok 1 - the core without a mistake builds"
    exit 1
fi
alive=$(try_units $core_units $packet_units)$(try_sim)
failed=0
if [ -z "$alive" ]; then
    echo "ok 1 - the core without a mistake passes"
else
    echo "not ok 1 - the core without a mistake fails: $alive"
    failed=1
fi

[ $# -gt 0 ] || patches=("$root"/tests/sim/mutants/*.patch)
number=1 table=
for patch in "${patches[@]}"; do
    number=$((number + 1))
    name=$(basename "$patch" .patch)
    if ! patch -s -p1 -F0 -f --no-backup-if-mismatch <"$patch" >patch.log 2>&1; then
        echo "not ok $number - $name no longer applies"
        sed 's/^/# /' patch.log
        failed=$((failed + 1))
        cp -r "$root/src/core" "$root/src/io" src/
        continue
    fi
    by_units= by_sim=
    if grep -q '^--- a/src/io/' "$patch"; then
        build $(programs $packet_units) && by_units=$(try_units $packet_units)
    elif build build/sim; then
        by_sim=$(try_sim)
        if [ -z "$by_sim" ] || [ -n "${MUTANT_BOTH:-}" ]; then
            build $(programs $core_units) && by_units=$(try_units $core_units)
        fi
    else
        echo "# $name does not build:"
        grep -m 3 'error' build.log | sed 's/^/# /'
    fi
    if [ -n "$by_units$by_sim" ]; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name lives"
        failed=$((failed + 1))
    fi
    table+=$(printf '# %-32s | %-18s | %s' "$name" "${by_sim:--}" "${by_units:--}")$'\n'
    patch -s -p1 -R -f --no-backup-if-mismatch <"$patch" >/dev/null 2>&1
done
echo "1..$number"
printf '# %-32s | %-18s | %s\n' mutant simulator units
printf '%s' "$table"
[ "$failed" = 0 ]
