#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointctl failover, failback, drain, hold, release and overrides, on BIND.
# What:  what operators lay over the automatic view: it wins, is answered when the zone shows it, is refused where it would
#        send clients to a dead target, outlives kill -9, and ends by itself; a drill returns though the daemon was killed.
# Names: CLI-2, CLI-9, CLI-10; faults 130, 131; N4.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
api 5 A $P4
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 2s' 'timeout: 2s' <<CONFIG
$(swift_check)
records:
  www.$ZONE:
    check: web
    primary: {address: $P4, label: fra1}
    secondary: {address: $S4, label: ams2}
    ttl: 5s
    fail-back-delay: 1s
  api.$ZONE: {check: web, primary: {address: $P4, label: fra1}, secondary: $S4, ttl: 5s, fail-back: manual}
CONFIG

record() # NAME FILTER
{
    "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e ".records[] | select(.record == \"$1.$ZONE\") | $2" >/dev/null
}
all_up() { record www '[.targets[].state] == ["up", "up"]' && record www '.in_dns' && record api '.in_dns'; }

start_daemon
ok "all is well" wait_until 15 all_up

say "failover"
ctl overrides
is "none is in force" "$status|$out" "0|no overrides are in force"
ctl failover "www.$ZONE" --for 1h --reason "kernel update"
is "exit 0 when it is served" "$status" 0
is "and it is" "$(dig_short www A)" $S4
like "the first line says what moved" "$out" "^www\.$ZONE: primary $P4 -> secondary $S4"
like "the second what the server said" "$out" "sent to ns1: NOERROR in [0-9]+ ms; serial [0-9]+"
like "the third until when" "$out" "forced until [0-9:]{8} \(repointctl release www\.$ZONE ends it\)"
ok "the log says who and why" told override "msg=\"www\.$ZONE forced to secondary by root until .*: kernel update\".*|kernel update"
ok "the switch is an operator's" told failover 'cause=manual'
ok "the status says so" record www '.override.kind == "failover" and .override.user == "root" and .override.reason == "kernel update" and .answer == "secondary"'
like "and why" "$("$REPOINTCTL" status --socket "$SOCKET")" "forced by root until .*: kernel update"
like "it is counted" "$("$REPOINTCTL" status --socket "$SOCKET" | tail -n 1)" "1 on primary, 1 forced"
ctl overrides
like "it is listed" "$out" "failover +www\.$ZONE +secondary +root .*kernel update"
ctl overrides --json
ok "as JSON, too" jq -e '.version == 1 and .overrides[0].kind == "failover" and .overrides[0].until != null' "$DIR/out"
ctl failover "www.$ZONE" --to nowhere
is "no such target: exit 1" "$status" 1
like "says what there is" "$err" "has no target 'nowhere'; there is primary, secondary"

say "kill -9 and start again"
stop repointd KILL
start_daemon
ok "it is still in force" told override 'still in force'
ok "and all is as it was" wait_until 15 record www '.override.kind == "failover" and .in_dns'
is "the answer stays" "$(dig_short www A)" $S4
ctl release "www.$ZONE"
is "released: exit 0" "$status" 0
ok "health decides again" wait_until 10 serves www A $P4
ok "the log says who" told override 'released by root'
ctl release "www.$ZONE"
is "a second time: exit 1" "$status" 1

say "a drill that returns though the daemon was killed"
ctl failover "www.$ZONE" --for 6s --reason drill
is "served" "$status|$(dig_short www A)" "0|$S4"
stop repointd KILL
start_daemon
ok "it ends by itself" wait_until 15 told override 'its time has come'
ok "and the record is back" wait_until 10 serves www A $P4
ctl overrides
is "nothing is left" "$out" "no overrides are in force"

say "to a dead target"
sick secondary
ok "the secondary is down" wait_until 10 record www '.targets[1].state == "down"'
ctl failover "www.$ZONE" --to ams2
is "is refused: exit 1" "$status" 1
like "with what would be" "$err" "secondary of www\.$ZONE is down: clients would be sent there; primary answers now"
is "nothing changed" "$(dig_short www A)" $P4
ctl drain fra1
is "so is a drain of the last one that is up" "$status" 1
like "by the record that would suffer" "$err" "(www|api)\.$ZONE answers with it and has no other target that is up"
cat >"$DIR/terminal.py" <<'PYTHON'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
said = b""
while not said.endswith(b"[y/N] "):
    said += os.read(fd, 4096)
os.write(fd, sys.argv[1].encode() + b"\n")
try:
    while True:
        piece = os.read(fd, 4096)
        if not piece:
            break
        said += piece
except OSError:
    pass
print(said.decode().replace("\r", ""))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
terminal() # ANSWER COMMAND…
{
    status=0
    out=$(timeout 60 /usr/bin/python3 "$DIR/terminal.py" "$1" "$REPOINTCTL" "${@:2}" --socket "$SOCKET") || status=$?
}
terminal n failover "www.$ZONE" --to ams2
is "on a terminal a person is asked, and says no: exit 1" "$status|$(dig_short www A)" "1|$P4"
like "about what" "$out" "^repointctl: .*primary answers now"
like "and how to answer" "$out" "^Do it all the same\? \[y/N\]"
terminal y drain fra1
is "or yes, of a drain" "$status" 0
ctl release fra1
terminal y failover "www.$ZONE" --to ams2
is "or of a failover" "$status|$(dig_short www A)" "0|$S4"
ctl failback "www.$ZONE"
ctl failover "www.$ZONE" --force
is "unless forced" "$status|$(dig_short www A)" "0|$S4"
ctl failback "www.$ZONE"
is "failback ends it" "$status|$(dig_short www A)" "0|$P4"
well secondary
ok "the secondary is up again" wait_until 10 all_up

say "drain"
ctl drain fra1 --reason maintenance
is "every record that answered with it has moved" "$status|$(dig_short www A)|$(dig_short api A)" "0|$S4|$S4"
ok "the target says so" record www '.targets[0].state == "drained"'
ctl release fra1
is "released" "$status" 0
ok "and back" wait_until 10 serves www A $P4
is "but where a person decides" "$(dig_short api A)" $S4
ctl failback "api.$ZONE"
is "who does so by failback" "$status|$(dig_short api A)" "0|$P4"
ok "and the log says so" told fail-back 'record=api.*cause=manual'
ctl failback "api.$ZONE"
is "a second time there is nothing to do: exit 1" "$status" 1
ctl drain 192.0.2.199
is "an address of nobody: exit 1" "$status" 1

say "hold"
ctl hold --all --for 1h --reason freeze
is "exit 0" "$status" 0
before=$(serial)
sick primary
ok "probing goes on" wait_until 10 record www '.targets[0].state == "down"'
ok "nothing is written" record www '.override.kind == "hold" and .answer == "primary"'
ctl failover "www.$ZONE"
is "a failover of what is held is refused" "$status" 1
is "and nothing was sent" "$(serial)|$(dig_short www A)" "$before|$P4"
ctl release --all
is "released: exit 0 when it has moved" "$status|$(dig_short www A)" "0|$S4"
ctl hold
is "hold of nothing: usage" "$status" 2
ctl failover "www.$ZONE" --for tomorrow
is "a time that is none: exit 1" "$status" 1

done_testing
