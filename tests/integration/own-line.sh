# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: sourced after daemon.sh by stories about lines that are cut.
# What:  the daemon alone in a second network, joined to the story's by one line, with a route of its own to each address; ways to
#        cut, spoil and mend that line on the far side; a table of what was done and what came of it.
# Why:   on the far side of a line a packet is lost as it is in the world: nothing on this host knows of it.
R4=203.0.113.98 NS_ADDRESS=192.0.2.53
FAR=10.9.0.1 NEAR=10.9.0.2

no_line() { skip "lines of its own" "$1"; done_testing; }

join_networks()
{
    local address
    for address in $R4 $NS_ADDRESS; do ip address add "$address/32" dev lo; done
    start daemon-network unshare --net sleep infinity
    INSIDE=/proc/${PIDS[daemon-network]}/ns/net
    wait_until 5 eval '[ "$(readlink $INSIDE)" != "$(readlink /proc/self/ns/net)" ]' || no_line "no second network namespace"
    ip link add name line type veth peer name line netns "${PIDS[daemon-network]}" || no_line "no veth"
    ip address add $FAR/30 dev line
    ip link set line up
    inside ip link set lo up
    inside ip address add $NEAR/30 dev line
    inside ip link set line up
    for address in $P4 $S4 $F4 $R4 $NS_ADDRESS; do inside ip route add "$address/32" via $FAR; done
    DAEMON_WRAPPER="nsenter --net=$INSIDE"
}
inside() { nsenter --net="$INSIDE" "$@"; }

# Rules for what comes out of the line, in place of those from before.
spoil() # RULE…
{
    mend 2>/dev/null
    nft "add table inet line; add chain inet line in { type filter hook input priority 0; };
        $(printf 'add rule inet line in iifname line %s;' "$@")"
}
mend() { nft delete table inet line; }
lose() { spoil "ip daddr { $(sed 's/ /, /g' <<<"$*") } drop"; } # ADDRESS…
refuse() { spoil "ip daddr $1 reject with icmp type host-unreachable"; } # ADDRESS

# ---- the table -------------------------------------------------------------------------------------------------------------------

WHAT_COUNTS=(connectivity target-down no-healthy-target update-failed failover fail-back)
cases=()
counts() { local event; for event in "${WHAT_COUNTS[@]}"; do count_told "$event"; done | paste -sd' '; }

begin_case() # NAME
{
    say "$1"
    CASE=$1 CASE_SERIAL=$(serial) CASE_AT=$(now_ms) CASE_COUNTS=$(counts)
}

# Its updates are those of the whole case; so are its lines.
end_case()
{
    local now before i row
    read -ra now <<<"$(counts)"
    read -ra before <<<"$CASE_COUNTS"
    row=$(printf '%-50s %4d s' "$CASE" $((($(now_ms) - CASE_AT + 500) / 1000)))
    for i in "${!now[@]}"; do row+=$(printf ' %*d' ${#WHAT_COUNTS[$i]} $((now[i] - before[i]))); done
    cases+=("$row $(printf '%7d' $(($(serial) - CASE_SERIAL))) $(dig_short www A)")
}

print_cases()
{
    say "$(printf '%-50s %6s %s updates served' 'what is cut' 'for' "${WHAT_COUNTS[*]}")"
    printf '# %s\n' "${cases[@]}"
}
# The serial has not moved since the case began.
nothing_written() { is "$1" "$(serial)|$(dig_short www A)" "$CASE_SERIAL|$P4"; } # NAME
