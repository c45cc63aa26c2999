#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick and check; docs/route53.md, docs/faults.md.
# What:  each statement of Route 53 that is the same here, or is so by the preset, names tests, and each of these names the statement
#        (r53 46; r53 12-16, 20). Each fault of this host, of targets and of operation that is built and can be provoked is named by a
#        test (fault 11; faults 11, 13). Each number stands there once.
# Why:   a table that says where something is shown is worth what the tests say.
set -u
cd "$(dirname "$0")/../.." || exit 1

# The numbers that follow a word like "r53" or "faults" in files, ranges written out, each once.
numbers() # WORD (extended) FILE…
{
    local word=$1
    shift
    # "faults 11, 13 and 15-17" may go on in the next line of a comment.
    sed -E 's/^[[:space:]]*(#|\/?\*)//' "$@" | tr '\n' ' ' | tr -s ' ' |
        grep -aoE "\\b$word [0-9]+((,| and| to|-) ?[0-9]+)*" | sed -E "s/^$word //; s/ ?(,| and) ?/ /g; s/ to |-/-/g" | tr ' ' '\n' |
        awk -F- 'NF == 2 { for (n = $1; n <= $2; n++) print n } NF == 1 && $1 != "" { print $1 }' | sort -un
}

mapfile -t files < <(find tests/unit tests/integration tests/golden tests/sim tests/fuzz -name '*.c' -o -name '*.sh' -o -name '*.yaml' -o -name '*.scn' | grep -v golden/named)
declare -A path=() numbers_in=()
for file in "${files[@]}"; do
    name=${file##*/}
    case $file in */corpus/*) ;; *) path[${name%.*}]=$file ;; esac
done

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
        file=${path[$name]:-}
        [ -n "$file" ] || { missing+=" $name"; continue; }
        [ -n "${numbers_in[$file]:-}" ] || numbers_in[$file]=" $(numbers r53 "$file" | paste -sd' ') "
        [[ ${numbers_in[$file]} == *" $number "* ]] || missing+=" $name"
    done
    case $mark in
    same | preset) [ -n "${shown// /}" ] || missing=" a test" ;;
    other | none) ;;
    *) missing=" a mark" ;;
    esac
    [ -z "$missing" ]
    result $? "r53 $number${missing:+: not shown by$missing}"
done <<<"$rows"

rows=$(grep -E '^\| [0-9]+ \|' docs/faults.md)
[ "$(awk '{ print $2 }' <<<"$rows" | paste -sd' ')" = "$(seq -s' ' 141)" ]
result $? "the faults stand there, each once"
named=$(numbers '[fF]aults?' "${files[@]}")
while IFS='|' read -r _ number _ _ how far _; do
    number=${number// /}
    [ "$number" -le 48 ] || [ "$number" -ge 102 ] || continue
    [ "$number" -le 134 ] || break
    case $how$far in *text* | *later* | *"no test"*) continue ;; esac
    grep -qx "$number" <<<"$named"
    result $? "fault $number is named by a test"
done <<<"$rows"
echo "1..$tests"
exit $failed
