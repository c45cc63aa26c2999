# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: sourced first by every story of this folder.
# What:  real name servers and web servers on free loopback ports, with a fresh key and a fresh zone, in a directory of
#        their own; waiting for a state with a deadline; TAP.
# Why:   a story tells what happens, not how servers are configured. Whatever it started ends with it, by process id.
#
#   . "$(dirname "$0")/lib.sh"
#   new_key repointd hmac-sha256
#   start_bind                          # or start_knot, start_pdns; then $NS_ADDRESS, $NS_PORT, $ZONE
#   is "it answers" "$(dig_short www A)" 192.0.2.1
#   done_testing
set -u

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-$TESTS/../build}
DIR=$(mktemp -d "${TMPDIR:-/tmp}/repointd-story.XXXXXX")
chmod 755 "$DIR"
ZONE=${ZONE:-fo.test}
NS_ADDRESS=127.0.0.1
declare -A PIDS=()  # what runs, by name
tests_run=0 tests_failed=0

# ---- TAP -------------------------------------------------------------------------------------------------------------

say() { printf '# %s\n' "$*"; }

result() # STATUS NAME
{
    tests_run=$((tests_run + 1))
    if [ "$1" = 0 ]; then
        printf 'ok %d - %s\n' "$tests_run" "$2"
    else
        tests_failed=$((tests_failed + 1))
        printf 'not ok %d - %s\n' "$tests_run" "$2"
    fi
}

ok() # NAME COMMAND…
{
    local name=$1 output status=0
    shift
    output=$("$@" 2>&1) || status=$?
    result "$status" "$name"
    [ "$status" = 0 ] || printf '%s\n' "$output" | sed 's/^/#   /'
}

is() # NAME FOUND WANTED
{
    if [ "$2" = "$3" ]; then
        result 0 "$1"
    else
        result 1 "$1"
        printf '#   found:  %s\n#   wanted: %s\n' "${2//$'\n'/ | }" "${3//$'\n'/ | }"
    fi
}

like() # NAME FOUND REGEX (extended)
{
    if grep -qE -e "$3" <<<"$2"; then
        result 0 "$1"
    else
        result 1 "$1"
        printf '#   found:  %s\n#   wanted: /%s/\n' "${2//$'\n'/ | }" "$3"
    fi
}

skip() # NAME WHY
{
    tests_run=$((tests_run + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tests_run" "$1" "$2"
}

done_testing()
{
    printf '1..%d\n' "$tests_run"
    [ "$tests_failed" = 0 ]
    exit
}

bail() { printf 'Bail out! %s\n' "$*"; exit 1; }

# ---- waiting, ports, processes ---------------------------------------------------------------------------------------

# Looks 20 times a second whether the command succeeds, after some seconds of it 5 times, for at most that many seconds:
# looking is most of what a story has the processor do.
wait_until() # SECONDS COMMAND…
{
    local end=$((${EPOCHREALTIME/.} + $1 * 1000000)) looks=0 pause=0.05
    shift
    until "$@" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME/.}" -lt "$end" ] || return 1
        looks=$((looks + 1))
        case $looks in 20) pause=0.1 ;; 50) pause=0.2 ;; esac
        sleep $pause
    done
}

# A port that is free for TCP and UDP.
free_port() # [ADDRESS]
{
    /usr/bin/python3 - "${1:-127.0.0.1}" <<'PYTHON'
import socket, sys
while True:
    tcp, udp = socket.socket(socket.AF_INET, socket.SOCK_STREAM), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tcp.bind((sys.argv[1], 0))
    try:
        udp.bind(tcp.getsockname())
    except OSError:
        continue
    print(tcp.getsockname()[1])
    break
PYTHON
}

start() # NAME COMMAND…
{
    local name=$1
    shift
    "$@" >>"$DIR/$name.log" 2>&1 </dev/null &
    PIDS[$name]=$!
}

runs() { [ -n "${PIDS[$1]:-}" ] && kill -0 "${PIDS[$1]}" 2>/dev/null; }

stop() # NAME [SIGNAL]
{
    local pid=${PIDS[$1]:-}
    [ -n "$pid" ] || return 0
    unset "PIDS[$1]"
    kill "-${2:-TERM}" "$pid" 2>/dev/null
    kill -CONT "$pid" 2>/dev/null
    if ! wait_until 10 not kill -0 "$pid"; then
        kill -KILL "$pid" 2>/dev/null
    fi
    wait "$pid" 2>/dev/null
    return 0
}

not() { ! "$@"; }

cleanup()
{
    local status=$? name
    trap - EXIT
    for name in "${!PIDS[@]}"; do stop "$name"; done
    if [ "$tests_failed" != 0 ] && [ -n "${KEEP:-}" ]; then say "kept: $DIR"; else rm -rf "$DIR"; fi
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# ---- key and zone ----------------------------------------------------------------------------------------------------

# Sets KEY_NAME, KEY_ALGORITHM, KEY_SECRET (base64), KEY_HEX, KEY_FILE (as tsig-keygen writes it).
new_key() # NAME ALGORITHM
{
    KEY_NAME=$1 KEY_ALGORITHM=${2:-hmac-sha256}
    KEY_HEX=$(od -An -vtx1 -N32 /dev/urandom | tr -d ' \n')
    KEY_SECRET=$(printf '%b' "$(sed 's/../\\x&/g' <<<"$KEY_HEX")" | base64 -w0)
    KEY_FILE=$DIR/$KEY_NAME.key
    local words='key "%s" {\n\talgorithm %s;\n\tsecret "%s";\n};\n'
    # shellcheck disable=SC2059
    (umask 077; printf "$words" "$KEY_NAME" "$KEY_ALGORITHM" "$KEY_SECRET" >"$KEY_FILE")
}

# More keys of the same secret for the next server: words NAME:ALGORITHM; MORE_KEYS may update, GUEST_KEYS only ask.
more_keys() # FORMAT of printf with name, algorithm, secret
{
    local word
    for word in ${MORE_KEYS:-} ${GUEST_KEYS:-}; do
        # shellcheck disable=SC2059
        printf "$1" "${word%:*}" "${word#*:}" "$KEY_SECRET"
    done
}

more_rights() # FORMAT with the name of a key that may update
{
    local word
    for word in ${MORE_KEYS:-}; do
        # shellcheck disable=SC2059
        printf "$1" "${word%:*}"
    done
}

# From here on, for the servers that start later: the key above gets the rights that docs/how-to gives to a daemon that
# manages these names, and no more; whoever edits the zone in the story (nsupdate_now) has a key "admin" with all rights.
# CNAME_RIGHTS=yes: their targets are host names, for which the page says which word stands in place of which.
least_rights() # NAME…
{
    MANAGED=$* LEAST_RIGHTS=yes
    MORE_KEYS="${MORE_KEYS:-} admin:$KEY_ALGORITHM"
    ADMIN_KEY_FILE=$DIR/admin.key
    (umask 077; sed "s/\"$KEY_NAME\"/\"admin\"/" "$KEY_FILE" >"$ADMIN_KEY_FILE")
}

# The first block of a page of docs/how-to that says TEXT, with the names, secret, address and files of this story in
# place of the page's: what is printed there is what is tested here.
howto_block() # PAGE TEXT
{
    local name line owners= cname=${CNAME_RIGHTS:+s/\\. A AAAA;/. CNAME;/; s/\\[A, AAAA, TXT\\]/[CNAME, TXT]/}
    for name in $MANAGED; do owners+="${owners:+, }$name, _repointd.$name"; done
    awk -v text="$2" '
        /^```/ { if (inside && hit) { printf "%s", block; exit } inside = !inside; block = ""; hit = 0; next }
        inside { block = block $0 "\n"; hit = hit || index($0, text) }' "$TESTS/../docs/how-to/$1.md" |
        while IFS= read -r line; do
            case $line in
            *grant*www*) for name in $MANAGED; do printf '%s\n' "${line//www/"$name"}"; done ;;
            *) printf '%s\n' "${line/www, _repointd.www/"$owners"}" ;;
            esac
        done | sed -E -e 's|/var/lib/bind/example\.com\.zone|zone.db|; s|file: example\.com\.zone|file: zone.db|' \
        -e "$cname" -e "s|/var/lib/powerdns/pdns\.sqlite3|${NS_DIR:-}/zone.sqlite|; s|…|$KEY_SECRET|; s|192\.0\.2\.9|127.0.0.1|" \
        -e "s/(fo\.)?example\.com/$ZONE/g"
}

# The zone as it is at first: SOA, NS, and the records on standard input.
write_zone()
{
    {
        printf '$ORIGIN %s.\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n' "$ZONE"
        cat
    } >"$DIR/zone.db"
}

dig_at() # ADDRESS PORT NAME TYPE [OPTIONS…]
{
    local address=$1 port=$2 name=$3 type=$4
    shift 4
    dig +norec +tries=1 +time=2 "$@" "@$address" -p "$port" "$name" "$type"
}

# What the name server answers for a name of the zone: the data alone, sorted, on one line.
dig_short() # NAME TYPE
{
    dig_at "$NS_ADDRESS" "$NS_PORT" "$1.$ZONE." "$2" +short 2>/dev/null | grep -v '^;' | sort | paste -sd' '
}

serial() { dig_at "$NS_ADDRESS" "$NS_PORT" "$ZONE." SOA +short | grep -v '^;' | cut -d' ' -f3; }

ns_answers() { [ -n "$(serial)" ]; }

# A change by somebody else, with the key: lines of nsupdate on standard input.
nsupdate_now()
{
    { printf 'server %s %s\nzone %s.\n' "$NS_ADDRESS" "$NS_PORT" "$ZONE"; cat; printf 'send\n'; } | nsupdate -t 5 -k \
        "${ADMIN_KEY_FILE:-$KEY_FILE}"
}

# The same bytes as they went over the line once, in hex as the proxy wrote them down; prints the RCODE of the answer.
send_again() # HEX
{
    /usr/bin/python3 - "$NS_ADDRESS" "$NS_PORT" "$1" <<'PYTHON'
import socket, struct, sys
message = bytes.fromhex(sys.argv[3])
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as line:
    line.sendall(struct.pack("!H", len(message)) + message)
    print(line.recv(6, socket.MSG_WAITALL)[5] & 15)
PYTHON
}

# ---- name servers: each keeps its directory, so that stop and start again is a restart -------------------------------

# A zone's statement; BIND_ZONE_WORDS are more words for it.
bind_zone()
{
    if [ -n "${LEAST_RIGHTS:-}" ]; then
        howto_block bind update-policy | sed -e "s/update-policy {/&$(more_rights ' grant %s zonesub ANY;')/" \
            -e "s/type primary;/& ${BIND_ZONE_WORDS:-}/"
        return
    fi
    cat <<CONF
zone "$ZONE" {
    type primary; file "zone.db"; ${BIND_ZONE_WORDS:-}
    ${BIND_POLICY:-update-policy { grant $KEY_NAME zonesub ANY; $(more_rights 'grant %s zonesub ANY; ') \};}
};
CONF
}

start_bind()
{
    NS=bind NS_DIR=$DIR/bind
    if [ ! -d "$NS_DIR" ]; then
        NS_PORT=$(free_port) RNDC_PORT=$(free_port)
        mkdir "$NS_DIR"
        cp "$DIR/zone.db" "$NS_DIR/zone.db"
        cat "$KEY_FILE" - >"$NS_DIR/named.conf" <<CONF
$(more_keys 'key "%s" { algorithm %s; secret "%s"; };\n')
options {
    directory "$NS_DIR"; pid-file none; session-keyfile none; listen-on port $NS_PORT { $NS_ADDRESS; };
    listen-on-v6 { none; }; recursion no; allow-transfer { key "$KEY_NAME"; $(more_rights 'key "%s"; ')}; notify no; dnssec-validation no;
    ${BIND_OPTIONS:-}
};
controls { inet 127.0.0.1 port $RNDC_PORT allow { 127.0.0.1; } keys { "$KEY_NAME"; }; };
$(bind_zone)
${BIND_ZONES:-}
CONF
        [ "$KEY_ALGORITHM" != hmac-md5 ] || sed -i '/^controls/d' "$NS_DIR/named.conf"
    fi
    start bind named -g -4 -n 1 -c "$NS_DIR/named.conf"
    wait_until 15 ns_answers || bail "BIND does not answer: $(tail -n 3 "$DIR/bind.log")"
}

rndc_now() { rndc -s 127.0.0.1 -p "$RNDC_PORT" -k "$KEY_FILE" "$@"; }

# A secondary of the primary above that passes updates on; it has the key too. Nobody tells it of changes.
start_bind_secondary()
{
    local dir=$DIR/secondary key=${LEAST_RIGHTS:+admin}
    if [ ! -d "$dir" ]; then
        SECONDARY_PORT=$(free_port)
        mkdir "$dir"
        cat "${ADMIN_KEY_FILE:-$KEY_FILE}" - >"$dir/named.conf" <<CONF
options {
    directory "$dir"; pid-file none; session-keyfile none; listen-on port $SECONDARY_PORT { $NS_ADDRESS; };
    listen-on-v6 { none; }; recursion no; dnssec-validation no; notify no;
};
zone "$ZONE" {
    type secondary; file "zone.db"; primaries { $NS_ADDRESS port $NS_PORT key "${key:-$KEY_NAME}"; };
    allow-update-forwarding { any; };
};
CONF
    fi
    start bind-secondary named -g -4 -n 1 -c "$dir/named.conf"
    wait_until 15 secondary_answers || bail "the secondary does not answer: $(tail -n 3 "$DIR/bind-secondary.log")"
}

secondary_answers() { dig_at "$NS_ADDRESS" "$SECONDARY_PORT" "$ZONE." SOA +short | grep -q hostmaster; }

# Rules for who may update; KNOT_ACL are more of them.
knot_acl()
{
    if [ -n "${LEAST_RIGHTS:-}" ]; then
        howto_block knot update-owner
        printf '  - id: admin\n    key: admin\n    action: [update, transfer]\n'
    else
        printf 'acl:\n  - id: update\n    key: [%s%s]\n    action: [update, transfer]\n' "$KEY_NAME" "$(more_rights ', %s')"
    fi
    printf '%s\n' "${KNOT_ACL:-}"
}

# KNOT_ZONES are more words for the zone, and more zones.
knot_zone()
{
    if [ -n "${LEAST_RIGHTS:-}" ]; then
        howto_block knot 'acl: repointd' | sed 's/acl: repointd/acl: [repointd, admin]/'
    else
        printf 'zone:\n  - domain: %s\n    file: zone.db\n    acl: update\n' "$ZONE"
    fi
    printf '%s\n' "${KNOT_ZONES:-}"
}

start_knot()
{
    NS=knot NS_DIR=$DIR/knot
    if [ ! -d "$NS_DIR" ]; then
        NS_PORT=$(free_port)
        mkdir "$NS_DIR"
        cp "$DIR/zone.db" "$NS_DIR/zone.db"
        cat >"$NS_DIR/knot.conf" <<CONF
server:
    rundir: "$NS_DIR"
    listen: $NS_ADDRESS@$NS_PORT
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$NS_DIR"
    journal-db-max-size: 64M
key:
  - id: $KEY_NAME
    algorithm: $KEY_ALGORITHM
    secret: $KEY_SECRET
$(more_keys '  - id: %s\n    algorithm: %s\n    secret: %s\n')
$(knot_acl)
template:
  - id: default
    storage: "$NS_DIR"
    journal-content: changes
$(knot_zone)
CONF
    fi
    start knot knotd -c "$NS_DIR/knot.conf" -s "$NS_DIR/knot.sock"
    wait_until 15 ns_answers || bail "Knot does not answer: $(tail -n 3 "$DIR/knot.log")"
}

knotc_now() { knotc -s "$NS_DIR/knot.sock" "$@"; }

# How updates are switched on.
pdns_update()
{
    if [ -n "${LEAST_RIGHTS:-}" ]; then
        howto_block powerdns dnsupdate=yes
    else
        printf 'launch=gsqlite3\ngsqlite3-database=%s\n' "$NS_DIR/zone.sqlite"
        printf 'dnsupdate=%s\nallow-dnsupdate-from=127.0.0.0/8\n' "${PDNS_UPDATE:-yes}"
    fi
}

# Keys, and which of them may update; "admin" may have the whole zone.
pdns_rights()
{
    local command words
    if [ -n "${LEAST_RIGHTS:-}" ]; then
        while read -r command; do
            eval "${command/#pdnsutil /pdnsutil_now }"
        done < <(howto_block powerdns import-tsig-key | sed "s/TSIG-ALLOW-DNSUPDATE.*/&$(more_rights ' %s')/")
        pdnsutil_now set-meta "$ZONE" TSIG-ALLOW-AXFR admin
    else
        pdnsutil_now import-tsig-key "$KEY_NAME" "$KEY_ALGORITHM" "$KEY_SECRET"
        # shellcheck disable=SC2046
        pdnsutil_now set-meta "$ZONE" TSIG-ALLOW-DNSUPDATE "$KEY_NAME" $(more_rights '%s ')
    fi
    more_keys '%s %s %s\n' | while read -r words; do
        # shellcheck disable=SC2086
        pdnsutil_now import-tsig-key $words
    done
}

start_pdns()
{
    NS=pdns NS_DIR=$DIR/pdns
    if [ ! -d "$NS_DIR" ]; then
        NS_PORT=$(free_port)
        mkdir "$NS_DIR"
        sqlite3 "$NS_DIR/zone.sqlite" </usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql
        cat >"$NS_DIR/pdns.conf" <<CONF
$(pdns_update)
gsqlite3-pragma-synchronous=0
socket-dir=$NS_DIR
local-address=$NS_ADDRESS
local-port=$NS_PORT
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
security-poll-suffix=
version-string=anonymous
daemon=no
guardian=no
disable-syslog=yes
${PDNS_OPTIONS:-}
CONF
        {
            pdnsutil_now load-zone "$ZONE" "$DIR/zone.db"
            pdns_rights
        } >"$DIR/pdnsutil.log" 2>&1
    fi
    start pdns pdns_server --config-dir="$NS_DIR"
    wait_until 15 ns_answers || bail "PowerDNS does not answer: $(tail -n 3 "$DIR/pdns.log")"
}

pdnsutil_now() { pdnsutil --config-dir="$NS_DIR" "$@"; }

# The whole process stands still, as a machine that swaps or a debugger does it.
freeze_process() { kill -STOP "${PIDS[$1]}"; }
thaw_process() { kill -CONT "${PIDS[$1]}"; }

start_ns() { "start_$1"; }
stop_ns() { stop "$NS" "$@"; }

# A line that misbehaves in front of the name server: then $PROXY_PORT; proxy_mode tells it how.
start_proxy() # [PORT OF THE NAME SERVER]
{
    PROXY_PORT=$(free_port)
    proxy_mode pass
    start proxy "$TESTS/hostile/proxy.py" --listen "$NS_ADDRESS:$PROXY_PORT" --upstream "$NS_ADDRESS:${1:-$NS_PORT}" \
        --mode-file "$DIR/proxy.mode" --record "$DIR/proxy.record"
    wait_until 10 grep -q ready "$DIR/proxy.log" || bail "no proxy: $(tail -n 3 "$DIR/proxy.log")"
}

proxy_mode() { echo "$*" >"$DIR/proxy.mode.new" && mv "$DIR/proxy.mode.new" "$DIR/proxy.mode"; }

# A name server that answers as hostile_mode says, before the real one, with its key: then $HOSTILE_PORT.
start_hostile()
{
    HOSTILE_PORT=$(free_port)
    hostile_mode
    start hostile "$TESTS/hostile/dns_server.py" --listen "$NS_ADDRESS:$HOSTILE_PORT" \
        --upstream "$NS_ADDRESS:$NS_PORT" --key "$KEY_NAME:$KEY_ALGORITHM:$KEY_SECRET" --mode-file "$DIR/hostile.mode"
    wait_until 10 grep -q ready "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
}

hostile_mode() # LINE…
{
    printf '%s\n' "$@" >"$DIR/hostile.mode.new" && mv "$DIR/hostile.mode.new" "$DIR/hostile.mode"
}

# ---- web servers -----------------------------------------------------------------------------------------------------

# Answers 200 with its name; what it was asked stands in $DIR/NAME.log.
start_web() # NAME ADDRESS PORT
{
    mkdir -p "$DIR/web-$1"
    printf 'this is %s\n' "$1" >"$DIR/web-$1/index.html"
    start "$1" /usr/bin/python3 -m http.server --bind "$2" --directory "$DIR/web-$1" "$3"
    wait_until 10 curl -sf --noproxy '*' -o /dev/null "http://$2:$3/" || bail "no web server on $2 port $3"
}
