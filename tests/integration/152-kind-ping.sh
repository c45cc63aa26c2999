#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a daemon that pings, on BIND, in a network of its own where the kernel answers.
# What:  silence, an ICMP error, a lost packet, both families; a host that forbids it is told, and nobody's failure.
# Names: faults 3, 7, 20, 34; CLI-7.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

allow_ping() { echo "$1" >/proc/sys/net/ipv4/ping_group_range; } # "FIRST LAST"
rules() # RULE…: for what comes in, instead of those before
{
    {
        printf 'table inet story\ndelete table inet story\n'
        printf 'table inet story {\n chain in {\n type filter hook input priority 0;\n'
        printf '%s\n' "$@" '}' '}'
    } | nft -f -
}

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
www 30 AAAA $P6
ZONE
start_bind
write_config <<CONFIG
checks:
  alive: {ping: on, interval: 500ms, timeout: 450ms, fall: 2, rise: 1}
  patient: {ping: on, interval: 5s, timeout: 3s}
  from: {ping: on, source: [$S4, $S6]}
records:
  www.$ZONE: {check: alive, primary: [$P4, $P6], secondary: [$S4, $S6], min-healthy: 2}
CONFIG

say "one look"
allow_ping "1 0"
out=$("$REPOINTD" -c "$CONFIG" --probe alive $P4)
is "where it is forbidden nothing is known" "$? $(grep -o '(.*)' <<<"$out" | tail -n 1)" "3 (local-error)"
like "and the knob is named" "$out" "net.ipv4.ping_group_range holds no group of this process"
allow_ping "0 2147483647"
for address in $P4 $P6; do
    out=$("$REPOINTD" -c "$CONFIG" --probe alive $address)
    is "$address replies" "$?" 0
    like "says what it does" "$out" "^check alive: ping $address$"
    like "and how long it took" "$out" "^  answer       [0-9.]+ ms$"
done
rules "ip saddr != $S4 icmp type echo-request drop" "ip6 saddr != $S6 icmpv6 type echo-request drop"
for address in $P4 $P6; do
    "$REPOINTD" -c "$CONFIG" --probe from $address >/dev/null
    is "$address is asked from the source" "$?" 0
done
out=$("$REPOINTD" -c "$CONFIG" --probe alive $P4)
is "silence fails" "$? $(grep -o 'down (.*)' <<<"$out")" "1 down (timeout-response)"
rules "icmp type echo-request limit rate over 1/hour burst 1 packets drop" # the first one passes …
"$REPOINTD" -c "$CONFIG" --probe alive $P4 >/dev/null
rules "icmp type echo-request numgen inc mod 2 == 0 drop" # … and here every other one
out=$("$REPOINTD" -c "$CONFIG" --probe patient $P4)
is "a lost one is asked again" "$?" 0
like "a second later" "$out" "^  answer       1\.0|^  answer       10[0-9][0-9]"
rules "ip daddr $P4 icmp type echo-request reject with icmp host-unreachable" \
    "ip6 daddr $P6 icmpv6 type echo-request reject with icmpv6 admin-prohibited"
out=$("$REPOINTD" -c "$CONFIG" --probe alive $P4)
is "an ICMP error is a failure" "$? $(grep -o 'down (.*)' <<<"$out")" "1 down (unreachable)"
out=$("$REPOINTD" -c "$CONFIG" --probe alive $P6)
is "of IPv6 too" "$? $(grep -o 'down (.*)' <<<"$out")" "1 down (unreachable)"
rules

start_daemon
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 4 ]'
ok "the record is adopted" wait_until 20 told owned
rules "ip daddr $P4 icmp type echo-request reject with icmp host-unreachable"
ok "an error moves the record" wait_until 20 told failover "reason=unreachable"
ok "away from both addresses" wait_until 10 eval "serves www A $S4 && serves www AAAA $S6"
rules
ok "it comes back" wait_until 20 eval '[ "$(count_told target-up)" = 5 ]'
stop repointd

allow_ping "1 0"
start_daemon
ok "a host that forbids it looks on" many_probes 8
like "and says why it knows nothing" "$("$REPOINTCTL" --socket "$DIR/run/control.sock" status --json)" "ping_group_range"
is "nobody is down for that" "$(count_told target-down)" 0
allow_ping "0 2147483647"
ok "and it begins without a restart" wait_until 20 eval '[ "$(count_told target-up)" = 4 ]'
stop repointd
done_testing
