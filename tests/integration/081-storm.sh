#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: what the log says when everything happens at once; no name server.
# What:  two thousand targets (CROWD=10000 for more) come up together, die together and return together: under 300 lines each time, with
#        summaries, and each is told or counted once.
# Names: faults 45-47, 113; LOG-6.
# shellcheck source=tests/integration/crowd.sh
. "$(dirname "$0")/crowd.sh"

start_crowd
write_crowd 'tcp: 81, interval: 2s, timeout: 1900ms, fall: 2, rise: 1'
# Lines of a storm: all but those about the configuration and our own questions, from the line after the mark on.
lines() { said | grep -vE ' event=(config|counters) ' | tail -n "+$((1 + $1))"; }
start_daemon

say "they come up"
ok "each is listed or counted" wait_until 60 have_gone target-up "$CROWD"
up=$(lines 0 | wc -l)
ok "in under 300 lines ($up)" [ "$up" -lt 300 ]

say "they die"
stop crowd
ok "each is listed or counted" wait_until 60 have_gone target-down "$CROWD"
down=$(lines "$up" | wc -l)
ok "in under 300 lines ($down)" [ "$down" -lt 300 ]
like "a summary in words" "$(said | grep ' event=target-down .*not listed' | head -n 1 | field msg)" \
    '^[0-9]+ targets went down in [0-9]+ s, [0-9]+ not listed$'

say "they return"
start_crowd
ok "each is listed or counted" wait_until 60 have_gone target-up $((2 * CROWD))
again=$(lines $((up + down)) | wc -l)
ok "in under 300 lines ($again)" [ "$again" -lt 300 ]
is "none is told twice" "$(went target-up) $(went target-down)" "$((2 * CROWD)) $CROWD"
keeps_up
lines_are_ours() { said | "$(dirname "$0")/log_lines.py"; }
ok "each line is one of ours" lines_are_ours
stop repointd
done_testing
