#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make bench.
# What:  builds the two helpers and hands over to bench.py (probing), control.py (how late probes start while the control socket is
#        attacked) and mass.sh (updating), which tell what they measure. QUICK=yes: only the probing that matters most, one round, and
#        the attacks, in less than three minutes.
set -eu

cd "$(dirname "$0")/../.."
BUILD=${BUILD:-$PWD/build}
helpers=$BUILD/bench
mkdir -p "$helpers"
for name in endpoint bare; do
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$helpers/$name" "tests/bench/$name.c" -lssl -lcrypto
done
# In a network namespace of its own nothing else is on the loopback, and the kernel's counters are ours.
if [ "$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then
    alone=(unshare --net sh -c 'ip link set lo up && exec "$@"' sh env OWN_NETWORK=yes)
fi
${alone[@]+"${alone[@]}"} /usr/bin/python3 tests/bench/bench.py "$BUILD/repointd" "$helpers"
${alone[@]+"${alone[@]}"} /usr/bin/python3 tests/bench/control.py "$BUILD/repointd" "$BUILD/repointctl"
[ -n "${QUICK:-}" ] || BUILD=$BUILD REPOINTD=$BUILD/repointd exec tests/bench/mass.sh
