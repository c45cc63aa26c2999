# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: ownership: none, told once for each name server by 145, which sets SERVER.
# What:  a key with a right to the addresses alone suffices (PowerDNS has no rights by name); it switches and returns; a change by hand stops it until an
#        operator says go on; nothing is ever written at _repointd.
# Names: faults 51, 84, 85; S16.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 30 A $P4
_repointd.www 30 TXT "a text of somebody else"
ZONE
"start_$SERVER"
case $SERVER in
bind)
    sed -i '/grant repointd name _repointd/d' "$NS_DIR/named.conf"
    rndc_now reconfig
    ;;
knot)
    sed -i 's/update-owner-name: .*/update-owner-name: [www]/; s/update-type: .*/update-type: [A, AAAA]/' "$NS_DIR/knot.conf"
    knotc_now reload >"$DIR/reload.log"
    ;;
pdns) nsupdate_now <<<"update add other.$ZONE. 30 A 203.0.113.1" ;; # gives the serial its form by date; then it counts
esac
[ "$SERVER" = pdns ] || is "the key has no right to TXT" \
    "$(grep -cE 'grant repointd.*TXT|update-type.*TXT' "$NS_DIR"/*.conf)" 0
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 100, ownership: none}
CONFIG

record() # FILTER
{
    "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e ".records[] | $1" >/dev/null
}

start_daemon
ok "what stands there is believed" wait_until 10 record '.condition == "ok" and .marker == null'
ok "the weakness is said at the start" told started "1 record without a marker \(ownership: none\)"
ok "and in the status" record '.ownership == "none"'
before=$(serial)
not_told() { ! told "$@"; }
sleep 1.5 # the rehearsal has been
ok "the rehearsal misses no right" not_told rights
is "and changes nothing" "$(serial)" "$before"

say "switch and return"
sick primary
ok "it fails over" wait_until 10 serves www A $S4
is "by one message" "$(serial)" $((before + 1))
ok "told" wait_until 5 told failover "record=www\.$ZONE"
well primary
ok "and returns" wait_until 10 serves www A $P4
is "by another" "$(serial)" $((before + 2))
is "what somebody has put there stays" "$(marker www)" "a text of somebody else"

say "a change by hand"
nsupdate_now <<LINES
update delete www.$ZONE. A
update add www.$ZONE. 30 A 203.0.113.7
LINES
ok "stops it" wait_until 10 told foreign-change "record=www\.$ZONE .*203\.0\.113\.7.*ownership: none"
sick primary
before=$(serial)
ok "whatever dies" wait_until 10 record '.targets[0].state == "down"'
nsupdate_now <<LINES
update delete www.$ZONE. A
update add www.$ZONE. 30 A $P4
LINES
sleep 2.5 # two audits
is "and even once it is put back" "$(dig_short www A)" $P4
is "nothing was written" "$(serial)" $((before + 1))
ctl adopt "www.$ZONE" --expect $S4
is "adopt of what does not stand there: exit 1" "$status" 1
like "is refused" "$err" "refused: .*$P4"
ctl take-over "www.$ZONE" --owner 4be1c0de77aa0912 --epoch 1
is "take-over: exit 1" "$status" 1
like "says why" "$err" "ownership: none"
ctl disown "www.$ZONE"
is "disown: exit 1" "$status" 1
like "says why, too" "$err" "ownership: none"
ctl adopt "www.$ZONE" --expect $P4
is "adopt of what does: exit 0" "$status" 0
like "says so" "$out" "^www\.$ZONE: adopted"
ok "it is told" told owned "without a marker"
ok "it goes on from there" wait_until 10 serves www A $S4
is "by one message, and none for the adoption" "$(serial)" $((before + 2))
is "there is no marker of ours" "$(marker www)" "a text of somebody else"
stop repointd

say "a restart"
start_daemon
ok "believes what it finds" wait_until 10 record '.condition == "ok" and .answer == "secondary"'
well primary
ok "and returns" wait_until 10 serves www A $P4
stop repointd
done_testing
