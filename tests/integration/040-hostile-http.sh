#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 40 s
#
# Where: one daemon that probes every misbehaviour of tests/hostile/http_server.py at once, on BIND.
# What:  each goes down for its own reason of the closed list and its record is switched; what is only odd stays up;
#        memory and descriptors are flat, and once all is over no socket is left.
# Names: faults 18-27, 29-32, 44, 48; acceptance 7.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

# name            behaviour             scheme  page wanted  what is expected: up, or the reason and the detail (extended)
rows=$(sed '/^$/d' <<'ROWS'
refuse            refuse                http    -            refused Connection.refused
full              full                  http    -            timeout-connect not.connected.within.1500ms
drop              drop                  http    -            timeout-connect not.connected.within.1500ms
reject            reject                http    -            unreachable No.route.to.host
silence           silence               http    -            timeout-response no.answer.within.1500ms
drip              drip                  http    -            timeout-response no.answer.within.1500ms
drip-body         drip-body             http    -            timeout-response no.end.of.the.body.within.1500ms
endless-body      endless-body          http    sound        body not.in.the.first.5120.octets
gzip-bomb         gzip-bomb             http    sound        body not.in.the.first.5120.octets
endless-headers   endless-headers       http    -            protocol more.than.16384.octets
endless-header    endless-header        http    -            protocol more.than.16384.octets
endless-status    endless-status-line   http    -            protocol more.than.16384.octets
endless-1xx       endless-1xx           http    -            protocol more.than.16384.octets
endless-trailers  endless-trailers      http    -            protocol more.than.16384.octets
garbage           garbage               http    -            protocol .
http09            http09                http    healthy      protocol .
nul               nul                   http    healthy      protocol .
bad-chunks        bad-chunks            http    -            protocol .
bad-gzip          bad-gzip              http    healthy      protocol .
close-at-once     close-at-once         http    -            closed closed.without.an.answer
close             close                 http    -            closed closed.without.an.answer
close-in-headers  close-in-headers      http    -            closed .
short-body        short-body            http    healthy      closed in.the.middle.of.the.answer
reset             reset                 http    -            reset Connection.reset.by.peer
reset-in-body     reset-in-body         http    -            reset Connection.reset.by.peer
status-503        status-503            http    -            status HTTP.503
status-404        status-404            http    healthy      status HTTP.404
status-400        status-400            http    -            status HTTP.400
hostile-reason    hostile-reason        http    -            status HTTP.500
wrong-page        ok                    http    sound        body not.in.the.body.of.8.octets
tls-stall         tls-stall             https   -            timeout-tls no.TLS.session.within.1500ms
tls-stall-half    tls-stall-half        https   -            timeout-tls no.TLS.session.within.1500ms
tls-silence       tls-silence           https   -            timeout-response no.answer.within.1500ms
tls-drip          tls-drip              https   -            timeout-response no.answer.within.1500ms
tls-expired       tls-expired           https   -            tls-expired certificate.has.expired
tls-not-yet       tls-not-yet           https   -            tls-expired not.yet.valid
tls-wrong-name    tls-wrong-name        https   -            tls-name .
tls-self-signed   tls-self-signed       https   -            tls-untrusted self-signed.certificate
tls-unknown-ca    tls-unknown-ca        https   -            tls-untrusted issuer
tls-old           tls-old               https   -            tls-protocol .
tls-plain         tls-plain             https   -            tls-protocol .
tls-close         tls-close             https   -            closed closed.in.the.TLS.handshake
tls-reset         tls-reset             https   -            reset Connection.reset.by.peer
tls-endless       tls-endless-header    https   -            protocol more.than.16384.octets
tls-endless-body  tls-endless-body      https   sound        body not.in.the.first.5120.octets
ok                ok                    http    healthy      up
tls-good          tls-good              https   healthy      up
endless-good      endless-body          http    healthy      up
bomb-good         gzip-bomb             http    healthy      up
byte-by-byte      byte-by-byte          http    healthy      up
status-399        status-399            http    -            up
redirect          redirect              http    -            up
redirect-loop     redirect-loop         http    -            up
ROWS
)
# name            behaviour[/path]                        kind    more of the check ('_' is a blank)         expected
more=$(sed '/^$/d' <<'ROWS'
led-away          way/go?to=http://elsewhere.example/     http    follow-redirects:_5                        redirect another.host:.elsewhere.example
led-inside        way/go?to=http://169.254.169.254/       http    follow-redirects:_5                        redirect may.not.lead.to:.169.254.169.254
led-to-a-file     way/go?to=file:///etc/passwd            http    follow-redirects:_5                        redirect what.is.not.HTTP
led-on-and-on     way/hops/9                              http    follow-redirects:_5                        redirect more.than.5.redirects
led-astray        way/go?to=http://www.example.com:1/     http    follow-redirects:_5                        refused redirected.to.127.0.0.1:1:.Connection.refused
led-well          way/hops/5                              http    follow-redirects:_5                        up
maintenance       ok                                      http    expect:_{not-contains:_heal}               body the.text.not.wanted.is.in
differs           ok                                      http    expect:_{regex:_'^sick'}                   body the.pattern.matches.nothing.in
runs-wild         scripted/?text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%21 http expect:_{regex:_'^(a+)+$'}    body the.pattern.takes.too.many.steps
matches           ok                                      http    expect:_{regex:_'^heal.*y$'}               up
ends-soon         tls-soon                                https   expect:_{certificate-days:_7}              tls-expiring expires.in.2d23h,.wanted.7.days
ends-later        tls-soon                                https   expect:_{certificate-days:_2}              up
alone             tls-good                                tls     sni:_www.example.com                       up
alone-quiet       tls-silence                             tls     sni:_www.example.com                       up
alone-soon        tls-soon                                tls     expect:_{certificate-days:_7}              tls-expiring expires.in.2d23h
alone-expired     tls-expired                             tls     sni:_www.example.com                       tls-expired certificate.has.expired
alone-misnamed    tls-wrong-name                          tls     sni:_www.example.com                       tls-name .
alone-unknown     tls-unknown-ca                          tls     sni:_www.example.com                       tls-untrusted issuer
alone-old         tls-old                                 tls     sni:_www.example.com                       tls-protocol .
alone-plain       tls-plain                               tls     sni:_www.example.com                       tls-protocol .
alone-stalls      tls-stall                               tls     sni:_www.example.com                       timeout-tls no.TLS.session.within.1500ms
alone-closes      tls-close                               tls     sni:_www.example.com                       closed closed.in.the.TLS.handshake
ROWS
)
rows_and_more() # NAME and what is expected, of both tables
{
    awk '{ $2 = $3 = $4 = ""; print }' <<<"$rows"
    awk '{ $2 = $3 = $4 = ""; print }' <<<"$more"
}
down=$(rows_and_more | grep -cv ' up$') up=$(rows_and_more | grep -c ' up$')

# ---- the servers -----------------------------------------------------------------------------------------------------

new_key repointd hmac-sha256
rows_and_more | while read -r name _; do printf '%s 30 A 127.0.0.1\n' "$name"; done | write_zone
start_bind
before=$(serial)
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
printf 'drop %s\nreject %s\n' "$(free_port)" "$(free_port)" >>"$DIR/hostile.log"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }
nft -f - <<RULES
table inet story {
    chain in {
        type filter hook input priority 0;
        tcp dport $(port_of drop) drop
        tcp dport $(port_of reject) reject with icmp type host-unreachable
    }
}
RULES

write_config 'batch: 1' <<CONFIG
defaults: {check: {interval: 2s, timeout: 1500ms, fall: 2, rise: 2}}
checks:
$(while read -r name behaviour scheme page _; do
    printf '  %s:\n    http: %s://www.example.com:%s/healthz\n' "$name" "$scheme" "$(port_of "$behaviour")"
    [ "$page" = - ] || printf '    expect: {contains: %s}\n' "$page"
    [ "$scheme" = http ] || printf '    tls: {ca: %s}\n' "$(port_of ca)"
done <<<"$rows")
$(while read -r name behaviour kind also _; do
    port=$(port_of "${behaviour%%/*}") path=/
    [ "$behaviour" = "${behaviour%%/*}" ] || path=/${behaviour#*/}
    case $kind in
    tls) printf '  %s:\n    tls: %s\n    ca: %s\n' "$name" "$port" "$(port_of ca)" ;;
    *) printf '  %s:\n    http: %s://www.example.com:%s%s\n' "$name" "$kind" "$port" "$path" ;;
    esac
    [ "$kind" != https ] || printf '    tls: {ca: %s}\n' "$(port_of ca)"
    printf '    %s\n' "${also//_/ }"
done <<<"$more")
records:
$(rows_and_more | while read -r name _; do
    printf '  %s.%s: {check: %s, primary: 127.0.0.1, ' "$name" "$ZONE" "$name"
    printf 'secondary: {address: %s, check: none}}\n' $S4
done)
CONFIG

# ---- the story -------------------------------------------------------------------------------------------------------

# The time until all are judged is that of the slowest; each line stands for itself.
start_daemon
all_down() { [ "$(count_told target-down)" -ge "$down" ]; }
ok "all $down go down" wait_until 60 all_down
while read -r name reason detail; do
    case $reason in
    up) ok "$name: is up" wait_until 20 told target-up "record=$name\\.$ZONE " ;;
    *) ok "$name: $reason" told target-down "record=$name\\.$ZONE .* reason=$reason detail=.*$detail" ;;
    esac
done < <(rows_and_more)
is "nothing else went down" "$(count_told target-down)" "$down"
is "nothing was our own fault" "$(count_told target-unknown)" 0

# A budget is used up, and not left early: each timeout took its 1,500 ms, by a clock that counts whole ones.
took() { said | grep -E ' event=target-down .* reason=timeout-' | sed -E 's/.* latency_usec=([0-9]+).*/\1/' | sort -n; }
ok "no timeout came early" [ "$(took | head -n 1)" -gt 1499000 ]
say "timeouts of 1500 ms took $(took | head -n 1) to $(took | tail -n 1) us"

all_switched() { [ "$(count_told failover)" -ge "$down" ]; }
ok "each of their records is switched" wait_until 30 all_switched
served()
{
    dig_at $NS_ADDRESS "$NS_PORT" "$ZONE." AXFR +noall +answer -k "$KEY_FILE" |
        awk '$4 == "A" && $1 !~ /^ns\./ { print $1, $5 }' | sort
}
wanted=$(rows_and_more | while read -r name reason _; do
    [ "$reason" = up ] && printf '%s.%s. 127.0.0.1\n' "$name" "$ZONE" || printf '%s.%s. %s\n' "$name" "$ZONE" $S4
done | sort)
is "and served, while those that are up stay" "$(served)" "$wanted"
is "in one change each, after that of their adoption" "$(serial)" $((before + 2 * down + up))
like "nobody came where no redirect may lead" "$(curl -s --noproxy '*' "http://127.0.0.1:$(port_of trap)/trapped")" '^came=0'

# The control characters that targets sent are nowhere in the log.
is "the log is printable ASCII" "$(said | LC_ALL=C grep -c '[^ -~]')" 0

pid=${PIDS[repointd]}
memory_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; }
sockets() { ss -Htanp | grep -c "pid=$pid,"; }
first=$(memory_kb) probes=$(kill -USR1 "$pid"; sleep 0.2; line_of counters | grep -oE '[0-9]+ done')
most=$first
end=$(($(now_ms) + 20000))
while [ "$(now_ms)" -lt $end ]; do
    sleep 0.5
    now=$(memory_kb)
    [ "$now" -le "$most" ] || most=$now
done
kill -USR1 "$pid"
sleep 0.2
say "resident: $first kB at first, $most kB at most in 20 s; probes: $probes, then $(line_of counters | grep -oE '[0-9]+ done')"
ok "memory is flat over 20 s more" [ $((most - first)) -le 1024 ]
is "not a line was said in that time but the counters" "$(said | sed '1,/event=counters/d' | grep -vc ' event=counters ')" 0

# Without anybody who keeps a probe waiting, whatever is left would be a leak.
nft flush ruleset
stop hostile
ok "in the end no connection is left open" wait_until 20 eval '[ "$(sockets)" = 0 ]'
descriptors() { find "/proc/$pid/fd" -type l | wc -l; }
ok "and but a few descriptors of our own" wait_until 5 eval '[ "$(descriptors)" -le 20 ]'
stop repointd
done_testing
