# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
#
# Where: sourced first by every story about the daemon; brings lib.sh along.
# What:  a network of the story's own (a namespace with nothing but loopback, which carries the addresses of two sites), nginx on each
#        site, the daemon under its real configuration, and questions about what it has said.
# Why:   in a network of its own a story uses the addresses and ports of the manual, cuts lines as it likes, and meets nobody.
if [ -z "${IN_OWN_NETWORK:-}" ]; then
    exec unshare --net ${OWN_MOUNTS:+--mount} env IN_OWN_NETWORK=yes bash "$0" "$@"
fi
ip link set lo up
P4=192.0.2.250 S4=198.51.100.76 P6=2001:db8:1::250 S6=2001:db8:2::76 F4=203.0.113.99
for address in $P4/32 $S4/32 $F4/32; do ip address add "$address" dev lo; done
for address in $P6/128 $S6/128; do ip address add "$address" dev lo nodad; done

# shellcheck source=tests/integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
REPOINTD=${REPOINTD:-$BUILD/repointd}
REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
SOCKET=$DIR/run/control.sock
CONFIG=$DIR/repointd.yaml
LOG=$DIR/repointd.log
HOSTILE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../hostile" && pwd)

# ---- sites ----------------------------------------------------------------------------------------------------------------------

# nginx on all addresses given, port 80; answers 200 with its name, at /health as well, unless it is told to be sick.
start_site() # NAME ADDRESS…
{
    local name=$1 address dir=$DIR/site-$1
    shift
    if [ ! -d "$dir" ]; then
        mkdir -p "$dir"
        {
            printf 'worker_processes 1; daemon off; master_process off; pid %s/pid; error_log stderr;\n' "$dir"
            printf 'events { worker_connections 256; }\nhttp { access_log %s/access.log;\n' "$dir"
            for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/%s;\n' $kind "$dir" $kind; done
            printf 'server {\n'
            for address in "$@"; do
                case $address in
                *:*) printf 'listen [%s]:80;\n' "$address" ;;
                *) printf 'listen %s:80;\n' "$address" ;;
                esac
            done
            # shellcheck disable=SC2016
            printf 'location / { default_type text/plain; if (-f %s/sick$uri) { return 503; }\n' "$dir"
            printf 'return 200 "this is %s\\n"; }\n}\n}\n' "$name"
        } >"$dir/nginx.conf"
    fi
    SITE_ADDRESS[$name]=$1
    start "$name" nginx -p "$dir" -c "$dir/nginx.conf" -e stderr
    wait_until 10 site_answers "$name" || bail "nginx does not answer on $1: $(tail -n 3 "$DIR/$name.log")"
}
declare -A SITE_ADDRESS=()

# Its looks fail with 503, and pass again: a way to have it down that costs no process. Each daemon may have a path of its own.
sick() { mkdir -p "$DIR/site-$1/sick" && : >"$DIR/site-$1/sick/${2:-health}"; } # NAME [PATH]
well() { rm -f "$DIR/site-$1/sick/${2:-health}"; }

site_answers()
{
    local host=${SITE_ADDRESS[$1]}
    case $host in *:*) host="[$host]" ;; esac
    curl -sf --noproxy '*' --max-time 2 -o /dev/null "http://$host/"
}

# ---- the daemon -----------------------------------------------------------------------------------------------------------------

# One that a second of interval hides nothing from, and none that decides by a single look.
swift_check() { printf 'checks:\n  web: {http: "http://www.%s/%s", interval: 500ms, timeout: 450ms, fall: 2, rise: 1}\n' "$ZONE" "${1:-health}"; }

# Runs a command about another daemon beside the usual one: with a configuration, log, state and process of that name.
as() # NAME COMMAND…
{
    local DAEMON=$1 CONFIG=$DIR/$1.yaml LOG=$DIR/$1.log STATE=$DIR/$1-state RUN=$DIR/$1-run MARK=${MARKS[$1]:-0} status=0
    shift
    "$@" || status=$?
    MARKS[$DAEMON]=$MARK
    return $status
}
declare -A MARKS=()

# The configuration: a server and the directories are said here, the rest on standard input (checks, records, …).
write_config() # [KEYS OF THE SERVER…]
{
    {
        printf 'servers:\n  ns1:\n    address: "%s:%s"\n    zones: [%s]\n    key: {file: %s}\n' \
            "$NS_ADDRESS" "${UPDATE_PORT:-$NS_PORT}" "$ZONE" "$KEY_FILE"
        printf '    %s\n' "$@"
        printf 'daemon:\n  state-directory: %s\n  runtime-directory: %s\n' "${STATE:-$DIR/state}" "${RUN:-$DIR/run}"
        cat
    } >"$CONFIG"
}

# A check of port 80 at the pace of a test.
quick_check() { printf 'checks:\n  web: {http: "http://www.%s/health", interval: 1s, timeout: 800ms}\n' "$ZONE"; }

launch_daemon() # [OPTIONS…]
{
    : >>"$LOG"
    MARK=$(wc -l <"$LOG")
    start "${DAEMON:-repointd}" ${DAEMON_WRAPPER:-} "$REPOINTD" -c "$CONFIG" --log-format=logfmt "$@"
}

# Deaf and mute until it has said that it is ready.
start_daemon() # [OPTIONS…]
{
    launch_daemon "$@"
    wait_until 10 told started || bail "repointd does not start: $(tail -n 5 "$LOG")"
}

# Runs repointctl; leaves $status, $out and $err.
ctl()
{
    status=0
    timeout 100 "$REPOINTCTL" "$@" --socket "$SOCKET" >"$DIR/out" 2>"$DIR/err" </dev/null || status=$?
    out=$(<"$DIR/out") err=$(<"$DIR/err")
}

# Everything said since the last start_daemon.
said() { tail -n "+$((MARK + 1))" "$LOG"; }
# Without a process of its own, since it is asked all the time.
told() # EVENT [PATTERN (extended)]
{
    local lines line
    mapfile -t -s "$MARK" lines <"$LOG"
    for line in "${lines[@]}"; do
        [[ $line == *" event=$1 "* && $line =~ ${2:-.} ]] && return
    done
    return 1
}
count_told() { said | grep -E " event=$1 " | grep -cE -e "${2:-.}"; }
line_of() { said | grep -E " event=$1 " | grep -E -e "${2:-.}" | tail -n 1; }

# A field of a logfmt line on standard input.
field() { sed -nE "s/.* $1=(\"([^\"]*)\"|([^ ]*)).*/\2\3/p"; }

# When a line was written, in milliseconds.
line_ms() { date -d "$(sed -nE 's/^time=([^ ]*).*/\1/p')" +%s%3N; }

# Probes asked since the start; and many more of them, which is time as the daemon itself measures it.
asked() { kill -USR1 "${PIDS[${DAEMON:-repointd}]}" && sleep 0.1 && line_of counters | sed -E 's/.*probes: ([0-9]+) asked.*/\1/'; }
many_probes() { local enough=$(($(asked) + $1)); wait_until 60 eval "[ \"\$(asked)\" -ge $enough ]"; } # COUNT

now_ms() { printf '%s\n' $((${EPOCHREALTIME/.} / 1000)); }

serves() # NAME TYPE VALUES
{
    [ "$(dig_short "$1" "$2")" = "$3" ]
}

marker() { dig_short "_repointd.$1" TXT | tr -d '"'; }
epoch() { marker "$1" | sed -nE 's/.* e=([0-9]+) .*/\1/p'; }

# The TTLs of an answer, each once.
ttl() # NAME TYPE
{
    dig_at "$NS_ADDRESS" "$NS_PORT" "$1.$ZONE." "$2" +noall +answer | awk '{ print $2 }' | sort -un | paste -sd' '
}

# Signed updates that the proxy has seen on their way to the name server, in hex, a line each (opcode 5, RFC 2136 2.2).
updates_seen() { sed -nE 's/^> (.{4}2[89].*)/\1/p' "$DIR/proxy.record" 2>/dev/null; }
