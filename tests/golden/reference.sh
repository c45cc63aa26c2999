#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick and check; PKG-6, PKG-9, DOC-5, CFG-13, CLI-14.
# What:  docs/messages.md is what the tables make of it; the manual pages read well in both readers, know each command, option,
#        key and exit status, and say nothing of when they were built.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
repointd=${REPOINTD:-$build/repointd} repointctl=${REPOINTCTL:-$build/repointctl}
told=0 failed=0

# tell NAME COMMAND…: "ok" if it succeeds and says nothing.
tell()
{
    local name=$1 verdict=ok words
    shift
    words=$("$@" 2>&1) && [ -z "$words" ] || { verdict="not ok" failed=1; }
    told=$((told + 1))
    echo "$verdict $told - $name"
    [ "$verdict" = ok ] || sed 's/^/# /' <<<"$words"
}

page() { man --encoding=UTF-8 --local-file "$build/man/$1" | cat; }
# Lines of standard input that do not stand on a page.
missing() # PAGE
{
    local text line
    text=$(MANWIDTH=300 page "$1" | tr -s ' ')
    while read -r line; do [[ $text == *"$line"* ]] || echo "$line"; done
}
lint() { mandoc -Tlint -W warning "$build/man/$1"; }
reads() { MANWIDTH=80 man --warnings --encoding=UTF-8 --local-file "$build/man/$1" >/dev/null; }
# The same by another clock, in another place of the world.
undated() { cmp <(SOURCE_DATE_EPOCH=0 TZ=Asia/Tokyo LC_ALL=C "$build/reference" "docs/man/$1.in") "$build/man/$1"; }
is_made() { diff <("$build/reference" docs/messages.md.in) docs/messages.md; }
# Two columns of names and summaries.
commands()
{
    local lines
    lines=$("$repointctl" --help | awk '/^$/ { n++ } n == 1')
    { cut -c3-12 <<<"$lines"; cut -c41-50 <<<"$lines"; } | grep -oE '[a-z][a-z-]+'
}
usages() { commands | while read -r name; do "$repointctl" "$name" --help | sed -n 's/^usage: //p'; done; }
options() { commands | while read -r name; do "$repointctl" "$name" --help | sed -nE 's/^  (-., )?(--[a-z-]+).*/\2/p'; done | sort -u; }
daemon_options() { "$repointd" --help | sed -nE 's/^  (-., |    )(--[a-z-]+).*/\2/p'; }
keys() { "$repointd" --print-schema | jq -r '[.properties, .definitions[].properties] | .[] | keys[] + ":"' | sort -u; }

variables() { sed -n '/^} variables\[\]/,/^};/s/^ *{"\([A-Z_]*\)".*/REPOINT_\1/p' src/io/letter_words.c; }

tell "docs/messages.md is what make reference makes" is_made
for name in repointctl.1 repointd.8 repointd.yaml.5 repointd-hooks.7; do
    tell "$name has nothing that mandoc would mend" lint $name
    tell "$name has nothing that man would warn of" reads $name
    tell "$name says nothing of its build" undated $name
done
tell "repointctl(1) knows each usage" missing repointctl.1 < <(usages)
tell "repointctl(1) knows each option" missing repointctl.1 < <(options)
tell "repointd(8) knows each option" missing repointd.8 < <(daemon_options)
tell "repointd.yaml(5) knows each key" missing repointd.yaml.5 < <(keys)
tell "repointd-hooks(7) knows each variable" missing repointd-hooks.7 < <(variables)
tell "which are many" test "$(usages | wc -l)" = "$(commands | wc -l)" -a "$(keys | wc -l)" -gt 80 -a \
    "$(options | wc -l)" -gt 9 -a "$(daemon_options | wc -l)" -gt 9 -a "$(usages | wc -l)" -gt 15 -a "$(variables | wc -l)" -gt 9
echo "1..$told"
exit $failed
