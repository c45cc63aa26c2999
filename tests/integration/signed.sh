# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: the daemon in a signed zone, told once for each name server by 138, which sets SERVER.
# What:  after the adoption and each switch, there and back, a validator that trusts the zone's key alone (delv) calls the
#        addresses and the marker fully validated, as well as the absence of the family that went away.
# Names: faults 77, 98; acceptance 13; BIND signs the zone that is updated, and then by inline signing.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 30 A $P4
www 30 AAAA $P6
ZONE

case $SERVER in
bind) ways="bind inline" ;;
*) ways=$SERVER ;;
esac
start_signed() # WAY
{
    case $1 in
    bind) BIND_ZONE_WORDS=$(howto_block bind dnssec-policy) start_ns bind ;;
    inline) BIND_ZONE_WORDS=$(howto_block bind dnssec-policy | sed 's/inline-signing no/inline-signing yes/') start_ns bind ;;
    knot) KNOT_ZONES=$(howto_block knot dnssec-signing) start_ns knot ;;
    pdns)
        PDNS_OPTIONS=gsqlite3-dnssec=yes start_ns pdns
        eval "$(howto_block powerdns 'pdnsutil secure-zone' | sed 's/^pdnsutil/pdnsutil_now/')" >"$DIR/secure.log" 2>&1
        stop_ns
        PDNS_OPTIONS=gsqlite3-dnssec=yes start_ns pdns
        ;;
    esac
}
# The zone's keys as trust anchors.
anchor()
{
    dig_at "$NS_ADDRESS" "$NS_PORT" "$ZONE." DNSKEY +short | awk -v zone="$ZONE." '
        BEGIN { print "trust-anchors {" }
        $1 == 257 { key = ""; for (i = 4; i <= NF; i++) key = key $i; printf "\"%s\" static-key %s %s %s \"%s\";\n", zone, $1, $2, $3, key }
        END { print "};" }' >"$DIR/anchor"
    grep -q static-key "$DIR/anchor"
}
validated() # NAME TYPE
{
    delv "@$NS_ADDRESS" -p "$NS_PORT" -a "$DIR/anchor" "+root=$ZONE" "$1.$ZONE." "$2" >"$DIR/delv.out" 2>&1
    cat "$DIR/delv.out"
    grep -qE 'fully validated' "$DIR/delv.out"
}

for way in $ways; do
    say "$way"
    start_signed "$way"
    ok "$way: the zone has a key" wait_until 10 anchor
    ok "$way: and validates" wait_until 10 validated www A
    start_site primary $P4 $P6
    start_site secondary $S4
    rm -rf "$DIR/state"
    write_config 'audit: 1s' 'timeout: 2s' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: [$P4, "$P6"], secondary: $S4, ttl: 30s, fail-back-delay: 0s}
CONFIG
    start_daemon
    ok "$way: adopted" wait_until 15 told owned
    ok "$way: the marker validates" wait_until 3 validated _repointd.www TXT
    sick primary
    ok "$way: switched" wait_until 20 told failover
    is "$way: what is served" "$(dig_short www A)|$(dig_short www AAAA)" "$S4|"
    ok "$way: it validates at once" validated www A
    ok "$way: so does its marker" validated _repointd.www TXT
    ok "$way: so does that there is no AAAA any more" validated www AAAA
    well primary
    ok "$way: returned" wait_until 20 told fail-back
    ok "$way: it validates" validated www A
    ok "$way: in both families" validated www AAAA
    is "$way: nothing was amiss" "$(said | grep -cE 'event=(update-failed|conflict|foreign-change|not-ours) ')" 0
    stop repointd
    stop primary
    stop secondary
    stop_ns
    rm -rf "$NS_DIR"
done
done_testing
