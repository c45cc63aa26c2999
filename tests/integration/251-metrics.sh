#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: /metrics and repointctl metrics, on BIND.
# What:  the text is what Prometheus wants; each state once; what a failover, a hold, a foreign change and a reload do to the
#        numbers; how many series a thousand targets are; scrapers that dawdle over them.
# Names: MET-1, MET-3, MET-4, MET-5, MET-6; r53 84.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
SOCKET=$DIR/run/control.sock
new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
PORT=$(free_port)
write_config 'audit: 2s' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: {address: $P4, label: 'a"b\\c'}, secondary: $S4, ttl: 5s, fail-back: manual, notify: [hook, away]}
notify:
  hook: {exec: [/bin/true], on: [failover]}
  away: {alertmanager: "http://127.0.0.1:1"}
web: {listen: "127.0.0.1:$PORT"}
CONFIG
ctl() { "$REPOINTCTL" "$@" --socket "$SOCKET"; }
scrape() { curl -s --noproxy '*' --max-time 30 "http://127.0.0.1:$PORT/metrics"; }
value() { scrape | grep -F -e "$1" | sed 's/.* //'; } # SERIES
holds() { [ "$(value "$1")" = "$2" ]; }
W="record=\"www.$ZONE\""
Z="{$W,zone=\"$ZONE\"}"

start_daemon
ok "in sync" wait_until 15 holds "repointd_record_in_sync$Z" 1
ok "what promtool says: nothing" eval 'scrape | promtool check metrics'
like "one type, whatever is accepted" "$(curl -sI --noproxy '*' -H 'Accept: application/openmetrics-text' "http://127.0.0.1:$PORT/metrics" | tr -d '\r')" \
    '^Content-Type: text/plain; version=0\.0\.4; charset=utf-8$'
names() { sed -nE 's/^([a-z_]+(\{[^}]*\})?) .*/\1/p'; }
ok "over the control socket the same" cmp <(scrape | names) <(ctl metrics | names)
ok "a label cannot break out" grep -qF 'label="a\"b\\c",address=' <(scrape)

say "each state once"
one_each() # METRIC: of each group one is 1 and the rest 0
{
    scrape | awk -v m="$1{" 'index($0, m) == 1 { value = $NF; sub(/,?state="[^"]*"/, ""); sub(/ .*/, ""); sum[$0] += value; count[$0]++ }
        END { for (g in sum) { groups++; if (sum[g] != 1 || count[g] < 3) exit 1 } exit groups == 0 }'
}
ok "of records" one_each repointd_record_state
ok "of targets" one_each repointd_target_state

say "a failover"
before=$(value "repointd_record_switches_total{$W,from=\"primary\",to=\"secondary\",cause=\"health\"}")
is "none so far, and that is told" "$before" 0
stop primary
ok "it is counted" wait_until 20 holds "repointd_record_switches_total{$W,from=\"primary\",to=\"secondary\",cause=\"health\"}" 1
ok "the record is failed over" holds "repointd_record_failed_over$Z" 1
ok "to the secondary" holds "repointd_record_state{$W,zone=\"$ZONE\",state=\"secondary\"}" 1
ok "one target is left" holds "repointd_record_healthy_targets{$W}" 1
ok "the primary is down" holds "repointd_target_state{$W,target=\"primary\",check=\"web\",state=\"down\"}" 1
ok "and its streak is below 0" eval '[ "$(value "repointd_target_streak{$W,target=\"primary\"}")" -lt 0 ]'
ok "its probes are counted by reason" eval '[ "$(value "repointd_probes_total{check=\"web\",reason=\"refused\"}")" -ge 2 ]'
scrape >"$DIR/m"
is "and their sum is that of the histogram" "$(awk '/^repointd_probes_total/ { sum += $NF } END { print sum }' "$DIR/m")" \
    "$(sed -nE 's/^repointd_probe_latency_seconds_count.* //p' "$DIR/m")"
ok "when it was" eval '[ $(($(date +%s) - $(value "repointd_record_last_change_timestamp_seconds{$W}" | cut -d. -f1))) -le 30 ]'
ok "who was told" wait_until 10 holds 'repointd_notifications_total{notifier="hook",result="ok"}' 1
ok "who could not be, is tried again" wait_until 10 eval '[ "$(value "repointd_notifications_total{notifier=\"away\",result=\"retry\"}")" -ge 1 ]'
is "and waits" "$(value 'repointd_notifications_pending{notifier="away"}')" 1
ok "the updates are" eval '[ "$(value "repointd_dns_updates_total{server=\"ns1\",zone=\"$ZONE\",rcode=\"NOERROR\"}")" -ge 2 ]'

say "operators"
ctl hold "www.$ZONE" --for 1h >/dev/null
is "a hold" "$(value "repointd_override_active{$W,kind=\"hold\"}")" 1
ok "and its end" eval '[ $(($(value "repointd_override_expiry_timestamp_seconds{$W,kind=\"hold\"}" | cut -d. -f1) - $(date +%s) - 3600)) -le 2 ]'
ctl release "www.$ZONE" >/dev/null
is "it is over" "$(value "repointd_override_active{$W,kind=\"hold\"}")" 0
start_site primary $P4
ok "the primary is up again" wait_until 15 holds "repointd_target_state{$W,target=\"primary\",check=\"web\",state=\"up\"}" 1
ctl failback "www.$ZONE" >/dev/null
ok "a switch by hand" wait_until 15 holds "repointd_record_switches_total{$W,from=\"secondary\",to=\"primary\",cause=\"manual\"}" 1
is "is none by health" "$(value "repointd_record_switches_total{$W,from=\"secondary\",to=\"primary\",cause=\"health\"}")" 0

say "a reload"
sed -i 's/ttl: 5s/ttl: 6s/' "$CONFIG"
ctl reload >/dev/null
is "the counters go on" "$(value "repointd_record_switches_total{$W,from=\"primary\",to=\"secondary\",cause=\"health\"}")" 1
cp "$CONFIG" "$DIR/good.yaml"
sed -i 's/check: web/check: wep/' "$CONFIG"
ctl reload >/dev/null 2>&1
is "one that is refused" "$(value repointd_config_last_reload_successful | tail -n 1)" 0
cp "$DIR/good.yaml" "$CONFIG"
ctl reload >/dev/null
is "and a good one" "$(value repointd_config_last_reload_successful | tail -n 1)" 1

say "somebody else's change"
printf 'update delete www.%s. A\nupdate add www.%s. 5 A 203.0.113.7\n' "$ZONE" "$ZONE" | nsupdate_now
ok "is counted" wait_until 15 holds "repointd_dns_foreign_changes_total{$W}" 1
is "the zone holds none of ours" "$(value "repointd_record_state{$W,zone=\"$ZONE\",state=\"other\"}")" 1
is "and is not in sync" "$(value "repointd_record_in_sync$Z")" 0
is "its marker is still ours" "$(value "repointd_record_owned$Z")" 1
stop repointd

say "a thousand targets"
{
    printf 'checks:\n  web: {http: "https://www.%s/", interval: 2s, timeout: 1s, tls: {verify: off}}\nrecords:\n' "$ZONE"
    for n in {0..499}; do
        at=$((n / 250)).$((n % 250 + 1))
        printf '  w%d.%s: {check: web, primary: 127.1.%s, secondary: 127.2.%s}\n' $n "$ZONE" $at $at
    done
    printf 'web: {listen: "127.0.0.1:%s"}\n' "$PORT"
} | write_config
start_daemon
ok "are probed" wait_until 15 eval '[ "$(scrape | grep -c "^repointd_probe_success")" = 1000 ]'
ok "what promtool says: nothing" eval 'scrape | promtool check metrics'
scrape >"$DIR/m"
series=$(grep -vc '^#' "$DIR/m")
say "$series series"
ok "fewer than 40 series each" [ "$series" -lt 40000 ]
is "no series twice" "$(names <"$DIR/m" | sort | uniq -d | wc -l)" 0
is "an address is a label of the info alone" "$(grep '127\.[12]\.' "$DIR/m" | grep -cv '^repointd_target_info')" 0

say "scrapers that dawdle"
cat >"$DIR/slow.py" <<'PYTHON'
import socket, sys, time
port, end = int(sys.argv[1]), time.monotonic() + 5
def ask():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    s.connect(("127.0.0.1", port))
    s.settimeout(1)
    s.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return s
stuck, slow = [ask() for _ in range(10)], [ask() for _ in range(10)]
while time.monotonic() < end:
    for s in slow:
        try:
            s.recv(50)
        except OSError:
            pass
    time.sleep(0.1)
PYTHON
before=$(asked) began=$(now_ms)
start slow /usr/bin/python3 "$DIR/slow.py" "$PORT"
scrapes=0
while runs slow; do scrape >/dev/null && scrapes=$((scrapes + 1)); done
after=$(asked) took=$(($(now_ms) - began))
say "$((after - before)) probes and $scrapes scrapes in $took ms"
ok "whoever scrapes well is served beside them" [ "$scrapes" -ge 3 ]
ok "the probes go on at their pace" [ $((after - before)) -ge $((took / 2 - 200)) ]
done_testing
