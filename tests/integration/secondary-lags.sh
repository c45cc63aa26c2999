# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: a secondary that does not get to know of a change, behind Knot and PowerDNS, by 134, which sets SERVER (BIND: 046).
# What:  the switch is made and told at once; that only one of two name servers serves it is told after half a minute,
#        not one update is sent for that reason; once the secondary has caught up, that is told, too.
# Names: fault 78; N3; acceptance 27.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 30 A $P4
ZONE
"start_$SERVER"
start_bind_secondary
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' "verify: [\"$NS_ADDRESS:$NS_PORT\", \"$NS_ADDRESS:$SECONDARY_PORT\"]" <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
secondary_serves() { [ "$(dig_at $NS_ADDRESS "$SECONDARY_PORT" "www.$ZONE." A +short)" = "$1" ]; }

start_daemon
ok "adopted" wait_until 15 told owned
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
before=$(serial)
sick primary
ok "the switch is told at once" wait_until 10 told failover
switched=$(now_ms)
is "the primary serves it" "$(dig_short www A)" $S4
ok "the secondary knows nothing of it" secondary_serves $P4
ok "that is told" wait_until 45 told not-served
took=$(($(now_ms) - switched))
ok "after half a minute ($took ms)" eval '[ $took -ge 28000 ] && [ $took -le 40000 ]'
like "who, and how many serve it" "$(line_of not-served | field msg)" "$SECONDARY_PORT still serves $P4, .*; served 1 of 2"
is "told once" "$(count_told not-served)" 1
is "no update because of it" "$(serial)|$(epoch www)" "$((before + 1))|2"
stop bind-secondary
rm "$DIR/secondary/zone.db" # so that it asks at once, and not when SOA refresh is over
start_bind_secondary
ok "the secondary asks, when it starts anew" wait_until 15 secondary_serves $S4
ok "that all serve it is told" wait_until 75 told served
like "by name" "$(line_of served | field msg)" 'served 2 of 2'
is "no update at all" "$(serial)|$(epoch www)" "$((before + 1))|2"
stop repointd
done_testing
