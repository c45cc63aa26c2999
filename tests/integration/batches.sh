# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: what stands between the daemon and its name server, told once for each server by 104 and 105, which set SERVER.
# What:  90 records of one zone leave a dead address at once, and the key has no right to change one of them: all others move in a
#        few messages, and that one alone is told. BIND refuses such a message under its signature, Knot without one. When the right
#        is given it moves too.
# Names: acceptance 28; S24.
. "$(dirname "$0")/daemon.sh"

RECORDS=90 BAD=r077 OWNER=00000000000bea7e
new_key repointd hmac-sha256
names() { seq -f 'r%03.0f' "$RECORDS"; }
names | sed "s/.*/& 30 A $P4\n_repointd.& 60 TXT \"repointd1 o=$OWNER e=1 n=00000000000000aa\"/" | write_zone

# The key may change every name but one; with `all` this one, too.
grant() # [all]
{
    case $SERVER in
    bind)
        local deny="deny repointd name $BAD.$ZONE. ANY; "
        [ -z "${1:-}" ] || deny=
        BIND_POLICY="update-policy { ${deny}grant repointd zonesub ANY; };"
        [ -z "${1:-}" ] || sed -i "s/deny repointd name [^;]*; //" "$NS_DIR/named.conf"
        ;;
    knot)
        KNOT_ACL="  - id: names
    key: repointd
    action: update
    update-owner: name
    update-owner-match: equal
    update-owner-name: [$(names | grep -vx "$BAD" | sed 's/.*/&, _repointd.&/' | paste -sd,)]"
        ;;
    esac
}
grant
"start_$SERVER"
if [ "$SERVER" = knot ]; then
    stop_ns
    sed -i 's/^    acl: update/    acl: [update, names]/; s/^    action: \[update, transfer\]/    action: transfer/' "$NS_DIR/knot.conf"
    start_knot
fi
start_site primary $P4
start_site secondary $S4
{
    printf 'checks:\n  web: {tcp: 80, interval: 1s, timeout: 800ms, fall: 2, rise: 1}\nrecords:\n'
    names | sed "s/.*/  &.$ZONE: {check: web, fail-back: manual, primary: $P4, secondary: $S4}/"
} | write_config 'batch: 32' 'retry: {first: 200ms, max: 2s}'
sed -i "s/^daemon:/&\n  owner: $OWNER/" "$CONFIG"

moved() { dig_at "$NS_ADDRESS" "$NS_PORT" "$ZONE." AXFR -k "$KEY_FILE" | grep -c "A[[:space:]]*$S4"; }
has_moved() { [ "$(moved)" = "$1" ]; }

start_daemon
sleep 2 # all are read, 40 a tick
before=$(serial)
stop primary
ok "all but one move" wait_until 30 has_moved $((RECORDS - 1))
is "the one that may not be changed stands where it stood" "$(dig_short $BAD A)" $P4
applied=$(($(serial) - before))
say "$applied messages were applied"
ok "in few messages" test "$applied" -le 24
ok "it is told" wait_until 10 told update-failed "record=$BAD.$ZONE .*NOT switched"
if [ "$SERVER" = bind ]; then
    is "no other one is" "$(said | grep ' event=update-failed ' | grep -vc "record=$BAD.$ZONE ")" 0
else
    ok "others hardly, one a message" test "$(said | grep ' event=update-failed ' | grep -vc "record=$BAD.$ZONE ")" -le 10
fi

say "the right is given"
grant all
case $SERVER in
bind) rndc_now reconfig >/dev/null ;;
knot)
    sed -i 's/^    action: transfer/    action: [update, transfer]/' "$NS_DIR/knot.conf"
    knotc_now reload >/dev/null
    ;;
esac
ok "it moves, too" wait_until 20 has_moved "$RECORDS"
is "each once" "$(dig_at "$NS_ADDRESS" "$NS_PORT" "$ZONE." AXFR -k "$KEY_FILE" | grep -c ' e=2 ')" "$RECORDS"
done_testing
