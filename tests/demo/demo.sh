#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make demo.
# What:  the warm standby, told with real servers on loopback: a name server, two web servers, repointd. The primary is
#        stopped and started again; nslookup shows what clients get before, meanwhile and after.
# Why:   whoever meets repointd sees in under a minute what it does, and nothing is left behind.
set -u

build=$(realpath "${BUILD:-build}")
PATH=$PATH:/usr/sbin:/sbin
primary=127.0.0.250
secondary=127.0.0.76
name=www.example.com
dir=$(mktemp -d "${TMPDIR:-/tmp}/repointd-demo.XXXXXX") || exit 1
declare -A pids=()
told=0 # lines of repointd's log that were shown

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi

# ---- small tools ----

step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '  %s\n' "$@"; }

cleanup()
{
    local status=$?
    trap - EXIT INT TERM
    [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null
    [ ${#pids[@]} = 0 ] || wait "${pids[@]}" 2>/dev/null
    rm -rf "$dir"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail()
{
    printf '\ndemo: %s\n' "$1" >&2
    for log in "$dir"/*.log; do
        [ ! -s "$log" ] || { echo "--- ${log##*/}, its end:" && tail -n 15 "$log"; } >&2
    done
    exit 1
}

# Looks ten times a second whether the command succeeds, for at most that many seconds.
wait_until()
{
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}

# The first port from there on that nobody listens on.
free_port()
{
    local port=$1
    while ss -Hltun "sport = :$port" | grep -q .; do port=$((port + 1)); done
    echo "$port"
}

start()
{
    local what=$1
    shift
    "$@" >>"$dir/$what.log" 2>&1 </dev/null &
    pids[$what]=$!
}

stop()
{
    kill "${pids[$1]}" 2>/dev/null
    wait "${pids[$1]}" 2>/dev/null
    unset "pids[$1]"
}

answers_with() { [ "$(dig +short +tries=1 +time=1 -p "$dns_port" @127.0.0.1 "$name" A)" = "$1" ]; }

look()
{
    say "${dim}\$ nslookup -port=$dns_port $name 127.0.0.1$plain"
    nslookup -port="$dns_port" "$name" 127.0.0.1 | sed '/^$/d; s/^/    /'
}

# What repointd said since this was last asked; what the check of the file had to say is left out, as this file is short
# on purpose.
repointd_says()
{
    local lines
    lines=$(tail -n +$((told + 1)) "$dir/repointd.log")
    [ -n "$lines" ] || return 0
    told=$((told + $(wc -l <<<"$lines")))
    grep -v ': warning: ' <<<"$lines" | sed "s/^<[0-9]>/  ${dim}repointd:$plain /"
}

since() { local ms=$((${EPOCHREALTIME/.} / 1000 - $1)); printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)); }

# ---- the stage ----

start_name_server()
{
    mkdir "$dir/zone" && cd "$dir/zone" || exit 1
    tsig-keygen repointd >"$dir/ddns.key" && chmod 600 "$dir/ddns.key"
    cat >"$dir/named.conf" <<CONF
include "$dir/ddns.key";
controls { };
options {
    directory "$dir/zone"; pid-file "$dir/named.pid"; session-keyfile "$dir/session.key";
    listen-on port $dns_port { 127.0.0.1; }; listen-on-v6 { none; };
    recursion no; notify no; dnssec-validation no;
};
zone "example.com" {
    type primary; file "example.com.zone";
    update-policy {
        grant repointd name $name. A AAAA;
        grant repointd name _repointd.$name. TXT;
    };
};
CONF
    cat >example.com.zone <<ZONE
\$TTL 30
@    SOA  ns1 hostmaster 1 3600 600 86400 30
@    NS   ns1
ns1  A    127.0.0.1
www  A    $primary
ZONE
    # A copy: Debian's AppArmor profile binds /usr/sbin/named to /etc/bind and /var/cache/bind.
    cp "$(command -v named)" "$dir/named"
    start named "$dir/named" -g -c "$dir/named.conf"
    wait_until 10 answers_with "$primary" || fail "the name server does not answer"
}

serves() { curl -s --max-time 1 "http://$1:$web_port/healthz" | grep -q healthy; }

start_web()
{
    local what=$1 address=$2
    mkdir -p "$dir/$what"
    cat >"$dir/$what/nginx.conf" <<CONF
daemon off; master_process off; pid $dir/$what/pid; error_log $dir/$what.log;
events { }
http {
    access_log off;
    client_body_temp_path $dir/$what/1; proxy_temp_path $dir/$what/2; fastcgi_temp_path $dir/$what/3;
    uwsgi_temp_path $dir/$what/4; scgi_temp_path $dir/$what/5;
    server { listen $address:$web_port; location = /healthz { return 200 "healthy\n"; } }
}
CONF
    start "$what" nginx -p "$dir/$what" -c "$dir/$what/nginx.conf" -e "$dir/$what.log"
    wait_until 10 serves "$address" || fail "the web server on $address does not answer"
}

write_config()
{
    cat >"$dir/repointd.yaml" <<CONF
servers:
  ns1:
    address: 127.0.0.1:$dns_port
    zones: [example.com]
    key: {file: $dir/ddns.key}

checks:
  web:
    http: http://$name:$web_port/healthz
    interval: 1s
    timeout: 800ms

records:
  $name:
    check: web
    primary: $primary
    secondary: $secondary
    fail-back-delay: 2s
CONF
    cat >"$dir/daemon.yaml" <<CONF
include: repointd.yaml
daemon: {state-directory: $dir/state, runtime-directory: $dir/run}
CONF
}

# ---- the story ----

for program in ss dig nslookup tsig-keygen named nginx curl; do
    command -v "$program" >/dev/null || fail "there is no $program: make deps installs what is missing"
done
dns_port=$(free_port 5300)
web_port=$(free_port 8080)

step "repointd: a warm standby on your own name server"
say "Two web servers, $primary (primary) and $secondary (secondary), and BIND with the zone example.com," \
    "all on loopback and all real. $name points to the primary."
start_name_server
start_web primary "$primary"
start_web secondary "$secondary"
write_config

step "The configuration"
sed '/./s/^/    /' "$dir/repointd.yaml"
say "Times are shortened for this demo: interval 1s, timeout 800ms, fail-back-delay 2s." \
    "Built in are 10s, 4s and 60s: a real failover takes about half a minute."

step "1. The health check works"
say "${dim}\$ repointd --probe web $primary$plain"
"$build/repointd" --probe web "$primary" -c "$dir/daemon.yaml" | sed 's/^/    /'
[ "${PIPESTATUS[0]}" = 0 ] || fail "the primary is not found healthy"

step "2. repointd watches, and the record answers with the primary"
start repointd "$build/repointd" -c "$dir/daemon.yaml" --log-format=stderr
wait_until 15 grep -q 'is ours now' "$dir/repointd.log" || fail "repointd did not take the record over"
repointd_says
look
answers_with "$primary" || fail "the record should answer with $primary"

step "3. The primary dies"
say "${dim}\$ kill \$(web server on $primary)$plain"
stop primary
at=$((${EPOCHREALTIME/.} / 1000))
wait_until 20 answers_with "$secondary" || fail "the record was not moved to the secondary"
took=$(since "$at")
wait_until 5 grep -q 'FAILED OVER' "$dir/repointd.log" || fail "repointd does not say that it failed over"
repointd_says
say "$bold$took after its death the record answers with the secondary:$plain"
look

step "4. The primary returns"
say "${dim}\$ nginx on $primary$plain"
start_web primary "$primary"
at=$((${EPOCHREALTIME/.} / 1000))
wait_until 20 answers_with "$primary" || fail "the record did not return to the primary"
took=$(since "$at")
wait_until 5 grep -q 'returned' "$dir/repointd.log" || fail "repointd does not say that it returned"
repointd_says
say "$bold$took after its return, 3 good probes and the fail-back-delay, the record is back by itself:$plain"
look

step "5. repointd stops, and leaves DNS as it is"
stop repointd
repointd_says
answers_with "$primary" || fail "the record should still answer with $primary"
say "Everything that ran has been stopped, and $dir is removed. ($SECONDS s in all)"
