#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a host with IPv4 alone, whose records have addresses of both families, on BIND.
# What:  what cannot be judged from here is told once an address and decides nothing; A and AAAA move and return by the
#        health of the IPv4 addresses; a target without any address that can be asked stays as it is. Then the route to
#        a target goes away.
# Names: faults 6, 34; N5; acceptance 37.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

ip address del $P6/128 dev lo
ip address del $S6/128 dev lo
new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
www 30 AAAA $P6
six 30 AAAA $P6
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' <<CONFIG
$(quick_check)
defaults: {record: {fail-back-delay: 1s}}
records:
  www.$ZONE: {check: web, primary: [$P4, "$P6"], secondary: [$S4, "$S6"]}
  six.$ZONE: {check: web, primary: "$P6", secondary: "$S6"}
safety: {start-grace: 2s}
CONFIG
before=$(serial)
start_daemon

say "what cannot be asked"
ok "the IPv6 addresses cannot be judged, and it says so" wait_until 20 eval '[ "$(count_told target-unknown)" = 4 ]'
like "with the kernel's words, and who decides instead" "$(line_of target-unknown "record=www.* address=$P6 " | field msg)" \
    "cannot be judged from this host: local-error: Network is unreachable; its other address decides$"
like "where there is nobody else, nobody is named" "$(line_of target-unknown "record=six.* address=$P6 " | field msg)" \
    "cannot be judged from this host: local-error: Network is unreachable$"
ok "the other ones are up" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
ok "both records are adopted" wait_until 20 eval '[ "$(count_told owned)" = 2 ]'

say "the primary dies: its IPv4 address decides for both"
stop primary KILL
ok "A points to the secondary" wait_until 20 serves www A $S4
ok "so does AAAA" wait_until 5 serves www AAAA $S6
ok "the failover is told" wait_until 5 told failover "record=www.$ZONE .* from=primary to=secondary cause=health reason=refused"
is "a target of which nothing is known is not left" "$(dig_short six AAAA)" $P6

say "and returns"
start_site primary $P4
ok "A returns" wait_until 30 serves www A $P4
ok "so does AAAA" wait_until 5 serves www AAAA $P6
ok "the return is told" wait_until 5 told fail-back "record=www.$ZONE "
is "two adoptions and two switches, no more" "$(serial)" $((before + 4))
is "each address that cannot be asked was told once a record" "$(count_told target-unknown)" 4
is "and none of them ever went down" "$(count_told target-down "address=2001:")" 0

# The secondary is well all the time, and proved; only the way to the primary is missing, on this host.
say "the route to the primary is gone"
written=$(serial)
ip address del $P4/32 dev lo
ok "from here it cannot be asked" eval '! curl -s --noproxy "*" -o /dev/null http://$P4/'
enough=$(($(asked) + 40))
ok "many probes later …" wait_until 30 eval '[ "$(asked)" -ge $enough ]'
is "… it is still no failure" "$(said | grep -cE "event=(target-down|probe-failing) .*address=$P4 .*reason=local-error")" 0
is "… it cannot be judged any more, and nobody else of its target can" "$(line_of target-unknown "address=$P4 " | field msg)" \
    "www.$ZONE primary $P4 cannot be judged from this host: local-error: Network is unreachable"
is "… and nothing was written" "$(serial)|$(dig_short www A)" "$written|$P4"
ip address add $P4/32 dev lo
stop primary KILL
ok "with the route back its death is noticed as ever" wait_until 20 serves www A $S4
is "by one change" "$(serial)" $((written + 1))
stop repointd
done_testing
