#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: both programs, seen from a shell.
# What:  each option, each exit code; nothing of it needs a name server.
# Names: CLI-7, CLI-13, CLI-14, CFG-5, CFG-6; faults 106, 118.
#
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

NS_PORT=5300
new_key repointd hmac-sha256
start_site primary $P4
write_config <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: $P4, secondary: $S4}
CONFIG
printf 'recods: {}\n' >"$DIR/bad.yaml"
printf 'records: {}\ndaemon: {state-directory: %s/idle, runtime-directory: %s/run}\n' "$DIR" "$DIR" >"$DIR/idle.yaml"

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

say "the file"
exits "a good file" 0 "$REPOINTD" -t "$CONFIG"
is "is counted" "$out" "OK: 1 record, 1 check, 1 server"
exits "by -c too" 0 "$REPOINTD" -t -c "$CONFIG"
exits "a bad file" 1 "$REPOINTD" --check-config "$DIR/bad.yaml"
like "is told with its place, on stderr" "$err" "bad.yaml:1:1: error: unknown key 'recods'"
is "and nothing on stdout" "$out" ""
exits "a missing file" 1 "$REPOINTD" -t "$DIR/missing.yaml"
sed "s/check: web, primary/primary/" "$CONFIG" >"$DIR/warned.yaml"
exits "a file with a warning" 0 "$REPOINTD" -t "$DIR/warned.yaml"
like "which is told" "$err" "warned.yaml:[0-9]+:[0-9]+: warning: .*no check on its primary"
exits "the same with --strict" 1 "$REPOINTD" -t --strict "$DIR/warned.yaml"
is "is not OK" "$out" ""
exits "a bad file to dump" 1 "$REPOINTD" --dump-config -c "$DIR/bad.yaml"
run "$REPOINTD" --dump-config -c "$CONFIG"
like "the dump tells origins" "$out" "# repointd.yaml:[0-9]+"
is "and no secret" "$(grep -cF "$KEY_SECRET" <<<"$out")" 0
"$REPOINTD" --dump-config -c "$CONFIG" >"$DIR/dumped.yaml"
exits "the dump is a good file" 0 "$REPOINTD" -t "$DIR/dumped.yaml"
"$REPOINTD" --print-schema >"$DIR/schema.json"
ok "the schema is JSON" /usr/bin/python3 -m json.tool "$DIR/schema.json" /dev/null
exits "stdout that takes nothing" 1 sh -c "exec '$REPOINTD' --print-schema >/dev/full"

say "one probe"
exits "a live target" 0 "$REPOINTD" -c "$CONFIG" --probe web $P4
like "head" "$out" "^check web: GET http://www.$ZONE/health via $P4:80$"
like "phases" "$out" "^  connect      [0-9.]+ ms$"
like "verdict" "$out" "^verdict        up \(ok\).  Nothing was changed.$"
exits "a dead target" 1 "$REPOINTD" -c "$CONFIG" --probe web $S4
like "where it failed" "$out" "^  connect      FAILED after [0-9.]+ ms: .*Connection refused$"
like "verdict" "$out" "^verdict        down \(refused\).  Nothing was changed.$"
exits "an unknown check" 2 "$REPOINTD" -c "$CONFIG" --probe wbe $P4
like "is guessed" "$err" "no check named 'wbe'; did you mean 'web'"
exits "what is no address and no host name" 2 "$REPOINTD" -c "$CONFIG" --probe web w/w
exits "no route from here" 3 "$REPOINTD" -c "$CONFIG" --probe web 198.18.0.1
exits "a bad file" 3 "$REPOINTD" -c "$DIR/bad.yaml" --probe web $P4

say "usage"
exits "an unknown option" 2 "$REPOINTD" --dry-rum
like "is guessed" "$err" "^repointd: unknown option '--dry-rum'; did you mean '--dry-run'\?$"
exits "a file that nothing asks for" 2 "$REPOINTD" "$CONFIG"
exits "a plan with a word too many" 2 "$REPOINTD" --plan "$CONFIG"
exits "help" 0 "$REPOINTD" --help
is "fits a terminal" "$(("$(wc -l <"$DIR/out")" <= 24)) $(awk 'length > 79' "$DIR/out" | wc -l)" "1 0"
exits "version" 0 "$REPOINTD" --version
like "names the libraries" "$out" "libev [0-9.]+, libcurl [0-9.]+, c-ares [0-9.]+, ldns [0-9.]+, OpenSSL [0-9.]+, libyaml [0-9.]+, libmicrohttpd [0-9.]+, jansson [0-9.]+"
exits "repointctl --help" 0 "$REPOINTCTL" --help
exits "repointctl --version" 0 "$REPOINTCTL" --version
exits "repointctl without a daemon" 3 "$REPOINTCTL" status --socket "$DIR/none.sock"
like "says why" "$err" "no control socket .*none.sock"

say "starts that are refused"
with() { printf 'records: {}\ndaemon: {%s}\n' "$1" >"$DIR/other.yaml"; } # KEYS…
exits "a bad file" 78 "$REPOINTD" -c "$DIR/bad.yaml"
like "is told with its place" "$err" "bad.yaml:1:1: error: unknown key 'recods'"
with "state-directory: $DIR/no/such/place, runtime-directory: $DIR/run"
exits "no state directory" 71 "$REPOINTD" -c "$DIR/other.yaml"
like "the way out is named" "$err" "daemon.state-directory"
mkdir -m 0777 "$DIR/open"
with "state-directory: $DIR/open, runtime-directory: $DIR/run"
exits "a state directory that everybody may write" 71 "$REPOINTD" -c "$DIR/other.yaml"
mkdir -m 0700 "$DIR/damaged"
echo nonsense >"$DIR/damaged/owner"
with "state-directory: $DIR/damaged, runtime-directory: $DIR/run"
exits "a damaged owner file" 71 "$REPOINTD" -c "$DIR/other.yaml"
is "is left as it is" "$(<"$DIR/damaged/owner")" nonsense
with "state-directory: $DIR/idle, runtime-directory: $DIR/no/such/place"
exits "no runtime directory" 69 "$REPOINTD" -c "$DIR/other.yaml"
start first "$REPOINTD" -c "$DIR/idle.yaml"
wait_until 10 grep -q ' event=started ' "$DIR/first.log"
exits "a second instance" 75 "$REPOINTD" -c "$DIR/idle.yaml"
like "says who is there" "$err" "held by another repointd"
with "state-directory: $DIR/damaged, runtime-directory: $DIR/run2, owner: 4be1c0de77aa0912"
start second "$REPOINTD" -c "$DIR/other.yaml"
ok "daemon.owner stands above a damaged file" wait_until 10 grep -q ' event=started ' "$DIR/second.log"
done_testing
