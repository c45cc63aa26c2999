#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 40 s
#
# Where: PowerDNS with a Lua policy, which leaves out what it does not like, carries out the rest, and says NOERROR.
# What:  addresses left out, the marker left out, all left out: each is seen by reading back, told by its name, and not
#        hammered: no more than two updates for each retry.max, which is a minute's worth of the built-in pace.
# Names: faults 74, 75; F3; S12; acceptance 26 (retry.max 1 s stands in for 30 s).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www mail
write_zone <<ZONE
www 30 A $P4
ZONE
start_pdns
start_proxy
start_site primary $P4
start_site secondary $S4
configure()
{
    UPDATE_PORT=$PROXY_PORT write_config 'audit: 1s' 'timeout: 1s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG
}
configure

policy() # LUA EXPRESSION: what is allowed
{
    stop_ns
    echo "function updatepolicy(input) return $1 end" >"$DIR/policy.lua"
    grep -q '^lua-dnsupdate' "$NS_DIR/pdns.conf" || echo "lua-dnsupdate-policy-script=$DIR/policy.lua" >>"$NS_DIR/pdns.conf"
    start_pdns
}
# Over five times retry.max.
not_hammered() # NAME
{
    : >"$DIR/proxy.record"
    sleep 5
    local tries
    tries=$(updates_seen | wc -l)
    ok "$1: at most two tries for a minute of the built-in pace ($tries in 5 x retry.max)" [ "$tries" -le 6 ]
}
begin() # NAME: a record of ours on its primary
{
    stop repointd
    policy true
    printf 'update delete www.%s A\nupdate add www.%s 30 A %s\nupdate delete _repointd.www.%s TXT\n' $ZONE $ZONE $P4 $ZONE | nsupdate_now
    well primary
    start_daemon
    wait_until 15 told owned || say "$1: not adopted"
    wait_until 10 eval '[ "$(count_told target-up)" = 2 ]' || say "$1: targets are not known"
}

say "addresses are left out"
begin "addresses"
policy 'input:getQType() ~= pdns.A'
sick primary
ok "addresses: told" wait_until 15 eval 'told conflict partial || told update-failed not-applied'
like "addresses: by its name" "$(said | grep -E 'event=(conflict|update-failed) ' | tail -n 1 | field msg)" 'partial|not-applied'
not_hammered "addresses"
ok "addresses: the name still answers" [ -n "$(dig_short www A)" ]
say "what stands there: $(dig_short www A), $(marker www)"

say "the marker is left out"
begin "marker"
policy 'input:getQType() ~= pdns.TXT'
sick primary
ok "marker: told" wait_until 15 eval 'told conflict partial || told update-failed not-applied'
like "marker: by its name" "$(said | grep -E 'event=(conflict|update-failed) ' | tail -n 1 | field msg)" 'partial|not-applied'
not_hammered "marker"
say "what stands there: $(dig_short www A), $(marker www)"

say "all is left out"
begin "all"
policy false
sick primary
ok "all: told" wait_until 15 told update-failed 'not-applied|REFUSED'
not_hammered "all"
is "all: told once" "$(count_told update-failed)" 1
policy true
ok "all: allowed again, it is switched" wait_until 15 serves www A $S4
stop repointd
done_testing
