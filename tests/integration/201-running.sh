#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the daemon as a process: signals, descriptors, systemd's words.
# What:  it ends in time and leaves DNS as it is; a log that nobody reads holds nothing up; systemd hears what it asks for.
# Names: faults 112-114, 119, 125-127; LOG-7 to LOG-9, LOG-12, LOG-15.
#
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
echo "www A $P4" | write_zone
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'timeout: 20s' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 1s}
CONFIG

ended() { ! kill -0 "$pid" 2>/dev/null; }
exit_of() # the daemon that was started last; leaves $status
{
    status=0
    wait "$pid" || status=$?
    unset "PIDS[repointd]"
}
fresh() # [OPTIONS…]
{
    start_daemon "$@"
    pid=${PIDS[repointd]}
}

say "signals"
fresh
wait_until 10 told owned
before=$(serial)
kill -USR1 "$pid"
ok "USR1 brings the counters" wait_until 5 told counters 'level=info .*probes: [0-9]+ asked, [0-9]+ done'
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -HUP "$pid"; done
ok "HUP reads the file again" wait_until 5 told reloaded 'nothing has changed'
ok "ten of them do so twice at the most" eval '[ "$(count_told reloaded)" -le 2 ]'
kill -PIPE "$pid"
ok "PIPE is ignored" not wait_until 1 ended
kill -TERM "$pid"
ok "TERM ends it" wait_until 5 ended
exit_of
is "with exit 0" "$status" 0
ok "it says so" told stopped 'DNS is left as it is'
is "the record stays" "$(dig_short www A)" $P4
is "nothing was written on the way" "$(serial)" "$before"

fresh
wait_until 10 eval 'said | grep -q " event=started "'
kill -INT "$pid"
ok "INT ends it as well" wait_until 5 ended
exit_of
is "with exit 0" "$status" 0

say "an answer that does not come"
fresh --log-level=debug
wait_until 10 eval 'said | grep -q "read www.*accepted"'
kill -STOP "${PIDS[bind]}"
stop primary
ok "an update is on its way" wait_until 15 told target-down
wait_until 3 eval 'kill -USR1 $pid; told counters "[1-9][0-9]* in flight, [0-9]+ switches"'
at=$(now_ms)
kill -TERM "$pid"
ok "TERM waits for it, but not for long" wait_until 9 ended
took=$(($(now_ms) - at))
ok "that is about 5 s ($took ms)" [ "$took" -ge 4000 -a "$took" -le 7000 ]
exit_of
is "with exit 0" "$status" 0

fresh
wait_until 5 eval 'kill -USR1 $pid; told counters " sent, [1-9]"'
kill -TERM "$pid"
sleep 0.2 # two signals of one kind that come at once are one
at=$(now_ms)
kill -TERM "$pid"
ok "a second one has no patience" wait_until 2 ended
exit_of
is "with exit 0" "$status" 0
kill -CONT "${PIDS[bind]}"
start_site primary $P4
wait_until 10 ns_answers

say "a log that nobody reads"
ok "it runs with stdout and stderr closed" sh -c "timeout -s TERM 3 '$REPOINTD' -c '$CONFIG' >&- 2>&-; test \$? = 124"
mkfifo "$DIR/pipe"
exec 9<>"$DIR/pipe"
head -c 65536 /dev/zero >&9
start deaf sh -c "exec '$REPOINTD' -c '$CONFIG' --log-format=logfmt --log-level=debug 2>'$DIR/pipe'"
wait_until 10 serves www A $P4
stop primary
ok "with a full pipe it fails over all the same" wait_until 15 serves www A $S4
kill -TERM "${PIDS[deaf]}"
ok "and it ends" wait_until 7 not kill -0 "${PIDS[deaf]}"
exec 9>&-
start_site primary $P4

say "the forms of the log"
write_config <<CONFIG
records: {}
CONFIG
run_for_a_moment() { timeout -s TERM 1.5 "$REPOINTD" -c "$CONFIG" "$@" 2>&1; }
like "logfmt unless the journal is there" "$(run_for_a_moment)" \
    '^time=[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z level=info event=started msg="repointd .* no records configured"$'
like "stderr with a priority in front" "$(run_for_a_moment --log-format=stderr)" '^<6>repointd .* ready: 0 records'
is "--log-level" "$(run_for_a_moment --log-level=notice)" ""
if [ ! -S /run/systemd/journal/socket ]; then
    like "a journal that is not there is told" "$(run_for_a_moment --log-format=journal | head -n 1)" \
        '^time=.* level=warning msg="the journal takes no lines \(.*No such file or directory\); the log goes to stderr as logfmt"$'
fi
like "a JOURNAL_STREAM that is somebody else's is not ours" "$(JOURNAL_STREAM=1:2 run_for_a_moment)" '^time='

say "systemd"
cat >"$DIR/systemd.py" <<'PYTHON'
import os, socket, sys
words = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
words.bind(sys.argv[1])
words.settimeout(20)
while True:
    print(words.recv(4096).decode().replace("\n", " | "), flush=True)
PYTHON
start systemd /usr/bin/python3 "$DIR/systemd.py" "$DIR/notify"
wait_until 5 test -S "$DIR/notify"
heard() { grep -qE -e "$1" "$DIR/systemd.log"; }
DAEMON_WRAPPER="env NOTIFY_SOCKET=$DIR/notify WATCHDOG_USEC=1000000" fresh
ok "READY" wait_until 5 heard '^READY=1'
ok "STATUS" wait_until 5 heard '^STATUS=no records configured'
ok "the watchdog is pinged" wait_until 5 heard '^WATCHDOG=1'
wait_until 5 eval '[ "$(grep -c WATCHDOG=1 "$DIR/systemd.log")" -ge 4 ]'
ok "again and again" [ "$(grep -c WATCHDOG=1 "$DIR/systemd.log")" -ge 4 ]
kill -TERM "$pid"
ok "STOPPING" wait_until 5 heard '^STOPPING=1'
exit_of
# What was said before this last word has been heard when this is heard.
/usr/bin/python3 -c 'import socket, sys; socket.socket(1, 2).sendto(b"OVER", sys.argv[1])' "$DIR/notify"
wait_until 5 heard '^OVER'
is "once" "$(grep -c '^STOPPING=1' "$DIR/systemd.log")" 1
done_testing
