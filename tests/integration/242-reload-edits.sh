#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: a daemon that runs, and one edit of its file after the other, on BIND.
# What:  each kind of edit does what it says and no more: a record renamed, looked at in another way, with another TTL, at another
#        address, port, key or server, without a marker and with one again; taken out while it is failed over, overridden, or has an
#        update on its way, and put in again. What cannot change while it runs is refused whole.
# Names: CFG-14; faults 119 to 124, 128.
# Lasts: 55 s
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

MORE_KEYS=second:hmac-sha256
new_key repointd hmac-sha256
(umask 077; sed 's/"repointd"/"second"/' "$KEY_FILE" >"$DIR/second.key")
write_zone <<ZONE
www 5 A $P4
api 5 A $P4
ZONE
start_bind
start_proxy
start_site primary $P4
start_site secondary $S4
start_site third $F4

# All that an edit may change; `edit` takes some of it, and the rest stays as it was.
declare -A IS=([server]=ns1 [port]=$PROXY_PORT [key]=$KEY_FILE [path]=health [id]="www.$ZONE" [name]="www.$ZONE" [primary]=$P4
    [secondary]=$S4 [ttl]=5s [ownership]=marker [owner]= [audit]=2s [api]=yes [www]=yes)
edit() # KEY=VALUE…
{
    local word
    for word; do IS[${word%%=*}]=${word#*=}; done
    {
        printf 'servers:\n  %s:\n    address: "%s:%s"\n    zones: [%s]\n    key: {file: %s}\n    audit: %s\n    timeout: 2s\n' \
            "${IS[server]}" "$NS_ADDRESS" "${IS[port]}" "$ZONE" "${IS[key]}" "${IS[audit]}"
        printf "    verify: ['%s:%s']\n" "$NS_ADDRESS" "$NS_PORT"
        printf 'daemon:\n  state-directory: %s\n  runtime-directory: %s\n' "$DIR/state" "$DIR/run"
        [ -z "${IS[owner]}" ] || printf '  owner: %s\n' "${IS[owner]}"
        swift_check "${IS[path]}"
        printf 'records:\n'
        [ "${IS[www]}" = no ] ||
            printf '  %s: {name: %s, check: web, primary: %s, secondary: %s, ttl: %s, ownership: %s, fail-back-delay: 1s}\n' \
                "${IS[id]}" "${IS[name]}" "${IS[primary]}" "${IS[secondary]}" "${IS[ttl]}" "${IS[ownership]}"
        [ "${IS[api]}" = no ] || printf '  api.%s: {check: web, primary: %s, secondary: %s, ttl: 5s, fail-back-delay: 1s}\n' "$ZONE" "$P4" "$S4"
    } >"$CONFIG"
}
reload() { edit "$@"; ctl reload; } # KEY=VALUE…
explains() { "$REPOINTCTL" explain "${IS[id]}" --json --socket "$SOCKET" | jq -e "$1" >/dev/null; } # FILTER
streak() { "$REPOINTCTL" explain "${IS[id]}" --json --socket "$SOCKET" | jq '.evidence[0].streak'; }
rests_on() { explains ".answer == \"$1\" and .in_dns and .next.kind != \"moves\""; } # ROLE
told_later() { tail -n "+$((seen + 1))" "$LOG" | grep -E " event=$1 " | grep -qE -e "${2:-.}"; } # as told, since `look`
look() { seen=$(wc -l <"$LOG"); before=$(serial); }

edit
start_daemon
pid=${PIDS[repointd]}
ok "all is well" wait_until 15 explains '.in_dns and .evidence[0].streak > 2'

say "what cannot change is refused whole"
reload owner=00000000000000aa ttl=9s
like "the owner" "$status $err" "^1 .*daemon.owner cannot change while repointd runs: restart it"
reload owner= key="$DIR/nowhere.key"
like "a key that is not there (fault 128)" "$status $err" "^1 .*nowhere\.key"
is "nothing of it holds" "$(ttl www A)" 5
reload key="$KEY_FILE" ttl=5s
like "and the file as it was is nothing new" "$status $out" "^0 unchanged"

say "another name in the file"
look
former=$(streak)
reload id=front
like "is a record less and one more" "$status $out" "^0 reloaded: \+1 record, ~0, -1 record; 2 targets kept their state and streaks"
ok "which goes on" wait_until 5 eval "explains '.in_dns' && [ \"\$(streak)\" -ge $former ]"
is "and in the zone nothing happens" "$(serial)" "$before"

say "another TTL"
reload ttl=7s
ok "is repaired at once" wait_until 5 eval '[ "$(ttl www A)" = 7 ]'

say "another look"
look
reload path=other
like "two targets begin anew, nothing else" "$status $out" "^0 reloaded: \+0, ~1 check, -0; 0 targets kept"
ok "unknown at first, and then up" wait_until 10 explains '[.targets[].state] == ["up", "up"]'
ok "nobody was told of a failure" not told_later target-down
is "and nothing was published" "$(serial)" "$before"
sick secondary other
ok "it is what is looked at now" wait_until 10 explains '[.targets[].state] == ["up", "down"]'
well secondary other

say "another address of the target that does not answer"
look
reload secondary=$F4
like "one target begins anew" "$status $out" "; 2 targets kept" # the primary of both, and the secondary of the other one
ok "and comes up" wait_until 10 explains '[.targets[].state] == ["up", "up"]'
is "nothing was published" "$(serial)" "$before"

say "another port of the server, and another key"
reload port="$NS_PORT" key="$DIR/second.key"
is "exit 0" "$status" 0
sent=$(updates_seen | wc -l)
sick primary other
ok "a failover goes by the new way" wait_until 10 rests_on secondary
is "and not by the old one" "$(updates_seen | wc -l)" "$sent"
reload port="$PROXY_PORT"
well primary other
ok "and back by the first one" wait_until 15 rests_on primary
like "signed with the new key" "$(updates_seen | tail -n 1)" "$(printf '\6second' | od -An -tx1 | tr -d ' \n')"

say "another server"
look
reload server=ns2
ok "the record is read anew, and is ours" wait_until 10 rests_on primary
ok "without a word of anybody else" not told_later not-ours
is "and in the zone nothing happens" "$(serial)" "$before"

say "without a marker, and with one again"
reload ownership=none
ok "without" wait_until 10 rests_on primary
sick primary other
ok "it fails over" wait_until 10 rests_on secondary
reload ownership=marker
ok "with" wait_until 10 rests_on secondary

say "taken out while it is failed over"
held=$(marker www)
reload www=no
like "a record less" "$status $out" "-1 record"
well primary other
ok "the other one is back" wait_until 15 serves api A $P4
is "this one stays as it is, marker included" "$(dig_short www A)|$(marker www)" "$F4|$held"
reload www=yes
ok "put in again it is ours, and fails back" wait_until 15 rests_on primary

say "taken out while an operator forces it"
ctl failover front --reason mine
is "he does" "$status" 0
look
reload www=no
ok "the line says what is dropped" told_later state "an override is dropped, failover of front by root"
ctl overrides
is "it is" "$out" "no overrides are in force"
reload www=yes
ok "put in again health decides" wait_until 15 rests_on primary

say "taken out while an update of it is on its way"
reload audit=60s # so that it is no read that is held
ok "it is read once more" wait_until 5 rests_on primary
proxy_mode hold
sent=$(updates_seen | wc -l)
sick primary other
ok "it is" wait_until 10 eval '[ "$(updates_seen | wc -l)" -gt "$sent" ]'
look
reload www=no
is "awaited for the server's timeout, and then: exit 0" "$status" 0
proxy_mode release
well primary other
ok "the other one is back" wait_until 20 serves api A $P4
reload www=yes
ok "whatever came of it, it is ours and ends where it belongs" wait_until 20 rests_on primary
ok "and nobody is taken for a stranger" not told_later conflict

say "another file while an answer never comes"
proxy_mode swallow
sent=$(updates_seen | wc -l)
sick primary other
ok "an update is on its way" wait_until 10 eval '[ "$(updates_seen | wc -l)" -gt "$sent" ]'
look
reload ttl=8s
is "exit 0" "$status" 0
proxy_mode pass
ok "it is found by reading, and the new TTL comes" wait_until 20 eval 'rests_on secondary && [ "$(ttl www A)" = 8 ]'
ok "as a failover" told_later failover "record=front"
ok "with no conflict" not told_later conflict

say "another file while the name server is silent"
freeze_all() { for name in "${!PIDS[@]}"; do case $name in bind | named) kill "-$1" "${PIDS[$name]}" ;; esac; done; }
reload audit=2s
freeze_all STOP
ok "it is" wait_until 20 explains '(.why // "") | startswith("not read")'
asked_at=$(now_ms)
reload ttl=9s
span=$(($(line_of reloaded | line_ms) - asked_at))
freeze_all CONT
is "is not waited for: exit 0" "$status" 0
ok "nothing is probed for a moment alone ($span ms)" [ "$span" -lt 1000 ]
ok "and all goes on" wait_until 20 eval '[ "$(ttl www A)" = 9 ]'
is "the same process all along" "${PIDS[repointd]}|$(kill -0 "$pid" && echo lives)" "$pid|lives"
done_testing
