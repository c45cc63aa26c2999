#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick and check; docs/route53.md.
# What:  each statement that is the same here, or is so by the preset, names tests, and each of these names the statement (r53 46; r53
#        12-16, 20); each number stands there once.
# Why:   a table that says where something is shown is worth what the tests say.
set -u
cd "$(dirname "$0")/../.." || exit 1

named() # FILE NUMBER: among the numbers that follow "r53" there, also as ranges
{
    grep -oE 'r53 [0-9][0-9, -]*(and [0-9]+|to [0-9]+)?' "$1" | tr -d '\n' | sed -E 's/r53/,/g; s/ ?(and) ?/,/g; s/ ?(to) ?/-/g' | tr ',' '\n' |
        awk -F- -v n="$2" '{ gsub(/ /, ""); last = $2 == "" ? $1 : $2; if ($1 != "" && n >= $1 + 0 && n <= last + 0) found = 1 } END { exit !found }'
}

tests=0 failed=0
result() # STATUS NAME
{
    tests=$((tests + 1))
    if [ "$1" = 0 ]; then echo "ok $tests - $2"; else failed=1; echo "not ok $tests - $2"; fi
}

rows=$(grep -E '^\| [0-9]+ \|' docs/route53.md)
[ "$(awk '{ print $2 }' <<<"$rows" | paste -sd' ')" = "$(seq -s' ' 93)" ]
result $? "statements 1 to 93 stand there, each once"
while IFS='|' read -r _ number _ _ mark shown _; do
    number=${number// /} mark=${mark// /}
    missing=
    for name in ${shown//,/ }; do
        [ "$name" != later ] || continue
        file=$(find tests/unit tests/integration tests/golden -name "$name.c" -o -name "$name.sh" -o -name "$name.yaml" | head -n 1)
        { [ -n "$file" ] && named "$file" "$number"; } || missing+=" $name"
    done
    case $mark in
    same | preset) [ -n "${shown// /}" ] || missing=" a test" ;;
    other | none) ;;
    *) missing=" a mark" ;;
    esac
    [ -z "$missing" ]
    result $? "r53 $number${missing:+: not shown by$missing}"
done <<<"$rows"
echo "1..$tests"
exit $failed
