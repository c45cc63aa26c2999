#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
#
# What:  signed zones: the reads of io/dns_client bring the RRSIGs along, and each change is there with good ones at
#        once, on BIND (dnssec-policy, and inline signing), Knot and PowerDNS. Fault 98.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/dns-driver.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A 192.0.2.1
www 30 AAAA 2001:db8::1
ZONE
place_driver
V=192.0.2.1,2001:db8::1 W=192.0.2.2,192.0.2.3
GOOD='signatures=good for=[1-9][0-9]+ '
GRANT="update-policy { grant repointd zonesub ANY; };"

is_signed() { drive read | grep -Eq "$GOOD"; }
shows() { drive read | grep -Eq "marker=$1 .*$GOOD"; }

sign_bind() { BIND_POLICY="$GRANT dnssec-policy default; inline-signing no;"; start_ns bind; }
sign_inline() { BIND_POLICY="$GRANT dnssec-policy default; inline-signing yes;"; start_ns bind; }
sign_knot() { KNOT_ZONES='    dnssec-signing: on'; start_ns knot; }

sign_pdns()
{
    PDNS_OPTIONS=gsqlite3-dnssec=yes
    start_ns pdns
    pdnsutil_now secure-zone "$ZONE" >/dev/null 2>&1
    stop_ns
    start_ns pdns
}

for way in bind inline knot pdns; do
    say "$way"
    "sign_$way"
    wait_until 10 is_signed
    like "$way: what is there is signed" "$(drive read)" "^read accepted .*$GOOD"
    like "$way: adopted" "$(drive "adopt $V - - 1:a1")" "^send accepted "
    ok "$way: marker and sets are signed" wait_until 2 shows 1:a1
    like "$way: switched" "$(drive "switch $V $W 1:a1 2:a2")" "^send accepted "
    ok "$way: the new sets are signed" wait_until 2 shows 2:a2
    like "$way: a rehearsal changes nothing" "$(drive "rehearse $W - 2:a2 3:a3")" "^send accepted "
    like "$way: and leaves the signatures good" "$(drive read)" "A 192.0.2.2 192.0.2.3 .*marker=2:a2 $GOOD"
    CLOCK=250s like "$way: dates are judged by the clock of this host" "$(drive read)" "$GOOD"
    stop_ns
    rm -rf "$NS_DIR"
done
done_testing
