#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointctl adopt, take-over and disown, on BIND.
# What:  the ways out of what needs an operator, each with the exit status that is the truth; a command that names what no
#        longer stands there does nothing; who asked for what stands in the log.
# Names: CLI-2, CLI-3, CLI-13; faults 60, 132.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

THEIRS=4be1c0de77aa0912
new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
api 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' 'timeout: 2s' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}
  api.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}
CONFIG

record() # NAME FILTER
{
    "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e ".records[] | select(.record == \"$1.$ZONE\") | $2" >/dev/null
}
is_in() { record "$1" ".condition == \"$2\""; } # NAME CONDITION
# Somebody else's marker in the place of ours.
mark_theirs() # NAME EPOCH
{
    nsupdate_now <<LINES
update delete _repointd.$1.$ZONE. TXT
update add _repointd.$1.$ZONE. 60 TXT "repointd1 o=$THEIRS e=$2 n=00000000000000aa"
LINES
}

start_daemon
wait_until 10 record www '.condition == "ok" and .marker.epoch == 1'
wait_until 10 record api '.condition == "ok" and .marker.epoch == 1'
owner=$(<"$DIR/state/owner")

say "a change by hand, to another of its targets"
nsupdate_now <<LINES
update delete www.$ZONE. A
update add www.$ZONE. 5 A $S4
LINES
ok "is foreign" wait_until 10 is_in www foreign-change
ok "and the status shows what stands there" record www ".why | contains(\"$S4\")"
ctl adopt "www.$ZONE" --expect $P4
is "adopt that expects something else: exit 1" "$status" 1
like "is refused" "$err" "^www\.$ZONE: refused: "
is "nothing was written" "$(epoch www)" 1
ctl adopt "www.$ZONE" --expect "$P4,$S4"
is "more than stands there: exit 1" "$status" 1
ctl adopt "www.$ZONE" --expect $S4
is "adopt that expects what stands there: exit 0" "$status" 0
like "says what was done" "$out" "^www\.$ZONE: adopted; ns1 answered in [0-9]+ ms, serial [0-9]+$"
ok "it is ours again" wait_until 10 record www ".condition == \"ok\" and .marker.owner == \"$owner\""
ok "by a newer marker" [ "$(epoch www)" -ge 2 ]
ok "who asked, and for what" told command "user=root msg=\"root asked: adopt www\.$ZONE --expect $S4\"$"
ok "and the end of it" told command "adopt www\.$ZONE --expect $S4: done\"$"
ok "the marker's line names him, too" told owned "user=root .*www\.$ZONE is ours now.*\(adopted by root, answer left as it is: "
ok "a refused one as well" told command "adopt www\.$ZONE --expect $P4: refused"
ctl adopt "wwww.$ZONE" --expect $S4
is "a record that is not there: exit 1" "$status" 1
ctl adopt "www.$ZONE" --expect 2001:db8::1
is "a type that is not managed: exit 1" "$status" 1

say "disown"
ctl disown "api.$ZONE" --json
is "exit 0" "$status" 0
ok "as JSON" jq -e '.version == 1 and (.results | length == 1) and .results[0].result == "done" and .results[0].command == "disown"' "$DIR/out"
is "the marker is gone" "$(marker api)" ""
is "the record is not" "$(dig_short api A)" $P4
ok "it is watched and not written" wait_until 10 is_in api unowned
ctl disown "api.$ZONE"
is "a second time there is nothing to disown: exit 1" "$status" 1
stop primary
wait_until 20 record api '.targets[0].state == "down"'
is "whatever dies" "$(dig_short api A)" $P4
start_site primary $P4
wait_until 20 record api '.targets[0].state == "up"'
ctl adopt "api.$ZONE" --expect $P4
is "adopt takes it back: exit 0" "$status" 0
ok "it is ours" wait_until 10 record api ".condition == \"ok\" and .marker.owner == \"$owner\""

say "another owner"
mark_theirs www 57
ok "is read" wait_until 10 is_in www other-owner
ctl status "www.$ZONE"
like "and shown with what take-over needs" "$out" "owned by $THEIRS, epoch 57$"
ctl take-over "www.$ZONE" --owner $THEIRS --epoch 56
is "another epoch: exit 1" "$status" 1
ctl take-over "www.$ZONE" --owner 00000000000000ff --epoch 57
is "another owner: exit 1" "$status" 1
is "nothing was written" "$(epoch www)" 57
ctl take-over "www.$ZONE" --owner $THEIRS --epoch 57
is "the one that stands there: exit 0" "$status" 0
like "is ours, one later" "$(marker www)" "^repointd1 o=$owner e=58 "

say "all of one owner"
mark_theirs www 5
mark_theirs api 9
wait_until 10 is_in www other-owner
wait_until 10 is_in api other-owner
ctl take-over --all --owner 00000000000000ff
is "an owner that nobody has: exit 1" "$status" 1
ctl take-over --all --owner $THEIRS
is "exit 0" "$status" 0
is "two lines" "$(grep -c ': taken over' "$DIR/out")" 2
like "each from its own epoch" "$(marker www) $(marker api)" "o=$owner e=6 .*o=$owner e=10 "

say "a server that is away"
stop bind
ctl disown "www.$ZONE"
is "exit 1" "$status" 1
like "and why" "$err" "^www\.$ZONE: failed: "
start_bind
wait_until 20 is_in www ok
say "without waiting"
ctl disown "www.$ZONE" --no-wait
is "exit 0" "$status" 0
like "at once" "$out" "^www\.$ZONE: accepted, not waited for$"
ok "it is done all the same" wait_until 10 eval '[ -z "$(marker www)" ]'
ok "and the log says so" wait_until 5 told command "disown www\.$ZONE: done"
done_testing
