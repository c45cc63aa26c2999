# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: what stands between the daemon and its name server, told once for each server by 030, 031 and 032, which set SERVER.
# What:  wrong secret, unknown key, clock, missing right, zone not served, server away, answer lost: each with a line of its own,
#        retried, and right as soon as the cause is gone.
# Names: faults 49, 51, 53, 62-64, 66; N3; acceptance 18, 19, 23 (retry 200 ms … 1 s and audit 1 s stand in for 1 s … 30 s and 5 min;
#        AWAY_S=300 for a server that is away for so long, at the built-in pace).
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
good_key=$KEY_FILE good_secret=$KEY_SECRET
write_zone <<ZONE
www 30 A $P4
ZONE
"start_$SERVER"
start_site primary $P4
start_site secondary $S4

configure() # [KEYS OF THE SERVER…]
{
    [ $# -gt 0 ] || set -- 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}'
    write_config "$@" <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
}
configure

# The daemon meets the trouble at its start, says so, and has written nothing.
starts_into() # NAME PATTERN OF THE LINE
{
    local before
    before=$(serial)
    start_daemon
    ok "$1: told" wait_until 15 told update-failed "$2"
    like "$1: when the next try is" "$(line_of update-failed)" 'next try in'
    is "$1: not written" "$(serial)|$(marker www)" "$before|"
}

say "another secret"
printf 'key "repointd" {\n\talgorithm hmac-sha256;\n\tsecret "%s";\n};\n' "$(head -c 32 /dev/urandom | base64 -w0)" >"$DIR/wrong.key"
chmod 600 "$DIR/wrong.key"
KEY_FILE=$DIR/wrong.key configure
case $SERVER in
pdns) starts_into "wrong secret" 'key or clock|key, clock' ;;
*) starts_into "wrong secret" 'BADSIG' ;;
esac
stop repointd

say "a key that the server does not know"
sed 's/repointd/stranger/' "$good_key" >"$DIR/stranger.key"
chmod 600 "$DIR/stranger.key"
KEY_FILE=$DIR/stranger.key configure
case $SERVER in
pdns) starts_into "unknown key" 'key or clock|key, clock' ;;
*) starts_into "unknown key" 'BADKEY' ;;
esac
stop repointd
KEY_FILE=$good_key
configure

say "a clock that is 400 s fast, and is put right"
library=$(find /usr/lib -name libfaketime.so.1 | head -n 1)
printf '+400s\n' >"$DIR/clock"
DAEMON_WRAPPER="env LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$DIR/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1"
case $SERVER in
pdns) starts_into "clock" 'key or clock|key, clock' ;;
*)
    before=$(serial)
    start_daemon
    ok "clock: told with its own word" wait_until 15 told clock-skew
    like "clock: by how much" "$(line_of clock-skew | field msg)" '(39[89]|40[012]) ?s|6m(3[89]|4[012])s'
    is "clock: not written" "$(serial)|$(marker www)" "$before|"
    ;;
esac
printf '+0s\n' >"$DIR/clock"
ok "clock: right again without a restart" wait_until 15 told owned
DAEMON_WRAPPER=
stop repointd

say "the right to write is missing, and is given back"
take_right()
{
    case $SERVER in
    bind) sed -i 's/grant repointd zonesub ANY/grant repointd name nowhere. A/' "$NS_DIR/named.conf" && rndc_now reconfig ;;
    knot) sed -i 's/action: \[update, transfer\]/action: [transfer]/' "$NS_DIR/knot.conf" && knotc_now reload ;;
    pdns) pdnsutil_now set-meta "$ZONE" TSIG-ALLOW-DNSUPDATE nobody ;;
    esac
}
give_right()
{
    case $SERVER in
    bind) sed -i 's/grant repointd name nowhere. A/grant repointd zonesub ANY/' "$NS_DIR/named.conf" && rndc_now reconfig ;;
    knot) sed -i 's/action: \[transfer\]/action: [update, transfer]/' "$NS_DIR/knot.conf" && knotc_now reload ;;
    pdns) pdnsutil_now set-meta "$ZONE" TSIG-ALLOW-DNSUPDATE repointd ;;
    esac
}
start_daemon
ok "rights: at first all is well" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
take_right >"$DIR/right.log" 2>&1
before=$(serial)
stop primary KILL
case $SERVER in
knot) ok "rights: told" wait_until 20 told update-failed 'BADKEY' ;;
*) ok "rights: told" wait_until 20 told update-failed 'REFUSED' ;;
esac
is "rights: not written" "$(serial)|$(dig_short www A)" "$before|$P4"
give_right >"$DIR/right.log" 2>&1
ok "rights: given back, it is switched" wait_until 20 serves www A $S4
start_site primary $P4
ok "rights: and returns" wait_until 20 serves www A $P4

say "the server is away"
away_most=4000 # retry.max, an update, and this machine
if [ -n "${AWAY_S:-}" ]; then
    stop repointd
    configure 'timeout: 3s'
    start_daemon
    ok "away: at first all is well" wait_until 40 eval '[ "$(count_told target-up)" = 2 ]'
    away_most=34000
fi
stop_ns
stop primary KILL
ok "away: told" wait_until 20 told update-failed 'refused'
sleep "${AWAY_S:-0}"
"start_$SERVER"
returned=$(now_ms)
ok "away: back, it is switched" wait_until 40 serves www A $S4
took=$(($(now_ms) - returned))
ok "away: within retry.max and the time of an update ($took ms)" [ "$took" -le "$away_most" ]
[ -z "${AWAY_S:-}" ] || { stop repointd; configure; start_daemon; }
start_site primary $P4
ok "away: and returns" wait_until 20 serves www A $P4
stop repointd

say "the answer is lost after the change was made"
UPDATE_PORT=$(free_port)
printf 'pass\n' >"$DIR/mode"
start proxy "$HOSTILE/proxy.py" --listen "127.0.0.1:$UPDATE_PORT" --upstream "$NS_ADDRESS:$NS_PORT" --mode-file "$DIR/mode" --record "$DIR/packets"
wait_until 10 nc -z 127.0.0.1 "$UPDATE_PORT" || bail "no proxy"
write_config 'audit: 1h' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
start_daemon
ok "lost: at first all is well" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
before=$(serial) mark=$(epoch www)
printf 'cut-answer 0\n' >"$DIR/mode"
stop primary KILL
ok "lost: the change is made" wait_until 20 serves www A $S4
printf 'pass\n' >"$DIR/mode"
ok "lost: told as published" wait_until 20 told failover
like "lost: and that the answer was lost" "$(line_of failover | field msg)" 'lost'
is "lost: one change, one epoch" "$(serial)|$(epoch www)" "$((before + 1))|$((mark + 1))"
stop repointd
UPDATE_PORT=

say "the server serves no such zone"
write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4}
CONFIG
sed -i "s/zones: \[$ZONE\]/zones: [other.test]/; s/www\.$ZONE: /www.other.test: /" "$CONFIG"
start_daemon
ok "zone not served: told" wait_until 15 told update-failed 'record=www.other.test'
like "zone not served: and where to look" "$(line_of update-failed | field msg)" 'other\.test'
stop repointd
is "no secret was said" "$(grep -cF -e "$good_secret" "$LOG")" 0
done_testing
