# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: a record whose targets are host names (a CNAME), told once for each name server by 150, which sets SERVER.
# What:  adopted as it stands, in whatever case the server keeps it; a name that gets other addresses is the same watch;
#        the primary dies and returns, by one change of the zone each; somebody else's CNAME is left alone and adopted by
#        an operator's word; addresses in its place are told; one that is not there is made. While the resolver is silent
#        the last addresses serve for their TTL, and then nothing is known. The key has the rights of docs/how-to.
# Names: faults 17, 35, 36, 85, 88; r53 35, 36; S10.
OWN_MOUNTS=yes
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
CNAME_RIGHTS=yes
least_rights www taken fresh
write_zone <<ZONE
www 30 CNAME LB1.Example.ORG.
taken 30 A $P4
ZONE
"start_$SERVER"
start_site primary $P4
start_site moved $F4
start_site secondary $S4

# The resolver of this host: /etc/resolv.conf and /etc/hosts of its own.
ANSWERS=$DIR/answers
resolver_says() { printf '%s\n' "$@" >"$ANSWERS.new" && mv "$ANSWERS.new" "$ANSWERS"; }
resolver_says "lb1.example.org $P4 2" "lb2.example.org $S4 2" "lb3.example.org nothing"
start resolver "$HOSTILE/resolver.py" --listen 127.0.0.1:53 --answers "$ANSWERS"
wait_until 10 grep -q ready "$DIR/resolver.log" || bail "no resolver: $(tail -n 3 "$DIR/resolver.log")"
printf 'nameserver 127.0.0.1\n' >"$DIR/resolv.conf"
mount --bind "$DIR/resolv.conf" /etc/resolv.conf

ctl() { "${REPOINTCTL:-$BUILD/repointctl}" "$@" --socket "$DIR/run/control.sock"; }
points() { [ "$(dig_short "$1" CNAME | tr A-Z a-z)" = "$2." ]; } # NAME HOST

write_config 'audit: 1s' 'timeout: 2s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check)
records:
  www.$ZONE:   {check: web, primary: lb1.example.org, secondary: lb2.example.org., fail-back-delay: 0s, max-switches: 100}
  taken.$ZONE: {check: web, primary: lb1.example.org, secondary: lb2.example.org, create: yes}
  fresh.$ZONE: {check: web, primary: lb1.example.org, secondary: lb2.example.org, create: yes, fail-back-delay: 0s}
CONFIG

say "adopted and made"
start_daemon
ok "the record is adopted" wait_until 10 told owned "record=www.$ZONE"
is "as it was" "$(dig_short www CNAME | tr A-Z a-z)|$(epoch www)" "lb1.example.org.|1"
ok "what is not there is made" wait_until 10 points fresh lb1.example.org
is "with its marker and TTL" "$(epoch fresh)|$(ttl fresh CNAME)" "1|30"
ok "addresses in its place are told" wait_until 10 told not-ours "record=taken\\.$ZONE .*has addresses at its name"
is "and stay" "$(dig_short taken A)|$(marker taken)" "$P4|"
ok "the rights are there" not told rights

say "the name gets another address"
resolver_says "lb1.example.org $F4 2" "lb2.example.org $S4 2"
ok "which is looked at" wait_until 10 grep -q repointd "$DIR/site-moved/access.log"
is "nothing was said of it" "$(count_told target-down)" 0

say "the primary dies, and returns"
sick moved
ok "the CNAME points to the secondary" wait_until 15 points www lb2.example.org
ok "that is told by name" wait_until 5 told failover \
    "record=www\\.$ZONE .*from=primary to=secondary .*FAILED OVER primary -> secondary .lb2\\.example\\.org.: primary status"
like "status names it" "$(ctl status)" "www\\.$ZONE .*SECONDARY.*primary lb1\\.example\\.org: status"
is "by one change of each" "$(epoch www)|$(epoch fresh)" "2|2"
well moved
ok "and back" wait_until 15 points www lb1.example.org
ok "all are" wait_until 15 points fresh lb1.example.org

say "drained by its host name"
ok "however it is written" ctl drain LB1.example.org. --reason moving
is "every record that pointed there points elsewhere" "$(points www lb2.example.org && points fresh lb2.example.org && echo yes)" yes
like "it is told in one form" "$(ctl overrides)" "^drain +lb1\\.example\\.org +- .*moving$"
ok "and released" ctl release lb1.example.ORG
ok "back again" wait_until 15 points www lb1.example.org
ok "all are" wait_until 15 points fresh lb1.example.org

say "a name that is gone is the target's fault"
resolver_says "lb1.example.org nxdomain" "lb2.example.org $S4 2"
ok "it fails over" wait_until 15 points www lb2.example.org
ok "and says why" wait_until 5 told target-down "reason=dns-answer .*there is no name lb1\\.example\\.org"
resolver_says "lb1.example.org $P4 2" "lb2.example.org $S4 2"
ok "and back" wait_until 15 points www lb1.example.org

say "a resolver that does not answer is not"
down=$(count_told target-down)
before=$(serial)
resolver_says "* silent"
ok "after a while nothing is known" wait_until 30 told target-unknown "address=lb1\\.example\\.org"
is "nobody is down" "$(count_told target-down)" "$down"
is "the zone is as it was" "$(serial)" "$before"
resolver_says "lb1.example.org $P4 2" "lb2.example.org $S4 2"
wait_until 15 eval '[ "$(count_told target-up "address=lb1")" -gt 0 ]'

say "somebody else's CNAME"
nsupdate_now <<CHANGE
update delete www.$ZONE CNAME
update add www.$ZONE 30 CNAME lb9.example.org.
CHANGE
ok "is told" wait_until 10 told foreign-change "record=www\\.$ZONE .*CNAME lb9\\.example\\.org"
like "with the words that go on" "$(line_of foreign-change)" "repointctl adopt www\\.$ZONE --expect lb9\\.example\\.org"
is "and left alone" "$(dig_short www CNAME)" lb9.example.org.
like "another name is not adopted" "$(ctl adopt www.$ZONE --expect lb1.example.org 2>&1)" "lb9\\.example\\.org"
ok "the one that is there is" ctl adopt "www.$ZONE" --expect lb9.example.org
ok "and then it goes on from there" wait_until 15 points www lb1.example.org
stop repointd
nsupdate_now <<CHANGE
update delete fresh.$ZONE CNAME
update delete _repointd.fresh.$ZONE TXT
CHANGE

say "what would be sent, for a person"
plan=$("$REPOINTD" -c "$CONFIG" --plan 2>&1)
like "in words of nsupdate" "$plan" "^prereq nxdomain fresh\\.$ZONE\\.$"
like "with the host name" "$plan" "^update add fresh\\.$ZONE\\. 30 IN CNAME lb1\\.example\\.org\\.$"
done_testing
