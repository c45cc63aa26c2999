#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointctl explain and targets, on BIND.
# What:  what answers, why, since when, on what evidence, what stands in DNS, what happens next and when at the earliest;
#        the reason of a failure outlives the recovery; a dry run says what would be.
# Names: CLI-6, CLI-15; r53 86; fault 41.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
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
    secondary: $S4
    ttl: 5s
    fail-back-delay: 20s
CONFIG

explains() { "$REPOINTCTL" explain "www.$ZONE" --json --socket "$SOCKET" | jq -e "$1" >/dev/null; } # FILTER

start_daemon
ok "all is well" wait_until 15 explains '.in_dns and .next.kind == "watched"'
ctl explain "www.$ZONE"
is "exit 0" "$status" 0
like "what answers, since when" "$out" "^www\.$ZONE  A  ttl 5s  answers primary fra1 since [0-9:]{8} \("
like "the evidence" "$out" "primary +$P4 +up +HTTP 200 in [0-9.]+ ms"
like "with its label and threshold" "$out" "^  fra1 +web +[0-9]+ success(es)? in a row \(rise 1\)"
like "whether this host sees anything" "$out" "^  connectivity +not watched$"
like "what is wanted" "$out" "wanted +A $P4"
like "what comes next" "$out" "moves to secondary when what answers is down"
like "how long that takes" "$out" "a dead primary is known after 500ms to 2.5s, and left at most 4s later"

sick primary
ok "it fails over" wait_until 10 explains '.answer == "secondary" and .in_dns'
ctl explain "www.$ZONE"
like "capitals: not the first" "$out" "answers SECONDARY"
like "why" "$out" "primary $P4: status"
like "the failures" "$out" "[0-9]+ failures in a row \(fall 2\), last success [0-9:]{8}"
like "what was sent" "$out" "sent +[0-9:]{8} to ns1: NOERROR in [0-9]+ ms, serial [0-9]+"
like "the return" "$out" "returns to primary after 1 success in a row \(fail-back auto\), 20s after its first good answer"
ok "phases and the row of results" explains '.evidence[0] | .state == "down" and .last.phases.connect_ms != null
    and .last.code == 503 and (.results | length) > 2 and .results[0].reason == "status" and any(.results[]; .verdict == "pass") and .label == "fra1" and .fall == 2 and .rise == 1 and .last.certificate_end == null'
ok "and connectivity" explains '.connectivity.configured == false'
ctl targets
like "targets: a row each" "$out" "www\.$ZONE +primary +fra1 +$P4 +down +[0-9]+x +- +status: HTTP 503"
like "the other" "$out" "www\.$ZONE +secondary +$S4 +up +[0-9]+x +[0-9.]+ ms +ok"

well primary
ok "an instant is named" wait_until 10 explains '.next.kind == "returns-at" and .next.earliest != null'
ok "the last failure outlives the recovery" explains '.evidence[0] | .last.verdict == "pass" and .last_failure.reason == "status"'
ctl explain nobody.example
is "no such record: exit 1" "$status" 1
ctl explain
is "without a name: usage" "$status" 2

say "a dry run"
sick primary
ok "it has failed over again" wait_until 10 explains '.answer == "secondary" and .in_dns'
printf 'safety: {dry-run: on}\n' >>"$CONFIG"
stop repointd
start_daemon
well primary
ok "it would return" wait_until 30 explains '.next.kind == "would-move"'
ctl explain "www.$ZONE"
like "and says that nothing is sent" "$out" "would move to primary; but this is a dry run: nothing is sent"
is "and nothing was" "$(dig_short www A)" $S4
done_testing
