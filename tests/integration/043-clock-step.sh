#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon with a wall clock of its own (libfaketime), an HTTPS target with a certificate of ten days, no name server.
# What:  a clock that is set a year ahead makes every certificate expired, or about to be. The first look after it is nobody's failure;
#        only when the clock stays there the target is down. Set right again, it comes back. Whatever the clock does, each probe is
#        asked at its time.
# Names: fault 31, fault 107; acceptance 33.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

library=$(find /usr/lib -name libfaketime.so.1 | head -n 1)
if [ -z "$library" ]; then
    skip "a clock that is set" "libfaketime is not installed"
    done_testing
fi

new_key repointd hmac-sha256
NS_PORT=53
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }
write_config <<CONFIG
checks:
  web:
    http: https://www.example.com:$(port_of tls-good)/healthz
    tls: {ca: $(port_of ca)}
    interval: 1s
    timeout: 800ms
    fall: 2
    rise: 1
  days:
    tls: $(port_of tls-good)
    verify: off
    expect: {certificate-days: 2}
    interval: 1s
    timeout: 800ms
    fall: 2
    rise: 1
records:
  mail.$ZONE: {check: days, primary: 127.0.0.1, secondary: {address: $S4, check: none}, enabled: off}
  www.$ZONE: {check: web, primary: 127.0.0.1, secondary: {address: $S4, check: none}, enabled: off}
CONFIG

# The file says what time it is; a change of it is a step of the wall clock and of nothing else.
set_clock() { printf '%s\n' "$1" >"$DIR/clock.new" && mv "$DIR/clock.new" "$DIR/clock"; }
set_clock '+0'
DAEMON_WRAPPER="env LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$DIR/clock FAKETIME_NO_CACHE=1"
DAEMON_WRAPPER+=" FAKETIME_DONT_FAKE_MONOTONIC=1"
start_daemon --log-level debug
results() { said | grep -oE "probe $1 127\.0\.0\.1: [a-z-]+" | sed 's/.* //'; }

passes() { [ "$(results web | grep -c '^ok$')" -ge "$1" ] && [ "$(results days | grep -c '^ok$')" -ge "$1" ]; }
ok "up at first" wait_until 10 passes 2
begun=$(now_ms) first=$(asked)
set_clock '+365d'
ok "down in the end, as the clock stays" wait_until 15 told target-down 'reason=tls-expired'
ok "and so where days are counted" wait_until 15 told target-down 'reason=tls-expiring .*the certificate expired'
for check in web days; do
    like "$check: the first look after the step did not count" "$(results $check | uniq | tr '\n' ' ')" \
        '^ok local-error tls-expir[a-z]* $'
    like "$check: it was one, or two that fell into one interval" "$(results $check | grep -c local-error)" '^[12]$'
done
set_clock '+0'
all_up() { [ "$(count_told target-up)" -ge 4 ]; }
ok "up again when the clock is right" wait_until 15 all_up
for step in +1s -1s -400s +10y -10y +0; do
    set_clock "$step"
    sleep 0.7
done
took=$((($(now_ms) - begun + 500) / 1000)) probes=$((($(asked) - first) / 2))
ok "no probe was missed, none came early: $probes in $took s" [ $((probes - took)) -ge -1 -a $((probes - took)) -le 1 ]
is "and no gap was seen: only the wall clock moved" "$(count_told gap)" 0
stop repointd
done_testing
