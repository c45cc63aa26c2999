# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
#
# Where: what io/dns_client does with one kind of name server, told once for each by 100, 101 and 102, which set SERVER.
# What:  every transaction of the protocol, what the server answers to each mistake, and what may be concluded; after
#        each, what stands in the zone.
# Why:   the servers differ, and a newer one may differ again: then a test turns red here before a zone is wrong
#        elsewhere.
# Names: faults 49-53, 55, 60-64, 66, 70, 74, 87-90, 92, 101; S10, S11.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/dns-driver.sh"

MORE_KEYS="k-md5:hmac-md5 k-sha1:hmac-sha1 k-sha224:hmac-sha224 k-sha384:hmac-sha384 k-sha512:hmac-sha512"
GUEST_KEYS="guest:hmac-sha256"
new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A 192.0.2.1
www 30 AAAA 2001:db8::1
alg 30 A 192.0.2.1
alias 30 CNAME www
host 30 CNAME LB1.Example.ORG.
loop 30 CNAME loop2
loop2 30 CNAME loop
cut NS ns.elsewhere.example.
@ NS ns.elsewhere.example.
@ NS far
far 60 A 127.0.0.53
$(seq -f 'many 30 A 10.1.1.%g' 60)
*.wild 30 A 192.0.2.7
ZONE
start_ns "$SERVER"
place_driver
V=192.0.2.1,2001:db8::1 W=192.0.2.2,192.0.2.3
IS_V='sets=\(A 192.0.2.1 ttl 30, AAAA 2001:db8::1 ttl 30\)' IS_W='sets=\(A 192.0.2.2 192.0.2.3 ttl 30, no AAAA\)'

# What an outcome looks like where the three agree, and where they do not.
by_server() # BIND KNOT PDNS
{
    case $SERVER in bind) echo "$1" ;; knot) echo "$2" ;; pdns) echo "$3" ;; esac
}

unsigned() { echo "^(read|send) unknown .*$1, unsigned"; }
BADSIG="$(unsigned 'NOTAUTH, BADSIG'): wrong secret"
BADKEY="$(unsigned 'NOTAUTH, BADKEY'): key name or algorithm unknown to the server, or \\(Knot\\) no right for this"
REFUSED="$(unsigned REFUSED): PowerDNS answers so for key, clock and rights alike"
NOTAUTH="$(unsigned NOTAUTH): wrong key or clock \\(PowerDNS\\), or a zone that it does not serve \\(Knot\\)"
DENIED="^send denied rcode=5 verified=1 "
NOT_SERVED="^send not-served rcode=9 verified=1 "

# What stands there, when that is all that is asked.
look() { DRIVER=$DIR/dns_driver_plain drive read; }

# The command's outcome, and that the zone is (or is not) another one afterwards.
same_zone() # NAME COMMAND PATTERN
{
    local before
    before=$(serial)
    like "$1" "$(drive "$2")" "$3"
    is "$1: the zone is the same" "$(serial)" "$before"
}

new_zone() # NAME COMMAND PATTERN
{
    local before
    before=$(serial)
    like "$1" "$(drive "$2")" "$3"
    like "$1: the zone has another serial" "$([ "$(serial)" != "$before" ] && echo yes || echo no)" yes
}

say "reading"
like "the record is read whole" "$(drive read)" \
    "^read accepted .* $IS_V marker=none cname=0 occluded=0 trusted=1 serial=1 "
like "what is not there is absent" "$(NAME=nothing drive read)" \
    "^read accepted .* sets=\(no A, no AAAA\) marker=none cname=0 occluded=0 trusted=1"
like "a CNAME is seen in the answer for A, not followed" "$(NAME=alias drive read)" \
    "^read accepted .* sets=\(no A, no AAAA\) .* cname=1"
like "a name below a zone cut is occluded" "$(NAME=x.cut drive read)" "^read accepted .* occluded=1"
like "the cut itself is occluded" "$(NAME=cut drive read)" "^read accepted .* occluded=1"
like "a wildcard's value is read like any other" "$(NAME=x.wild drive read)" \
    "^read accepted .* sets=\(A 192.0.2.7 ttl 30, no AAAA\)"

say "T0 assert"
same_zone "what is there is confirmed" "assert $V - - -" "^send accepted "
same_zone "another set is not" "assert 192.0.2.1,192.0.2.9,2001:db8::1 - - -" "^send prereq rcode=8 "
same_zone "nor a part of the set" "assert 192.0.2.1 - - -" "^send prereq rcode=7 "
same_zone "nor a marker that is not there" "assert $V - 1:a1 -" "^send prereq rcode=8 "
NAME=alias same_zone "a CNAME is in the way of absence" "assert - - - -" "^send prereq rcode=7 "
NAME=x.wild same_zone "a wildcard's value cannot be pinned" "assert 192.0.2.7 - - -" "^send prereq rcode=8 "

say "what it says without a signature"
like "the sets and the serial" "$(drive verify)" \
    "^verify 1; answered=1 aa=1 sets=\(A 192.0.2.1, AAAA 2001:db8::1\\) serial=1 detail=$"
like "of a name that is not there" "$(NAME=nothing drive verify)" \
    "answered=1 aa=1 sets=\\(no A, no AAAA\\) serial=1 detail=$"
like "of a CNAME" "$(NAME=alias drive verify)" "answered=1 aa=1 sets=\\(no A, no AAAA\\) .*has a CNAME at this name$"
like "below a cut" "$(NAME=x.cut drive verify)" "answered=1 aa=0 sets=\\(no A, no AAAA\\) .*referral"
like "of another zone" "$(ZONE=elsewhere.test drive verify)" "answered=(0 aa=[01]|1 aa=0) sets=\\(no A, no AAAA\\)"
like "of a set that fits no datagram, by TCP" "$(NAME=many drive verify)" \
    "answered=1 aa=1 sets=\\(A 10.1.1.1 .*10.1.1.60, no AAAA\\)"
like "every NS of the zone is asked at its port 53" "$(drive verify-ns verify)" \
    "^verify 3; answered=1 .*; answered=0 .*detail=datagram to 127.0.0.53 port 53: Connection refused"
like "one that does not listen" "$(PEERS="127.0.0.1:1 $NS_ADDRESS:$NS_PORT" drive verify)" \
    "^verify 2; answered=0 .*datagram to 127.0.0.1 port 1: Connection refused; answered=1 aa=1"

say "T1 rehearse, before there is a marker"
same_zone "every right is asked for, nothing changes" "rehearse $V - - 1:a1" "^send accepted "
like "no marker came of it" "$(drive read)" "$IS_V marker=none "
NAME=nothing same_zone "of a name that is not there" "rehearse - - - 1:a1" "^send accepted "
like "nothing came of it" "$(NAME=nothing drive read)" "sets=\(no A, no AAAA\) marker=none "
same_zone "of another set" "rehearse 192.0.2.1 - - 1:a1" "^send prereq rcode=7 "
KEY_NAME=guest same_zone "with a key without the right" "rehearse $V - - 1:a1" "$(by_server "$DENIED" "$BADKEY" "$DENIED")"

say "T2 adopt"
new_zone "the marker is written" "adopt $V - - 1:a1" "^send accepted "
like "and nothing else changed" "$(look)" "$IS_V marker=1:a1 "
same_zone "a second one comes too late" "adopt $V - - 1:b1" "^send prereq rcode=7 "
is "and the first one's marker stays" "$(look | grep -o 'marker=[^ ]*')" marker=1:a1

say "T4 switch, T5 the same again"
before=$(serial)
like "both families move" "$(drive "switch $V $W 1:a1 2:a2")" "^send accepted "
like "to the wanted sets, one of them none" "$(look)" \
    "$IS_W marker=2:a2 "
if [ "$SERVER" != pdns ]; then is "in one change of the zone" "$(serial)" $((before + 1)); fi
same_zone "the same again does not hold any more" "switch $V $W 1:a1 2:a2" "^send prereq rcode=8 "
is "and its marker tells that it was ours" "$(look | grep -o 'marker=[^ ]*')" marker=2:a2
same_zone "an old view changes nothing" "switch $V 192.0.2.66 1:a1 2:c2" "^send prereq rcode=8 "
new_zone "back, with both families" "switch $W $V 2:a2 3:a3" "^send accepted "
like "and both are there" "$(look)" "$IS_V marker=3:a3 "

say "T6 fence"
new_zone "the marker moves alone" "fence - - 3:a3 4:a4" "^send accepted "
like "and the addresses stay" "$(look)" "$IS_V marker=4:a4 "
same_zone "what was sent before it comes too late" "switch $V $W 3:a3 4:b4" "^send prereq rcode=8 "

say "T7 TTL"
like "the TTL is written" "$(drive "ttl-is 77" "ttl $V $V 4:a4 5:a5")" "^send accepted "
like "of both sets, also where the server keeps that of a record it has" "$(look)" \
    "A 192.0.2.1 ttl 77, AAAA 2001:db8::1 ttl 77\) marker=5:a5 "

say "T1 rehearse, with a marker and another TTL"
before=$(serial)
like "the TTL that was read goes out again" "$(drive "ttl-is 77" "rehearse $V - 5:a5 9:99")" "^send accepted "
is "nothing changes" "$(serial)" "$before"
like "neither record nor marker" "$(drive read)" "A 192.0.2.1 ttl 77, AAAA 2001:db8::1 ttl 77\) marker=5:a5 "
same_zone "with a marker that is not there" "rehearse $V - 4:a4 9:99" "^send prereq rcode=8 "

say "T8 disown, T9 take over"
new_zone "the marker is taken over from another owner" "take-over $V - 5:a5 6:a6:00c0ffee00c0ffee" "^send accepted "
same_zone "one of ours is expected in vain" "take-over $V - 6:a6 7:a7" "^send prereq rcode=8 "
same_zone "and of other sets" "take-over $W - 6:a6:00c0ffee00c0ffee 7:a7" "^send prereq rcode=[78] "
new_zone "and taken back" "take-over $V - 6:a6:00c0ffee00c0ffee 7:a7" "^send accepted "
new_zone "adopted by an operator's word" "adopt $V - 7:a7 8:a8" "^send accepted "
like "the record stays as it was" "$(drive read)" "A 192.0.2.1 ttl 77, AAAA 2001:db8::1 ttl 77\) marker=8:a8 "
same_zone "another marker is not disowned" "disown - - 7:a7 -" "^send prereq rcode=8 "
new_zone "nobody's any more" "disown - - 8:a8 -" "^send accepted "
like "the record stays as it was" "$(drive read)" "A 192.0.2.1 ttl 77, AAAA 2001:db8::1 ttl 77\) marker=none "
same_zone "and is not disowned twice" "disown - - 8:a8 -" "^send prereq rcode=8 "

say "without markers"
new_zone "switched by its values alone" "bare:switch $V $W - -" "^send accepted "
like "no marker comes of it" "$(drive read)" "$IS_W marker=none "
same_zone "rehearsed" "bare:rehearse $W - - -" "^send accepted "
same_zone "an old view changes nothing" "bare:switch $V 192.0.2.66 - -" "^send prereq rcode=8 "
new_zone "and back" "bare:switch $W $V - -" "^send accepted "
NAME=plain new_zone "made" "bare:create - $V - -" "^send accepted "
NAME=plain same_zone "and not made twice" "bare:create - $W - -" "^send prereq rcode=7 "
drive "ttl-is 77" "adopt $V - - 5:a5" >/dev/null

say "T3 create"
NAME=fresh new_zone "a name that is not there is made" "create - $V - 1:f1" "^send accepted "
like "with addresses and marker" "$(NAME=fresh look)" \
    "$IS_V marker=1:f1 "
NAME=fresh same_zone "and not made twice" "create - $W - 1:f2" "^send prereq rcode=7 "

say "a CNAME, from T0 to T9"
export TYPES=c NAME=host
ONE=lb1.example.org TWO=lb2.example.org
like "is read in lower case, however the server keeps it" "$(drive read)" \
    "^read accepted .*sets=\\(CNAME $ONE ttl 30\\) marker=none cname=0 occluded=0 trusted=1"
like "addresses in its place are seen" "$(NAME=alg drive read)" "sets=\\(no CNAME\\) .* cname=1"
like "where it leads in circles it is read all the same" "$(NAME=loop drive read)" "^read accepted .*sets=\\(CNAME loop2.$ZONE "
like "said without a signature" "$(drive verify)" "answered=1 aa=1 sets=\\(CNAME $ONE\\) serial=[0-9]+ detail=$"
same_zone "confirmed, letter case aside" "assert $ONE - - -" "^send accepted "
same_zone "another one is not" "assert $TWO - - -" "^send prereq rcode=8 "
same_zone "rehearsed" "rehearse $ONE - - 1:a1" "^send accepted "
NAME=nobody same_zone "rehearsed where nothing is" "rehearse - - - 1:a1" "^send accepted "
NAME=alg same_zone "addresses are in the way of absence" "assert - - - -" "^send prereq rcode=6 "
new_zone "adopted" "adopt $ONE - - 1:a1" "^send accepted "
same_zone "rehearsed with its marker" "rehearse $ONE - 1:a1 9:99" "^send accepted "
new_zone "switched" "switch $ONE $TWO 1:a1 2:a2" "^send accepted "
like "to the other one" "$(look)" "sets=\\(CNAME $TWO ttl 30\\) marker=2:a2 "
same_zone "the same again does not hold" "switch $ONE $TWO 1:a1 2:a2" "^send prereq rcode=8 "
like "its TTL is written" "$(drive "ttl-is 77" "ttl $TWO $TWO 2:a2 3:a3")" "^send accepted "
like "and read" "$(look)" "sets=\\(CNAME $TWO ttl 77\\) marker=3:a3 "
new_zone "fenced" "fence - - 3:a3 4:a4" "^send accepted "
nsupdate_now <<<"update delete host.$ZONE. CNAME"
new_zone "put where nothing but its marker is" "switch - $ONE 4:a4 5:a5" "^send accepted "
like "and there it is" "$(look)" "sets=\\(CNAME $ONE ttl 30\\) marker=5:a5 "
new_zone "taken over" "take-over $ONE - 5:a5 6:a6:00c0ffee00c0ffee" "^send accepted "
new_zone "disowned" "disown - - 6:a6:00c0ffee00c0ffee -" "^send accepted "
NAME=made new_zone "made" "create - $ONE - 1:f1" "^send accepted "
NAME=made same_zone "and not made twice" "create - $TWO - 1:f2" "^send prereq rcode=6 "
unset TYPES NAME

say "what others did"
nsupdate_now <<<"update add www.$ZONE. 30 A 203.0.113.5"
same_zone "an address that came in between is noticed" "switch $V $W 5:a5 6:a6" "^send prereq rcode=8 "
like "and read" "$(drive read)" "sets=\(A 192.0.2.1 203.0.113.5 ttl "
nsupdate_now <<<"update delete www.$ZONE. A 203.0.113.5"
nsupdate_now <<<"update delete _repointd.www.$ZONE. TXT"
same_zone "a marker that is gone is noticed" "switch $V $W 5:a5 6:a6" "^send prereq rcode=8 "
nsupdate_now <<<"update add _repointd.www.$ZONE. 60 TXT \"v=spf1 -all\""
like "a foreign text is told" "$(drive read)" "marker=foreign "
same_zone "and is no marker" "adopt $V - - 6:a6" "^send prereq rcode=7 "
nsupdate_now <<<"update delete _repointd.www.$ZONE. TXT"
drive "adopt $V - - 1:a1" >/dev/null

say "algorithms"
for key in $MORE_KEYS; do
    export KEY_NAME=${key%:*} KEY_ALGORITHM=${key#*:}
    is "$KEY_ALGORITHM" "$(LEAKS=1 NAME=alg drive read "adopt 192.0.2.1 - - 1:1" "switch 192.0.2.1 192.0.2.2 1:1 2:2" \
        "switch 192.0.2.2 192.0.2.1 2:2 3:3" read | words)" \
        "read accepted send accepted send accepted send accepted read accepted"
    nsupdate_now <<<"update delete _repointd.alg.$ZONE. TXT"
done
export KEY_NAME=repointd KEY_ALGORITHM=hmac-sha256

say "keys, rights, clocks, zones"
change="switch $V $W 1:a1 2:a2"
KEY_HEX=ff$KEY_HEX same_zone "wrong secret" "$change" "$(by_server "$BADSIG" "$BADSIG" "$REFUSED")"
KEY_HEX=ff$KEY_HEX same_zone "wrong secret, reading" read "$(by_server "$BADSIG" "$BADSIG" "$NOTAUTH")"
KEY_NAME=nobody same_zone "unknown key" "$change" "$(by_server "$BADKEY" "$BADKEY" "$REFUSED")"
KEY_NAME=nobody same_zone "unknown key, reading" read "$(by_server "$BADKEY" "$BADKEY" "$NOTAUTH")"
KEY_ALGORITHM=hmac-sha512 same_zone "another algorithm" "$change" "$(by_server "$BADKEY" "$BADKEY" "$REFUSED")"
KEY_NAME=guest same_zone "a key without the right" "$change" "$(by_server "$DENIED" "$BADKEY" "$DENIED")"
KEY_NAME=guest same_zone "may still read, but of Knot" read \
    "$(by_server "^read accepted .* trusted=1" "$BADKEY" "^read accepted .* trusted=1")"
for skew in 400 -400; do
    told="^(read|send) clock .* skew=$(echo "$skew" | sed -E 's/^(-?)4.*/\1(399|400|401)/') "
    CLOCK=${skew}s same_zone "clock off by $skew s" "$change" "$(by_server "$told" "$told" "$REFUSED")"
    CLOCK=${skew}s same_zone "clock off by $skew s, reading" read "$(by_server "$told" "$told" "$NOTAUTH")"
done
CLOCK=250s new_zone "a clock off by 250 s is within the fudge" "fence - - 1:a1 2:a2" "^send accepted "
drive "fence - - 2:a2 1:a1" >/dev/null
elsewhere() { (ZONE=elsewhere.test && drive "$@"); }
like "a zone that is not served" "$(elsewhere "assert - - - -")" "$(by_server "$NOT_SERVED" "$NOTAUTH" "$NOT_SERVED")"
like "a zone that is not served, reading" "$(elsewhere read)" "^read (denied|not-served|unknown) "
CLOCK=@1999-12-31 same_zone "a clock that was never set: nothing is written" "$change" \
    "^send not-sent .*clock of this host"

say "frozen, restarted, gone, silent"
if [ "$SERVER" = bind ]; then
    rndc_now freeze "$ZONE" >/dev/null
    same_zone "a frozen zone" "switch $V $W 1:a1 2:a2" "^send denied rcode=5 verified=1"
    rndc_now thaw "$ZONE" >/dev/null
    wait_until 5 ns_answers
fi
freeze_process "$NS"
like "a silent server, asked" "$(TIMEOUT=400 drive read)" \
    "^read unknown .*no answer from $NS_ADDRESS port $NS_PORT within 400ms$"
like "a silent server, updated" "$(TIMEOUT=400 drive "switch $V $W 1:a1 2:a2")" \
    "^send unknown .*no answer from $NS_ADDRESS port $NS_PORT within 400ms; PowerDNS stays silent when dnsupdate is off"
thaw_process "$NS"
wait_until 5 ns_answers
# Knot drops what came from a client that went; the others carry it out. Either way the marker tells.
wait_until 3 marker_is 2:a2
like "what became of it is read" "$(look)" \
    "($IS_W marker=2:a2|A 192.0.2.1 ttl [0-9]+, AAAA 2001:db8::1 ttl [0-9]+.* marker=1:a1) "
now=$(look | grep -o 'marker=[^ ]*')
stop_ns
like "no server, asked" "$(drive read)" "^read not-sent .*connect to $NS_ADDRESS port $NS_PORT: Connection refused"
like "no server, updated" "$(drive "fence - - 1:a1 9:9")" \
    "^send not-sent .*connect to $NS_ADDRESS port $NS_PORT: Connection refused"
start_ns "$SERVER"
is "after its return it has what it acknowledged" "$(look | grep -o 'marker=[^ ]*')" "$now"
drive "$([ "$now" = marker=2:a2 ] && echo "switch $W $V 2:a2 5:a5" || echo "fence - - 1:a1 5:a5")" >/dev/null
is "acknowledged" "$(look | grep -o 'marker=[^ ]*')" marker=5:a5
stop_ns KILL
start_ns "$SERVER"
is "and after a kill -9 as well" "$(look | grep -o 'marker=[^ ]*')" marker=5:a5
is "two addresses: the next one is taken where the first one refuses" \
    "$(PEERS="127.0.0.1:1 $NS_ADDRESS:$NS_PORT" drive "fence - - 5:a5 6:a6" read | words)" "send accepted read accepted"
like "both are named where neither answers" "$(PEERS="127.0.0.1:1 127.0.0.2:1" drive read)" \
    "^read not-sent .*connect to 127.0.0.1 port 1: Connection refused; connect to 127.0.0.2 port 1: Connection refused$"

say "the answer is lost on the way"
start_proxy
VIA=$PROXY_PORT
proxy_mode cut-answer 0
like "after the server has done it" "$(PORT=$VIA drive "switch $V $W 6:a6 7:a7")" \
    "^send unknown .*Connection reset by peer"
like "reading shows that it was done" "$(look)" "$IS_W marker=7:a7 "
proxy_mode swallow
like "swallowed" "$(PORT=$VIA TIMEOUT=400 drive "switch $W $V 7:a7 8:a8")" "^send unknown .*no answer"
like "done all the same" "$(look)" "marker=8:a8 "
proxy_mode delay 100
like "late, but in time" "$(PORT=$VIA drive "fence - - 8:a8 9:a9" read | cut -d' ' -f1,2 | paste -sd' ')" \
    "^send accepted read accepted$"
proxy_mode drip 2
dripped=$(PORT=$VIA TIMEOUT=15000 drive "fence - - 9:a9 10:a10" read | cut -d' ' -f1,2 | paste -sd' ')
like "octet by octet, but in time" "$dripped" "^send accepted read accepted$"
proxy_mode drip 50
like "octet by octet, and too late for the whole" "$(PORT=$VIA TIMEOUT=500 drive read)" "^read unknown .*no answer"
proxy_mode double
like "delivered twice" "$(PORT=$VIA drive "switch $V $W 10:a10 11:a11")" "^send (accepted|prereq) "
like "and done once" "$(look)" "$IS_W marker=11:a11 "
done_testing
