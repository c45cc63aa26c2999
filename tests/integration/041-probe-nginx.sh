#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: single probes of the real binary against nginx with two virtual hosts, on both families.
# What:  Host and SNI are those of the URL and the connection is to the address asked for; names, certificates and
#        compression as told by each check; a proxy of the environment changes nothing.
# Names: faults 29, 31, 33; r53 18, 24, 25, 32, 37, 71; acceptance 35.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

# ---- an authority, two certificates, one nginx -----------------------------------------------------------------------------------

authority() # NAME
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj "/CN=$1" -keyout "$DIR/$1.key" \
        -out "$DIR/$1.pem" 2>/dev/null
}

certificate() # NAME
{
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$DIR/$1.key" 2>/dev/null |
        openssl x509 -req -days 2 -CA "$DIR/ca.pem" -CAkey "$DIR/ca.key" -CAcreateserial -out "$DIR/$1.pem" \
            -extfile <(printf 'subjectAltName=DNS:%s' "$1") 2>/dev/null
}

virtual_host() # NAME [default_server]
{
    local address
    printf 'server { server_name %s; ssl_certificate %s.pem; ssl_certificate_key %s.key;\n' "$1" "$DIR/$1" "$DIR/$1"
    for address in "$P4" "[$P6]"; do
        printf 'listen %s:80 %s; listen %s:8080 %s; listen %s:443 ssl %s; listen %s:8443 ssl %s;\n' \
            "$address" "${2:-}" "$address" "${2:-}" "$address" "${2:-}" "$address" "${2:-}"
    done
    # shellcheck disable=SC2016
    printf 'location / { default_type text/plain; return 200 "this is %s: host=$http_host sni=$ssl_server_name"; }\n}\n' "$1"
}

authority ca
authority stranger
certificate www.fo.test
certificate api.fo.test
site=$DIR/nginx
mkdir "$site"
{
    printf 'worker_processes 1; daemon off; master_process off; pid %s/pid; error_log stderr;\n' "$site"
    printf 'events { worker_connections 256; }\nhttp { access_log %s/access.log;\n' "$site"
    printf 'gzip on; gzip_types text/plain; gzip_min_length 1;\n'
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/%s;\n' $kind "$site" $kind; done
    virtual_host www.fo.test default_server
    virtual_host api.fo.test
    printf '}\n'
} >"$site/nginx.conf"
start nginx nginx -p "$site" -c "$site/nginx.conf" -e stderr
wait_until 10 curl -sf --noproxy '*' -o /dev/null "http://$P4/" || bail "nginx: $(tail -n 3 "$DIR/nginx.log")"

# ---- the checks ------------------------------------------------------------------------------------------------------------------

new_key repointd hmac-sha256
NS_PORT=53
check() # NAME URL TEXT [TLS]
{
    printf '  %s:\n    http: "%s"\n    expect: {contains: "%s"}\n' "$1" "$2" "$3"
    [ -z "${4:-}" ] || printf '    tls: {%s}\n' "$4"
}
write_config <<CONFIG
checks:
$(
    check www http://www.fo.test/healthz "this is www.fo.test: host=www.fo.test sni="
    check api http://api.fo.test/healthz "this is api.fo.test: host=api.fo.test sni="
    check api-port http://api.fo.test:8080/ "this is api.fo.test: host=api.fo.test:8080 sni="
    check tls-www https://www.fo.test/ "this is www.fo.test: host=www.fo.test sni=www.fo.test" "ca: $DIR/ca.pem"
    check tls-api https://api.fo.test/ "this is api.fo.test: host=api.fo.test sni=api.fo.test" "ca: $DIR/ca.pem"
    check tls-port https://api.fo.test:8443/ "host=api.fo.test:8443 sni=api.fo.test" "ca: $DIR/ca.pem"
    check tls-sni https://inside.fo.test/ "host=inside.fo.test sni=api.fo.test" "ca: $DIR/ca.pem, sni: api.fo.test"
    check tls-name https://other.fo.test/ "this" "ca: $DIR/ca.pem"
    check tls-off https://other.fo.test/ "host=other.fo.test" "verify: off"
    check tls-system https://www.fo.test/ "this"
    check tls-stranger https://www.fo.test/ "this" "ca: $DIR/stranger.pem"
    check plain-on-tls https://www.fo.test:80/ "this" "ca: $DIR/ca.pem"
    check tls-on-plain http://www.fo.test:443/ "this"
)
CONFIG

probes() # EXIT PATTERN CHECK ADDRESS
{
    local output status=0
    output=$("$REPOINTD" -c "$CONFIG" --probe "$3" "$4" 2>&1) || status=$?
    is "$3 at $4: exit $1" "$status" "$1"
    like "$3 at $4: $2" "$output" "$2"
}

for address in "$P4" "$P6"; do
    for name in www api api-port tls-www tls-api tls-port tls-sni tls-off; do probes 0 'up \(ok\)|HTTP 200' "$name" "$address"; done
    probes 1 tls-name tls-name "$address"
    probes 1 tls-untrusted tls-system "$address"
    probes 1 tls-untrusted tls-stranger "$address"
    probes 1 tls-protocol plain-on-tls "$address"
    probes 1 status tls-on-plain "$address"
done
probes 1 refused www "$S4"

# Acceptance 35.
proxy=http://127.0.0.1:1
export http_proxy=$proxy https_proxy=$proxy HTTPS_PROXY=$proxy ALL_PROXY=$proxy no_proxy=
probes 0 'HTTP 200' www "$P4"
probes 0 'HTTP 200' tls-www "$P6"
like "nginx saw who asked" "$(cat "$site/access.log")" '"repointd/[^ ]* \(check tls-www\)"'
done_testing
