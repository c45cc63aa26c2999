#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick and check; docs/faults.md, faults 39, 81, 92, 118, 134 and the rules CFG-1 ... CFG-16.
# What:  each bad configuration is refused with exactly the message that stands beside it, at check and at start; each that
#        deserves a warning gets it and loads; --strict makes errors of them.
# Why:   messages are a contract. After a wanted change: tests/golden/config.sh --write, then look at the difference.
set -u

here=$(cd "$(dirname "$0")" && pwd)
repointd=${REPOINTD:-$here/../../build/repointd}
work=$(mktemp -d "${TMPDIR:-/tmp}/repointd-golden.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset CREDENTIALS_DIRECTORY STATE_DIRECTORY RUNTIME_DIRECTORY
number=0 failed=0

tell()
{
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=$((failed + 1))
    fi
}

# Runs in the copy, so that messages name files as they stand in the folder. Leaves $work/out, $work/err and $status.
run()
{
    cd "$work/$1" || exit 1
    shift
    "$repointd" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

compare()
{
    if [ "${write:-}" ]; then
        cp "$work/$2" "$here/$1"
    elif [ "$(<"$here/$1")" != "$(<"$work/$2")" ]; then
        diff -u "$here/$1" "$work/$2" | sed 's/^/# /'
        return 1
    fi
}

[ "${1:-}" = --write ] && write=yes
cp -r "$here/bad" "$here/warn" "$work/"
chmod -R go-rwx "$work/bad/keys" "$work/warn/keys"
chmod o+r "$work/warn/keys/open.key" "$work/warn/keys/open-too.key"

for file in "$here"/bad/*.yaml; do
    name=${file##*/}
    name=${name%.yaml}
    run bad --check-config "$name.yaml"
    [ "$status" = 1 ] && [ ! -s "$work/out" ] && compare "bad/$name.txt" err
    tell $? "bad/$name is refused with its message"
done

for file in "$here"/warn/*.yaml; do
    name=${file##*/}
    name=${name%.yaml}
    run warn --check-config "$name.yaml"
    [ "$status" = 0 ] && [[ "$(<"$work/out")" == "OK: "* ]] && compare "warn/$name.txt" err
    tell $? "warn/$name loads with its warning"
done

for name in no-check key-weak; do
    run warn --check-config --strict "$name.yaml"
    [ "$status" = 1 ] && [ ! -s "$work/out" ] && grep -q ' error: ' "$work/err" && ! grep -q ' warning: ' "$work/err"
    tell $? "warn/$name is refused by --strict"
done

# At start the exit code is 78, and nothing was opened: no directory is made.
for name in unknown-check-key yaml-tab key-missing-file timeout-above-interval; do
    export STATE_DIRECTORY=$work/state RUNTIME_DIRECTORY=$work/run
    run bad --config "$name.yaml"
    [ "$status" = 78 ] && [ ! -e "$work/state" ] && [ ! -e "$work/run" ]
    tell $? "bad/$name: the daemon does not start, exit 78"
done

# Whether the kernel lets us ping is different from host to host; in a namespace of its own nobody may.
printf 'checks:\n  alive: {ping: on}\n  too: {ping: on}\n' >"$work/ping.yaml"
if unshare --net true 2>/dev/null; then
    unshare --net "$repointd" --check-config "$work/ping.yaml" >"$work/out" 2>"$work/err"
    [ "$(grep -c "ping_group_range is '1 0'" "$work/err")" = 1 ]
    tell $? "a host where nobody may ping: one warning"
else
    tell 0 "a host where nobody may ping: one warning # SKIP no right to make a namespace"
fi

# No secret ever comes out.
cat "$here"/bad/*.txt "$here"/warn/*.txt | grep -c -e VGhpcyBpcyBh -e geheim -e VFRUVFRUVFRUVFRUVFRU | grep -qx 0
tell $? "no golden message holds a secret"

echo "1..$number"
[ "$failed" = 0 ]
