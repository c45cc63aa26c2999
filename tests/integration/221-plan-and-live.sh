#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: repointd --plan and --check-live, without a daemon, on BIND.
# What:  the plan given to nsupdate does what it says, and until then nothing has happened; rights that are there, that are
#        missing, a server that is away, names that are somebody else's.
# Names: CLI-8, CLI-13.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
www 5 AAAA $P6
api 5 A $P4
strange 5 A 203.0.113.77
off 5 A $P4
ZONE
BIND_POLICY='update-policy { grant repointd name www.fo.test. A AAAA; grant repointd name _repointd.www.fo.test. TXT;
    grant repointd name new.fo.test. A; grant repointd name _repointd.new.fo.test. TXT; grant repointd name api.fo.test. A; };'
start_bind
start_site primary $P4 $P6
start_site secondary $S4
write_config 'audit: 1s' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: [$P4, "$P6"], secondary: $S4, ttl: 5s}
  new.$ZONE: {check: web, primary: $P4, secondary: $F4, ttl: 7s, create: yes}
  api.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}
  strange.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}
  off.$ZONE: {check: web, primary: $P4, secondary: $S4, enabled: off}
CONFIG

run()
{
    status=0
    timeout 60 "$@" >"$DIR/out" 2>"$DIR/err" </dev/null || status=$?
    out=$(<"$DIR/out") err=$(<"$DIR/err")
}
plan() { run "$REPOINTD" --plan -c "$CONFIG"; }
live() { run "$REPOINTD" --check-live -c "$CONFIG"; }

say "the plan"
before=$(serial)
plan
is "exit 0" "$status" 0
is "nothing was sent" "$(serial)|$(marker www)" "$before|"
is "no directory was made" "$(ls -d "$DIR/state" "$DIR/run" 2>/dev/null)" ""
like "where to, and for which zone" "$out" "^server $NS_ADDRESS $NS_PORT$"
like "which zone" "$out" "^zone $ZONE\.$"
like "the key by its name" "$out" '^; server ns1; signed with hmac-sha256:repointd$'
is "and no secret" "$(grep -cF "$KEY_SECRET" "$DIR/out")" 0
like "adoption expects what stands there" "$out" "^prereq yxrrset www\.$ZONE\. IN AAAA $P6$"
like "and no marker" "$out" "^prereq nxrrset _repointd\.www\.$ZONE\. IN TXT$"
like "and brings one" "$out" "^update add _repointd\.www\.$ZONE\. 60 IN TXT \"repointd1 o=[0-9a-f]{16} e=1 n=[0-9a-f]{16}\"$"
like "creation" "$out" "^update add new\.$ZONE\. 7 IN A $P4$"
like "that the owner is made up is said" "$out" '^; no owner id can be read in .*made up'
like "targets are told" "$out" "^; new\.$ZONE: as above; .*primary up, secondary unknown \(refused|^; new\.$ZONE: as above; .*secondary (unknown|down)"
like "what is left alone" "$out" "^; strange\.$ZONE: nothing to send; answers none of its targets;.*203\.0\.113\.77"
like "what is off" "$out" "^; off\.$ZONE: nothing to send; "
is "for it there is no message" "$(grep -vc '^;' <<<"$(grep -F "off.$ZONE" "$DIR/out")")" 0

say "the plan carried out by hand"
# Three records in one message, one of which nobody may write: nsupdate hears REFUSED, as the daemon would.
sed "/api\.$ZONE/d" "$CONFIG" >"$DIR/may.yaml"
run "$REPOINTD" --plan -c "$DIR/may.yaml"
cp "$DIR/out" "$DIR/plan"
ok "nsupdate takes it" nsupdate -t 5 -k "$KEY_FILE" "$DIR/plan"
is "the record is created" "$(dig_short new A)" $P4
like "marked" "$(marker new)" "^repointd1 o=[0-9a-f]{16} e=1 n="
like "and the other adopted" "$(marker www)" "^repointd1 o=[0-9a-f]{16} e=1 n="
is "as the plan said" "\"$(marker www)\"" "$(sed -n "s/^update add _repointd\.www\.$ZONE\. 60 IN TXT //p" "$DIR/plan")"
is "its addresses are as they were" "$(dig_short www A) $(dig_short www AAAA)" "$P4 $P6"
ok "a second time it is refused" not nsupdate -t 5 -k "$KEY_FILE" "$DIR/plan"

say "an owner id that is there"
mkdir -m 700 "$DIR/state"
marker www | sed -E 's/.* o=([0-9a-f]+) .*/\1/' >"$DIR/state/owner"
run "$REPOINTD" --plan -c "$DIR/may.yaml"
is "exit 0" "$status" 0
like "is used" "$out" "^; owner $(<"$DIR/state/owner")$"
like "and then there is nothing to do" "$out" "^; www\.$ZONE: nothing to send; answers primary; primary up, secondary up$"
is "not one message" "$(grep -c '^send' "$DIR/out")" 0
echo nonsense >"$DIR/state/owner"
plan
is "a damaged one: exit 1" "$status" 1
like "and why" "$err" "owner is damaged"
rm -r "$DIR/state"

say "no trustworthy read, bad file, usage"
printf 'records: {x: 7}\n' >"$DIR/bad.yaml"
run "$REPOINTD" --plan -c "$DIR/bad.yaml"
is "a bad file: exit 1" "$status" 1
like "with its place" "$err" "bad.yaml:1:[0-9]+: error"
run "$REPOINTD" --plan --dump-config -c "$CONFIG"
is "two at once: exit 2" "$status" 2
run "$REPOINTD" --check-live --plan -c "$CONFIG"
is "these two as well: exit 2" "$status" 2

say "rights"
live
is "a right that is missing: exit 1" "$status" 1
like "what the file comes to" "$out" '^OK: 5 records, 1 check, 1 server$'
like "a head" "$out" '^RECORD +SERVER +CONDITION +READ  WRITE  HINT$'
like "who may not write the marker" "$out" "^api\.$ZONE +ns1 +ok +yes +NO +.*REFUSED"
like "what may be read and is not ours" "$out" "^strange\.$ZONE +ns1 +foreign +yes "
like "what is another's" "$out" "^www\.$ZONE +ns1 +other-owner +yes +yes +"
serial_now=$(serial)
sed "/api\.$ZONE/d; /strange\.$ZONE/d; /off\.$ZONE/d" "$CONFIG" >"$DIR/may.yaml"
run "$REPOINTD" --check-live -c "$DIR/may.yaml"
is "all rights there: exit 0" "$status" 0
is "nothing has changed" "$(serial)" "$serial_now"
like "whose the marker is cannot be told" "$out" "^No owner id can be read in $DIR/state: "
sed "/api\.$ZONE/d; /www\.$ZONE/d; /off\.$ZONE/d" "$CONFIG" >"$DIR/strange.yaml"
run "$REPOINTD" --check-live -c "$DIR/strange.yaml"
is "what waits for an operator: exit 1" "$status" 1
mkdir -m 700 "$DIR/state"
echo 00000000000000aa >"$DIR/state/owner"
run "$REPOINTD" --check-live -c "$DIR/may.yaml"
is "another's marker, where we know who we are: exit 1" "$status" 1
like "and whose it is not" "$out" "^www\.$ZONE +ns1 +other-owner +yes +yes +"
rm -r "$DIR/state"
run "$REPOINTD" --check-live -c "$DIR/bad.yaml"
is "a bad file: exit 1" "$status" 1

say "a server that is away"
stop bind
live
is "exit 1" "$status" 1
like "is told" "$out" "^www\.$ZONE +ns1 +unread +NO +- +.*Connection refused"
like "and not asked again" "$out" "^api\.$ZONE +ns1 +unread +NO +- +not asked"
plan
is "no plan either: exit 1" "$status" 1
like "why" "$out" "^; www\.$ZONE: could not be read: .*Connection refused"
done_testing
