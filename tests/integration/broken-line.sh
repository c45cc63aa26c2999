# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: the daemon behind a line that breaks, told once for each name server by 133, which sets SERVER.
# What:  a switch there or back for each cut, in the request and in the answer: never a third value, each switch made
#        once and told once; the answer swallowed, or late; the recorded bytes sent again after the record has returned.
# Names: faults 50, 66, 67, 69, 72; F1, F5; N3; acceptance 19, 20, 21 (CUT_STEP=1 for every octet).
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 30 A $P4
ZONE
"start_$SERVER"
start_proxy
start_site primary $P4
start_site secondary $S4
# Nothing but switches goes over the line: no audit, and one failed look is enough.
UPDATE_PORT=$PROXY_PORT write_config 'audit: 1h' 'timeout: 1s' 'retry: {first: 200ms, max: 400ms}' <<CONFIG
checks:
  web: {http: "http://www.$ZONE/health", interval: 500ms, timeout: 450ms, fall: 1, rise: 1}
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 1000}
CONFIG
[ "$SERVER" = bind ] || CUT_STEP=${CUT_STEP:-48} # what the line does is the same for all of them

start_daemon
ok "adopted" wait_until 15 told owned
ok "both sites are known" wait_until 10 eval '[ "$(count_told target-up)" = 2 ]'
start served /usr/bin/python3 "$(dirname "$0")/served.py" $NS_ADDRESS "$NS_PORT" "www.$ZONE" A
is_sick() { [ -f "$DIR/site-primary/sick/health" ]; }
# The record moves to the other target.
move()
{
    local to=$S4
    if is_sick; then to=$P4; well primary; else sick primary; fi
    wait_until 15 serves www A $to
}
moves_told() { said | grep -cE ' event=(failover|fail-back) '; }
settled() { [ "$(moves_told)" = $(($(epoch www) - 1 - fences)) ]; }
fences=0
mode_is() { [ "$(cat "$DIR/proxy.mode")" = "$1" ]; }
octets() { sed -n "s/^$1 //p" "$DIR/proxy.record" | tail -n 1 | awk '{ print length($0) / 2 + 2 }'; }

: >"$DIR/proxy.record"
ok "a whole line: there" move
ok "and told" wait_until 5 settled
request=$(($(updates_seen | tail -n 1 | wc -c) / 2 + 2))
answer=$(sed -nE 's/^< (.{4}a[89a-f].*)/\1/p' "$DIR/proxy.record" | tail -n 1 | awk '{ print length($0) / 2 + 2 }')
ok "the first update had an answer ($request and $answer octets)" [ "$answer" -gt 12 ]
ok "and back" move
ok "and told again" wait_until 5 settled

# One move for each cut; the next connection that the daemon opens is that of its update.
cuts=0 wrong=0
cut_line() # MODE AT
{
    cuts=$((cuts + 1))
    proxy_mode once "$1" "$2"
    if move && mode_is pass && wait_until 5 settled; then return; fi
    wrong=$((wrong + 1))
    say "$1 at $2: $(dig_short www A) under epoch $(epoch www), $(moves_told) moves told, $(cat "$DIR/proxy.mode")"
}
for at in $(seq 0 "${CUT_STEP:-16}" $((request - 1))) $((request - 1)) "$request"; do cut_line cut-request "$at"; done
is "$cuts cuts of the request: moved and told, each once" "$wrong" 0
cuts=0
for at in $(seq 0 "${CUT_STEP:-16}" $((answer - 1))) $((answer - 1)); do cut_line cut-answer "$at"; done
is "$cuts cuts of the answer: moved and told, each once" "$wrong" 0
like "what was made without an answer is told so" "$(said | grep -E ' event=(failover|fail-back) ' | tail -n 1 | field msg)" 'the answer was lost'

say "swallowed, late, by drops"
cuts=0
cut_line swallow 0
like "swallowed: published, the answer was lost" "$(said | grep -E ' event=(failover|fail-back) ' | tail -n 1 | field msg)" 'the answer was lost'
cut_line delay 300
like "300 ms late: an answer like any other" "$(said | grep -E ' event=(failover|fail-back) ' | tail -n 1 | field msg)" 'NOERROR in '
cut_line delay 2000
cut_line drip 20
cut_line double 0
is "each time moved and told once" "$wrong" 0

say "held on the way, while the primary returns"
! is_sick || move
wait_until 5 settled
marked=$(epoch www) serial=$(serial) ups=$(count_told target-up)
proxy_mode "once hold; cut-request 0" # the switch; nothing passes behind it
sick primary
ok "the switch is under way" wait_until 10 mode_is "cut-request 0"
well primary
ok "the primary is up again" wait_until 10 eval '[ "$(count_told target-up)" -gt $ups ]'
proxy_mode pass
ok "the daemon fences before it is content" wait_until 10 eval '[ "$(epoch www)" = $((marked + 1)) ]'
answers=$(grep -c '^<' "$DIR/proxy.record")
proxy_mode release
ok "then the server answers the late switch" wait_until 10 eval '[ "$(grep -c "^<" "$DIR/proxy.record")" -gt $answers ]'
is "which does nothing any more" "$(dig_short www A)|$(epoch www)|$(serial)" "$P4|$((marked + 1))|$((serial + 1))"
proxy_mode pass
fences=1

say "sent again after the return"
! is_sick || move
: >"$DIR/proxy.record"
ok "there" move
recorded=$(updates_seen | head -n 1)
ok "and back" move
ok "and told" wait_until 5 settled
before="$(serial)|$(marker www)|$(dig_short www A)"
is "the recorded switch meets another marker: NXRRSET" "$(send_again "$recorded")" 8
is "and changes nothing" "$(serial)|$(marker www)|$(dig_short www A)" "$before"

stop served
is "no third value was ever served" "$(cut -d' ' -f2- "$DIR/served.log" | sort -u)" "$(printf 'NOERROR %s\nNOERROR %s' $P4 $S4 | sort)"
is "it never stopped over its own traces" "$(said | grep -cE 'event=(conflict|foreign-change|not-ours) ')" 0
stop repointd
done_testing
