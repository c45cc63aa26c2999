#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: docs/operators.md, on BIND.
# What:  each command of repointctl, for people and for programs, in a pipe and in a terminal, with its exit status: the page shows
#        what happens here. Each key of the JSON is explained in repointctl(1).
# Names: CLI-3, CLI-4, CLI-5, CLI-13, DOC-3.
# Lasts: 40 s
ZONE=example.com
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"
# shellcheck source=tests/integration/transcript.sh
. "$TESTS/integration/transcript.sh"

start_example
tell_page operators.md
is "in a terminal there is colour" "$COLOURS" yes

# Each command, and each that takes --json with it; each key is on the page of the manual.
commands() { local lines; lines=$(repointctl --help | awk '/^$/ { n++ } n == 1'); { cut -c3-12 <<<"$lines"; cut -c41-50 <<<"$lines"; } | grep -oE '[a-z][a-z-]+'; }
untold=()
for name in $(commands); do
    grep -qE "^\\$ (timeout . )?repointctl $name\b" "$PAGES/operators.md" || untold+=("$name")
    ! repointctl "$name" --help | grep -q -e --json || grep -qE "^\\$ (timeout . )?repointctl $name\b.* --json" "$PAGES/operators.md" ||
        untold+=("$name --json")
done
is "every command is told" "${untold[*]}" ""
manual=$(man --encoding=UTF-8 --local-file "$TESTS/../docs/man/repointctl.1.in" 2>/dev/null | tr -cs 'a-z_\n' ' ')
unexplained=$(grep -oE '^ *"[a-z_]+":' "$PAGES/operators.md" | tr -d ' ":' | sort -u | while read -r key; do
    grep -qE "(^| )$key( |\$)" <<<"$manual" || echo "$key"
done | paste -sd' ')
is "every key is explained in repointctl(1)" "$unexplained" ""
done_testing
