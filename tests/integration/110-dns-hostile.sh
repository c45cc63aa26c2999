#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 60 s
#
# Where: io/dns_client before a name server that wants it to believe something.
# What:  every kind of answer that tests/hostile/dns_server.py knows: nothing that lacks a right signature in the right
#        place gives any other outcome than UNKNOWN, and what is rightly signed gives its own; and the one who asks goes
#        on working.
# Names: faults 51-65, 68, 73, 76; acceptance 22.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/dns-driver.sh"

new_key repointd hmac-sha256
export ZONE NS_ADDRESS KEY_NAME KEY_ALGORITHM KEY_HEX PORT
write_zone <<ZONE
www 30 A 192.0.2.1
www 30 AAAA 2001:db8::1
ZONE
start_bind
start_hostile
place_driver
PORT=$HOSTILE_PORT
IS_READ="^read accepted .* sets=\(A 192.0.2.1 ttl 30, AAAA 2001:db8::1 ttl 30\) .* trusted=1 "
ASSERT="assert 192.0.2.1,2001:db8::1 - - -"

outcome_of() # KIND: of an update, of a read
{
    hostile_mode "all $1"
    ask_driver "$ASSERT" read || say "$1: no answer"
}

say "believed, since it is signed"
open_driver "$DIR/dns_driver"
hostile_mode
ask_driver "$ASSERT" read
like "the real answers" "${ANSWERS[1]}" "$IS_READ"
for row in REFUSED:denied SERVFAIL:server-failure NOTAUTH:not-served FORMERR:bug NOTIMP:bug NOTZONE:bug; do
    outcome_of "signed ${row%:*}"
    is "signed ${row%:*}" "$SAID" "send ${row#*:} read ${row#*:}"
done
for rcode in NXDOMAIN YXDOMAIN YXRRSET NXRRSET; do
    hostile_mode "update signed $rcode"
    ask_driver "$ASSERT"
    is "signed $rcode" "$SAID" "send prereq"
done
outcome_of "error 18"
is "signed BADTIME" "$SAID" "send clock read clock"
like "with the skew" "${ANSWERS[*]}" "skew=-(999|1000|1001) "
outcome_of "error 22"
is "signed BADTRUNC" "$SAID" "send config read config"
asked() # MODE NAME PATTERN, of a read
{
    hostile_mode "$1"
    ask_driver read
    like "$2" "${ANSWERS[0]:0:400}" "$3"
}
asked "query aa0" "signed, without authority" "^read not-served .* verified=1 .*without authority"
asked "A big 4000" "a set of 4,000 addresses" "^read accepted "
asked "A unsigned NOERROR" "one unsigned answer among four spoils the read" \
    "^read unknown .*NOERROR, unsigned: anybody can"
asked "A signed SERVFAIL" "one refusal among four as well" "^read server-failure "

say "never believed"
for kind in strip "unsigned NOERROR" "unsigned REFUSED" "unsigned NXRRSET" "told 16" "told 17" "told 18" id qr opcode \
    tc zone two-questions twice not-last class ttl other-key other-algorithm "cut-mac 16" "cut-mac 1" flip-mac \
    no-request-mac \
    "time 301" "time -302" "error-noerror 16" "error-noerror 18" impostor loop lying-count lying-length "cut 1" \
    "cut 20" short zero full "prefix -1" "prefix -20" close reset; do
    outcome_of "$kind"
    is "$kind" "$SAID" "send unknown read unknown"
done
hostile_mode
ask_driver "$ASSERT" read
like "and after all of it the real answers are believed" "${ANSWERS[1]}" "$IS_READ"
close_driver
result $? "and the sanitizers have nothing to say"
TIMEOUT=400 open_driver "$DIR/dns_driver"
for kind in silent "prefix 1" "prefix 60000" "drip 20" "late 600"; do
    outcome_of "$kind"
    is "$kind" "$SAID" "send unknown read unknown"
done
close_driver
result $? "and the sanitizers have nothing to say"

say "300 spoilt and random answers"
believed=0
TIMEOUT=150 open_driver "$DIR/dns_driver"
for seed in {1..150}; do
    for kind in mutate random; do
        outcome_of "$kind $seed"
        [ "$SAID" = "send unknown read unknown" ] || { believed=$((believed + 1)); say "$kind $seed: $SAID"; }
    done
done
is "none is believed" "$believed" 0
close_driver
result $? "and the sanitizers have nothing to say"

say "memory"
resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/${PIDS[driver]}/status"; }
mapfile -t hundred < <(yes read | head -n 100)
round_of_lies() # SEED
{
    local kind
    for kind in full "big 4000" "mutate $1" "random $1" strip close; do
        hostile_mode "all $kind"
        ask_driver "${hundred[@]}" || say "$kind: no answer to all reads"
    done
}
TIMEOUT=2000 open_driver "$DIR/dns_driver_plain"
round_of_lies 1
before=$(resident)
round_of_lies 2
after=$(resident)
close_driver
ok "stays flat over 600 hostile answers more ($before kB, $after kB)" [ $((after - before)) -lt 512 ]
hostile_mode "query big 500" "update signed NXRRSET"
ok "valgrind has nothing to say" env DRIVER="valgrind -q --leak-check=full --error-exitcode=9 $DIR/dns_driver_plain" \
    TIMEOUT=20000 DIR="$DIR" bash -c ". '$TESTS/integration/dns-driver.sh'; drive read '$ASSERT' read"
hostile_mode
like "and the real answers are believed as before" "$(drive read)" "$IS_READ"
done_testing
