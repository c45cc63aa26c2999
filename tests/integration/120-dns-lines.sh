#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 50 s
#
# Where: io/dns_client over a line that breaks.
# What:  a switch whose line is cut at any octet of request and answer; the same switch delivered later than its client
#        waits, and once more when everything has changed; an update passed on by a secondary; many reads at once.
# Names: faults 50, 66, 67, 69, 72, 73, 82; F1, F2, F5; acceptance 20, 21 (every 16th octet; CUT_STEP=1 for every one).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/dns-driver.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A 192.0.2.1
ZONE
start_bind
start_proxy
place_driver
seen_by=$DIR/dns_driver_plain # it only looks and puts back
V=192.0.2.1 W=192.0.2.2 epoch=1
drive "adopt $V - - 1:1" >/dev/null

seen() { DRIVER=$seen_by drive read | sed -E 's/.*sets=\(A ([^ ]*) .* marker=([^ ]*).*/\1 \2/'; }

# Back to what stood there at first, under a new marker.
put_back()
{
    case $(seen) in
    "$W "*) DRIVER=$seen_by drive "switch $W $V $((epoch + 1)):1 $((epoch + 2)):1" >/dev/null; epoch=$((epoch + 2)) ;;
    esac
}

# One switch over the broken line: what was said, and what stands in the zone.
broken_switch()
{
    said=$(PORT=$PROXY_PORT TIMEOUT=1000 drive "switch $V $W $epoch:1 $((epoch + 1)):1" | words)
    stands=$(seen)
}

# Octets of the last message in that direction, with the length in front of it.
octets() { sed -n "s/^$1 //p" "$DIR/proxy.record" | tail -n 1 | awk '{print length($0) / 2 + 2}'; }

broken_switch
is "a whole line" "$said|$stands" "send accepted|$W 2:1"
put_back
request=$(octets '>') answer=$(octets '<')

wrong=0 cuts=0
say "cut within the $request octets of the request"
for at in $(seq 0 "${CUT_STEP:-16}" $((request - 1))) $((request - 1)) "$request"; do
    proxy_mode cut-request "$at"
    broken_switch
    cuts=$((cuts + 1))
    case "$at|$said|$stands" in
    "0|send not-sent|$V $epoch:1") ;;                                  # the reset came before the first octet
    *"|send unknown|$V $epoch:1") ;;                                   # not whole: not done
    "$request|send unknown|$W $((epoch + 1)):1") put_back ;;           # whole, without an answer: done
    *) wrong=$((wrong + 1)); say "at $at: $said, $stands" ;;
    esac
done
is "$cuts cuts: unknown, and the old or the new, never a third" "$wrong" 0

wrong=0 cuts=0
say "cut within the $answer octets of the answer"
for at in $(seq 0 "${CUT_STEP:-16}" $((answer - 1))) $((answer - 1)); do
    proxy_mode cut-answer "$at"
    broken_switch
    cuts=$((cuts + 1))
    [ "$said|$stands" = "send unknown|$W $((epoch + 1)):1" ] || { wrong=$((wrong + 1)); say "at $at: $said, $stands"; }
    put_back
done
is "$cuts cuts: unknown each time, and done" "$wrong" 0

say "delivered after the client has gone"
proxy_mode hold
said=$(PORT=$PROXY_PORT TIMEOUT=200 drive "switch $V $W $epoch:1 $((epoch + 1)):1" | words)
is "nobody knows" "$said" "send unknown"
is "not done yet" "$(seen)" "$V $epoch:1"
like "a fence before changing one's mind" "$(drive "fence - - $epoch:1 $((epoch + 1)):f")" "^send accepted "
epoch=$((epoch + 1))
answers_recorded() { [ "$(grep -c '^<' "$DIR/proxy.record")" -gt "$1" ]; }
recorded=$(grep -c '^<' "$DIR/proxy.record")
proxy_mode release
ok "then the server answers the late one" wait_until 10 answers_recorded "$recorded"
is "then what comes late does nothing" "$(seen)" "$V $epoch:f"

say "played again"
: >"$DIR/proxy.record"
PORT=$PROXY_PORT drive "switch $V $W $epoch:f $((epoch + 1)):a" >/dev/null
drive "switch $W $V $((epoch + 1)):a $((epoch + 2)):b" >/dev/null
is "there and back" "$(seen)" "$V $((epoch + 2)):b"
recorded=$(sed -n 's/^> //p' "$DIR/proxy.record" | head -n 1)
is "the recorded switch meets another marker: NXRRSET" "$(send_again "$recorded")" 8
is "and changes nothing" "$(seen)" "$V $((epoch + 2)):b"

say "through a secondary that passes updates on"
start_bind_secondary
like "the answer carries the primary's signature and is believed" \
    "$(PORT=$SECONDARY_PORT drive "switch $V $W $((epoch + 2)):b $((epoch + 3)):c")" "^send accepted "
is "and it is done" "$(seen)" "$W $((epoch + 3)):c"
stop bind
like "without its primary: the secondary says so" "$(PORT=$SECONDARY_PORT TIMEOUT=8000 drive "fence - - 1:1 2:2")" \
    "^send (server-failure|unknown) "
stop bind-secondary
start_bind

say "many at once"
like "a thousand reads are answered, one behind the other" "$(TIMEOUT=20000 drive "flood 1000")" \
    "^flood 1000: 1000 accepted, 0 other"
stop bind
like "a thousand reads are told at once that nobody is there" "$(TIMEOUT=3000 drive "flood 1000")" \
    "^flood 1000: 0 accepted, 1000 other, took [0-9]{1,2} ms"
done_testing
