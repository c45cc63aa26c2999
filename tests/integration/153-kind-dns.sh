#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a daemon that looks at two name servers, Knot on each site, with BIND for its own record.
# What:  RCODE and data of an answer, TCP where it is cut, a server that is gone, one that somebody answers for.
# Names: faults 3, 18, 57, 58, 59; CLI-7.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
resolver 30 A $P4
ZONE
start_bind

# Knot on port 53 of a site.
site_zone() # NAME ADDRESS OF www
{
    {
        printf '$ORIGIN dns.test.\n@ 30 SOA ns hostmaster %s 3600 600 86400 30\n@ NS ns\nns A 127.0.0.1\n' "$(date +%s)"
        printf 'www 30 A %s\nwww AAAA 2001:db8::80\nalias CNAME www\n@ MX 10 mail\n@ TXT "v=spf1 " "-all"\n' "$2"
        for i in $(seq 60); do printf 'big 30 TXT "%s a text that makes the answer too large for a datagram"\n' "$i"; done
    } >"$DIR/$1.zone"
}
start_dns() # NAME ADDRESS
{
    mkdir -p "$DIR/knot-$1"
    cat >"$DIR/$1.conf" <<CONF
server:
    rundir: "$DIR/knot-$1"
    listen: $2@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$DIR/knot-$1"
zone:
  - domain: dns.test
    file: "$DIR/$1.zone"
    zonefile-load: whole
    journal-content: none
CONF
    start "$1" knotd -c "$DIR/$1.conf" -s "$DIR/$1.sock"
    wait_until 15 eval "dig_at $2 53 www.dns.test. A +short | grep -q ^192" || bail "no Knot: $(tail -n 3 "$DIR/$1.log")"
}
reload() { knotc -s "$DIR/$1.sock" zone-reload dns.test; } # NAME
site_zone primary 192.0.2.80
site_zone secondary 192.0.2.80
start_dns primary $P4
start_dns secondary $S4
write_config <<CONFIG
checks:
  resolver:
    dns: {query: www.dns.test, type: A}
    expect: {rcode: NOERROR, answer: 192.0.2.80}
    interval: 500ms
    timeout: 450ms
    fall: 2
    rise: 1
  alias: {dns: {query: ALIAS.dns.test, type: A}, expect: {answer: 192.0.2.80}}
  v6: {dns: {query: www.dns.test, type: AAAA}, expect: {answer: "2001:DB8:0::80"}}
  mx: {dns: {query: dns.test, type: MX}, expect: {answer: 10 Mail.dns.test}}
  text: {dns: {query: dns.test, type: TXT}, expect: {answer: v=spf1 -all}}
  big: {dns: {query: big.dns.test, type: TXT}, expect: {answer: 60 a text that makes the answer too large for a datagram}}
  nobody: {dns: {query: nobody.dns.test}, expect: {rcode: NXDOMAIN}}
  there: {dns: {query: nobody.dns.test}, timeout: 450ms}
  refused: {dns: {query: www.example.com}, timeout: 450ms}
  other: {dns: {query: www.dns.test}, expect: {answer: 192.0.2.81}}
  empty: {dns: {query: www.dns.test, type: TXT}}
  elsewhere: {dns: {query: www.dns.test, port: 54}, timeout: 450ms}
records:
  resolver.$ZONE: {check: resolver, primary: $P4, secondary: $S4}
CONFIG

say "one look"
out=$("$REPOINTD" -c "$CONFIG" --probe resolver $P4)
is "passes" "$?" 0
like "says what it does" "$out" "^check resolver: ask $P4:53 for www.dns.test A$"
like "what it got" "$out" "^  end          [0-9.]+ ms: NOERROR: 192.0.2.80$"
for check in alias v6 mx text big nobody empty; do
    out=$("$REPOINTD" -c "$CONFIG" --probe $check $P4)
    is "$check passes" "$? $(grep -c 'up (ok)' <<<"$out")" "0 1"
done
for row in "there dns-rcode NXDOMAIN,.wanted.NOERROR" "refused dns-rcode REFUSED,.wanted.NOERROR" \
    "other dns-answer NOERROR:.192.0.2.80" "elsewhere refused Connection.refused"; do
    read -r check reason detail <<<"$row"
    out=$("$REPOINTD" -c "$CONFIG" --probe "$check" $P4)
    is "$check fails" "$? $(grep -o 'down (.*)' <<<"$out")" "1 down ($reason)"
    like "and says why" "$out" ": $detail"
done

start_daemon
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
ok "the record is adopted" wait_until 20 told owned
site_zone primary 192.0.2.81
reload primary >/dev/null
ok "wrong data moves the record" wait_until 20 told failover "reason=dns-answer"
ok "to the other name server" wait_until 10 serves resolver A $S4
like "what it says is told" "$(line_of target-down)" "NOERROR: 192.0.2.81"
site_zone primary 192.0.2.80
reload primary >/dev/null
ok "it comes back" wait_until 20 eval '[ "$(count_told target-up)" = 3 ]'
stop secondary
ok "a server that is gone is refused" wait_until 20 told target-down "secondary.*reason=refused"
stop repointd
done_testing
