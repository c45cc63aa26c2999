#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: conf/examples/route53.yaml as it is shipped, included by a file with checks and records; single looks at scripted servers, and
#        a daemon on BIND.
# What:  what the preset promises to do as Route 53 does it: seconds to the tenth, statuses, bodies, certificates; and which target is
#        answered when. The daemon runs at a tenth of the preset's times (ROUTE53_SCALE=1 for the real ones), the looks at the real ones.
# Names: r53 1, 5, 7, 8, 12-16, 20-22, 27-34, 37, 62-69, 72, 82, 91, 92; the table is docs/route53.md.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"
SCALE=${ROUTE53_SCALE:-10}
# A tenth of a second decides: who looks and who answers goes before everybody else on this machine.
renice -n -15 $$ >/dev/null 2>&1 || say "no right to go before others"
PRESET=$TESTS/../conf/examples/route53.yaml

like "the preset has nothing to complain about" "$("$REPOINTD" --strict --check-config "$PRESET" 2>&1)" '^OK: 0 records, 2 checks, 0 servers$'

# ---- the other sides -------------------------------------------------------------------------------------------------------------

new_key repointd hmac-sha256
write_zone <<ZONE
www 60 A $P4
blind 60 A $P4
unchecked 60 A $P4
ZONE
start_bind
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
far_end=02:00:00:00:00:4d
ip link add slow type veth peer name slow-end address $far_end && ip link set slow up && ip link set slow-end up ||
    bail "no pair of interfaces"
ip address add 10.76.0.1/32 dev slow
ip route add 10.77.0.0/16 dev slow src 10.76.0.1
for tenths in 39 41 99 101; do ip neighbour add 10.77.$tenths.1 lladdr $far_end dev slow; done
start slow-line "$HOSTILE/slow_line.py" slow-end
start_site primary $P4
start_site secondary $S4
start_site crowd 127.0.1.1 127.0.1.2
wait_until 10 grep -q ready "$DIR/slow-line.log" || bail "no slow line: $(tail -n 3 "$DIR/slow-line.log")"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }

# ---- looks -----------------------------------------------------------------------------------------------------------------------

# r53  name            server: path, or tcp; at       what more the check says                  verdict
looks=$(sed '/^$/d' <<'ROWS'
12     connect-3.9     slow:/ 10.77.39.1              -                                         up
12     connect-4.1     slow:/ 10.77.41.1              -                                         timeout-connect
13     answer-1.9      scripted:/?wait=1.9 .          -                                         up
13     answer-2.1      scripted:/?wait=2.1 .          -                                         timeout-response
29     body-1.9        scripted:/?pause=1.9 .         expect:{contains:healthy}                 up
29     body-2.1        scripted:/?pause=2.1 .         expect:{contains:healthy}                 timeout-response
29     each-1.9        scripted:/?wait=1.9&pause=1.9 . expect:{contains:healthy}                up
34     tcp-9.9         tcp:80 10.77.99.1              interval:30s,timeout:10s                  up
34     tcp-10.1        tcp:80 10.77.101.1             interval:30s,timeout:10s                  timeout-connect
34     tcp-refused     tcp:refuse .                   interval:30s,timeout:10s                  refused
27     tcp-silent      tcp:listener .                 -                                         up
14     status-199      status-199:/ .                 -                                         protocol
14     status-200      scripted:/?status=200 .        -                                         up
14     status-399      scripted:/?status=399 .        -                                         up
14     status-400      scripted:/?status=400 .        -                                         status
14     status-404      scripted:/?status=404 .        -                                         status
14     status-500      scripted:/?status=500 .        -                                         status
14     status-503      scripted:/?status=503 .        -                                         status
15     status-301      redirect-loop:/ .              -                                         up
15     status-302      redirect:/ .                   -                                         up
15     status-307      scripted:/?status=307 .        -                                         up
15     status-308      scripted:/?status=308 .        -                                         up
16     expired         tls-scripted-expired:/ .       tls:{verify:off}                          up
16     self-signed     tls-scripted-self-signed:/ .   tls:{verify:off}                          up
20     wrong-name      tls-scripted-wrong-name:/ .    tls:{verify:off}                          up
21     no-colon        scripted:/?header=no+colon .   -                                         protocol
22     headers-16384   headers-16384:/ .              -                                         up
22     headers-16385   headers-16385:/ .              -                                         protocol
28     text-in-404     scripted:/?status=404 .        expect:{contains:healthy}                 status
30     text-at-5120    scripted:/?end=5120 .          expect:{contains:healthy}                 up
30     text-at-5121    scripted:/?end=5121 .          expect:{contains:healthy}                 body
31     other-case      scripted:/ .                   expect:{contains:Healthy}                 body
32     gzip            scripted:/?encode=gzip .       expect:{contains:healthy}                 up
32     deflate         scripted:/?encode=deflate .    expect:{contains:healthy}                 up
32     raw             scripted:/?encode=compress .   expect:{contains:healthy}                 up
33     no-connection   refuse:/ .                     expect:{contains:healthy}                 refused
37     by-ipv6         ok-v6:/ ::1                    -                                         up
ROWS
)

check_of() # NAME SERVER:PATH MORE
{
    local server=${2%%:*} path=${2#*:} more scheme=http
    [ "$3" = - ] && more= || more=", $(sed 's/:/: /g; s/,/, /g' <<<"$3")"
    case $server in
    tcp) case $path in [0-9]*) ;; *) path=$(port_of "$path") ;; esac; printf '  %s: {tcp: %s%s}\n' "$1" "$path" "$more" ;;
    slow) printf '  %s: {http: "http://www.%s%s"%s}\n' "$1" "$ZONE" "$path" "$more" ;;
    *)
        case $server in tls-*) scheme=https ;; esac
        printf '  %s: {http: "%s://www.%s:%s%s"%s}\n' "$1" $scheme "$ZONE" "$(port_of "$server")" "$path" "$more"
        ;;
    esac
}
cp "$PRESET" "$DIR/route53.yaml"
{
    printf 'include: route53.yaml\nchecks:\n'
    while read -r _ name server _ more _; do check_of "$name" "$server" "$more"; done <<<"$looks"
} >"$DIR/looks.yaml"
mkdir "$DIR/looks"
# They wait, all at once, while the daemon runs below; those of which a tenth of a second decides begin by themselves.
looking=()
look() # NUMBERS (extended)
{
    local number name address
    while read -r number name _ address _; do
        [[ $number =~ ^($1)$ ]] || continue
        case $address in .) address=127.0.0.1 ;; esac
        "$REPOINTD" -c "$DIR/looks.yaml" --probe "$name" "$address" >"$DIR/looks/$name" 2>&1 &
        looking+=($!)
    done <<<"$looks"
}
look '12|13|29|34'
sleep 0.5
look '1[4-6]|2[0-8]|3[0-3]|37'

# ---- which target is answered ----------------------------------------------------------------------------------------------------

# Times of the preset divided by the scale; what is 0 stays so.
sed -E "/(interval|timeout):/{
    $([ "$SCALE" = 1 ] || echo 's/: 10s /: 1s /; s/: 30s/: 3s/; s/timeout: 10s/timeout: 1s/; s/: ([0-9])s/: \100ms/g; s/interval: 100ms/interval: 1s/; s/interval: 300ms/interval: 3s/; s/timeout: 100ms/timeout: 1s/')
}" "$PRESET" >"$DIR/route53.yaml.new"
mkdir "$DIR/scaled"
mv "$DIR/route53.yaml.new" "$DIR/scaled/route53.yaml"
CONFIG=$DIR/scaled/repointd.yaml
crowd="a b c d e f g h i j"
write_config 'audit: 5s' <<CONFIG
include: route53.yaml
checks:
  site: {http: "http://www.$ZONE/health"}
$(for n in $crowd; do
    printf '  refused-%s: {http: "http://www.%s/%s"}\n  dropped-%s: {http: "http://www.%s/%s"}\n' $n "$ZONE" $n $n "$ZONE" $n
done)
records:
  www.$ZONE: {check: site, primary: $P4, secondary: $S4}
  blind.$ZONE: {check: site, primary: $P4, secondary: {address: 203.0.113.66, check: none}}
  unchecked.$ZONE: {primary: {address: $P4, check: none}, secondary: {address: $S4, check: site}}
$(for n in $crowd; do
    printf '  refused-%s.%s: {check: refused-%s, enabled: off, primary: 127.0.1.1, secondary: {address: %s, check: none}}\n' $n "$ZONE" $n $S4
    printf '  dropped-%s.%s: {check: dropped-%s, enabled: off, primary: 127.0.1.2, secondary: {address: %s, check: none}}\n' $n "$ZONE" $n $S4
done)
CONFIG
like "a primary without a check is warned about (r53 68)" "$("$REPOINTD" --check-config "$CONFIG" 2>&1)" \
    "'unchecked.$ZONE' has no check on its primary"
dump=$("$REPOINTD" -c "$CONFIG" --dump-config 2>&1)
is "threshold and interval are those of the preset (r53 5, 7, 8)" \
    "$(sed -n '/^  site:/,/^  [^ ]/p' <<<"$dump" | sed -nE 's/^ *(interval|fall|rise): ([^ ]*).*/\1=\2/p' | sort | paste -sd' ')" \
    "fall=3 interval=$((10 / SCALE))s rise=3"

slow() { echo $(($1 * 10 / SCALE)); } # SECONDS at a tenth of the scale
start_daemon
ok "all is up, the records are ours" wait_until "$(slow 30)" eval '[ "$(count_told owned)" = 3 ] && [ "$(count_told target-up)" = 24 ]'
is "TTL 60 (r53 82)" "$(ttl www A)" 60

say "detection (r53 91, 92)"
nft -f - <<RULES
table inet line {
    chain in {
        type filter hook input priority 0;
        ip daddr 127.0.1.1 tcp dport 80 reject with tcp reset
        ip daddr 127.0.1.2 tcp dport 80 drop
    }
}
RULES
died=$(now_ms)
sick secondary
ok "all ten of each kind go down" wait_until "$(slow 60)" eval '[ "$(count_told target-down "record=(refused|dropped)")" = 20 ]'
took() { said | grep " event=target-down record=$1" | while read -r line; do echo $(($(line_ms <<<"$line") - died)); done | sort -n; }
# After three intervals, less what was gone of the first; each start may be a tenth of one later, and is noticed a little later.
within() # KIND LEAST MOST
{
    [ "$(took "$1" | head -n 1)" -ge "$2" ] && [ "$(took "$1" | tail -n 1)" -le "$3" ]
}
for kind in refused dropped; do say "$kind: $(took $kind | head -n 1) to $(took $kind | tail -n 1) ms"; done
interval=$((10000 / SCALE)) timeout=$((4000 / SCALE))
ok "refused: two to three intervals" within refused $((interval * 18 / 10)) $((interval * 31 / 10 + 300))
ok "dropped: a timeout more" within dropped $((interval * 18 / 10 + timeout)) $((interval * 31 / 10 + timeout + 300))

say "who is answered"
ok "a secondary dies" wait_until "$(slow 45)" told target-down "record=www.* target=secondary"
is "primary healthy: the primary (r53 63)" "$(dig_short www A)" $P4
well secondary
ok "it returns" wait_until "$(slow 45)" eval '[ "$(count_told target-up "record=www.* target=secondary")" = 2 ]'
sick primary
ok "primary unhealthy, secondary healthy: the secondary (r53 64)" wait_until "$(slow 45)" serves www A $S4
ok "a secondary without a check is used blindly (r53 66)" wait_until "$(slow 5)" serves blind A 203.0.113.66
is "a primary without a check is never left (r53 67, 68)" "$(dig_short unchecked A)" $P4
sick secondary
ok "both unhealthy: the primary (r53 65), and never nothing (r53 69)" wait_until "$(slow 45)" serves www A $P4
well secondary
ok "the secondary is back alone: the secondary" wait_until "$(slow 45)" serves www A $S4
well primary
ok "primary healthy: back (r53 72)" wait_until "$(slow 45)" serves www A $P4
up=$(said | grep -E " event=target-up record=www.* target=primary" | tail -n 1 | line_ms) back=$(line_of fail-back record=www | line_ms)
ok "at once: $((back - up)) ms after it was" [ $((back - up)) -le 1000 ]
stop repointd

# ---- what the looks have seen ----------------------------------------------------------------------------------------------------

wait "${looking[@]}"
while read -r number name _ _ _ wanted; do
    case $wanted in up) wanted='up \(ok\)' ;; *) wanted="down \\($wanted\\)" ;; esac
    like "$name (r53 $number)" "$(cat "$DIR/looks/$name")" "^verdict +$wanted"
done <<<"$looks"
like "nobody followed a redirect (r53 15)" "$(curl -s --noproxy '*' "http://127.0.0.1:$(port_of trap)/trapped")" '^came=0'
is "TCP says nothing (r53 27)" "$(curl -s --noproxy '*' "http://127.0.0.1:$(port_of heard)/")" 'octets=0|'
done_testing
