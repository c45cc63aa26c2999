#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: by hand, as root: tests/systemd/run.sh; not part of make check, for it boots a Debian tree of its own and builds
#        it first, from Debian's packages (some minutes; kept as $TREE where that is set to a file).
# What:  the unit under a real systemd in systemd-nspawn: it starts, its lines have their fields, the catalog explains
#        them, a failover passes the sandbox, a stopped process is restarted, a bad file is not.
# Why:   what a unit file says and what systemd does with it are two things.
#
# shellcheck disable=SC2317
cd "$(dirname "$0")/../.." || exit 1
. tests/integration/lib.sh

for program in systemd-nspawn mmdebstrap nsenter jq; do
    command -v "$program" >/dev/null || bail "there is no $program: apt-get install systemd-container mmdebstrap jq"
done
[ "$(id -u)" = 0 ] || bail "only root may boot a container"

archive=${TREE:-$DIR/tree.tar}
tree=$DIR/tree
libraries=systemd,libev4,libcurl4,libldns3,libyaml-0-2,libssl3,libsystemd0,libc-ares2,libpcre2-8-0,libmicrohttpd12,libjansson4

# ---- the machine ----

inside() { nsenter -t "$leader" -m -u -i -p -C -r -w -- "$@"; }

boot()
{
    start nspawn systemd-nspawn --quiet --register=no --keep-unit --console=pipe --directory="$tree" --boot
    wait_until 20 pgrep -P "${PIDS[nspawn]}" || bail "nspawn did not start: $(tail -n 5 "$DIR/nspawn.log")"
    leader=$(pgrep -P "${PIDS[nspawn]}" | head -n 1)
    wait_until 60 eval "inside systemctl is-system-running | grep -qE 'running|degraded'" ||
        bail "it did not boot: $(tail -n 5 "$DIR/nspawn.log")"
}

# The container ends by itself once its first process is told to.
halt()
{
    [ -z "${leader:-}" ] || kill -s RTMIN+4 "$leader" 2>/dev/null
    wait_until 20 not runs nspawn || stop nspawn KILL
}

write_config() # RECORDS
{
    cat >"$tree/etc/repointd/repointd.yaml" <<CONF
servers:
  ns1: {address: "127.0.0.1:$NS_PORT", zones: [$ZONE], key: {credential: ddns}}
checks:
  web: {http: "http://www.$ZONE:$web_port/", interval: 1s, timeout: 800ms}
$1
CONF
}

journal() { inside journalctl --no-pager -u repointd "$@"; }
property() { inside systemctl show -p "$1" --value repointd; }
said() { journal -o cat | grep -qE -e "$1"; }
field() { journal -o json "REPOINT_EVENT=$1" | jq -r --arg name "$2" 'select(.[$name] != null) | .[$name]' | tail -n 1; }
answers_with() { [ "$(dig_short www A)" = "$1" ]; }

# ---- building it ----

[ -s "$archive" ] || mmdebstrap --quiet --variant=minbase --include="$libraries" bookworm "$archive" >"$DIR/tree.log" 2>&1 ||
    bail "no Debian tree: $(tail -n 5 "$DIR/tree.log")"
mkdir "$tree" && tar -C "$tree" -xf "$archive"
make BUILD="$BUILD" DESTDIR="$tree" PREFIX=/usr install >"$DIR/install.log" 2>&1 || bail "$(tail -n 5 "$DIR/install.log")"
chroot "$tree" systemd-sysusers >/dev/null 2>&1
chroot "$tree" chown -R root:repointd /etc/repointd
chroot "$tree" journalctl --update-catalog || bail "the catalog is refused"

new_key repointd hmac-sha256
echo "www A 127.0.0.250" | write_zone
web_port=$(free_port 127.0.0.250)
start_bind
start_web primary 127.0.0.250 "$web_port"
start_web secondary 127.0.0.76 "$web_port"
install -m 0600 "$KEY_FILE" "$tree/etc/repointd/ddns.key"
mkdir -p "$tree/etc/systemd/system/repointd.service.d"
printf '[Service]\nLoadCredential=ddns:/etc/repointd/ddns.key\nWatchdogSec=4s\nRestartSec=1s\n' \
    >"$tree/etc/systemd/system/repointd.service.d/test.conf"
write_config "records:
  www.$ZONE: {check: web, primary: 127.0.0.250, secondary: 127.0.0.76, fail-back-delay: 2s}"

# ---- the story ----

trap 'halt; cleanup' EXIT
boot
ok "the unit starts" inside systemctl start repointd
is "it is active, that is READY" "$(property ActiveState)" active
ok "the record is adopted" wait_until 15 said 'is ours now: marker written'
wait_until 10 eval "property StatusText | grep -q 'dns ok'"
like "systemctl status says it all" "$(property StatusText)" '^1 record: 1 primary; dns ok'

stop primary
ok "failover passes the sandbox" wait_until 20 answers_with 127.0.0.76
wait_until 5 said 'FAILED OVER'
is "fields: event" "$(field failover REPOINT_EVENT)" failover
is "fields: record" "$(field failover REPOINT_RECORD)" "www.$ZONE"
is "fields: zone" "$(field failover REPOINT_ZONE)" "$ZONE"
is "fields: server" "$(field failover REPOINT_SERVER)" ns1
is "fields: from, to, cause" "$(field failover REPOINT_FROM) $(field failover REPOINT_TO) $(field failover REPOINT_CAUSE)" \
    "primary secondary health"
is "fields: check and reason" "$(field failover REPOINT_CHECK) $(field failover REPOINT_REASON)" "web refused"
is "fields: rcode and change" "$(field failover REPOINT_RCODE) $(field failover REPOINT_CHANGE)" "NOERROR 1"
is "fields: serial" "$(field failover REPOINT_SERIAL)" "$(serial)"
is "fields: message id" "$(field failover MESSAGE_ID)" b7002155a9454778a49a1d9f6c8c5a5a
is "fields: priority and identifier" "$(field failover PRIORITY) $(field failover SYSLOG_IDENTIFIER)" "4 repointd"
is "fields: unit" "$(field failover _SYSTEMD_UNIT)" repointd.service
is "fields: streak and address of a target" "$(field target-down REPOINT_STREAK) $(field target-down REPOINT_ADDRESS)" \
    "3 127.0.0.250"
is "one record's lines are found by its field" "$(inside journalctl -q -o cat "REPOINT_RECORD=www.$ZONE" | grep -c 'FAILED OVER')" 1
like "the catalog explains" "$(journal -x MESSAGE_ID=b7002155a9454778a49a1d9f6c8c5a5a)" \
    "Subject: www.$ZONE now answers with its secondary"
like "… with the fields filled in" "$(journal -x MESSAGE_ID=b7002155a9454778a49a1d9f6c8c5a5a | tr '\n' ' ')" \
    'The check web found the primary target unhealthy \(refused: Connection refused\)'
is "-p warning shows what a person should look at" "$(journal -p warning -o json | jq -r '.REPOINT_EVENT // empty' | sort | uniq | paste -sd' ')" \
    "config failover target-down"

start_web primary 127.0.0.250 "$web_port"
ok "fail-back" wait_until 20 answers_with 127.0.0.250
inside systemctl kill -s USR1 repointd
ok "USR1 brings the counters" wait_until 5 said '^probes: [0-9]+ asked'
good=$(cat "$tree/etc/repointd/repointd.yaml") pid=$(property MainPID)
ok "systemctl reload takes a file that has changed" eval 'sed -i "s/fail-back-delay: 2s/fail-back-delay: 3s/" "$tree/etc/repointd/repointd.yaml" &&
    inside systemctl reload repointd'
like "… and the journal has the difference" "$(journal -o json REPOINT_EVENT=reloaded | jq -r .MESSAGE | tail -n 1)" \
    "configuration reloaded: .*~1 record"
sed -i 's/records:/recrods:/' "$tree/etc/repointd/repointd.yaml"
ok "systemctl reload refuses a bad file" not inside systemctl reload repointd
ok "… the journal says why" said "repointd.yaml:[0-9]+:[0-9]+: error: .*recrods"
is "… and the same process goes on" "$(property MainPID) $(property ActiveState)" "$pid active"
printf '%s\n' "$good" >"$tree/etc/repointd/repointd.yaml"
ok "mended, it is taken" inside systemctl reload repointd
is "no restart was needed" "$(property NRestarts)" 0

inside systemctl kill -s STOP repointd
ok "the watchdog ends a stopped process" wait_until 30 eval "[ \"\$(property NRestarts)\" = 1 ]"
ok "it runs again" wait_until 15 eval "[ \"\$(property ActiveState)\" = active ] && [ \"\$(property MainPID)\" != $pid ]"
before=$(serial)
ok "and has read the record" wait_until 15 eval "property StatusText | grep -q '1 primary; dns ok'"
is "without writing" "$(serial)" "$before"

ok "it stops" inside systemctl stop repointd
is "… well" "$(property Result) $(property ExecMainStatus)" "success 0"
ok "it says so" said '^stopping: DNS is left as it is'
is "the record stays" "$(dig_short www A)" 127.0.0.250
is "no word of the secret in the journal" "$(inside journalctl -o export | grep -c -a -e "$KEY_SECRET" -e "$KEY_HEX")" 0
is "no word of it in the state directory" "$(grep -rlae "$KEY_SECRET" "$tree/var/lib/repointd" | wc -l)" 0

write_config "records: {}"
ok "without records it starts" inside systemctl start repointd
is "… and says so" "$(property StatusText)" "no records configured"
restarts=$(property NRestarts)
ok "… and its watchdog is content" not wait_until 9 eval "[ \"\$(property NRestarts)\" != $restarts ]"
inside systemctl stop repointd

write_config "record: {}"
ok "a bad file does not start" not inside systemctl start repointd
is "… by exit 78" "$(property ExecMainStatus)" 78
ok "… and stays down" not wait_until 4 eval "[ \"\$(property ActiveState)\" = active ] || [ \"\$(property NRestarts)\" != $restarts ]"
ok "… and every complaint is in the journal" said "repointd.yaml:[0-9]+:[0-9]+: error: "
done_testing
