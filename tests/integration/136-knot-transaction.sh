#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 60 s
#
# Where: somebody has a transaction open on the zone (knotc zone-begin) while the daemon switches.
# What:  Knot holds the updates without an answer, and may carry them out at the transaction's end. The daemon has
#        changed its mind meanwhile: after the end the record stands where it belongs, and no late update moves it again.
# Names: fault 69; F2; acceptance 25 (QUIET_S=600 for the ten minutes in which no late flip may come).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 30 A $P4
ZONE
start_knot
start_proxy
start_site primary $P4
start_site secondary $S4
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 1000}
CONFIG
knot_does() { knotc_now "$@" >>"$DIR/knotc.log" 2>&1; }

start_daemon
ok "adopted" wait_until 15 told owned
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'

open_transaction()
{
    opened=$(serial) opened_epoch=$(epoch www)
    knot_does zone-begin "$ZONE"
}

# The transaction ends, and the record has QUIET_S to move once more than it should.
ends_well() # NAME VALUE
{
    ok "$1: the record stands where it belongs" wait_until 15 serves www A "$2"
    wait_until 15 no_doubt
    local settled
    say "$1: from serial $opened to $(serial), marker from epoch $opened_epoch to $(epoch www)"
    settled="$(dig_short www A)|$(marker www)|$(serial)"
    sleep "${QUIET_S:-4}"
    is "$1: and nothing comes late" "$(dig_short www A)|$(marker www)|$(serial)" "$settled"
    is "$1: nobody is accused" "$(said | grep -cE 'event=(conflict|foreign-change|not-ours) ')" 0
}
# What was held has been carried out or dropped.
no_doubt()
{
    local before
    before=$(serial)
    sleep 1.5
    [ "$(serial)" = "$before" ]
}

say "held, the primary returns meanwhile, given up"
open_transaction
sick primary
ok "the daemon is told nothing, and says so" wait_until 15 told update-failed 'no answer|unknown'
is "nothing was done yet" "$(dig_short www A)" $P4
well primary
held=$(updates_seen | wc -l)
say "$held updates went out until the primary returned"
sleep 3 # the wish is P again; a fence is on its way
ok "a fence was sent" [ "$(updates_seen | wc -l)" -gt "$held" ]
knot_does zone-abort "$ZONE"
ends_well "aborted" $P4

say "held, the primary returns meanwhile, committed"
open_transaction
knot_does zone-set "$ZONE" other 60 A 203.0.113.5
sick primary
wait_until 15 eval '[ "$(count_told update-failed)" -ge 2 ]'
sleep 2
well primary
sleep 3
knot_does zone-commit "$ZONE"
ok "committed: what the person did is there" wait_until 5 serves other A 203.0.113.5
ends_well "committed" $P4

say "held, and still wanted at the end"
open_transaction
sick primary
sleep 4
is "nothing was done yet" "$(dig_short www A)" $P4
knot_does zone-abort "$ZONE"
ends_well "wanted" $S4
stop repointd
done_testing
