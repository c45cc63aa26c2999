# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: sourced by the stories of many targets.
# What:  CROWD targets (127.1.i.n, n from 1 to 100) behind one nginx, each the primary of a record that is off; and what the log says of
#        them all together.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
NS_PORT=53 CROWD=${CROWD:-2000}

start_crowd()
{
    if [ ! -d "$DIR/crowd" ]; then
        mkdir "$DIR/crowd"
        {
            printf 'worker_processes 1; daemon off; master_process off; pid %s/crowd/pid; error_log stderr;\n' "$DIR"
            printf 'events { worker_connections 16384; }\nhttp { access_log off;\n'
            for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/crowd/%s;\n' $kind "$DIR" $kind; done
            printf 'server { listen 0.0.0.0:81 backlog=16384; location / { return 200 "well\\n"; } }\n}\n'
        } >"$DIR/crowd/nginx.conf"
    fi
    start crowd nginx -p "$DIR/crowd" -c "$DIR/crowd/nginx.conf" -e stderr
    wait_until 10 nc -z 127.1.1.1 81 || bail "no crowd: $(tail -n 3 "$DIR/crowd.log")"
}

write_crowd() # CHECK
{
    {
        printf 'checks:\n  many: {%s}\nrecords:\n' "$1"
        for ((i = 0; i < CROWD; i++)); do
            printf '  r%d.%s: {check: many, primary: 127.1.%d.%d, enabled: off, ' $i "$ZONE" $((i / 100)) $((i % 100 + 1))
            printf 'secondary: {address: %s, check: none}}\n' "$S4"
        done
    } | write_config
}

# How many targets went so, listed or counted: each summary says how many it has not listed.
went() # EVENT
{
    said | awk -v event=" event=$1 " '
        index($0, event) { n += match($0, /[0-9]+ not listed/) ? substr($0, RSTART, RLENGTH) : 1 }
        END { print n + 0 }'
}
have_gone() { [ "$(went "$1")" -ge "$2" ]; } # EVENT HOW MANY

# Whether a probe began more than a second late since the start. In make soak, where the machine has nothing else to do, none may.
keeps_up()
{
    local late
    late=$(asked >/dev/null && line_of counters | sed -E 's/.* ([0-9]+) late .*/\1/')
    if [ -n "${ALONE:-}" ]; then
        is "no probe began a second late" "$late" 0
    else
        say "$late probes began a second late"
    fi
}
