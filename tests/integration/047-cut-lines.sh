#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 70 s
#
# Where: the daemon behind a line of its own (a second network, a veth pair), references of `connectivity`, on BIND.
# What:  the line dies; the targets alone, the primary alone, the name server alone are lost; a router says that a host cannot be
#        reached; a route is missing here, or all of them. Once more without references. What was done stands in a table at the end.
# Names: faults 1, 2, 4, 5, 6, 7, 45; N1, N3, N5; S7; acceptance 15 (seconds stand in for minutes).
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
# The secondary is asked more rarely, so that it is still believed up when the primary has gone down: proof is then all that keeps the
# record where it is.
configure() # LINE OF SAFETY
{
    write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 400ms, fall: 3, rise: 1}
  rarely: {http: "http://www.$ZONE/health", interval: 1500ms, timeout: 400ms, fall: 2, rise: 1}
records:
  www.$ZONE:
    primary: {address: $P4, check: web}
    secondary: {address: $S4, check: rarely}
    fail-back-delay: 0s
    max-switches: 100
safety:
  start-grace: 2s
  $1
CONFIG
}

told_since() { [ "$(count_told "$1")" -gt "$2" ]; } # EVENT COUNT
returned() { wait_until 20 serves www A $P4; }
targets_return() # the primary first, as whoever is proved first is taken
{
    local ups
    ups=$(count_told target-up)
    lose $S4
    wait_until 20 told_since target-up "$ups"
    mend
    wait_until 20 told_since target-up $((ups + 1))
}

configure "connectivity: {tcp: [\"$F4:80\", \"$R4:80\", \"$F4:8080\"], interval: 500ms, timeout: 400ms}"
start_daemon
ok "adopted over the line" wait_until 20 told owned
ok "both sites are known" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
is "one reference that refuses is no line about this host" "$(count_told connectivity)" 0

begin_case "everything (the link is down)"
ip link set line down
ok "it says that it is cut off" wait_until 15 told connectivity 'cut off'
is "in these words" "$(line_of connectivity | field msg)" \
    "this host looks cut off (0 of 3 answer): all decisions frozen, DNS left as it is"
ok "many probes later …" many_probes 30
is "… that is one line" "$(count_told connectivity)" 1
is "… nobody is told to be down" "$(count_told target-down)|$(count_told no-healthy-target)" "0|0"
nothing_written "… nothing was written"
ip link set line up
ok "the return is told" wait_until 15 told connectivity 'connected again \([123] of 3 answer\)'
ok "both are known anew" many_probes 15
nothing_written "nothing was written after it either"
end_case

begin_case "everything, and the primary dies meanwhile"
ip link set line down
ok "it is cut off" wait_until 15 eval '[ "$(count_told connectivity)" = 3 ]'
sick primary
many_probes 20
nothing_written "nothing is written while it is"
ip link set line up
ok "when the line is back the dead primary is left" wait_until 20 serves www A $S4
is "by one update" "$(serial)" $((CASE_SERIAL + 1))
well primary
ok "and the record returns with the primary" returned
end_case

begin_case "the primary and the secondary"
lose $P4 $S4
ok "both are down" wait_until 20 told no-healthy-target
ok "many probes later …" many_probes 20
nothing_written "… without proof nothing was written"
is "this host is not to blame" "$(count_told connectivity)" 4
ok "both return" targets_return
nothing_written "nor when they returned"
end_case

begin_case "the primary"
lose $P4
ok "references and secondary answer: it moves" wait_until 20 serves www A $S4
is "by one update" "$(serial)" $((CASE_SERIAL + 1))
like "for a reason" "$(line_of target-down 'target=primary')" 'reason=timeout-connect'
mend
ok "and returns" returned
end_case

begin_case "the name server, and the primary dies"
lose $NS_ADDRESS
sick primary
failed=$(count_told update-failed)
ok "the decision stands and is told: it is not sent" wait_until 20 told_since update-failed "$failed"
say "$(line_of update-failed | field msg)"
ok "many probes later …" many_probes 20
nothing_written "… it still waits"
mend
back=$(now_ms)
ok "when the server is back it is written" wait_until 10 serves www A $S4
say "$(($(now_ms) - back)) ms after the server's return"
is "once" "$(serial)" $((CASE_SERIAL + 1))
well primary
ok "and the record returns with the primary" returned
end_case

begin_case "the primary, told by a router (host unreachable)"
downs=$(count_told target-down)
refuse $P4
ok "that counts: the primary is down" wait_until 20 told_since target-down "$downs"
like "and why" "$(line_of target-down 'target=primary')" 'reason=unreachable'
ok "it moves" wait_until 20 serves www A $S4
is "by one update" "$(serial)" $((CASE_SERIAL + 1))
mend
ok "and returns" returned
end_case

begin_case "the route to the primary, on this host"
downs=$(count_told target-down)
inside ip route delete $P4/32
ok "many probes later …" many_probes 20
is "… that counts for nothing" "$(count_told target-down)" "$downs"
ok "it cannot be judged, and that is told" wait_until 15 told target-unknown "target=primary .*reason=local-error"
nothing_written "nothing was written"
inside ip route add $P4/32 via $FAR
many_probes 5
end_case
is "the gate spoke of the dead line alone" "$(count_told connectivity)" 4

begin_case "each route, on this host"
for address in $P4 $S4 $F4 $R4; do inside ip route delete $address/32; done
ok "this host's own errors close the gate, too" wait_until 15 eval '[ "$(count_told connectivity)" = 5 ]'
many_probes 20
nothing_written "nothing was written"
end_case
stop repointd
for address in $P4 $S4 $F4 $R4; do inside ip route add $address/32 via $FAR; done

configure "foreign-change: hold"
start_daemon
ok "without references: both sites are known" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
begin_case "everything, and there are no references"
ip link set line down
ok "both are down" wait_until 20 told no-healthy-target
ok "many probes later …" many_probes 10
nothing_written "… without proof nothing was written"
is "told once" "$(count_told no-healthy-target)" 1
lose $P4 $S4
ip link set line up
ok "the targets return" targets_return
nothing_written "nor when they returned"
end_case

print_cases
stop repointd
done_testing
