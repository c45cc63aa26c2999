#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a real Prometheus and a real Alertmanager beside the daemon, on BIND.
# What:  it is scraped, the shipped rules are loaded; a failover fires its alert, a return resolves it; the text that
#        repointctl writes for node_exporter is the same.
# Names: MET-1, MET-6, MET-7.
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
PORT=$(free_port) SCRAPER=$(free_port) MANAGER=$(free_port) HOOK=$(free_port)
write_config 'audit: 2s' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 1s}
web: {listen: "127.0.0.1:$PORT"}
CONFIG
start_daemon

say "Prometheus and Alertmanager"
sed -E 's/^( +for:) .*/\1 1s/' "$TESTS/../conf/examples/alerts.yml" >"$DIR/alerts.yml"
cat >"$DIR/prometheus.yml" <<YAML
global: {scrape_interval: 1s, scrape_timeout: 900ms, evaluation_interval: 1s}
rule_files: [$DIR/alerts.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:$MANAGER"]}]}]}
scrape_configs:
  - {job_name: repointd, static_configs: [{targets: ["127.0.0.1:$PORT"]}]}
YAML
cat >"$DIR/alertmanager.yml" <<YAML
route: {receiver: hook, group_by: [alertname], group_wait: 100ms, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: "http://127.0.0.1:$HOOK/", send_resolved: true}]}]
YAML
cat >"$DIR/hook.py" <<'PYTHON'
import http.server, json, sys
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        for alert in json.loads(self.rfile.read(int(self.headers["Content-Length"])))["alerts"]:
            print(alert["status"], alert["labels"]["alertname"], alert["labels"].get("record", "-"), alert["annotations"]["summary"], flush=True)
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
PYTHON
start hook /usr/bin/python3 "$DIR/hook.py" "$HOOK"
start alertmanager prometheus-alertmanager --config.file="$DIR/alertmanager.yml" --storage.path="$DIR/am" \
    --web.listen-address="127.0.0.1:$MANAGER" --cluster.listen-address= --log.level=warn
start prometheus prometheus --config.file="$DIR/prometheus.yml" --storage.tsdb.path="$DIR/tsdb" \
    --web.listen-address="127.0.0.1:$SCRAPER" --log.level=warn
get() { curl -sf --noproxy '*' --max-time 5 "http://127.0.0.1:$SCRAPER/api/v1/$1" "${@:2}"; }
query() { get query --data-urlencode "query=$1" | jq -r '.data.result[0].value[1]'; } # EXPRESSION
holds() { [ "$(query "$1")" = "$2" ]; }
ok "it scrapes" wait_until 30 holds 'up{job="repointd"}' 1
is "nothing is wrong with the target" "$(get targets | jq -r '.data.activeTargets[0].lastError')" ""
is "the rules are loaded" "$(get rules | jq '[.data.groups[].rules[] | select(.health != "err")] | length')" \
    "$(grep -c -- '- alert:' "$TESTS/../conf/examples/alerts.yml")"
ok "the record is in sync" wait_until 15 holds repointd_record_in_sync 1
ok "Alertmanager is found" wait_until 15 eval '[ "$(get alertmanagers | jq ".data.activeAlertmanagers | length")" = 1 ]'

say "a failover"
heard() { grep -q "^$1 $2 www\.$ZONE " "$DIR/hook.log"; } # STATUS ALERT
stop primary
ok "fires" wait_until 30 heard firing FailedOver
like "in words" "$(grep '^firing FailedOver' "$DIR/hook.log")" "www\.$ZONE does not answer with its first target"
ok "Prometheus has seen the switch as an increase" wait_until 10 holds \
    'repointd_record_switches_total{from="primary",to="secondary",cause="health"} > bool 0' 1
start_site primary $P4
ok "a return resolves it" wait_until 30 heard resolved FailedOver
ok "nobody was told that clients fail" not heard firing NoHealthyTarget

say "two of them dead"
stop primary
stop secondary
ok "that is told" wait_until 30 heard firing NoHealthyTarget

say "the daemon is gone"
stop repointd
ok "that is told, too" wait_until 30 grep -q '^firing Absent' "$DIR/hook.log"

say "the textfile collector"
start_daemon
unit=$TESTS/../conf/examples/repointd-metrics.service
command=$(sed -nE "s/^ExecStart=\/bin\/sh -c '(.*)'/\1/p" "$unit")
mkdir "$DIR/collector"
ok "the unit's command" env -C "$DIR/collector" PATH="$(dirname "$REPOINTCTL"):$PATH" RUNTIME_DIRECTORY="$DIR/run" sh -c "$command"
ok "what promtool says: nothing" eval 'promtool check metrics <"$DIR/collector/repointd.prom"'
is "nothing else is left there" "$(ls "$DIR/collector")" repointd.prom
cp "$DIR/collector/repointd.prom" "$DIR/before"
stop repointd
ok "without a daemon it fails" not env -C "$DIR/collector" PATH="$(dirname "$REPOINTCTL"):$PATH" RUNTIME_DIRECTORY="$DIR/run" sh -c "$command"
ok "and leaves what was" cmp "$DIR/before" "$DIR/collector/repointd.prom"
done_testing
