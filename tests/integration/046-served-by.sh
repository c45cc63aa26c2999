#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: BIND with a secondary that is told of no change (no NOTIFY), both in `verify`.
# What:  a change is read back where it was sent, and the secondary lags: told after 30 s, no second update; a transfer by hand, and
#        all serve it, with the delay of each.
# Names: faults 78, 79; acceptance 27.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_bind_secondary
start_site primary $P4
start_site secondary-site $S4
write_config 'audit: 2s' "verify: [\"$NS_ADDRESS:$NS_PORT\", \"$NS_ADDRESS:$SECONDARY_PORT\"]" <<CONFIG
$(quick_check)
defaults: {record: {fail-back: manual}}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4}
safety: {start-grace: 2s}
CONFIG
start_daemon
ok "the record is adopted" wait_until 20 told owned
stop primary KILL
ok "it fails over" wait_until 20 told failover
written=$(serial)
ok "the secondary is told to lag after 30 s" wait_until 45 told not-served
is "with what it serves, and how many serve it" "$(line_of not-served | field msg)" \
    "www.$ZONE: $NS_ADDRESS:$SECONDARY_PORT still serves $P4, 30s after serial $written; served 1 of 2"
is "once" "$(count_told not-served)" 1
is "and nobody has written because of it" "$(serial)" "$written"
is "all was not served so far" "$(count_told served)" 0
stop bind-secondary
rm -f "$DIR/secondary/zone.db"
start_bind_secondary # asks the primary for news
ok "when the secondary has followed, that is told" wait_until 70 told served
like "with the delay of each" "$(line_of served | field msg)" \
    "^www.$ZONE: served 2 of 2, serial $written: $NS_ADDRESS:$NS_PORT after 0\.[0-9] s, $NS_ADDRESS:$SECONDARY_PORT after [0-9]+[0-9ms. ]*s$"
is "still no other update" "$(serial)" "$written"
done_testing
