#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: single probes of the real binary against nginx with two virtual hosts, on both families.
# What:  Host and SNI are those of the URL and the connection is to the address asked for; names, certificates and
#        compression as told by each check; a proxy of the environment changes nothing. Redirects, client certificates,
#        local addresses, the end of a certificate, and TLS alone.
# Names: faults 10, 25, 29, 31-33; r53 15, 18, 24, 25, 32, 37, 71; acceptance 35.
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
    printf 'location = /moved { return 301 https://$host/moved-here; }\nlocation /away { return 302 http://elsewhere.test/; }\n'
    # shellcheck disable=SC2016
    printf 'location /who { default_type text/plain; return 200 "from=$remote_addr"; }\n'
    # shellcheck disable=SC2016
    printf 'location / { default_type text/plain; return 200 "this is %s: host=$http_host sni=$ssl_server_name"; }\n}\n' "$1"
}

authority ca
authority stranger
certificate www.fo.test
certificate api.fo.test
certificate visitor
site=$DIR/nginx
mkdir "$site"
{
    printf 'worker_processes 1; daemon off; master_process off; pid %s/pid; error_log stderr;\n' "$site"
    printf 'events { worker_connections 256; }\nhttp { access_log %s/access.log;\n' "$site"
    printf 'gzip on; gzip_types text/plain; gzip_min_length 1;\n'
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/%s;\n' $kind "$site" $kind; done
    virtual_host www.fo.test default_server
    virtual_host api.fo.test
    printf 'server { listen %s:8444 ssl; listen [%s]:8444 ssl; ssl_client_certificate %s/ca.pem; ssl_verify_client on; ssl_protocols TLSv1.3;\n' \
        "$P4" "$P6" "$DIR"
    printf 'ssl_certificate %s/www.fo.test.pem; ssl_certificate_key %s/www.fo.test.key;\n' "$DIR" "$DIR"
    # shellcheck disable=SC2016
    printf 'location / { default_type text/plain; return 200 "visitor=$ssl_client_s_dn"; }\n}\n}\n'
} >"$site/nginx.conf"
start nginx nginx -p "$site" -c "$site/nginx.conf" -e stderr
wait_until 10 curl -sf --noproxy '*' -o /dev/null "http://$P4/" || bail "nginx: $(tail -n 3 "$DIR/nginx.log")"

# ---- the checks ------------------------------------------------------------------------------------------------------------------

new_key repointd hmac-sha256
NS_PORT=53
check() # NAME URL TEXT [TLS]
{
    printf '  %s:\n    http: "%s"\n' "$1" "$2"
    [ -z "$3" ] || printf '    expect: {contains: "%s"}\n' "$3"
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
    ca="ca: $DIR/ca.pem"
    check moved http://www.fo.test/moved "host=www.fo.test sni=www.fo.test" "$ca"
    printf '    follow-redirects: 1\n'
    check away http://www.fo.test/away ""
    printf '    follow-redirects: 1\n'
    check stays http://www.fo.test/away ""
    check from4 http://www.fo.test/who "from=$S4"
    printf '    source: [%s, "%s"]\n' "$S4" "$S6"
    check from6 http://www.fo.test/who "from=$S6"
    printf '    source: [%s, "%s"]\n' "$S4" "$S6"
    check gone http://www.fo.test/who "from=192.0.2.99"
    printf '    source: 192.0.2.99\n'
    check visitor https://www.fo.test:8444/ "visitor=CN=visitor" \
        "$ca, certificate: $DIR/visitor.pem, key: $DIR/visitor.key, min-version: '1.3'"
    check nobody https://www.fo.test:8444/ "" "$ca"
    check days https://www.fo.test/ "" "$ca"
    printf '    expect: {certificate-days: 3}\n'
    printf '  alone: {tls: 443, %s, sni: www.fo.test, expect: {certificate-days: 1}}\n' "$ca"
    printf '  alone-name: {tls: 443, %s, sni: other.fo.test}\n' "$ca"
    printf '  alone-days: {tls: 443, %s, expect: {certificate-days: 3}}\n' "$ca"
    printf '  alone-plain: {tls: 80}\n'
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
    probes 0 'HTTP 200 after 1 redirect' moved "$address"
    probes 1 'a redirect to another host: elsewhere\.test' away "$address"
    probes 0 'HTTP 302' stays "$address"
    probes 0 'HTTP 200' visitor "$address"
    probes 1 'HTTP 400' nobody "$address"
    probes 1 'expires in 1d23h, wanted 3 days' days "$address"
    probes 0 'certificate  ends 2.* UTC \(in 1d23h\)' alone "$address"
    probes 1 tls-name alone-name "$address"
    probes 1 tls-expiring alone-days "$address"
    probes 1 tls-protocol alone-plain "$address"
done
probes 0 'HTTP 200' from4 "$P4"
probes 0 'HTTP 200' from6 "$P6"
# Fault 10: without its address this host cannot ask; with it, it can.
probes 3 'local-error' gone "$P4"
ip address add 192.0.2.99/32 dev lo
probes 0 'HTTP 200' gone "$P4"
probes 1 refused www "$S4"

# Acceptance 35.
proxy=http://127.0.0.1:1
export http_proxy=$proxy https_proxy=$proxy HTTPS_PROXY=$proxy ALL_PROXY=$proxy no_proxy=
probes 0 'HTTP 200' www "$P4"
probes 0 'HTTP 200' tls-www "$P6"
like "nginx saw who asked" "$(cat "$site/access.log")" '"repointd/[^ ]* \(check tls-www\)"'
done_testing
