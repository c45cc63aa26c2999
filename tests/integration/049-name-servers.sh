#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 45 s
#
# Where: BIND with `verify: ns`: the zone names a primary, a secondary with A and AAAA, one that is lame, and one that the server knows
#        no address of.
# What:  all that can be asked are asked on port 53, in both families; the lame one is told after 30 s; NS and MNAME then name somebody
#        else, who gets plain questions at the most: never an update, never a signature.
# Names: faults 78, 79, 80; N3.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

N2=192.0.2.54 N26=2001:db8:53::54 N3=192.0.2.55 N4=192.0.2.56
for address in $N2/32 $N3/32 $N4/32; do ip address add "$address" dev lo; done
ip address add $N26/128 dev lo nodad
new_key repointd hmac-sha256
write_zone <<ZONE
@ NS ns2
@ NS ns3
@ NS ns.elsewhere.test.
ns2 A $N2
ns2 AAAA $N26
ns3 A $N3
ns4 A $N4
www 30 A $P4
ZONE
BIND_OPTIONS="listen-on port 53 { $NS_ADDRESS; };" BIND_ZONE_WORDS="notify explicit; also-notify { $N2; };"
start_bind
mkdir "$DIR/second"
cat "$KEY_FILE" - >"$DIR/second/named.conf" <<CONF
options {
    directory "$DIR/second"; pid-file none; session-keyfile none; listen-on port 53 { $N2; }; listen-on-v6 port 53 { $N26; };
    recursion no; dnssec-validation no; notify no;
};
zone "$ZONE" { type secondary; file "zone.db"; primaries { $NS_ADDRESS port $NS_PORT key "$KEY_NAME"; }; allow-notify { any; }; };
CONF
start second named -g -n 1 -c "$DIR/second/named.conf"
second_answers() { dig_at "$1" 53 "www.$ZONE." A +short | grep -q .; } # ADDRESS
wait_until 15 second_answers $N2 || bail "no secondary: $(tail -n 3 "$DIR/second.log")"
wait_until 5 second_answers $N26 || bail "no secondary by IPv6: $(tail -n 3 "$DIR/second.log")"

# Whoever is asked writes down each message: opcode, type asked for, records behind the question; and refuses.
cat >"$DIR/listener.py" <<'PYTHON'
import select, socket, struct, sys
lines = {}
for address in sys.argv[1:]:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        line = socket.socket(socket.AF_INET, kind)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((address, 53))
        if kind == socket.SOCK_STREAM:
            line.listen(8)
        lines[line] = address
print("ready", flush=True)
while True:
    for line in select.select(list(lines), [], [])[0]:
        if line.type == socket.SOCK_STREAM:
            line.accept()[0].close()
            print(lines[line], "tcp", flush=True)
            continue
        message, peer = line.recvfrom(65535)
        opcode, counts = message[2] >> 3 & 15, struct.unpack("!4H", message[4:12])
        print(lines[line], "opcode", opcode, "records", sum(counts[1:]), flush=True)
        line.sendto(message[:2] + bytes([message[2] | 0x80, 5]) + message[4:], peer)
PYTHON
start listener /usr/bin/python3 "$DIR/listener.py" $N3 $N4
wait_until 5 grep -q ready "$DIR/listener.log" || bail "no listener: $(tail -n 3 "$DIR/listener.log")"
asked_of() { grep -c "^$1 " "$DIR/listener.log"; } # ADDRESS

start_site primary $P4
start_site secondary $S4
write_config 'audit: 1s' 'verify: ns' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back: manual}
CONFIG
start_daemon
ok "the record is adopted" wait_until 20 told owned
ok "both sites are known" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
before=$(serial)

say "a switch; ns3 is lame"
sick primary
ok "it switches" wait_until 15 told failover
ok "ns3 is told after half a minute" wait_until 45 told not-served
message=$(line_of not-served | field msg)
say "$message"
is "by its address, with what it says, and how many serve it" "$message" "www.$ZONE: $N3 does not say what it serves: $N3 port 53 \
answered REFUSED, 30s after serial $((before + 1)); served 3 of 4"
is "nobody else is" "$(count_told not-served)" 1
is "no update because of it" "$(serial)" $((before + 1))
ok "it was asked more than once" [ "$(asked_of $N3)" -gt 2 ]

say "the zone names somebody else: NS and MNAME are ns4, which is not ours"
is "who is told nothing so far" "$(asked_of $N4)" 0
nsupdate_now <<UPDATE
update delete $ZONE. NS ns3.$ZONE.
update add $ZONE. 300 NS ns4.$ZONE.
update add $ZONE. 300 SOA ns4.$ZONE. hostmaster.$ZONE. $(($(serial) + 10)) 3600 600 86400 60
UPDATE
like "it does" "$(dig_at $NS_ADDRESS "$NS_PORT" "$ZONE." SOA +short)" "ns4.$ZONE"
stop repointd
start_daemon
ok "a start later all is known" wait_until 20 eval 'told target-down target=primary && told target-up target=secondary'
written=$(serial) marked=$(epoch www)
well primary
wait_until 10 told target-up target=primary
sick secondary
ok "the next switch" wait_until 15 serves www A $P4
ok "ns4 is found and asked" wait_until 10 eval '[ "$(asked_of $N4)" -ge 1 ]'
is "the update went where it always goes" "$(serial)|$(epoch www)" "$((written + 1))|$((marked + 1))"
is "who was found was asked without a signature, by datagrams, and sent no update" \
    "$(grep -vE "^(ready|($N3|$N4) opcode 0 records 0)$" "$DIR/listener.log" | sort | uniq -c)" ""
stop repointd
stop listener
done_testing
