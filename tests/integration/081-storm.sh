#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: what the log says when everything happens at once; no name server.
# What:  two thousand targets come up together, die together and return together: under 300 lines each time, with summaries,
#        and none is forgotten.
# Names: faults 45-47, 113; LOG-6.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
NS_PORT=53
mkdir "$DIR/crowd"
{
    printf 'worker_processes 1; daemon off; master_process off; pid %s/crowd/pid; error_log stderr;\n' "$DIR"
    printf 'events { worker_connections 8192; }\nhttp { access_log off;\n'
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/crowd/%s;\n' $kind "$DIR" $kind; done
    printf 'server { listen 0.0.0.0:81 backlog=4096; }\n}\n'
} >"$DIR/crowd/nginx.conf"
start_crowd()
{
    start crowd nginx -p "$DIR/crowd" -c "$DIR/crowd/nginx.conf" -e stderr
    wait_until 10 nc -z 127.1.1.1 81 || bail "no crowd: $(tail -n 3 "$DIR/crowd.log")"
}
start_crowd
crowd=$(for i in {1..20}; do for n in {1..100}; do echo "127.1.$i.$n"; done; done)
write_config <<CONFIG
checks:
  many: {tcp: 81, interval: 2s, timeout: 1900ms, fall: 2, rise: 1}
records:
$(while read -r address; do
    printf '  r%s.%s: {check: many, primary: %s, enabled: off, ' "${address//./-}" "$ZONE" "$address"
    printf 'secondary: {address: %s, check: none}}\n' $S4
done <<<"$crowd")
CONFIG
# How many targets went so, listed or counted: each summary says how many it has not listed.
went() # EVENT
{
    said | awk -v event=" event=$1 " '
        index($0, event) { n += match($0, /[0-9]+ not listed/) ? substr($0, RSTART, RLENGTH) : 1 }
        END { print n + 0 }'
}
# Lines of a storm: all but those about the configuration, from the line after the mark on.
lines() { said | grep -v ' event=config ' | tail -n "+$((1 + $1))"; }
start_daemon

say "they come up"
ok "each is listed or counted" wait_until 60 eval '[ "$(went target-up)" -ge 2000 ]'
up=$(lines 0 | wc -l)
ok "in under 300 lines ($up)" [ "$up" -lt 300 ]

say "they die"
stop crowd
ok "each is listed or counted" wait_until 60 eval '[ "$(went target-down)" -ge 2000 ]'
down=$(lines "$up" | wc -l)
ok "in under 300 lines ($down)" [ "$down" -lt 300 ]
like "a summary in words" "$(said | grep ' event=target-down .*not listed' | head -n 1 | field msg)" \
    '^[0-9]+ targets went down in [0-9]+ s, [0-9]+ not listed$'

say "they return"
start_crowd
ok "each is listed or counted" wait_until 60 eval '[ "$(went target-up)" -ge 4000 ]'
again=$(lines $((up + down)) | wc -l)
ok "in under 300 lines ($again)" [ "$again" -lt 300 ]
lines_are_ours() { said | "$(dirname "$0")/log_lines.py"; }
ok "each line is one of ours" lines_are_ours
stop repointd
done_testing
