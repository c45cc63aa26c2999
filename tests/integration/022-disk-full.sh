#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon whose state directory is a small tmpfs, full or read-only, on BIND.
# What:  one line says that it cannot keep what is under way, and what that costs; the switch is made all the same; once there is room
#        it keeps it again, and says so of the next trouble anew. Killed in the middle of a full disk it comes right, too.
# Names: faults 102, 105; N1, N5.
if [ -z "${IN_OWN_MOUNTS:-}" ]; then
    unshare --mount true 2>/dev/null || { printf 'ok 1 - a full disk # SKIP no mount namespace\n1..1\n'; exit 0; }
    exec unshare --mount --propagation private env IN_OWN_MOUNTS=yes bash "$0" "$@"
fi
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

mkdir -m 700 "$DIR/state"
mount -t tmpfs -o size=64k,mode=700 none "$DIR/state" || { skip "a full disk" "no tmpfs"; done_testing; }
new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_proxy
start_site primary $P4
start_site secondary $S4
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1h' 'timeout: 2s' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 100}
CONFIG
fill() { dd if=/dev/zero of="$DIR/state/filler" bs=4k status=none 2>/dev/null; ! echo >"$DIR/state/more"; }
make_room() { rm -f "$DIR/state/filler" "$DIR/state/more"; }
kept() { [ -s "$DIR/state/in-flight.jsonl" ]; }
told_times() { [ "$(count_told "$1")" = "$2" ]; } # EVENT COUNT

state() { "${REPOINTCTL:-$BUILD/repointctl}" status --json --socket "$DIR/run/control.sock" | jq -e ".state$1"; }

start_daemon
ok "the record is adopted" wait_until 20 told owned
ok "both sites are known" wait_until 20 told_times target-up 2

say "the disk is full"
written=$(serial)
ok "not an octet fits" fill
sick primary
ok "it switches all the same" wait_until 15 serves www A $S4
ok "and tells it" wait_until 5 told failover
is "by one update" "$(serial)" $((written + 1))
ok "one line about the disk for each file" wait_until 5 told_times state-unwritable 2
ok "the history is forgotten, too" told state-unwritable 'history.jsonl cannot be written: No space left on device'
is "in these words" "$(line_of state-unwritable in-flight | field msg)" "$DIR/state/in-flight.jsonl cannot be written: No space left on device; \
going on without, what is under way will be known by its marker alone after a restart"
ok "the status shows it" state '.why | test("No space left on device")'
well primary
ok "it returns" wait_until 15 told_times fail-back 1
sick primary
ok "and moves once more" wait_until 15 told_times failover 2
is "and nothing more is said of the disk" "$(count_told state-unwritable)" 2

say "there is room again"
make_room
ok "the status sees that" wait_until 10 state .ok
well primary
ok "it returns" wait_until 15 told_times fail-back 2
is "nothing more is said" "$(count_told state-unwritable)" 2
ok "nothing is under way" not kept
proxy_mode "once hold; cut-request 0"
sick primary
ok "what is under way is kept again" wait_until 10 kept
proxy_mode pass
ok "and forgotten again" wait_until 15 not kept
ok "the switch is made" wait_until 5 serves www A $S4
ok "told" wait_until 5 told_times failover 3

say "killed while the disk is full and a message is under way"
well primary
ok "it returns" wait_until 15 told_times fail-back 3
fill 2>/dev/null
marked=$(epoch www)
proxy_mode "once hold; pass"
sick primary
wait_until 10 eval '[ "$(cat "$DIR/proxy.mode")" = pass ]'
is "a new trouble is told anew" "$(count_told state-unwritable in-flight)" 2
stop repointd KILL
ok "nothing was kept" not kept
start_daemon
ok "started again it switches" wait_until 20 serves www A $S4
answers=$(grep -c '^<' "$DIR/proxy.record")
proxy_mode release
ok "the first message gets there at last" wait_until 10 eval '[ "$(grep -c "^<" "$DIR/proxy.record")" -gt $answers ]'
is "and does nothing" "$(dig_short www A)|$(epoch www)" "$S4|$((marked + 1))"
stop repointd
make_room

say "the disk is read-only from the start on"
mount -o remount,ro "$DIR/state"
start_daemon
ok "it starts, and knows both" wait_until 20 eval 'told target-down target=primary && told target-up target=secondary'
well primary
ok "it returns" wait_until 15 serves www A $P4
ok "and tells it" wait_until 5 told fail-back
is "one line about the disk for each file" "$(count_told state-unwritable)" 2
like "and why" "$(line_of state-unwritable in-flight | field msg)" 'in-flight\.jsonl cannot be written: Read-only file system;'
stop repointd
umount "$DIR/state"
done_testing
