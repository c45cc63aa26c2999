#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a daemon that looks at two mail servers, on BIND.
# What:  what is sent and what has to come back; a server that greets and is too busy is left.
# Names: faults 21, 27; CLI-7.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
mail 30 A $P4
ZONE
start_bind

# Mail servers that greet with what stands in a file, and answer EHLO.
cat >"$DIR/mail.py" <<'PYTHON'
import socketserver, sys
class Mail(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(open(sys.argv[2], "rb").read())
        while self.request.recv(4096).startswith(b"EHLO "):
            self.request.sendall(b"250-mail.fo.test\r\n250 8BITMIME\r\n")
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
Server((sys.argv[1], 25), Mail).serve_forever()
PYTHON
greet() { printf '%s\r\n' "$2" >"$DIR/$1.new" && mv "$DIR/$1.new" "$DIR/$1.greeting"; } # NAME LINE
for site in "primary $P4" "secondary $S4"; do
    greet "${site% *}" "220 mail.fo.test ESMTP"
    start "${site% *}" /usr/bin/python3 "$DIR/mail.py" "${site#* }" "$DIR/${site% *}.greeting"
done
write_config <<CONFIG
checks:
  smtp:
    tcp: 25
    send: "EHLO repointd\r\n"
    expect: {regex: '^250 ', contains: ESMTP, not-contains: busy}
    interval: 500ms
    timeout: 450ms
    fall: 2
  greeting: {tcp: 25, expect: {regex: '^220 '}, source: $F4, timeout: 450ms}
  port: {tcp: 25, timeout: 450ms}
records:
  mail.$ZONE: {check: smtp, primary: $P4, secondary: $S4}
CONFIG
for address in $P4 $S4; do
    ok "$address listens" wait_until 10 "$REPOINTD" -c "$CONFIG" --probe port $address
done

say "one look"
out=$("$REPOINTD" -c "$CONFIG" --probe smtp $P4)
is "passes" "$?" 0
like "says what it does" "$out" "^check smtp: connect to $P4:25$"
like "is answered" "$out" "^  answer       [0-9.]+ ms$"
like "as wanted" "$out" "^  end          [0-9.]+ ms: answered as wanted$"
greet primary "421 too busy ESMTP"
out=$("$REPOINTD" -c "$CONFIG" --probe greeting $P4)
is "another greeting fails" "$?" 1
like "which is told" "$out" "the pattern matches nothing in the answer of 20 octets$"
is "by its reason" "$(grep -o 'down (.*)' <<<"$out")" "down (body)"
out=$("$REPOINTD" -c "$CONFIG" --probe port $P4)
is "the port alone passes" "$?" 0
greet primary "220 mail.fo.test ESMTP"

start_daemon
ok "all is well" wait_until 20 eval '[ "$(count_told target-up)" = 2 ]'
ok "the record is adopted" wait_until 20 told owned
greet primary "421 too busy ESMTP"
ok "a primary that is too busy is left" wait_until 20 told failover "reason=body"
ok "for the secondary" wait_until 10 serves mail A $S4
like "and why" "$(line_of target-down)" "the text not wanted is in the answer of 20 octets"
stop repointd
done_testing
