#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What: the demo tells its story to the end, within a minute, and leaves neither a process nor a file behind.
set -u
cd "$(dirname "$0")/../.." || exit 1
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/repointd-demo-test.XXXXXX")
export TMPDIR BUILD=${BUILD:-$PWD/build}
trap 'rm -rf "$TMPDIR"' EXIT
number=0 failed=0

tell() # NAME COMMAND...
{
    local name=$1 verdict=ok
    shift
    "$@" || { verdict="not ok" failed=1; }
    number=$((number + 1))
    echo "$verdict $number - $name"
}

has_line() { grep -qE -e "$1" <<<"$story"; }
nothing_left() { [ -z "$(ls -A "$TMPDIR")" ] && ! pgrep -f "$TMPDIR/" >/dev/null; }

SECONDS=0
story=$(NO_COLOR=1 tests/demo/demo.sh 2>&1)
status=$?
took=$SECONDS
sed 's/^/# /' <<<"$story"
tell "the demo ends well" [ "$status" = 0 ]
tell "in under a minute" [ "$took" -lt 60 ]
tell "it says that times are shortened" has_line 'Times are shortened'
tell "nslookup showed the primary, the secondary, the primary" \
    [ "$(grep -oE 'Address: 127\.0\.0\.(250|76)$' <<<"$story" | tr '\n' ' ')" = \
    "Address: 127.0.0.250 Address: 127.0.0.76 Address: 127.0.0.250 " ]
tell "repointd said that it failed over" has_line 'FAILED OVER primary -> secondary \(127\.0\.0\.76\)'
tell "repointd said that it returned" has_line 'returned secondary -> primary \(127\.0\.0\.250\)'
tell "nothing is left behind" nothing_left
echo "1..$number"
exit "$failed"
