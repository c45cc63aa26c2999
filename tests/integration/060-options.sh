#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 50 s
#
# Where: repointd's options and exit codes beyond 200-command-line.sh: what they do together, as a user without rights,
#        on BIND.
# What:  every way to name the file; complaints of all files at once; a dry run that sends nothing; logs; directories
#        that cannot be used, each with its exit code and its way out; a lock that dies with its holder.
# Names: faults 104, 106, 118; CLI-7, CLI-8, CLI-13, CLI-14; CFG-4, CFG-5, CFG-6, CFG-13.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
write_zone <<ZONE
www 5 A $P4
ZONE
start_bind
start_site primary $P4 $P6
start_site secondary $S4
write_config 'audit: 1s' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4, ttl: 5s}
CONFIG
cp "$CONFIG" "$DIR/copy.yaml"
REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

# Runs a program; leaves $status, $out and $err.
run()
{
    status=0
    timeout 20 "$@" >"$DIR/out" 2>"$DIR/err" </dev/null || status=$?
    out=$(<"$DIR/out") err=$(<"$DIR/err")
}

exits() # NAME STATUS COMMAND…
{
    local name=$1 wanted=$2
    shift 2
    run "$@"
    is "$name: exit $wanted" "$status" "$wanted"
}

# ---- which file ------------------------------------------------------------------------------------------------------

say "which file"
cd "$DIR" || bail "no directory"
for words in "--check-config=$CONFIG" "-tc $CONFIG" "--check-config $CONFIG" "-c $CONFIG -t" "-t --config=$CONFIG" \
    "-c$CONFIG -t" "-t $CONFIG -c $CONFIG" "-t repointd.yaml" "-t --strict $CONFIG" "-t --log-format=stderr $CONFIG"; do
    # shellcheck disable=SC2086
    exits "repointd ${words//$DIR\//}" 0 "$REPOINTD" $words
    is "… counts" "$out" "OK: 1 record, 1 check, 1 server"
done
cd "$OLDPWD" || bail "no way back"
exits "two files" 2 "$REPOINTD" -t "$CONFIG" -c "$DIR/copy.yaml"
exits "two words" 2 "$REPOINTD" -t "$CONFIG" "$DIR/copy.yaml"
exits "--strict without -t" 2 "$REPOINTD" --strict -c "$CONFIG"
exits "two things at once" 2 "$REPOINTD" --dump-config --print-schema
exits "an option without its word" 2 "$REPOINTD" -c
exits "a word that an option does not take" 2 "$REPOINTD" --dry-run=yes
exits "an unknown letter" 2 "$REPOINTD" -x
exits "an unknown log format" 2 "$REPOINTD" --log-format=json
like "those that there are" "$err" "journal, logfmt and stderr"
exits "an unknown log level" 2 "$REPOINTD" --log-level=loud
is "usage leaves stdout empty" "$out" ""
if [ ! -e /etc/repointd/repointd.yaml ]; then
    exits "no file named and none at the usual place" 1 "$REPOINTD" -t
    like "which is named" "$err" "/etc/repointd/repointd.yaml"
fi
exits "-h" 0 "$REPOINTD" -h
exits "-V" 0 "$REPOINTD" -V
like "the version stands first" "$out" '^repointd [0-9]+\.[0-9]+'
for words in "" "--foo" "publish www" "-x"; do
    # shellcheck disable=SC2086
    exits "repointctl $words" 2 "$REPOINTCTL" $words
done
exits "repointctl status" 3 "$REPOINTCTL" status --socket "$DIR/none.sock"
exits "repointctl -h" 0 "$REPOINTCTL" -h
exits "repointctl -V" 0 "$REPOINTCTL" -V

# ---- what it prints --------------------------------------------------------------------------------------------------

say "the dump and the schema"
values() { sed 's/ *#.*//' "$1"; }
"$REPOINTD" --dump-config -c "$CONFIG" >"$DIR/dump.yaml"
sed "s|<redacted>|$KEY_FILE|" "$DIR/dump.yaml" >"$DIR/dumped.yaml"
"$REPOINTD" --dump-config -c "$DIR/dumped.yaml" >"$DIR/dump2.yaml"
is "the dump of the dump is the dump" "$(values "$DIR/dump2.yaml")" "$(values "$DIR/dump.yaml")"
ok "and it was not empty" [ "$(wc -l <"$DIR/dump.yaml")" -ge 20 ]
cat >"$DIR/fits.py" <<'PYTHON'
import json, sys, jsonschema, yaml
jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(yaml.safe_load(open(sys.argv[2])))
PYTHON
"$REPOINTD" --print-schema >"$DIR/schema.json"
ok "the schema accepts this file" /usr/bin/python3 "$DIR/fits.py" "$DIR/schema.json" "$CONFIG"
sed 's/interval: 1s/intervall: 1s/' "$CONFIG" >"$DIR/slip.yaml"
ok "and not a slip of the pen" not /usr/bin/python3 "$DIR/fits.py" "$DIR/schema.json" "$DIR/slip.yaml"

say "all complaints of all files in one go"
mkdir "$DIR/conf.d"
printf 'checks:\n  first: {http: "http://www.example.com/", interval: 10}\n' >"$DIR/conf.d/a.yaml"
printf 'records:\n  www.example.com: {check: frist, primary: 192.0.2.1, secondary: 192.0.2.2}\n' >"$DIR/conf.d/b.yaml"
printf 'include: conf.d/*.yaml\nintervall: 5s\n' >"$DIR/three.yaml"
check_three()
{
    like "$1: one" "$err" "three\.yaml:2:1: .*unknown key 'intervall'"
    like "$1: two" "$err" "a\.yaml:2:[0-9]+: .*'10' has no unit"
    like "$1: three" "$err" "b\.yaml:2:[0-9]+: .*no check named 'frist'; did you mean 'first'\?"
}
exits "three faults in three files, checked" 1 "$REPOINTD" -t "$DIR/three.yaml"
check_three checked
exits "and started" 78 "$REPOINTD" -c "$DIR/three.yaml"
check_three started

say "a user without rights, and without the key"
cp "$CONFIG" "$DIR/public.yaml"
chmod 644 "$DIR/public.yaml"
exits "checks a file" 0 "${as_nobody[@]}" "$REPOINTD" -t "$DIR/public.yaml"
like "and hears what was not checked" "$err" "warning: .*not checked here"
exits "and starts nothing" 78 "${as_nobody[@]}" "$REPOINTD" -c "$DIR/public.yaml"
exits "probes" 0 "${as_nobody[@]}" "$REPOINTD" -c "$DIR/public.yaml" --probe web $P4
exits "by IPv6 too" 0 "$REPOINTD" -c "$CONFIG" --probe web $P6
exits "a target that is down" 1 "$REPOINTD" -c "$CONFIG" --probe web $S6
nft "add table inet t; add chain inet t in { type filter hook input priority 0; }; add rule inet t in ip daddr $S4 drop"
exits "a silent target" 1 "$REPOINTD" -c "$CONFIG" --probe web $S4
like "the budget was used up" "$out" 'FAILED after [0-9]+ ms: not connected within 800ms'
nft flush ruleset
exits "a file that is not there" 3 "$REPOINTD" -c "$DIR/missing.yaml" --probe web $P4
is "none of this made a directory" "$(ls -d "$DIR/state" "$DIR/run" 2>/dev/null)" ""

# ---- a dry run -------------------------------------------------------------------------------------------------------

say "a dry run"
before=$(serial)
start_daemon --dry-run
like "is said at start" "$(line_of started)" 'dry run'
ok "it would adopt" wait_until 20 told would-send "record=www.$ZONE .*not sent to ns1"
stop primary
ok "it would switch" wait_until 20 told would-send "from=primary to=secondary cause=health"
like "how" "$(line_of would-send "from=primary" | field msg)" "^www.$ZONE: dry run, primary -> secondary \($S4\) not sent to ns1$"
start_site primary $P4 $P6
looked_often() { kill -USR1 "${PIDS[repointd]}" && sleep 0.2 && line_of counters | grep -qE 'reads: ([4-9]|[0-9]{2,}) sent'; }
ok "three looks later …" wait_until 20 looked_often
is "… nothing was sent" "$(serial)|$(marker www)|$(dig_short www A)" "$before||$P4"
like "by its own count either" "$(line_of counters)" 'updates: 0 sent'
say "it would have sent $(count_told would-send) times"
stop repointd
sed 's/^records:/safety: {dry-run: on}\nrecords:/' "$CONFIG" >"$DIR/dry.yaml"
KEEP_CONFIG=$CONFIG CONFIG=$DIR/dry.yaml
start_daemon
CONFIG=$KEEP_CONFIG
ok "by the file as well" wait_until 20 told would-send
is "nothing was sent" "$(serial)" "$before"
stop repointd

# ---- the log ---------------------------------------------------------------------------------------------------------

say "the log"
lines() # OPTIONS…: what it says until all is known
{
    : >"$DIR/lines"
    "$REPOINTD" -c "$CONFIG" "$@" >"$DIR/lines" 2>&1 </dev/null &
    local pid=$!
    wait_until 20 eval '[ "$(grep -c "is UP" "$DIR/lines")" = 2 ]'
    kill -TERM $pid
    wait $pid
}
lines --log-format=stderr --log-level=debug
is "each line has its priority in front" "$(grep -vcE '^<[2-7]>' "$DIR/lines")" 0
like "of info" "$(<"$DIR/lines")" '^<6>repointd .* ready: 1 record'
like "of notice" "$(<"$DIR/lines")" '^<5>.* is UP: '
like "of debug" "$(<"$DIR/lines")" '^<7>probe '
sed 's/^daemon:/daemon:\n  log-level: debug/' "$CONFIG" >"$DIR/loud.yaml"
KEEP_CONFIG=$CONFIG CONFIG=$DIR/loud.yaml
lines
ok "the file asks for debug" grep -q level=debug "$DIR/lines"
lines --log-level=notice
CONFIG=$KEEP_CONFIG
is "the option stands above it" "$(grep -cE 'level=(debug|info)' "$DIR/lines")|$(grep -c level=notice "$DIR/lines")" "0|2"

# ---- directories -----------------------------------------------------------------------------------------------------

say "directories"
with() # STATE RUNTIME
{
    printf 'daemon: {state-directory: %s, runtime-directory: %s}\n' "$1" "$2" >"$DIR/with.yaml"
    chmod 644 "$DIR/with.yaml"
}
refused() # NAME STATUS PATTERN STATE RUNTIME [WRAPPER…]
{
    local name=$1 wanted=$2 pattern=$3
    with "$4" "$5"
    shift 5
    exits "$name" "$wanted" "$@" "$REPOINTD" -c "$DIR/with.yaml"
    like "… and why" "$err" "$pattern"
}
mkdir -m 700 "$DIR/real" "$DIR/theirs"
chown nobody:nogroup "$DIR/theirs"
ln -s "$DIR/real" "$DIR/link"
touch "$DIR/file"
refused "a state directory that is a link" 71 'no symbolic link' "$DIR/link" "$DIR/run"
refused "… that is a file" 71 'must be a directory' "$DIR/file" "$DIR/run"
refused "… of somebody else" 71 'belongs to user' "$DIR/theirs" "$DIR/run"
refused "… of root, for somebody else" 71 'daemon\.state-directory|Permission denied' "$DIR/real" "$DIR/run" "${as_nobody[@]}"
refused "… that cannot be made by this user" 71 'daemon\.state-directory.*Permission denied' "$DIR/new" "$DIR/run" \
    "${as_nobody[@]}"
refused "a runtime directory that is a file" 69 'is no directory' "$DIR/real" "$DIR/file"
refused "… that is a link" 69 'is no directory' "$DIR/real" "$DIR/link"
refused "… that this user cannot write" 69 'daemon\.runtime-directory' "$DIR/theirs" "$DIR/conf.d" "${as_nobody[@]}"
n=0
for content in '' '4be1c0de77aa091' '4be1c0de77aa09123' '4BE1C0DE77AA0912' '0x4be1c0de77aa09' '4be1c0de77aa0912 ' \
    '4be1c0de77aa0912\nmore'; do
    n=$((n + 1))
    mkdir -m 700 "$DIR/owner$n"
    printf "%b" "$content" >"$DIR/owner$n/owner"
    refused "an owner file with '$content'" 71 'owner is damaged' "$DIR/owner$n" "$DIR/run"
    is "… which is left as it is" "$(od -c "$DIR/owner$n/owner")" "$(printf '%b' "$content" | od -c)"
done
mkdir -m 700 "$DIR/owner-link" "$DIR/owner-directory" "$DIR/owner-directory/owner"
ln -s "$DIR/owner1/owner" "$DIR/owner-link/owner"
refused "an owner file that is a link" 71 'owner' "$DIR/owner-link" "$DIR/run"
refused "… that is a directory" 71 'owner' "$DIR/owner-directory" "$DIR/run"

say "directories that are made"
mkdir "$DIR/parent"
chown nobody:nogroup "$DIR/parent"
printf 'records: {}\n' >"$DIR/none.yaml"
chmod 644 "$DIR/none.yaml"
start made "${as_nobody[@]}" env STATE_DIRECTORY="$DIR/parent/state:$DIR/parent/other" RUNTIME_DIRECTORY="$DIR/parent/run" \
    "$REPOINTD" -c "$DIR/none.yaml" --log-format=logfmt
ok "those that systemd names are made" wait_until 10 grep -q ' event=started ' "$DIR/made.log"
is "closed to others" "$(stat -c '%a %U' "$DIR/parent/state" "$DIR/parent/run" | paste -sd' ')" "700 nobody 750 nobody"
is "with an owner id" "$(stat -c %a "$DIR/parent/state/owner") $(grep -cxE '[0-9a-f]{16}' "$DIR/parent/state/owner")" "600 1"
owner=$(<"$DIR/parent/state/owner")
again=("${as_nobody[@]}" env STATE_DIRECTORY="$DIR/parent/state" RUNTIME_DIRECTORY="$DIR/parent/run" "$REPOINTD"
    -c "$DIR/none.yaml")
exits "another instance" 75 "${again[@]}"
kill -KILL "${PIDS[made]}"
wait "${PIDS[made]}" 2>/dev/null
unset 'PIDS[made]'
start made "${again[@]}"
ok "the lock died with its holder" wait_until 10 eval '[ "$(grep -c " event=started " "$DIR/made.log")" = 2 ]'
is "the owner id did not" "$(<"$DIR/parent/state/owner")" "$owner"
done_testing
