# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: a key that may not do everything, told once for each name server by 130, which sets SERVER.
# What:  the rights of docs/how-to suffice and are the smallest; one that is missing is said at the start, by its name,
#        with the zone as it was; given, it is taken up without a restart. PowerDNS has no rights by name: there a Lua
#        policy that drops the marker stands for the missing right.
# Names: faults 51, 74, 75; acceptance 3, 26.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 30 A $P4
mail 30 A $P4
ZONE
[ "$SERVER" != pdns ] || cat >"$DIR/policy.lua" <<'LUA'
function updatepolicy(input) return input:getQType() ~= pdns.TXT end
LUA
"start_$SERVER"
start_site primary $P4
start_site secondary $S4

# As on the page, without the marker's right.
change_configuration() # SED EXPRESSION
{
    case $SERVER in
    bind) sed -i "$1" "$NS_DIR/named.conf" && rndc_now reconfig ;;
    knot) sed -i "$1" "$NS_DIR/knot.conf" && knotc_now reload ;;
    esac >"$DIR/change.log" 2>&1
}
pdns_with() # LINE
{
    stop_ns
    sed -i '/^lua-dnsupdate/d' "$NS_DIR/pdns.conf"
    printf '%s\n' "$1" >>"$NS_DIR/pdns.conf"
    start_pdns
}
take_marker_right()
{
    case $SERVER in
    bind) change_configuration 's/^\( *\)grant repointd name _repointd/\1grant nobody name _repointd/' ;;
    knot) change_configuration 's/update-type: .*/update-type: [A, AAAA]/' ;;
    pdns) pdns_with "lua-dnsupdate-policy-script=$DIR/policy.lua" ;;
    esac
}
give_marker_right()
{
    case $SERVER in
    bind) change_configuration 's/grant nobody/grant repointd/' ;;
    knot) change_configuration 's/update-type: .*/update-type: [A, AAAA, TXT]/' ;;
    pdns) pdns_with '' ;;
    esac
}
take_address_right()
{
    case $SERVER in
    bind) change_configuration 's/grant repointd name www/grant nobody name www/' ;;
    knot) change_configuration 's/update-owner-name: .*/update-owner-name: [_repointd.www]/' ;;
    pdns) pdnsutil_now set-meta "$ZONE" TSIG-ALLOW-DNSUPDATE nobody >"$DIR/change.log" 2>&1 ;;
    esac
}

[ "$SERVER" != bind ] || sed -i '1i key "nobody" { algorithm hmac-sha256; secret "bm9ib2R5IG5vYm9keSBub2JvZHkgbm9ib2R5IG5vYm8="; };' \
    "$NS_DIR/named.conf"
write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG

# Said by the rehearsal, or by the first message that meets it.
right_is_missing() { told rights "$1" || told update-failed "$1"; }
status_says() # REGEX (extended)
{
    "${REPOINTCTL:-$BUILD/repointctl}" status --socket "$DIR/run/control.sock" >"$DIR/status" &&
        grep -qE -e "$1" "$DIR/status"
}

say "without the right to the marker"
take_marker_right
before=$(serial)
start_daemon
case $SERVER in
bind) pattern="key 'repointd' may not .*TXT at _repointd\\.www\\.$ZONE" ;;
knot) pattern='BADKEY.*no right for this' ;;
pdns) pattern='not-applied' ;;
esac
ok "it is said at the start" wait_until 15 right_is_missing "$pattern"
not_written="www\\.$ZONE .*not written: .*(right|does not show)"
wait_until 10 status_says "$not_written"
like "status says so, too" "$(cat "$DIR/status")" "$not_written"
is "the zone is as it was" "$(serial)|$(dig_short www A)|$(marker www)" "$before|$P4|"
sick primary
ok "the dead primary is noticed" wait_until 10 told target-down
is "nothing is written without a marker" "$(serial)|$(dig_short www A)" "$before|$P4"
well primary
ok "and its return" wait_until 10 told target-up 'was down'
give_marker_right
ok "given, it is taken up without a restart" wait_until 15 told owned "record=www.$ZONE"
is "with the addresses as they were" "$(dig_short www A)|$(epoch www)" "$P4|1"

say "with the rights of the page"
sick primary
ok "it fails over" wait_until 15 serves www A $S4
well primary
ok "and returns" wait_until 15 serves www A $P4
before=$(serial)
(
    ADMIN_KEY_FILE=$KEY_FILE
    nsupdate_now <<<"update add mail.$ZONE 30 A 203.0.113.66"
    nsupdate_now <<<"update add below.www.$ZONE 30 A 203.0.113.66"
    nsupdate_now <<<"update add $ZONE 30 A 203.0.113.66"
    nsupdate_now <<<"update add www.$ZONE 30 MX 10 mail.$ZONE"
) >"$DIR/nsupdate.log" 2>&1
case $SERVER in
pdns) is "the key may change the whole of its zone, as the page says" "$(dig_short below.www A)" 203.0.113.66 ;;
*) is "the key may do nothing else" "$(serial)|$(dig_short mail A)|$(dig_short www MX)" "$before|$P4|" ;;
esac
[ "$SERVER" = pdns ] || is "each was refused" "$(grep -cE 'REFUSED|NOTAUTH' "$DIR/nsupdate.log")" 4
stop repointd

say "without the right to the addresses, or on PowerDNS to anything"
take_address_right
before=$(serial)
start_daemon
case $SERVER in
bind) pattern="key 'repointd' may not (update|.*A)" ;;
knot) pattern='BADKEY.*no right for this' ;;
pdns) pattern="key 'repointd' may not" ;;
esac
ok "it is said before anything has to be switched" wait_until 15 told rights "$pattern"
is "nothing else is" "$(count_told update-failed)$(count_told conflict)" 00
is "the zone is as it was" "$(serial)|$(dig_short www A)" "$before|$P4"
sick primary
ok "the dead primary is noticed" wait_until 10 told target-down
ok "that it stays there is told" wait_until 10 told update-failed "www\\.$ZONE NOT switched"
is "the zone is still as it was" "$(serial)|$(dig_short www A)" "$before|$P4"
stop repointd
done_testing
