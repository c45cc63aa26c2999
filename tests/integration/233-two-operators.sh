#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointctl failover, drain, hold, release and failback by two operators at the same time, on BIND behind a slow line.
# What:  of two who force exactly one wins, and the other hears who was first and has laid nothing; drain and failback wait their
#        turn, too; hold and release are always possible, and whoever they overtake hears by whom.
# Names: CLI-9; fault 130.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
ZONE
start_bind
start_proxy
start_site primary $P4
start_site secondary $S4
start_site third $F4
UPDATE_PORT=$PROXY_PORT write_config 'audit: 2s' 'timeout: 5s' "verify: ['$NS_ADDRESS:$NS_PORT']" <<CONFIG
$(swift_check)
records:
  www.$ZONE:
    check: web
    targets:
      - {address: $P4, label: fra1}
      - {address: $S4, label: ams2}
      - {address: $F4, label: lon3}
    ttl: 5s
    fail-back-delay: 1s
CONFIG

# Runs repointctl in the background as the operator of that name; wait_for him leaves $status, $out and $err.
operator() # NAME ARGUMENTS…
{
    local name=$1
    shift
    { timeout 100 "$REPOINTCTL" "$@" --socket "$SOCKET" >"$DIR/$name.out" 2>"$DIR/$name.err" </dev/null; echo $? >"$DIR/$name.status"; } &
    OPERATOR[$name]=$!
}
declare -A OPERATOR=()
wait_for() { wait "${OPERATOR[$1]}"; status=$(<"$DIR/$1.status") out=$(<"$DIR/$1.out") err=$(<"$DIR/$1.err"); } # NAME
record() { "$REPOINTCTL" status --json --socket "$SOCKET" | jq -e ".records[0] | $1" >/dev/null; }
overrides() { "$REPOINTCTL" overrides --json --socket "$SOCKET" | jq -r '[.overrides[] | "\(.kind) \(.target // .subject)"] | join(", ")'; }
calm() { record '.in_dns and .override == null and .answer == "fra1"'; }

start_daemon
ok "all is well" wait_until 15 record '[.targets[].state] == ["up", "up", "up"] and .in_dns'
proxy_mode "delay 400"

say "two failovers at once"
operator anna failover "www.$ZONE" --to ams2 --reason "anna's"
operator bert failover "www.$ZONE" --to lon3 --reason "bert's"
wait_for anna
anna="$status $err"
wait_for bert
bert="$status $err"
winner=ams2 loser=$bert served=$S4
[ "${anna%% *}" = 0 ] || { winner=lon3 loser=$anna served=$F4; }
is "one wins, one is refused" "$(printf '%s\n' "${anna%% *}" "${bert%% *}" | sort | paste -sd' ')" "0 1"
like "who lost hears what is under way and by whom" "$loser" "^1 .*another command for www\.$ZONE is under way: failover www\.$ZONE --to $winner --reason \"[a-z]+'s\", by root\. This one has changed nothing"
is "nothing of his is laid" "$(overrides)" "failover $winner"
is "and the zone has what the winner said" "$(dig_short www A)" "$served"
is "it was one switch" "$(count_told failover)" 1

say "drain and failback wait their turn"
operator anna release "www.$ZONE"
wait_for anna
ok "back" wait_until 10 calm
operator anna failover "www.$ZONE" --to ams2 --reason first
ok "anna's is under way" wait_until 5 record '.override.reason == "first"'
operator bert drain fra1
wait_for bert
is "no drain of what is being moved" "$status" 1
like "with the reason" "$err" "another command for www\.$ZONE is under way: failover .*, by root"
operator bert failback "www.$ZONE"
wait_for bert
like "no failback either" "$status $err" "^1 .*another command for www\.$ZONE is under way"
wait_for anna
is "anna's is done as she asked" "$status|$(overrides)|$(dig_short www A)" "0|failover ams2|$S4"
operator anna release "www.$ZONE"
wait_for anna
ok "back again" wait_until 10 calm

say "release and hold do not wait"
operator anna failover "www.$ZONE" --to ams2 --reason second
ok "anna's is under way" wait_until 5 record '.override.reason == "second"'
operator bert release "www.$ZONE"
wait_for anna
is "whoever is overtaken fails" "$status" 1
like "and hears by whom" "$err" "overtaken by release www\.$ZONE, by root"
is "and nothing of a failover that stands" "$(grep -c forced "$DIR/anna.out")" 0
wait_for bert
is "the release is done" "$status|$(overrides)" "0|"
ok "and the record is where health wants it" wait_until 10 calm
operator anna failover "www.$ZONE" --to lon3 --reason third
ok "anna's is under way" wait_until 5 record '.override.reason == "third"'
operator bert hold "www.$ZONE" --reason stop
wait_for bert
is "hold: at once" "$status" 0
wait_for anna
like "who waited hears of it" "$status $err" "^1 .*an operator holds it as it is"
is "both stand" "$(overrides)" "failover lon3, hold www.$ZONE"
like "and she hears that hers does" "$out" "forced until it is released"
operator anna release "www.$ZONE"
wait_for anna
is "released, both" "$status|$(overrides)" "0|"
ok "all is as at first" wait_until 15 calm
done_testing
