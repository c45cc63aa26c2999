# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: a zone that somebody has frozen, removed, or edited under its journal (BIND), told once for each name server that
#        can do so by 135, which sets SERVER.
# What:  a switch that falls into that time is refused, told, tried at the pace of retry.max, and made after the thaw; and
#        it goes on by itself once the zone is there again.
# Names: faults 51, 53, 97, 100; L2; acceptance 24 (retry.max 1 s stands in for 30 s; FROZEN_S=120 for those).
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 30 A $P4
ZONE
"start_$SERVER"
start_proxy
start_site primary $P4
start_site secondary $S4
retry_max=1 frozen=${FROZEN_S:-5}
[ -z "${FROZEN_S:-}" ] || retry_max=30
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1s' 'timeout: 1s' "retry: {first: 200ms, max: ${retry_max}s}" <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
freeze() { case $SERVER in bind) rndc_now freeze "$ZONE" ;; knot) knotc_now zone-freeze "$ZONE" ;; esac >"$DIR/freeze.log" 2>&1; }
thaw() { case $SERVER in bind) rndc_now thaw "$ZONE" ;; knot) knotc_now zone-thaw "$ZONE" ;; esac >"$DIR/thaw.log" 2>&1; }

start_daemon
ok "adopted" wait_until 15 told owned
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
ok "frozen" freeze
sick primary
ok "the refusal is told" wait_until 15 told update-failed "www\\.$ZONE NOT switched: .*REFUSED"
: >"$DIR/proxy.record"
sleep "$frozen"
tries=$(updates_seen | wc -l) most=$((frozen / retry_max + 3))
ok "it is tried on at the pace of retry.max, no faster ($tries times in $frozen s)" eval '[ $tries -ge 2 ] && [ $tries -le $most ]'
is "told once" "$(count_told update-failed)" 1
is "not written" "$(dig_short www A)" $P4
ok "thawed" thaw
thawed=$(now_ms)
ok "the switch is made" wait_until $((retry_max + 10)) serves www A $S4
took=$(($(now_ms) - thawed))
ok "within retry.max and 3 s ($took ms)" [ "$took" -le $((1000 * retry_max + 4000)) ]
ok "and told" wait_until 5 told failover
well primary
ok "and it returns" wait_until 15 serves www A $P4

say "removed"
name_of_zone() # FROM TO
{
    case $SERVER in
    bind) sed -i "s/^zone \"$1\"/zone \"$2\"/" "$NS_DIR/named.conf" && rndc_now reconfig ;;
    knot) sed -i "s/domain: $1\$/domain: $2/" "$NS_DIR/knot.conf" && knotc_now reload ;;
    esac >"$DIR/remove.log" 2>&1
}
failures=$(count_told update-failed)
ok "the zone is removed" name_of_zone "$ZONE" removed.test
ok "that is told" wait_until 15 eval '[ "$(count_told update-failed)" -gt "$failures" ]'
like "with what the server said" "$(line_of update-failed | field msg)" "www\.$ZONE .*(REFUSED|NOTAUTH|AA=0)"
ok "it is there again" name_of_zone removed.test "$ZONE"
ok "and served" wait_until 10 ns_answers
sick primary
ok "it goes on by itself" wait_until 15 serves www A $S4
well primary
ok "and returns" wait_until 15 serves www A $P4

if [ "$SERVER" = bind ]; then
    say "edited under its journal"
    stop bind
    sed -i 's/[0-9]* *; serial/99 ; serial/' "$NS_DIR/zone.db"
    start bind named -g -4 -n 1 -c "$NS_DIR/named.conf"
    ok "BIND does not load it" wait_until 10 grep -q "not loaded due to errors" "$DIR/bind.log"
    shown() { "${REPOINTCTL:-$BUILD/repointctl}" status --socket "$DIR/run/control.sock"; }
    ok "what the server says is shown" wait_until 15 eval 'shown | grep -qE "www\.$ZONE .*(SERVFAIL|REFUSED|NOTAUTH)"'
    rm -f "$NS_DIR"/*.jnl
    rndc_now reload >"$DIR/reload.log" 2>&1
    ok "without the journal it is loaded" wait_until 10 ns_answers
    ok "it is an older one, which is told" wait_until 15 told conflict rollback
fi
stop repointd
done_testing
