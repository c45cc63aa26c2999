#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a daemon that runs a program of the user's, on BIND.
# What:  words in its arguments, a watch for each target that it names, exit codes of monitoring plugins, a program that
#        hangs: its whole group is killed, and nothing is left of it.
# Names: section 4.6 of docs/faults.md; fault 14; CLI-7, CFG-11.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
db 30 A $P4
web 30 A $P4
ZONE
start_bind

# Ends as $DIR/ADDRESS.status says; "hang" leaves a grandchild that hangs with it.
cat >"$DIR/plugin" <<SCRIPT
#!/bin/sh
printf '%s|' "\$@" >>"$DIR/calls"; echo >>"$DIR/calls"
status=\$(cat "$DIR/\$2.status")
if [ "\$status" = hang ]; then
    sleep 1000 &
    echo \$! >>"$DIR/hanging"
    wait
fi
printf 'STATE \$2 is %s \\033[31m\nmore\n' "\$status"
exit \$status
SCRIPT
chmod 755 "$DIR/plugin"
status() { echo "$2" >"$DIR/$1.status.new" && mv "$DIR/$1.status.new" "$DIR/$1.status"; } # ADDRESS STATUS
status $P4 0
status $S4 1
write_config <<CONFIG
checks:
  db:
    exec: [$DIR/plugin, -H, \$ADDRESS, \$RECORD/\$TARGET, "\$CHECK: \$ 5 * ?"]
    interval: 500ms
    timeout: 450ms
    fall: 2
    rise: 1
  missing: {exec: [$DIR/gone]}
  long: {exec: [/bin/sleep, 1000], timeout: 300ms}
records:
  db.$ZONE: {check: db, primary: $P4, secondary: $S4}
  web.$ZONE: {check: db, primary: $P4, secondary: $S4}
CONFIG
like "a missing program is an error" "$("$REPOINTD" -t -c "$CONFIG" 2>&1)" "the program '$DIR/gone' cannot be run: No such file"
cp /bin/true "$DIR/gone"

say "one look"
out=$("$REPOINTD" -c "$CONFIG" --probe db $P4)
is "exit 0 passes" "$?" 0
like "says what it runs" "$out" "^check db: run $DIR/plugin -H .ADDRESS .RECORD/.TARGET"
like "tells the first line, escaped" "$out" "exit 0: STATE \\\$2 is 0 .x1b\[31m$"
is "the words are filled in; of the first target there" "$(cat "$DIR/calls")" "-H|$P4|db.$ZONE/primary|db: \$ 5 * ?|"
status 127.0.0.1 0
"$REPOINTD" -c "$CONFIG" --probe db 127.0.0.1 >/dev/null
is "and of none where there is none" "$(tail -n 1 "$DIR/calls")" "-H|127.0.0.1|/|db: \$ 5 * ?|"
out=$("$REPOINTD" -c "$CONFIG" --probe db $S4)
is "exit 1 is a warning, and passes" "$?" 0
for status in 2 3 77; do
    status $S4 $status
    out=$("$REPOINTD" -c "$CONFIG" --probe db $S4)
    is "exit $status fails" "$? $(grep -o 'down (.*)' <<<"$out")" "1 down (exec-status)"
done
status $S4 0
out=$("$REPOINTD" -c "$CONFIG" --probe long $S4)
is "who hangs fails" "$? $(grep -o 'down (.*)' <<<"$out")" "1 down (exec-timeout)"
like "in its time" "$out" "no end within 300ms"

rm -f "$DIR/calls"
start_daemon
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 4 ]'
ok "both records are adopted" wait_until 20 eval '[ "$(count_told owned)" = 2 ]'
for record in db web; do
    ok "$record has looks of its own" grep -qF -- "-H|$P4|$record.$ZONE/primary|db: \$ 5 * ?|" "$DIR/calls"
done
status $P4 2
ok "CRITICAL is a failure" wait_until 20 eval '[ "$(count_told failover "reason=exec-status")" = 2 ]'
like "its first line is told" "$(line_of target-down)" "exit 2: STATE"
status $P4 hang
ok "three times somebody hangs" wait_until 20 eval '[ "$(wc -l <"$DIR/hanging")" -ge 3 ]'
# Whose parent has gone is reaped by somebody else, in his own time.
none_runs() { ! ps -o stat= -p "$(paste -sd, "$DIR/hanging")" | grep -qv Z; }
status $P4 0
ok "it comes back" wait_until 20 eval '[ "$(count_told target-up)" = 6 ]'
ok "with its grandchildren" wait_until 10 none_runs
ok "no zombie is left" wait_until 10 not eval 'ps --ppid "${PIDS[repointd]}" -o stat= | grep -q Z'
rm "$DIR/plugin"
ok "what cannot be started is nobody's failure" many_probes 8
is "so nobody went down" "$(count_told target-down)" 2
stop repointd
done_testing
