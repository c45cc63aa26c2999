# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: a zone that somebody has frozen, told once for each name server that can do so by 135, which sets SERVER.
# What:  a switch that falls into that time is refused, told, tried at the pace of retry.max, and made after the thaw.
# Names: faults 51, 97; L2; acceptance 24 (retry.max 1 s stands in for 30 s).
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
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
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
sleep 5
tries=$(updates_seen | wc -l)
ok "it is tried on at the pace of retry.max, no faster ($tries times in 5 s)" eval '[ $tries -ge 2 ] && [ $tries -le 8 ]'
is "told once" "$(count_told update-failed)" 1
is "not written" "$(dig_short www A)" $P4
ok "thawed" thaw
thawed=$(now_ms)
ok "the switch is made" wait_until 10 serves www A $S4
took=$(($(now_ms) - thawed))
ok "within retry.max and 3 s ($took ms)" [ "$took" -le 4000 ]
ok "and told" wait_until 5 told failover
well primary
ok "and it returns" wait_until 15 serves www A $P4
stop repointd
done_testing
