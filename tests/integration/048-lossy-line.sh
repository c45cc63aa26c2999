#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 31 s
#
# Where: the daemon behind a line of its own that loses two packets of five at random, on BIND. Time-outs as they are built in.
# What:  not one switch: what TCP brings through by sending again is no failure, and single failures are none that count.
# Names: faults 1, 3; N5; acceptance 17 (LOSS_SECONDS=1800 for the half hour).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"
# shellcheck source=tests/integration/own-line.sh
. "$(dirname "$0")/own-line.sh"

join_networks
new_key repointd hmac-sha256
write_zone <<<"www 30 A $P4"
start_bind
start_site primary $P4
start_site secondary $S4
start_site references $F4 $R4
# Half the interval that is built in, so that twice as many probes are tried.
write_config 'audit: 5s' <<CONFIG
checks:
  web: {tcp: 80, interval: 5s}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4}
safety:
  connectivity: {tcp: ["$F4:80", "$R4:80"], interval: 5s, timeout: 4s}
CONFIG
# netem where this kernel has it, else nft.
lose_some()
{
    if tc qdisc add dev line root netem loss 40% 2>/dev/null; then
        say "by netem"
    else
        spoil 'meta l4proto { tcp, udp } numgen random mod 100 < 40 counter drop'
        say "by nft (no netem here)"
    fi
}

start_daemon
ok "adopted over the line" wait_until 20 told owned
ok "both sites are known" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
begin_case "two packets of five, at random"
lose_some
sleep "${LOSS_SECONDS:-25}"
say "failed: $(count_told probe-failing) runs of probes, $(count_told target-down) downs; $(asked) probes asked"
end_case
say "$(nft list table inet line 2>/dev/null | grep -o 'packets [0-9]* bytes [0-9]*')"
nothing_written "nothing was written"
is "no switch" "$(count_told failover)|$(count_told fail-back)" "0|0"
is "and this host is not cut off" "$(count_told connectivity)" 0
print_cases
stop repointd
done_testing
