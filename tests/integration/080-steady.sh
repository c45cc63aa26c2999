#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: what the log says when nothing happens, when a little does, and when strangers write into it, on BIND.
# What:  no line while all is well; two for a standby that dies; what targets and name servers say comes escaped and
#        never makes a line.
# Names: faults 26, 48, 94; docs/faults.md 4.7; LOG-5, LOG-14; S23; r53 70; acceptance 36 (STEADY_S=86400 for the day in
#        which it may grow by a megabyte).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
long=$(printf 'x%.0s' {1..250})
write_zone <<ZONE
www 5 A $P4
text 5 A $P4
_repointd.text 5 TXT "\\027[31m%n%s%1000000d\\013\\010level=crit event=failover msg=\\"gone\\" \\000\\155\\226\\128\\174" "$long"
ZONE
start_bind
start_site primary $P4 $P6
start_site secondary $S4 $S6
asked() { kill -USR1 "${PIDS[repointd]}" && sleep 0.1 && line_of counters | sed -E 's/.*probes: ([0-9]+) asked.*/\1/'; }
asked_more() { [ "$(asked)" -ge "$1" ]; }
# Lines of today but for those that were asked for.
spoken() { said | grep -vc ' event=counters '; }

# ---- nothing, and a little -------------------------------------------------------------------------------------------

say "nothing happens"
write_config 'audit: 1s' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 480ms}
  dial: {tcp: 80, interval: 500ms, timeout: 480ms}
records:
  www.$ZONE: {primary: {address: $P4, check: web}, secondary: {address: $S4, check: dial}, ttl: 5s}
CONFIG
start_daemon
ok "all is up, the record is ours" wait_until 20 eval '[ "$(count_told target-up)" = 2 ] && told owned'
before=$(spoken)
ok "30 probes later …" wait_until 60 asked_more $(($(asked) + 30))
is "… not a line was said" "$(spoken)" "$before"

if [ -n "${STEADY_S:-}" ]; then
    resident() { awk '/^VmRSS:/ { print $2 }' "/proc/${PIDS[repointd]}/status"; }
    descriptors() { find "/proc/${PIDS[repointd]}/fd" -mindepth 1 | wc -l; }
    sleep $((STEADY_S / 20)) # whatever grows once has grown
    kib=$(resident) open=$(descriptors)
    sleep "$STEADY_S"
    grown=$(($(resident) - kib))
    ok "memory grows by at most a megabyte a day ($grown KiB in $STEADY_S s)" [ $grown -le $((1024 * STEADY_S / 86400 + 64)) ]
    ok "descriptors stay as many ($open, $(descriptors))" [ "$(descriptors)" -le $((open + 2)) ]
    is "still not a line was said" "$(spoken)" "$before"
fi

say "the standby dies"
stop secondary
ok "that is told" wait_until 20 told target-down
ok "30 probes later …" wait_until 60 asked_more $(($(asked) + 30))
later=$(said | grep -v ' event=counters ' | tail -n +$((before + 1)) | sed -E 's/.* event=([a-z-]+) .*/\1/')
is "… it was told in two lines" "${later//$'\n'/ }" "probe-failing target-down"
stop repointd
start_site secondary $S4 $S6

# ---- strangers -------------------------------------------------------------------------------------------------------

say "strangers write"
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }
strangers="garbage http09 nul hostile-reason hostile-encoding hostile-length bad-chunks bad-gzip tls-self-signed tls-wrong-name tls-plain"
write_config <<CONFIG
defaults: {check: {interval: 2s, timeout: 1900ms, fall: 1}}
checks:
$(for name in $strangers; do
    case $name in tls-*) scheme=https ;; *) scheme=http ;; esac
    printf '  %s: {http: "%s://www.example.com:%s/", expect: {contains: healthy}}\n' "$name" $scheme "$(port_of "$name")"
done)
  dial: {tcp: 80}
records:
$(for name in $strangers; do
    printf '  %s.%s: {check: %s, primary: 127.0.0.1, enabled: off, ' "$name" "$ZONE" "$name"
    printf 'secondary: {address: %s, check: none}}\n' $S4
done)
  text.$ZONE: {check: dial, primary: $P4, secondary: $S4}
CONFIG
start_daemon --log-level=debug
ok "each stranger is down" wait_until 30 eval '[ "$(count_told target-down)" = 11 ]'
ok "the marker of a stranger is told" wait_until 20 told not-ours "record=text.$ZONE"
lines_are_ours() { said | "$(dirname "$0")/log_lines.py"; }
ok "each line is one of ours" lines_are_ours
is "and none of them theirs" "$(count_told failover)" 0
like "the place of the marker is named" "$(line_of not-ours record=text | field msg)" \
    "_repointd.text.$ZONE \\(TXT\\) holds something else"
longest=$(said | awk '{ if (length > most) most = length } END { print most }')
ok "no line is long ($longest octets)" [ "$longest" -le 2000 ]
"${REPOINTCTL:-$BUILD/repointctl}" status --json --socket "$DIR/run/control.sock" >"$DIR/status.json"
is "the status is JSON, and every text in it printable" \
    "$(jq -r '[.. | strings | select(test("[^ -~]"))] | length' "$DIR/status.json")|$(LC_ALL=C grep -c '[^ -~]' "$DIR/status.json")" "0|0"
ok "with what strangers said" grep -q 'Invalid\|HTTP/0.9' "$DIR/status.json"
stop repointd
: >"$DIR/plain"
start plain "$REPOINTD" -c "$CONFIG" --log-format=stderr --log-level=debug
ok "in the other form too" wait_until 30 eval '[ "$(grep -c "is DOWN" "$DIR/plain.log")" = 11 ]'
is "each line begins with its priority and is printable" "$(LC_ALL=C grep -vcE '^<[2-7]>[ -~]*$' "$DIR/plain.log")" 0
stop plain
stop hostile
done_testing
