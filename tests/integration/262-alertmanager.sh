#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon and a real Alertmanager (Debian's prometheus-alertmanager), on BIND.
# What:  a record that fails over is an alert there, with its labels; it stands while it is so, also over a restart of either; it is
#        resolved when the record returns; a record whose notifier is another one is none; a test alert arrives.
# Names: NOT-11.
# Lasts: 40 s
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

SOCKET=$DIR/run/control.sock
new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
api 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
AM_PORT=$(free_port)
printf 'route: {receiver: none, group_wait: 1s}\nreceivers: [{name: none}]\n' >"$DIR/alertmanager.yml"
start_alertmanager()
{
    start alertmanager prometheus-alertmanager --config.file="$DIR/alertmanager.yml" --storage.path="$DIR/alertmanager" \
        --web.listen-address="127.0.0.1:$AM_PORT" --cluster.listen-address=
    wait_until 20 curl -sf --noproxy '*' "http://127.0.0.1:$AM_PORT/-/ready" || bail "no Alertmanager: $(tail -n 3 "$DIR/alertmanager.log")"
}
alerts() { curl -sf --noproxy '*' "http://127.0.0.1:$AM_PORT/api/v2/alerts?active=true" | jq -r "$1"; } # FILTER
stands() { [ "$(alerts '.[].labels | "\(.alertname) \(.record)"' | sort | paste -sd,)" = "$1" ]; } # ALERTS

start_alertmanager
write_config <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 2, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 1s, notify: [pager]}
  api.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 1s}
notify:
  pager: {alertmanager: "127.0.0.1:$AM_PORT"}
CONFIG
start_daemon
wait_until 15 told target-up "address=$S4"
ctl notify pager --test
like "a test arrives" "$status $out" '^0 pager: the test message has arrived: HTTP 200'
ok "… as an alert that says so" stands "RepointTest null"
sick primary
ok "the record that names it is an alert" wait_until 20 stands "RepointFailedOver www.$ZONE,RepointTest null"
is "with its labels" "$(alerts '.[] | select(.labels.record) | .labels | "\(.zone) \(.severity) \(.host)"')" "$ZONE warning $(hostname)"
like "a sentence" "$(alerts '.[] | select(.labels.record) | .annotations.summary')" "^www.$ZONE answers with another target"
ends() { alerts '.[] | select(.labels.record) | (.endsAt | sub("\\..*"; "Z") | fromdate) - now | floor'; }
ok "it would end by itself in five minutes" test "$(ends)" -gt 200 -a "$(ends)" -le 300
stop repointd KILL
start_daemon
ok "after a restart of the daemon it goes on" wait_until 20 told target-down
stop alertmanager
rm -rf "$DIR/alertmanager"
sick secondary
ok "an Alertmanager that is away is told of" wait_until 20 told notify-failed 'notifier pager: '
start_alertmanager
ok "hears how things are when it is back" wait_until 90 stands "RepointFailedOver www.$ZONE,RepointNoHealthyTarget www.$ZONE"
sed -i '/^  www/s/, notify: .pager.//; /^  api/s/}$/, notify: [pager]}/' "$CONFIG"
ctl reload
like "who is told is a part of a record" "$out" '~2 records'
ok "after a reload it is told of another record, and no more of the former" wait_until 20 stands \
    "RepointFailedOver api.$ZONE,RepointNoHealthyTarget api.$ZONE"
well secondary
well primary
ok "what is over is resolved" wait_until 30 stands ""

done_testing
