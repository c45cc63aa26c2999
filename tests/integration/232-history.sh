#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointctl history, history.jsonl and repointctl events, on BIND.
# What:  switches are kept and told with their causes; killed and started anew the daemon still knows how often a record
#        moved, so that one that is about to be latched is; a release is remembered as well. A file that is damaged is put
#        aside with a warning.
# Names: CLI-3, CLI-5; faults 23, 102, 104; N4.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<<"www 5 A $P4"
start_bind
start_site primary $P4
start_site secondary $S4
write_config 'audit: 2s' 'timeout: 2s' <<CONFIG
$(swift_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s, fail-back-delay: 500ms, flap-window: 1h, max-switches: 3}
CONFIG

record() { "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e ".records[] | $1" >/dev/null; }
history() { "$REPOINTCTL" history "www.$ZONE" --json --socket "$SOCKET" "${@:2}" | jq -e "$1" >/dev/null; }
well_known() { record '[.targets[].state] == ["up", "up"] and .in_dns'; }

start_daemon
ok "all is well" wait_until 15 well_known
ctl history "www.$ZONE"
is "nothing has happened" "$status|$out" "0|no switch of www.$ZONE is known"
ctl history "wwww.$ZONE"
is "a record that is not there: exit 1" "$status" 1

say "there and back"
start follower timeout 120 "$REPOINTCTL" events --follow --json --socket "$SOCKET"
sick primary
ok "it fails over" wait_until 15 told failover
well primary
ok "and returns" wait_until 15 told fail-back
ok "two switches" history '.version == 1 and [.switches[] | [.from, .to]] == [["primary", "secondary"], ["secondary", "primary"]]'
ok "the first with all that is known" history '.switches[0] | .change == 1 and .cause == "health" and .reason == "status" and
    .rcode == "NOERROR" and (.serial | type == "number") and .outage_seconds > 0 and .outage_seconds < 15 and
    (.time | test("^20[0-9-]+T[0-9:]+Z$"))' 
ok "the way back is no outage" history '.switches[1].outage_seconds == null'
ok "none is younger than a moment" history '.switches == []' --since 0s
ctl history "www.$ZONE"
like "a table for people" "$out" '^TIME +FROM +TO +CAUSE +REASON +OUTAGE +SERIAL$'
like "a row a switch" "$out" '^20[0-9-]+ [0-9:]+ +primary +secondary +health +status +[0-9.ms]+ +[0-9]+$'

say "events"
ctl events
like "what was told" "$out" '^[0-9:]{8}  warning www\.[^ ]* FAILED OVER primary -> secondary'
like "from the start" "$out" '^[0-9:]{8}  info    repointd .* ready: 1 record'
followed() { jq -se "$1" "$DIR/follower.log" >/dev/null; }
ok "who follows heard it as it happened" wait_until 5 followed 'any(.[]; .event == "fail-back" and .level == "notice" and
    .record == "www.'"$ZONE"'" and .from == "secondary" and (.time | test("^20.*[.][0-9]{3}Z$")))'
ok "each once, in order, none left out" followed '[.[].number] == [range(1; length + 1)]'

say "killed and started anew"
stop repointd KILL
start_daemon
ok "all is well" wait_until 15 well_known
ok "the history is there" history '.switches | length == 2'
sick primary
ok "the third switch" wait_until 15 told failover
well primary
ok "is one too many: it stays, and says so" wait_until 15 told flapping
ok "on the secondary" record '.answer == "secondary"'
stop repointd KILL
start_daemon
ok "after another restart, too" wait_until 15 told flapping
ctl release "www.$ZONE"
is "the latch is opened" "$status" 0
ok "and it returns" wait_until 15 record '.answer == "primary" and .in_dns'
stop repointd KILL
start_daemon
ok "all is well" wait_until 15 well_known
sick primary
ok "a release is not forgotten: it goes" wait_until 15 told failover
well primary
ok "and comes" wait_until 20 told fail-back
is "nothing is flapping" "$(count_told flapping)" 0

say "a damaged file"
stop repointd
sed -i '2s/.*/rubbish/' "$DIR/state/history.jsonl"
start_daemon
ok "is put aside with a warning" told state 'history.jsonl is damaged or of a newer version; it is put aside'
ok "whole" grep -q rubbish "$DIR/state/history.jsonl.damaged"
ok "nothing of it is believed" history '.switches == []'
done_testing
