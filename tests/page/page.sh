#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make check-page; with PICTURES=docs/img it puts its pictures there.
# What:  the status page of a real daemon in a real browser, well, failed over, forced, all down, with 500 records, narrow
#        and in the dark: it asks for nothing but itself, axe finds nothing, and lynx shows the words. WEB-1 to WEB-5.
ZONE=example.com
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/../integration/daemon.sh"

HERE=$(cd "$(dirname "$0")" && pwd)
MODULES=${MODULES:-$BUILD/page}
PICTURES=${PICTURES:-$DIR/pictures}
mkdir -p "$PICTURES" "$DIR/state"
chmod 700 "$DIR/state"
export TZ=UTC LC_ALL=C.UTF-8
NAMES="www api db mail"
MANY=500

new_key repointd hmac-sha256
{
    for name in $NAMES; do echo "$name 30 A $P4"; done
    for i in $(seq -w $MANY); do echo "host-$i 30 A $P4"; done
} | write_zone
start_bind
open_site() # NAME ADDRESS
{
    start "$1" "$HERE/site.py" "$2" "$DIR/site-$1"
    wait_until 20 curl -sf --noproxy "*" --max-time 2 -o "$DIR/none" "http://$2/" || bail "no site on $2: $(tail -n 3 "$DIR/$1.log")"
}
open_site primary $P4
open_site secondary $S4
PORT=$(free_port)
URL=http://127.0.0.1:$PORT

# A check of its own for each name, so that one may fail alone.
configure() # RECORDS…
{
    write_config 'audit: 2s' <<CONFIG
checks:
$(for name in $NAMES; do echo "  $name: {http: \"http://www.$ZONE/$name\", interval: 500ms, timeout: 450ms, fall: 2, rise: 1}"; done)
safety: {connectivity: {tcp: ["$P4:80", "$S4:80"]}}
web: {listen: "127.0.0.1:$PORT", title: DNS failover on gw1}
records:
$(cat)
CONFIG
}
record() { echo "  $1.$ZONE: {check: $2, primary: {address: $P4, label: fra1}, secondary: {address: $S4, label: ams2}, ttl: 30s, fail-back-delay: 1s}"; }

look() { curl -s --noproxy '*' --max-time 10 "$@"; }
shows() { look "$URL/${2:-}" | grep -qF "$1"; } # TEXT [PATH]
pages() # NAME PATH WIDTH HEIGHT DARK…: opens them, and takes a picture of each whose name begins with page-
{
    local list= picture
    while [ $# -ge 5 ]; do
        picture=null
        case $1 in page-*) picture="\"$PICTURES/$1.png\"" ;; esac
        list+="${list:+, }{\"url\": \"$URL/$2\", \"name\": \"$1\", \"width\": $3, \"height\": $4, \"dark\": $5, \"picture\": $picture}"
        shift 5
    done
    echo "[$list]" >"$DIR/pages.json"
    node "$HERE/check.mjs" "$DIR/pages.json" "$MODULES"
}

for name in $NAMES; do record $name $name; done | configure
# shellcheck disable=SC2046
"$HERE/week.py" "$DIR/state" $(for name in $NAMES; do echo "$name.$ZONE,$name,$P4,$S4"; done)
start_daemon
steady() { shows '4 records on primary' && shows 'all well' && ! shows 'Starting'; }
ok "all is well" wait_until 40 steady
ok "a browser shows the steady page, in the light and in the dark, wide and narrow" pages \
    page-steady '' 1240 470 false page-dark '' 1240 470 true page-narrow '' 390 844 false page-record "record/www.$ZONE" 1100 0 false
is "what was known of the last week is told" "$(look "$URL/" | grep -c 'www.*down 7m')" 1
ok "and its switches" shows 'timeout-connect' "record/www.$ZONE"
is "a record that is not there is not found" "$(look -o "$DIR/none" -w '%{http_code}' "$URL/record/none") $(<"$DIR/none")" \
    "404 no record named 'none'"
for path in '' "record/www.$ZONE"; do
    headers=$(look -i "$URL/$path?refresh=15" | tr -d '\r')
    like "the policy lets nothing in" "$headers" \
        "^Content-Security-Policy: default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; .*frame-ancestors 'none'"
    like "who asks for it comes again" "$headers" '^Refresh: 15$'
    is "and nobody else" "$(look -i "$URL/$path" | grep -ci '^refresh:')" 0
done

say "failed over"
sick primary www
ok "one has failed over" wait_until 20 shows '1 record failed over'
ok "a browser shows it" pages page-failed-over '' 1240 500 false \
    record-dark "record/www.$ZONE" 1100 0 true
lynx_shows() # TEXT…
{
    lynx -dump -nolist -width=200 -assume_charset=utf-8 -display_charset=utf-8 "$URL/$1" >"$DIR/lynx"
    shift
    for words; do grep -qF "$words" "$DIR/lynx" || { echo "no '$words' in:"; cat "$DIR/lynx"; return 1; }; done
}
ok "lynx shows the words" lynx_shows '' '1 record failed over' '3 on primary' "www.$ZONE" '▲ secondary' "$S4" \
    "primary $P4: status" '✗ down' '✓ up' '✓ yes' 'Connectivity ok, 2 of 2 answer'
ok "of one record, too" lynx_shows "record/www.$ZONE" '▲ secondary' 'returns to primary' 'HTTP 503, wanted 200-399' \
    "repointctl failback www.$ZONE" 'primary → secondary'

say "behind a proxy"
# Both are printed in docs/how-to/status-page.md.
block() { awk -v text="$1" '/^```/ { if (inside && hit) { printf "%s", block; exit } inside = !inside; block = ""; hit = 0; next }
    inside { block = block $0 "\n"; hit = hit || index($0, text) }' "$TESTS/../docs/how-to/status-page.md"; }
PROXY=$(free_port)
mkdir -p "$DIR/proxy"
printf 'alice:%s\n' "$(openssl passwd -apr1 secret)" >"$DIR/failover.htpasswd"
cat >"$DIR/proxy/nginx.conf" <<CONF
daemon off; master_process off; pid $DIR/proxy/pid; error_log stderr; events { }
http { access_log off; client_body_temp_path $DIR/proxy/b; proxy_temp_path $DIR/proxy/p; fastcgi_temp_path $DIR/proxy/f;
uwsgi_temp_path $DIR/proxy/u; scgi_temp_path $DIR/proxy/s; server { listen 127.0.0.1:$PROXY;
$(block 'location /failover/' | sed "s|127.0.0.1:9530|127.0.0.1:$PORT|; s|/etc/nginx|$DIR|") } }
CONF
start proxy nginx -p "$DIR/proxy" -c "$DIR/proxy/nginx.conf" -e stderr
through() { look -o "$DIR/through" -w '%{http_code}' "$@"; }
ok "the proxy answers" wait_until 10 eval '[ "$(through "http://127.0.0.1:$PROXY/failover/")" = 401 ]'
is "with the page, to whoever has the password" \
    "$(through -u alice:secret "http://127.0.0.1:$PROXY/failover/") $(grep -c '1 record failed over' "$DIR/through")" '200 1'
is "links lead on from where it is" "$(through -u alice:secret "http://127.0.0.1:$PROXY/failover/record/www.$ZONE")" 200
is "and nothing can be sent" "$(through -u alice:secret -d x=y "http://127.0.0.1:$PROXY/failover/")" 403
stop proxy

say "forced"
ctl failover "db.$ZONE" --to secondary --for 1h --reason 'kernel update <on> the primary'
ok "one is forced" wait_until 20 shows 'secondary, forced'
ok "a browser shows it" pages page-forced '' 1240 520 false record-forced "record/db.$ZONE" 1100 0 false
ok "why is told, and is no markup" shows 'kernel update &lt;on&gt; the primary'
ctl hold "api.$ZONE" --for 1h
ok "one is held" shows 'primary, held'

say "all down"
sick primary mail
sick secondary mail
ok "one has nothing left" wait_until 20 shows 'primary, none healthy'
ok "a browser shows it" pages page-all-down '' 1240 540 false all-down-narrow '' 390 1600 true

say "another configuration"
of_db() { look "$URL/" | grep "^<tr>.*record/db" | grep -oE 'down [0-9hms]+</small>'; }
before=$(of_db)
sed -i 's/fail-back-delay: 1s/fail-back-delay: 2s/' "$CONFIG"
ctl reload
is "is taken" "$status" 0
is "and the bars are kept" "$(of_db)" "${before:-something}"

say "another life"
for target in primary secondary; do for name in www mail; do well $target $name; done; done
stop repointd
is "the bars are kept" "$(head -n 1 "$DIR/state/trends") $(tail -n 1 "$DIR/state/trends")" "repointd trends 1 end"
is "the hour, too" "$(grep -c '^w www ' "$DIR/state/trends")" 2
echo damaged >"$DIR/state/trends"
start_daemon
ok "a damaged file is put aside, and said so" told state 'trends is damaged .* put aside as trends.damaged'
ok "the page begins anew" wait_until 20 shows 'no outage'

say "cut off"
stop primary
stop secondary
ok "that stands above all" wait_until 30 shows 'Cut off.'
ok "a browser shows it" pages cut-off '' 1240 700 false
open_site primary $P4
open_site secondary $S4
stop repointd

say "$MANY records"
for i in $(seq -w $MANY); do record "host-$i" $(("10#$i" % 71 == 3)); done | sed 's/check: 0/check: www/; s/check: 1/check: api/' | configure
# shellcheck disable=SC2046
"$HERE/week.py" "$DIR/state" $(for i in $(seq -w $MANY); do echo "host-$i.$ZONE,www,$P4,$S4"; done)
start_daemon
ok "all are known" wait_until 60 shows "$MANY records on primary"
sick primary api
ok "some fail over" wait_until 60 shows '8 records failed over'
ok "a browser shows them" pages page-many '' 1240 700 false many-attention '?show=attention' 1240 700 false
is "those that want a look are shown alone" "$(look "$URL/?show=attention" | grep -c '<tr><th scope=row>')" 8
size=$(look "$URL/" | wc -c)
say "$MANY records are $size octets"
ok "a page of many is no burden" [ "$size" -lt 800000 ]

done_testing
