#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 50 s
#
# Where: the daemon as a service: a journal of ours at the place of journald's, a socket of ours in place of systemd's,
#        on BIND.
# What:  each line arrives as a record with its id, priority and fields; a journal that stands still or is away holds
#        nothing up, what it missed comes later, what was too much is counted; a systemd that stands still neither; the
#        status line tells.
# Names: faults 111, 112; LOG-1 to LOG-4, LOG-7 to LOG-9, LOG-11, LOG-12.
if [ -z "${IN_OWN_NETWORK:-}" ]; then
    exec unshare --net --mount env IN_OWN_NETWORK=yes bash "$0" "$@"
fi
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"
mount -t tmpfs none /run || bail "no /run of our own"

HERE=$(cd "$(dirname "$0")" && pwd)
JOURNAL=$DIR/journal STATUS=$DIR/notify.log
touch "$JOURNAL" "$STATUS"
start_journal()
{
    start journald "$HERE/journald.py" /run/systemd/journal/socket "$JOURNAL" "$DIR/notify" "$STATUS"
    wait_until 10 eval '[ "$(grep -c ready "$DIR/journald.log")" = '"$1"' ]' ||
        bail "no journal: $(tail -n 3 "$DIR/journald.log")"
}

# The daemon as systemd starts it: what leads to the journal is not written to.
start_service() # [OPTIONS…]
{
    : >"$LOG"
    : >"$JOURNAL"
    start repointd env JOURNAL_STREAM="$(stat -c %d:%i "$LOG")" NOTIFY_SOCKET="$DIR/notify" WATCHDOG_USEC=2000000 \
        "$REPOINTD" -c "$CONFIG" "$@"
    pid=${PIDS[repointd]}
}

# Thousands of records are of no event at all, and are not worth being read as JSON.
record_of() { grep -F "\"$1\"" "$JOURNAL" | jq -c --arg event "$1" 'select(.REPOINT_EVENT == $event)' | tail -n 1; } # EVENT
has() { [ -n "$(record_of "$1")" ]; }
part() { record_of "$1" | jq -r --arg field "$2" '.[$field] // "-"'; } # EVENT FIELD
parts() # EVENT FIELDS…, those of repointd without REPOINT_
{
    local event=$1 field
    shift
    for field in "$@"; do
        case $field in
        MESSAGE* | PRIORITY) printf '%s=%s ' "$field" "$(part "$event" "$field")" ;;
        *) printf '%s=%s ' "$field" "$(part "$event" "REPOINT_$field")" ;;
        esac
    done
}
ended() { ! kill -0 "$pid" 2>/dev/null; }
exit_of() # leaves $status
{
    status=0
    wait "$pid" || status=$?
    unset 'PIDS[repointd]'
}

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
configure()
{
    write_config 'timeout: 20s' <<CONFIG
$(quick_check)
  many: {tcp: 80, interval: 500ms}
records:
  www.$ZONE: {check: web, primary: {address: $P4, label: fra1}, secondary: $S4, fail-back-delay: 1s, ttl: 5s}
$1
CONFIG
}
configure ''

# ---- the records -----------------------------------------------------------------------------------------------------

say "a failover and its return, in the journal"
start_journal 1
start_service
ok "it is ready" wait_until 10 grep -q '^READY=1' "$STATUS"
ok "it owns the record" wait_until 20 has owned
ok "both are up" wait_until 20 eval '[ "$(grep -c target-up "$JOURNAL")" = 2 ]'
stop primary KILL
ok "it fails over" wait_until 20 serves www A $S4
ok "which is told" wait_until 10 has failover
ok "the status line says so" wait_until 10 grep -q "^STATUS=1 record: .*1 failed over (www.$ZONE)" "$STATUS"
start_site primary $P4
ok "it returns" wait_until 30 has fail-back
kill -USR1 "$pid"
ok "counters" wait_until 10 has counters
kill -HUP "$pid"
ok "a reload" wait_until 10 has reloaded
sed -i 's/check: web/check: wep/' "$CONFIG"
kill -HUP "$pid"
ok "a reload that cannot be" wait_until 10 has reload-failed
kill -TERM "$pid"
ok "it stops" wait_until 8 ended
exit_of
is "with exit 0" "$status" 0
ok "and says so" wait_until 5 has stopped
ok "to systemd too" grep -q '^STOPPING=1' "$STATUS"
ok "to which it was alive" grep -q '^WATCHDOG=1' "$STATUS"
is "nothing went to stderr" "$(<"$LOG")" ""

is "each record is well formed" "$(jq -c 'select(.BROKEN)' "$JOURNAL")" ""
is "each has a message of one line, a priority and its sender" "$(jq -c 'select((.MESSAGE // "" | test("^[ -~]+$") | not) or
    (.PRIORITY // "" | test("^[2-7]$") | not) or .SYSLOG_IDENTIFIER != "repointd")' "$JOURNAL")" ""
known=$(printf '"%s",' MESSAGE MESSAGE_ID PRIORITY SYSLOG_IDENTIFIER REPOINT_{EVENT,RECORD,ZONE,SERVER,TARGET,LABEL} \
    REPOINT_{ADDRESS,CHECK,REASON,DETAIL,FROM,TO,CAUSE,STREAK,DURATION_USEC,LATENCY_USEC,RCODE,SERIAL,CHANGE})
is "and fields that are documented" "$(jq -c "keys - [${known%,}] | select(length > 0)" "$JOURNAL")" ""
while read -r event id priority; do
    is "$event has its id and priority" "$(parts "$event" MESSAGE_ID PRIORITY)" "MESSAGE_ID=$id PRIORITY=$priority "
    ok "… which the catalog explains" grep -qx -e "-- $id" "$HERE/../../systemd/repointd.catalog"
done <<'EVENTS'
started f05e3b8113224d42873935c19b0de224 6
owned 6c38b618cdbb4607929d9efcc34673d7 5
probe-failing 6ed5b317baec43628f3fd221028da855 6
target-down 6dde3ac48f01490caff18340359c6b45 4
failover b7002155a9454778a49a1d9f6c8c5a5a 4
target-up 774fa1018cba49f3ab910090b14b315e 5
fail-back f95a4c0aa547431c80d564199528ce9b 5
reloaded f4f8b36c36144b3ca1a0dc30fff04b55 5
reload-failed 0af6b559c05740dc92042aef0f9a2c6e 3
stopped 95ccd048894747fc9d6caca252d1e414 6
EVENTS
is "counters are information" "$(part counters PRIORITY)" 6
is "a target that went down" "$(parts target-down RECORD ZONE TARGET LABEL ADDRESS CHECK REASON DETAIL STREAK)" \
    "RECORD=www.$ZONE ZONE=$ZONE TARGET=primary LABEL=fra1 ADDRESS=$P4 CHECK=web REASON=refused DETAIL=Connection refused STREAK=3 "
is "a failover" "$(parts failover RECORD ZONE SERVER FROM TO CAUSE REASON RCODE CHANGE)" \
    "RECORD=www.$ZONE ZONE=$ZONE SERVER=ns1 FROM=primary TO=secondary CAUSE=health REASON=refused RCODE=NOERROR CHANGE=1 "
is "its return is the next change" "$(parts fail-back FROM TO CHANGE)" "FROM=secondary TO=primary CHANGE=2 "
is "its serial is that of the zone" "$(part fail-back REPOINT_SERIAL)" "$(serial)"
ok "how long it had lasted is a number" [ "$(part target-down REPOINT_DURATION_USEC)" -ge 1000000 ]
ok "so is how long a probe took" [ "$(part target-up REPOINT_LATENCY_USEC)" -ge 1 ]

# ---- a journal in trouble --------------------------------------------------------------------------------------------

# A hundred silent records at half a second make some 200 lines a second at level debug. This systemd stands still as well.
say "the journal stands still, and systemd with it"
configure "$(for n in {1..100}; do
    echo "  r$n.$ZONE: {check: many, primary: 127.1.0.$n, secondary: {address: 127.2.0.$n, check: none}, enabled: off}"
done)"
start_service --log-level=debug
ok "it runs" wait_until 20 eval '[ "$(grep -c target-up "$JOURNAL")" = 2 ]'
freeze_process journald
nft 'add table inet t; add chain inet t in { type filter hook input priority 0; }'
nft 'add rule inet t in ip daddr 127.1.0.0/16 tcp dport 80 counter'
stop primary KILL
ok "it fails over all the same" wait_until 20 serves www A $S4
probed() { nft list ruleset | awk '/ counter packets / { sub(/.* counter packets /, ""); n = $1 } END { exit n < '"$1"' }'; }
ok "1,500 probes later …" wait_until 60 probed 1500
thaw_process journald
ok "… it counts what was too much" wait_until 20 has lines-lost
is "as a warning with an id" "$(parts lines-lost MESSAGE_ID PRIORITY)" "MESSAGE_ID=a048dc1569f34fe884ce2e635b98a34d PRIORITY=4 "
like "in words" "$(part lines-lost MESSAGE)" '^[0-9]+ log lines were lost: the journal took none for [0-9]+'
ok "what was told first had been kept" has failover
heard=$(wc -l <"$STATUS")
ok "systemd hears of it again" wait_until 20 eval 'tail -n +$((heard + 1)) "$STATUS" | grep -q "^WATCHDOG=1"'
ok "and it goes on" wait_until 20 eval 'kill -USR1 $pid; has counters'
is "all of it well formed" "$(jq -c 'select(.BROKEN)' "$JOURNAL")" ""
kill -TERM "$pid"
ok "it stops" wait_until 8 ended
exit_of

say "the journal is restarted"
nft flush ruleset
start_site primary $P4
configure ''
start_service
ok "it returns" wait_until 30 has fail-back
stop journald
stop primary KILL
ok "without a journal it fails over" wait_until 20 serves www A $S4
is "and writes nowhere else" "$(<"$LOG")" ""
start_journal 2
ok "the next journal hears of it" wait_until 20 has failover
ok "and of what was before" has target-down
is "nothing was lost" "$(record_of lines-lost)" ""
kill -TERM "$pid"
ok "it stops" wait_until 8 ended
exit_of

say "there is no journal"
stop journald
rm -r /run/systemd
start_service
ok "then it says so in logfmt on stderr" wait_until 10 grep -qE '^time=.* level=warning .*journal' "$LOG"
ok "and goes on there" wait_until 10 grep -qE '^time=.* event=started ' "$LOG"
stop repointd

# ---- a start that is refused -----------------------------------------------------------------------------------------

say "a bad file, in the journal"
start_journal 3
printf 'intervall: 5s\nrecods: {}\n' >"$DIR/bad.yaml"
CONFIG=$DIR/bad.yaml start_service
exit_of
is "exit 78" "$status" 78
ok "each complaint is a record with its place" wait_until 10 \
    eval '[ "$(grep -oE "bad.yaml:[12]:1: error: unknown key" "$JOURNAL" | sort -u | wc -l)" = 2 ]'
is "an error" "$(jq -r .PRIORITY "$JOURNAL" | sort -u)" 3
is "nothing went to stderr" "$(<"$LOG")" ""
is "systemd never heard READY" "$(tail -n 1 "$STATUS" | grep -c READY)" 0

done_testing
