#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon over a state directory that is damaged when it starts, and goes while it runs, on BIND.
# What:  a damaged file is put aside and named, and the daemon starts without it; without a good owner id it does not. A directory that
#        is removed or replaced is told once, the record moves all the same, and when the cause is gone everything is there again: owner
#        id, overrides, history.
# Names: faults 103, 104, 105, 106; N1, N5.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1h' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 1000}
CONFIG
STATE_DIR=$DIR/state
ctl() { "$REPOINTCTL" "$@" --socket "$DIR/run/control.sock"; }
state() { ctl status --json | jq -e ".state | $1"; }
both_known() { [ "$(count_told target-up)" -ge 2 ]; }
# The other site's turn.
move()
{
    if [ -f "$DIR/site-primary/sick/health" ]; then well primary; else sick primary; fi
}
serves_other() { serves www A "$([ -f "$DIR/site-primary/sick/health" ] && echo $S4 || echo $P4)"; }

start_daemon
ok "adopted" wait_until 20 told owned
owner=$(<"$STATE_DIR/owner")
ok "the state is writable" state '. == {ok: true, why: null}'
ctl hold "www.$ZONE" --reason freeze >/dev/null
ctl release "www.$ZONE" >/dev/null
stop repointd

say "every file but the owner id is damaged"
files="in-flight.jsonl overrides.json history.jsonl history.jsonl.1"
for file in $files; do head -c 100 /dev/urandom | tr '\0' x | cat - <(echo) >"$STATE_DIR/$file"; done
start_daemon
for file in $files; do
    ok "$file is named, and where it is now" told state "$STATE_DIR/$file .*is put aside as $file\.damaged"
    ok "it is there" test -s "$STATE_DIR/$file.damaged"
done
ok "what to do about the overrides is said" told state 'no override is in force, set anew what is needed'
ok "both sites are known" wait_until 10 both_known
move
ok "the record moves" wait_until 15 serves_other
ok "and the switch is kept" wait_until 5 test -s "$STATE_DIR/history.jsonl"
stop repointd

say "the owner id is damaged, or somebody else may write it"
# Leaves $status and $out.
refused_to_start() { status=0; out=$(timeout 10 "$REPOINTD" -c "$CONFIG" --log-format=logfmt 2>&1) || status=$?; }
echo "not an id" >"$STATE_DIR/owner"
refused_to_start
is "exit 71" "$status" 71
like "it is named, and the way out" "$out" "$STATE_DIR/owner is damaged.*daemon\.owner"
is "it is left as it is" "$(<"$STATE_DIR/owner")" "not an id"
echo "$owner" >"$STATE_DIR/owner"
chmod 666 "$STATE_DIR/owner"
refused_to_start
is "exit 71" "$status" 71
like "why" "$out" "owner may be written by everybody"
chmod 600 "$STATE_DIR/owner"

say "the directory goes while the daemon runs, and something else is in its place"
start_daemon
ok "both sites are known" wait_until 10 eval 'told target-up target=secondary && told target-down'
rm -r "$STATE_DIR" && : >"$STATE_DIR"
move
ok "the record moves" wait_until 15 serves_other
ok "and back" eval 'move; wait_until 15 serves_other'
ok "and once more" eval 'move; wait_until 15 serves_other'
ctl hold --all --reason "while it is gone" >/dev/null
is "one line about it" "$(count_told state-unwritable)" 1
like "says what is the matter" "$(line_of state-unwritable | field msg)" "state directory $STATE_DIR is another one than at the start; going on without"
ok "the status shows it" state '.ok == false and (.why | test("is another one"))'
like "people see it" "$(ctl status | tail -n 1)" "state NOT WRITABLE: state directory $STATE_DIR "
rm "$STATE_DIR"
ok "it is made anew" wait_until 10 state '.ok'
is "for nobody else" "$(stat -c %a "$STATE_DIR")" 700
is "with the same owner id" "$(<"$STATE_DIR/owner")" "$owner"
is "with what was said meanwhile" "$(jq -r '.overrides[0].reason' "$STATE_DIR/overrides.json")" "while it is gone"
is "and the whole history" "$(jq -r .event "$STATE_DIR/history.jsonl" | sort -u | paste -sd' ')" "fail-back failover"
is "nothing more was told" "$(count_told state-unwritable)" 1
held=$(flock -n "$STATE_DIR" echo free || echo held)
is "no second one may have it" "$held" held
stop repointd KILL
start_daemon
ok "the next process finds the override" told override 'still in force'
ctl release --all >/dev/null
is "and is the same owner" "$(marker www | cut -d' ' -f2)" "o=$owner"
ok "both sites are known" wait_until 10 eval 'told target-up target=secondary'

say "moved away, and a stranger's is put there"
mv "$STATE_DIR" "$DIR/moved"
mkdir -m 700 "$STATE_DIR"
echo 0123456789abcdef >"$STATE_DIR/owner"
move
ok "the record moves" wait_until 15 serves_other
ok "told" wait_until 5 told state-unwritable
is "the stranger's id stays" "$(<"$STATE_DIR/owner")" 0123456789abcdef
ok "and nothing is written there" eval '[ "$(ls "$STATE_DIR")" = owner ]'
rm -r "$STATE_DIR"
mv "$DIR/moved" "$STATE_DIR"
ok "the old one is taken again" wait_until 10 state '.ok'
move
ok "the record moves" wait_until 15 serves_other
ok "and that is kept there" wait_until 5 eval '[ "$(tail -n 1 "$STATE_DIR/history.jsonl" | jq -r .to)" = primary ]'
is "once told" "$(count_told state-unwritable)" 1
stop repointd
done_testing
