# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: a record at the apex of its zone, told once for each name server by 140, which sets SERVER.
# What:  it is adopted, fails over and returns; nothing else that stands at the apex is touched.
# Names: fault 101; N2, N6.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
@ 30 A $P4
@ 300 MX 10 mail
@ 300 TXT "v=spf1 -all"
mail 300 A 203.0.113.25
ZONE
"start_$SERVER"
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' 'timeout: 1s' <<CONFIG
$(swift_check)
records:
  $ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
at_apex() { dig_at "$NS_ADDRESS" "$NS_PORT" "${2:-}$ZONE." "$1" +short | sort | paste -sd' '; } # TYPE [LABEL.]
answers() { [ "$(at_apex A)" = "$1" ]; }
others() { printf '%s|%s|%s|%s' "$(at_apex NS)" "$(at_apex MX)" "$(at_apex TXT)" "$(at_apex SOA | cut -d' ' -f1,2,4-)"; }

before=$(others)
start_daemon
ok "it is adopted" wait_until 15 told owned "record=$ZONE "
like "its marker stands below the apex" "$(at_apex TXT _repointd.)" '^"repointd1 o=[0-9a-f]{16} e=1 '
is "what it answers is as it was" "$(at_apex A)" "$P4"
sick primary
ok "it fails over" wait_until 15 answers $S4
well primary
ok "and returns" wait_until 15 answers $P4
is "nothing else was touched" "$(others)" "$before"
stop repointd
done_testing
