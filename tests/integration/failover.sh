# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: the warm standby, told once for each name server by 010, 011 and 012, which set SERVER.
# What:  adopt, restart in peace, primary dies, secondary is served in both families by one change of the zone, primary returns.
#        The key has the rights of docs/how-to and no more.
# Names: faults 18, 34; S5, S15, S23; acceptance 4, 7, 8, 11, 12; r53 37.
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www
write_zone <<ZONE
www 10 A $P4
www 10 AAAA $P6
ZONE
"start_$SERVER"
start_site primary $P4 $P6
start_site secondary $S4 $S6
write_config 'audit: 2s' <<CONFIG
$(quick_check)
records:
  www.$ZONE:
    check: web
    primary: [$P4, "$P6"]
    secondary: [$S4, "$S6"]
    ttl: 10s
    fail-back-delay: 2s
CONFIG

say "adopted as it is"
start_daemon
ok "the record is adopted" wait_until 10 told owned "record=www.$ZONE"
is "its A is left alone" "$(dig_short www A)" $P4
is "its AAAA is left alone" "$(dig_short www AAAA)" $P6
like "a marker stands beside it" "$(marker www)" '^repointd1 o=[0-9a-f]{16} e=1 n=[0-9a-f]{16}$'
adopted=$(serial)

say "a restart in peace"
kill -TERM "${PIDS[repointd]}"
wait "${PIDS[repointd]}"
is "SIGTERM ends it with 0" $? 0
unset 'PIDS[repointd]'
like "and it says so" "$(said | tail -n 1)" 'event=stopped'
start_daemon
ok "all four addresses are seen up" wait_until 10 eval '[ "$(count_told target-up)" = 4 ]'
ok "the record was read again" wait_until 10 eval 'kill -USR1 ${PIDS[repointd]}; said | grep -Eq "event=counters .* reads: [1-9]"'
is "no update was sent" "$(serial)" "$adopted"
is "nothing was said but that" "$(said | grep -vcE 'event=(started|target-up|counters) ')" 0

say "the primary dies"
died=$(now_ms)
stop primary KILL
ok "A points to the secondary" wait_until 20 serves www A $S4
ok "AAAA points to the secondary" wait_until 5 serves www AAAA $S6
say "dead to served: $(($(now_ms) - died)) ms; promised 4800 ms, and 1000 ms of asking here"
ok "the failover is told" wait_until 5 told failover "from=primary to=secondary cause=health reason=refused rcode=NOERROR serial=$((adopted + 1)) change=1 "
is "once" "$(count_told failover)" 1
is "by one change of the zone" "$(serial)" $((adopted + 1))
is "each address went down once" "$(count_told target-down)" 2
is "with the TTL from before" "$(ttl www A)|$(ttl www AAAA)" "10|10"
is "the marker moved with it" "$(epoch www)" 2
like "the line stands alone" "$(line_of failover | field msg)" "^www.$ZONE FAILED OVER primary -> secondary \\($S4, $S6\\): primary refused; ns1 NOERROR in .*, serial $((adopted + 1))$"

say "the primary returns"
start_site primary $P4 $P6
ok "A points to the primary again" wait_until 30 serves www A $P4
ok "AAAA points to the primary again" wait_until 5 serves www AAAA $P6
is "with the TTL from before, again" "$(ttl www A)|$(ttl www AAAA)" "10|10"
ok "the return is told" wait_until 5 told fail-back "from=secondary to=primary"
up=$(said | grep -E " event=target-up .*was down" | head -n 1 | line_ms) back=$(line_of fail-back | line_ms)
ok "not before fail-back-delay" [ $((back - up)) -ge 1990 ]
say "up to returned: $((back - up)) ms, of which 2000 ms are fail-back-delay"
is "by one change of the zone" "$(serial)" $((adopted + 2))
stop repointd
done_testing
