#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a server (BIND) that others crowd: it takes one update and a few connections at a time, and drops the rest.
# What:  what is dropped is of unknown outcome, so it is read and sent again: both records are switched, once each.
# Names: fault 73; F7.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
api 30 A $P4
ZONE
BIND_OPTIONS="update-quota 1; tcp-clients 6;"
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' 'batch: 1' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back: manual}
  api.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back: manual}
CONFIG
start_daemon
ok "both are adopted" wait_until 15 eval '[ "$(count_told owned)" = 2 ]'
ok "and both sites known" wait_until 10 eval '[ "$(count_told target-up)" = 4 ]'

# Connections that are opened and left alone, and updates of others, one behind the other on many more.
crowd()
(
    for n in $(seq 24); do
        printf 'server %s %s\nupdate add n%s.%s 30 A 203.0.113.%s\nsend\n' $NS_ADDRESS "$NS_PORT" "$n" $ZONE "$n" |
            nsupdate -v -t 2 -r 0 -k "$KEY_FILE" &
    done
    wait
)
for _ in 1 2 3 4 5 6; do nc $NS_ADDRESS "$NS_PORT" < <(sleep 3) >/dev/null & done
sick primary
crowd >"$DIR/crowd.log" 2>&1
say "others got through: $(dig_at $NS_ADDRESS "$NS_PORT" "$ZONE." AXFR -k "$KEY_FILE" | grep -cE '^n[0-9]+\.'); not: $(grep -cE 'timed out|failed|end of file' "$DIR/crowd.log")"
ok "both are switched" wait_until 30 eval 'serves www A $S4 && serves api A $S4'
ok "and told so" wait_until 10 eval '[ "$(count_told failover)" = 2 ]'
is "once each" "$(epoch www)|$(epoch api)" "2|2"
ok "others were dropped: the server's limit was met" grep -qE 'timed out|end of file|failed' "$DIR/crowd.log"
stop repointd
done_testing
