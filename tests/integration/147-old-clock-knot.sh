#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: this host and its name server (Knot), whose clocks both stand before repointd was made (libfaketime).
# What:  it probes and reads, and writes nothing, since what is signed for that day could be played again on it; it says
#        so, and goes on by itself once the clocks are right.
# Names: fault 108.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

library=$(find /usr/lib -name libfaketime.so.1 | head -n 1)
if [ -z "$library" ]; then
    skip "a clock that stands before the build's year" "libfaketime is not installed"
    done_testing
fi

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_knot
stop knot
years_ago=$((($(date +%s) - $(date -d 2025-06-01 +%s)) / 86400))
printf '%s\n' "-${years_ago}d" >"$DIR/clock"
WRAPPER="env LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$DIR/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1"
# shellcheck disable=SC2086
start knot $WRAPPER knotd -c "$NS_DIR/knot.conf" -s "$NS_DIR/knot.sock"
wait_until 15 ns_answers || bail "Knot does not answer: $(tail -n 3 "$DIR/knot.log")"
start_proxy
start_site primary $P4
start_site secondary $S4
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG

DAEMON_WRAPPER=$WRAPPER
before=$(serial)
start_daemon
ok "it is told" wait_until 15 told update-failed 'clock of this host stands before 2026'
ok "probes run" wait_until 10 told target-up
sleep 2
is "not one update left" "$(updates_seen | wc -l)|$(serial)" "0|$before"
is "told once" "$(count_told update-failed)" 1
printf '+0s\n' >"$DIR/clock"
ok "it goes on by itself" wait_until 15 told owned
sick primary
ok "and fails over" wait_until 15 serves www A $S4
stop repointd
done_testing
