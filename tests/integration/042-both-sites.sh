#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 40 s
#
# Where: a daemon whose lines are in trouble, on BIND.
# What:  both sites out of reach at once; lines that lose packets. Neither moves a record for nothing, and where a lossy
#        line does, it is from one that is down to one that has proved itself.
# Names: faults 1, 3, 5, 44; N4, N5; acceptance 15, 17 (interval 500 ms and 10 s stand in for 10 s and 30 min).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
slow 30 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
start_web slow-primary $P4 81
start_web slow-secondary $S4 81
write_config 'audit: 2s' <<CONFIG
checks:
  quick: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 400ms}
  slow: {http: "http://slow.$ZONE:81/", interval: 4s, timeout: 3500ms}
records:
  www.$ZONE: {check: quick, primary: $P4, secondary: $S4, fail-back-delay: 2s}
  slow.$ZONE: {check: slow, primary: $P4, secondary: $S4}
CONFIG
# Rules for everything that comes in, instead of those that the table had before.
line() # TABLE RULE…
{
    {
        printf 'table inet %s\ndelete table inet %s\n' "$1" "$1"
        printf 'table inet %s {\n chain in {\n type filter hook input priority 0;\n' "$1"
        shift
        printf '%s\n' "$@" '}' '}'
    } | nft -f -
}
asked_more() { [ "$(asked)" -ge "$1" ]; }

start_daemon
ok "both records are adopted" wait_until 20 eval '[ "$(count_told owned)" = 2 ]'
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 4 ]'
adopted=$(serial)

# A probe whose first SYN is lost has its answer after the second one, a second later: in time, so no failure. On the
# line of `slow` that happens to each probe, all the while.
line slow "ip daddr $P4 tcp dport 81 tcp flags & (syn | ack) == syn numgen inc mod 2 == 0 counter drop" \
    "ip daddr $S4 tcp dport 81 tcp flags & (syn | ack) == syn numgen inc mod 2 == 0 counter drop"

say "both sites are out of reach"
line quick 'tcp dport 80 drop'
ok "both go down" wait_until 30 eval '[ "$(count_told target-down "record=www")" = 2 ]'
ok "nobody is healthy, and that is told" wait_until 10 \
    told no-healthy-target "record=www.$ZONE .*primary timeout-connect, secondary timeout-connect"
ok "20 probes later …" wait_until 30 asked_more $(($(asked) + 20))
is "… nothing was written" "$(serial)" "$adopted"
is "it was told once" "$(count_told no-healthy-target)" 1
# The first that is proved again is taken, so it is the way to the primary that returns first.
line quick "ip daddr $S4 tcp dport 80 drop"
ok "the primary comes back" wait_until 30 eval '[ "$(count_told target-up "record=www")" = 3 ]'
line quick
ok "so does the secondary" wait_until 30 eval '[ "$(count_told target-up "record=www")" = 4 ]'
ok "10 probes later …" wait_until 30 asked_more $(($(asked) + 10))
is "… nothing was written either" "$(serial)|$(count_told failover)" "$adopted|0"

# A probe of 400 ms cannot wait for the second SYN, so most of them fail, and whoever is down first is chance.
say "two packets of five are lost, in both directions, for 10 s"
line quick 'tcp dport 80 numgen random mod 5 < 2 drop' 'tcp sport 80 numgen random mod 5 < 2 drop'
sleep 10
line quick "ip daddr $S4 tcp dport 80 drop"
say "went down: $(count_told target-down "record=www"), switched: $(count_told failover "record=www") and $(count_told fail-back)"
state_of() { said | grep -oE "event=target-(up|down) record=www.* target=$1 " | tail -n 1 | cut -d' ' -f1; } # TARGET
settled() { [ "$(state_of primary) $(state_of secondary)" = "event=target-up event=target-down" ] && serves www A $P4; }
ok "in the end the primary is up, and served" wait_until 60 settled
line quick
ok "and the secondary is up as well" wait_until 30 eval '[ "$(state_of secondary)" = event=target-up ]'
# Each failover leaves a target that went down since the one before, for one that is up.
switches_without_cause()
{
    said | awk '
        function field(name,   skip) {
            skip = length(name) + 2
            return match($0, " " name "=[^ ]*") ? substr($0, RSTART + skip, RLENGTH - skip) : ""
        }
        field("record") !~ /^www/ { next }
        field("event") == "target-up" { up[field("target")] = 1 }
        field("event") == "target-down" { up[field("target")] = 0; went_down[field("target")] = 1 }
        field("event") == "failover" {
            if (!went_down[field("from")] || !up[field("to")])
                wrong++
            went_down[field("from")] = 0
        }
        END { print wrong + 0 }'
}
is "no switch was without cause" "$(switches_without_cause)" 0

say "all that time each probe of the other record had to ask twice"
lost()
{
    nft list table inet slow |
        awk '/ counter packets / { sub(/.* counter packets /, ""); if ($1 < 4) few = 1 } END { exit few }'
}
ok "four of each target at the least" wait_until 30 lost
is "none of them failed" "$(said | grep -cE "event=(probe-failing|target-down) record=slow")" 0
is "and nothing was written" "$(epoch slow)" 1
stop repointd
done_testing
