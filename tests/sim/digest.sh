#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make check. Arguments: two builds of the simulator.
# What:  S21: both print the same figures and the same digest of all effects for the same seeds. Prints TAP.
# Why:   what differs between compilers or under sanitizers is read before it is written, or depends on an order that
#        nobody promised; a wrong decision would show it far too late.
set -eu
seeds=${SEEDS:-20}

figures() { "$1" --seeds "$seeds" | sed -n 's/^#.*workers), //p'; }

first=$(figures "$1") second=$(figures "$2")
if [ -n "$first" ] && [ "$first" = "$second" ]; then
    echo "ok 1 - $seeds seeds have the same digest in $1 and $2"
else
    echo "not ok 1 - $seeds seeds differ between $1 and $2"
    printf '# %s\n' "${first:-nothing was told}" "${second:-nothing was told}"
    failed=1
fi
echo 1..1
exit "${failed:-0}"
