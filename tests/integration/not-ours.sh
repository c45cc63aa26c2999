# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: names that hold what no target of theirs is, told once for each name server by 139, which sets SERVER.
# What:  they are told, and not one update leaves for the server: neither at the start, nor when the primary dies, nor
#        over some audits.
#        A name with a wildcard below it, or beside it, is a name like any other.
# Names: faults 85-90, 94, 95; N2; acceptance 5.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
NAMES="strange second alias a.wild hidden.cut gone others doubled"
# shellcheck disable=SC2086
least_rights $NAMES real b.wild
write_zone <<ZONE
strange A 203.0.113.5
second A $P4
second A 203.0.113.5
alias CNAME ns
*.wild A $P4
b.wild A $P4
real A $P4
*.real A $P4
cut NS ns.elsewhere.example.
others A $P4
_repointd.others TXT "repointd1 o=00c0ffee00c0ffee e=7 n=0123456789abcdef"
doubled A $P4
_repointd.doubled TXT "repointd1 o=00c0ffee00c0ffee e=7 n=0123456789abcdef"
_repointd.doubled TXT "v=spf1 -all"
ZONE
"start_$SERVER"
start_proxy
start_site primary $P4
start_site secondary $S4
configure() # NAMES
{
    UPDATE_PORT=$PROXY_PORT write_config 'audit: 1s' 'timeout: 2s' <<CONFIG
$(swift_check)
records:
$(for name; do
    case $name in gone) more= ;; *) more=", create: yes" ;; esac
    echo "  $name.$ZONE: {check: web, primary: $P4, secondary: $S4$more}"
done)
CONFIG
}
# shellcheck disable=SC2086
configure $NAMES
before=$(serial)
start_daemon
for name in $NAMES; do
    ok "$name is told" wait_until 15 told not-ours "record=$name\\.$ZONE"
done
sick primary
ok "the primary dies" wait_until 15 told target-down
sleep 3
is "not one update went to the server" "$(updates_seen | wc -l)" 0
ok "though it was asked" [ "$(grep -c '^>' "$DIR/proxy.record")" -gt 20 ]
is "the zone is as it was" "$(serial)" "$before"
stop repointd

well primary
configure real b.wild
start_daemon
ok "a name with a wildcard below it is adopted" wait_until 15 told owned "record=real\\.$ZONE"
ok "and one beside a wildcard" wait_until 15 told owned "record=b\\.wild\\.$ZONE"
stop repointd
done_testing
