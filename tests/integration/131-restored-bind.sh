#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 20 s
#
# Where: people at work in the zone, who are not asked: foreign-change: restore, on BIND.
# What:  other addresses beside our marker are put back, by a message that expects exactly them, and told; no more often
#        than the audit; a CNAME, an empty name, a marker that is gone stay as they are.
# Names: faults 84-88, 93; S16.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
LEFT="gone alias bare"
RESTORED="swapped strange second"
# shellcheck disable=SC2086
least_rights $RESTORED $LEFT
write_zone < <(for name in $RESTORED $LEFT; do echo "$name 30 A $P4"; done)
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 3s' 'timeout: 2s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
safety: {foreign-change: restore}
records:
$(for name in $RESTORED $LEFT; do echo "  $name.$ZONE: {check: web, primary: $P4, secondary: $S4}"; done)
CONFIG
all_are_ours() { [ "$(count_told owned)" = 6 ]; }
start_daemon
ok "all are adopted" wait_until 20 all_are_ours

say "the edits"
{
    echo "update delete swapped.$ZONE A"
    echo "update add swapped.$ZONE 30 A $S4"
    echo "update delete strange.$ZONE A"
    echo "update add strange.$ZONE 30 A 203.0.113.7"
    echo "update add second.$ZONE 30 A 203.0.113.8"
    echo "update delete gone.$ZONE A"
    echo "update delete _repointd.bare.$ZONE TXT"
    echo "update add bare.$ZONE 30 A 203.0.113.9"
} | nsupdate_now
printf 'update delete alias.%s A\nupdate add alias.%s 30 CNAME ns.%s.\n' $ZONE $ZONE $ZONE | nsupdate_now
for name in $RESTORED; do
    ok "$name: told as put back" wait_until 15 told foreign-change "record=$name\\.$ZONE .*put back \(foreign-change: restore\)"
    is "$name: answers as before" "$(dig_short "$name" A)" $P4
done
like "with what was found" "$(said | grep 'event=foreign-change' | grep "record=strange\.")" 'by someone else: A 203\.0\.113\.7;'
for name in $LEFT; do
    ok "$name: told, and left alone" wait_until 15 told not-ours "record=$name\\.$ZONE "
done
before=$(serial)
sleep 7 # two audits
is "nothing more was sent" "$(serial)" "$before"
is "what is gone stays so" "$(dig_short gone A)" ""
like "so does the CNAME" "$(dig_short alias CNAME)" "^ns\.$ZONE"
like "and what has no marker" "$(dig_short bare A)" '203\.0\.113\.9'

say "somebody insists"
insisted=$(count_told foreign-change) began=$SECONDS
for _ in $(seq 30); do
    printf 'update delete strange.%s A\nupdate add strange.%s 30 A 203.0.113.7\n' $ZONE $ZONE | nsupdate_now
    sleep 0.2
done
put_back() { said | grep 'event=foreign-change' | grep -c 'put back (foreign'; }
ok "it is put back in the end" wait_until 15 serves strange A $P4
ok "once an audit at most" [ $(($(put_back) - insisted)) -le $(((SECONDS - began) / 3 + 1)) ]
stop repointd
done_testing
