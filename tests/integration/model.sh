# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: the simulator's name server beside a real one, told once for each by 106, which sets SERVER.
# What:  one script of several hundred updates, by chance, half of them upon what stands there: both give the same RCODE
#        to each, and hold the same afterwards, addresses, TTL and marker.
# Why:   what the simulator proves is worth what its name server is.
# Names: fault 74; S10.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/dns-driver.sh"
SIM=${SIM:-$BUILD/sim}
[ -x "$SIM" ] || bail "no $SIM: make check builds it"

new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A 192.0.2.1
www 30 AAAA 2001:db8::1
ZONE
start_ns "$SERVER"
place_driver
/usr/bin/python3 "$(dirname "$0")/model.py" "${MODEL_SEED:-1}" "${MODEL_COUNT:-300}" >"$DIR/script"
"$SIM" --answers "$DIR/script" >"$DIR/simulated"
mapfile -t commands <"$DIR/script"
DRIVER=$DIR/dns_driver_plain drive "${commands[@]}" |
    sed -E 's/^send [a-z-]+ rcode=([0-9]+) .*/send \1/; s/^read accepted .*(sets=\(.*\) marker=[^ ]*) .*/\1/' >"$DIR/real"
applied=$(grep -c '^send 0' "$DIR/simulated") refused=$(grep -c '^send [^0]' "$DIR/simulated")
ok "many are applied, and many refused ($applied, $refused)" eval '[ "$applied" -ge 80 ] && [ "$refused" -ge 40 ]'
is "as many answers" "$(wc -l <"$DIR/real")" "$(wc -l <"$DIR/simulated")"
differences() { diff "$DIR/simulated" "$DIR/real" | head -n 6; }
is "each the same as the simulator's" "$(differences)" ""
done_testing
