#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a secondary that passes updates on to its primary (BIND), as the configured server.
# What:  while it follows its primary all goes on as with a primary. Once it lags behind, reads go one way and updates
#        another: that is told at the start, nothing but a question is sent, whoever dies; and it goes on by itself.
# Names: faults 82, 83; F3; S18.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
ZONE
start_bind
FORWARD_PORT=$(free_port) CONTROL_PORT=$(free_port)
sed -i "s/ notify no;/ notify explicit; notify-delay 0; also-notify { $NS_ADDRESS port $FORWARD_PORT; };/" "$NS_DIR/named.conf"
rndc_now reconfig
mkdir "$DIR/forwarding"
cat "$KEY_FILE" - >"$DIR/forwarding/named.conf" <<CONF
options {
    directory "$DIR/forwarding"; pid-file none; session-keyfile none; listen-on port $FORWARD_PORT { $NS_ADDRESS; };
    listen-on-v6 { none; }; recursion no; dnssec-validation no; notify no;
};
controls { inet 127.0.0.1 port $CONTROL_PORT allow { 127.0.0.1; } keys { "$KEY_NAME"; }; };
zone "$ZONE" {
    type secondary; file "zone.db"; primaries { $NS_ADDRESS port $NS_PORT key "$KEY_NAME"; };
    allow-update-forwarding { any; };
};
CONF
secondary_serves() { [ "$(dig_at $NS_ADDRESS "$FORWARD_PORT" "www.$ZONE." A +short)" = "$1" ]; }
start forwarding named -g -4 -n 1 -c "$DIR/forwarding/named.conf"
wait_until 15 secondary_serves $P4 || bail "the secondary does not answer: $(tail -n 3 "$DIR/forwarding.log")"

NS_PORT=$FORWARD_PORT start_proxy
start_site primary $P4
start_site secondary $S4
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG

say "it follows"
start_daemon
ok "adopted through the secondary" wait_until 15 told owned
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
sick primary
ok "failed over" wait_until 15 serves www A $S4
ok "and seen at the secondary" wait_until 15 told failover
well primary
ok "and back" wait_until 15 told fail-back
ok "at both" eval 'serves www A $P4 && secondary_serves $P4'
stop repointd

say "it lags"
sed -i 's/allow-transfer {[^}]*}/allow-transfer { none; }/' "$NS_DIR/named.conf"
rndc_now reconfig
printf 'update delete www.%s A\nupdate add www.%s 30 A 203.0.113.7\n' $ZONE $ZONE | nsupdate_now
before=$(serial)
start_daemon
ok "told at the start: the two disagree" wait_until 15 told conflict 'inconsistent: the server shows one thing'
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
sick primary
ok "the primary dies" wait_until 10 told target-down
: >"$DIR/proxy.record"
sleep 4
tries=$(updates_seen | wc -l)
ok "one question at each audit, and no more ($tries in 4 s)" eval '[ $tries -ge 2 ] && [ $tries -le 5 ]'
is "told once" "$(count_told conflict)" 1
is "nothing was written" "$(serial)|$(dig_short www A)" "$before|203.0.113.7"

say "it follows again"
printf 'update delete www.%s A\nupdate add www.%s 30 A %s\n' $ZONE $ZONE $P4 | nsupdate_now
sed -i "s/allow-transfer { none; }/allow-transfer { key \"$KEY_NAME\"; }/" "$NS_DIR/named.conf"
rndc_now reconfig
rndc -s 127.0.0.1 -p "$CONTROL_PORT" -k "$KEY_FILE" refresh "$ZONE" >"$DIR/refresh.log"
ok "it goes on by itself" wait_until 15 serves www A $S4
ok "and tells" wait_until 10 told failover
stop repointd
done_testing
