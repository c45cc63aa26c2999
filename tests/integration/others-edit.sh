# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: people at work in the zone, told once for each name server by 131, which sets SERVER.
# What:  ten ways to change a managed record or its marker, each on a record of its own, while one that nobody touches
#        goes on moving: each is told by its condition, none is overwritten over many audits, though all of them would
#        have to move; a TTL is repaired; whatever is put back is ours again, without a restart.
# Names: faults 71, 84-88, 91, 93-96; S16, S17; acceptance 29 (audit 1 s stands in for 5 min, ten audits for ten minutes; EDITED_S=600 for those).
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
EDITED="swapped strange second gone alias bare doubled others clone older"
least_rights www slow $EDITED
write_zone < <(for name in www slow $EDITED; do echo "$name 30 A $P4"; done)
"start_$SERVER"
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' 'timeout: 2s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
defaults: {record: {fail-back-delay: 0s, max-switches: 100}}
records:
$(for name in www slow $EDITED; do echo "  $name.$ZONE: {check: web, primary: $P4, secondary: $S4}"; done)
CONFIG
all_serve() # VALUE NAME…
{
    local value=$1 name
    shift
    for name in "$@"; do serves "$name" A "$value" || return; done
}
all_are_ours() { [ "$(count_told owned)" = 12 ]; }

start_daemon
ok "all are adopted" wait_until 20 all_are_ours
adopted=$(marker older)
sick primary
# shellcheck disable=SC2086
ok "all fail over" wait_until 20 all_serve $S4 www slow $EDITED
our_id=$(marker www | sed -E 's/.* o=([0-9a-f]+) .*/\1/')

say "the edits"
declare -A kept=()
for name in $EDITED; do kept[$name]=$(marker "$name"); done
{
    echo "update delete swapped.$ZONE A"
    echo "update add swapped.$ZONE 30 A $P4"
    echo "update delete strange.$ZONE A"
    echo "update add strange.$ZONE 30 A 203.0.113.7"
    echo "update add second.$ZONE 30 A 203.0.113.8"
    echo "update delete gone.$ZONE A"
    echo "update delete _repointd.bare.$ZONE TXT"
    echo "update add _repointd.doubled.$ZONE 60 TXT \"v=spf1 -all\""
    echo "update delete _repointd.others.$ZONE TXT"
    echo "update add _repointd.others.$ZONE 60 TXT \"repointd1 o=00c0ffee00c0ffee e=7 n=0123456789abcdef\""
    echo "update delete _repointd.clone.$ZONE TXT"
    echo "update add _repointd.clone.$ZONE 60 TXT \"repointd1 o=$our_id e=9 n=0123456789abcdef\""
    echo "update delete _repointd.older.$ZONE TXT"
    echo "update add _repointd.older.$ZONE 60 TXT \"$adopted\""
    echo "update delete slow.$ZONE A"
    echo "update add slow.$ZONE 999 A $S4"
} >"$DIR/edits"
nsupdate_now <"$DIR/edits" || say "nsupdate: not all of it"
printf 'update delete alias.%s A\nupdate add alias.%s 30 CNAME ns.%s.\n' $ZONE $ZONE $ZONE | nsupdate_now
# All of it by one process: dig takes half a second of a busy machine to begin.
contents()
{
    # shellcheck disable=SC2046
    dig +norec +noall +answer @$NS_ADDRESS -p "$NS_PORT" $(for name in $EDITED; do echo "$name.$ZONE A _repointd.$name.$ZONE TXT"; done) |
        awk '$3 == "IN" { $2 = ""; print }' | sort
}
edited=$(contents)

said_of() # NAME EVENT PATTERN OF ITS MESSAGE
{
    ok "$1: told as $2" wait_until 15 told "$2" "record=$1\\.$ZONE .*$3"
}
said_of swapped foreign-change "$P4"
said_of strange foreign-change '203\.0\.113\.7'
said_of second foreign-change '203\.0\.113\.8'
said_of gone not-ours 'does not exist'
said_of alias not-ours 'CNAME'
said_of bare not-ours 'no ownership marker'
said_of doubled not-ours '_repointd\.doubled.* holds something else'
said_of others not-ours 'owned by 00c0ffee00c0ffee \(epoch 7\)'
said_of clone conflict 'clone'
said_of older conflict 'rollback'
ok "slow: its TTL is put right" wait_until 5 eval '[ "$(ttl slow A)" = 30 ]'
is "slow: nothing was said of it" "$(said | grep "record=slow\.$ZONE" | grep -cE 'event=(foreign-change|conflict|not-ours|update-failed) ')" 0

say "now all of them would have to move"
before=$(serial)
well primary
ok "www and slow return" wait_until 15 all_serve $P4 www slow
reads() { kill -USR1 "${PIDS[repointd]}"; sleep 0.2; said | sed -nE 's/.*event=counters .* reads: ([0-9]+).*/\1/p' | tail -n 1; }
read_before=$(reads)
many_audits() { [ $(($(reads) - read_before)) -ge 120 ]; } # ten each
ok "ten audits of each go by" wait_until 25 many_audits
sleep "${EDITED_S:-0}"
is "nothing was overwritten" "$(contents)" "$edited"
ok "no message but those of www and slow" [ $(($(serial) - before)) -le 2 ]
# What lasts is told again after five minutes, and then hourly.
is "each was told as often as it should be" "$(said | grep -cE 'event=(foreign-change|conflict|not-ours) ')" \
    $((${EDITED_S:-0} >= 300 ? 20 : 10))

say "all is put back"
sick primary
ok "www and slow fail over again" wait_until 15 all_serve $S4 www slow
for name in $EDITED; do
    echo "update delete $name.$ZONE CNAME"
    echo "update delete $name.$ZONE A"
    echo "update add $name.$ZONE 30 A $S4"
    echo "update delete _repointd.$name.$ZONE TXT"
    echo "update add _repointd.$name.$ZONE 60 TXT \"${kept[$name]}\""
done >"$DIR/edits"
nsupdate_now <"$DIR/edits"
sleep 2 # an audit, which finds them as they were
well primary
for name in $EDITED; do
    ok "$name: ours again, and moves" wait_until 10 serves "$name" A $P4
done
is "www was never in their way" "$(said | grep "record=www\.$ZONE" | grep -cE 'event=(foreign-change|conflict|not-ours|update-failed) ')" 0
stop repointd
done_testing
