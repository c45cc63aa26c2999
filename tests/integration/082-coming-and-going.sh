#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: many targets, a tenth of which dies and returns again and again; no name server.
# What:  three rounds over a thousand targets (CROWD=10000 ROUNDS=10 for ten minutes or more): each going and coming is accepted once,
#        memory and descriptors stay where they were. What it costs is told, beside the quiet before.
# Names: faults 41, 45, 46, 47; N1.
# Lasts: 35 s
CROWD=${CROWD:-1000} ROUNDS=${ROUNDS:-3}
# shellcheck source=tests/integration/crowd.sh
. "$(dirname "$0")/crowd.sh"

start_crowd
write_crowd "http: 'http://www.$ZONE:81/', interval: 1s, timeout: 900ms, fall: 2, rise: 2"
nft add table inet crowd
nft 'add chain inet crowd in { type filter hook input priority 0 ; }'
tenth_dies() { nft 'add rule inet crowd in ip daddr & 0.0.0.255 < 0.0.0.11 tcp dport 81 reject with tcp reset'; }
tenth_returns() { nft flush chain inet crowd in; }

ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/${PIDS[repointd]}/stat"; }
kilobytes() { sed -nE 's/^VmRSS:[^0-9]*([0-9]+).*/\1/p' "/proc/${PIDS[repointd]}/status"; }
descriptors() { find "/proc/${PIDS[repointd]}/fd" -maxdepth 1 -type l | wc -l; }
# Microseconds of processor a probe, since the last time.
cost()
{
    local ticks_now probes_now
    ticks_now=$(ticks) probes_now=$(asked)
    COST=$(((ticks_now - TICKS) * 10000 / (probes_now - PROBES + 1)))
    TICKS=$ticks_now PROBES=$probes_now
}
TICKS=0 PROBES=0

start_daemon
ok "all come up" wait_until 60 have_gone target-up "$CROWD"
many_probes $((3 * CROWD))
cost
many_probes $((5 * CROWD))
cost
quiet=$COST before=$(kilobytes)

tenth=$((CROWD / 10))
for ((round = 1; round <= ROUNDS; round++)); do
    tenth_dies
    ok "round $round: a tenth dies" wait_until 60 have_gone target-down $((round * tenth))
    tenth_returns
    ok "round $round: and returns" wait_until 60 have_gone target-up $((CROWD + round * tenth))
    [ "$round" -gt 1 ] || first=$(kilobytes)
done
cost
after=$(kilobytes)
say "$quiet us a probe when all is quiet, $COST while they come and go; $before, $first, $after kB"
is "each went and came once a round" "$(went target-down) $(went target-up)" "$((ROUNDS * tenth)) $((CROWD + ROUNDS * tenth))"
ok "memory is flat ($first, $after kB)" [ "$after" -le $((first + first / 20 + 512)) ]
in_flight_at_most() { [ "$(descriptors)" -le $((CROWD / 2 + 64)) ]; }
ok "descriptors are those of what is under way" in_flight_at_most
keeps_up
stop repointd
done_testing
