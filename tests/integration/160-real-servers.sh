#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: one daemon, and six web servers as Debian ships them, each with a configuration of the story's own, as nobody; no name server.
# What:  plain and TLS, kept and closed connections, chunks, gzip, HTTP/1.0: all of them up. Then every server stands still (each check
#        times out in the phase that is missing), goes on (up), and is stopped (refused).
# Why:   our own servers of tests/hostile do what we believe servers do. These do what servers do.
# Names: faults 18, 21, 30; r53 14, 32.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

# server   what       port  path           what curl has to see there; what becomes of it while the server stands still
rows=$(sed '/^$/d' <<'ROWS'
nginx      plain      8101  /page.txt      HTTP/1.1.200                 timeout-response
nginx      close      8102  /page.txt      Connection:.close            timeout-response
nginx      gzip       8101  /long.txt      Content-Encoding:.gzip       timeout-response
nginx      chunked    8101  /page.shtml    Transfer-Encoding:.chunked   timeout-response
nginx      tls        8191  /page.txt      HTTP/1.1.200                 timeout-tls
nginx      tls-gzip   8191  /long.txt      Content-Encoding:.gzip       timeout-tls
apache2    plain      8201  /page.txt      HTTP/1.1.200                 timeout-response
apache2    close      8201  /close.txt     Connection:.close            timeout-response
apache2    gzip       8201  /long.txt      Content-Encoding:.gzip       timeout-response
apache2    chunked    8201  /chunked.txt   Transfer-Encoding:.chunked   timeout-response
apache2    http-1.0   8201  /old.txt       HTTP/1.0.200                 timeout-response
apache2    tls        8291  /page.txt      HTTP/1.1.200                 timeout-tls
apache2    tls-old    8291  /old.txt       HTTP/1.0.200                 timeout-tls
lighttpd   plain      8301  /page.txt      HTTP/1.1.200                 timeout-response
lighttpd   close      8302  /page.txt      Connection:.close            timeout-response
lighttpd   gzip       8301  /long.txt      Content-Encoding:.gzip       timeout-response
lighttpd   http-1.0   8303  /page.txt      HTTP/1.0.200                 timeout-response
lighttpd   tls        8391  /page.txt      HTTP/1.1.200                 timeout-tls
haproxy    plain      8401  /              HTTP/1.1.200                 timeout-response
haproxy    close      8402  /              [Cc]onnection:.close         timeout-response
haproxy    gzip       8403  /page.txt      [Cc]ontent-[Ee]ncoding:.gzip timeout-response
haproxy    tls        8491  /              HTTP/1.1.200                 timeout-tls
h2o        plain      8501  /page.txt      HTTP/1.1.200                 timeout-response
h2o        gzip       8501  /long.txt      [Cc]ontent-[Ee]ncoding:.gzip timeout-response
h2o        tls        8591  /page.txt      HTTP/1.1.200                 timeout-tls
ROWS
)
servers="nginx apache2 lighttpd haproxy h2o nghttpd"

# ---- the servers -----------------------------------------------------------------------------------------------------------------

WEB=$DIR/web PAGES=$DIR/web/pages
mkdir -p "$PAGES"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj "/CN=www.$ZONE" -addext "subjectAltName=DNS:www.$ZONE" \
    -keyout "$WEB/key.pem" -out "$WEB/cert.pem" 2>/dev/null
cat "$WEB/cert.pem" "$WEB/key.pem" >"$WEB/both.pem"
for page in page close old; do echo healthy >"$PAGES/$page.txt"; done
{ echo healthy; seq 20000; } >"$PAGES/long.txt"
echo 'healthy <!--#echo var="DOCUMENT_URI" -->' | tee "$PAGES/page.shtml" | cat - "$PAGES/long.txt" >"$PAGES/chunked.txt"

configure_nginx()
{
    printf 'daemon off; master_process off; pid %s/nginx.pid; error_log stderr;\n' "$WEB"
    printf 'events { worker_connections 256; }\nhttp { access_log off; root %s; default_type text/plain;\n' "$PAGES"
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/nginx-%s;\n' $kind "$WEB" $kind; done
    printf 'types { text/html shtml; }\n'
    printf 'gzip on; gzip_types text/plain; gzip_min_length 1000;\n'
    printf 'server { listen 127.0.0.1:8101; location ~ shtml$ { ssi on; gzip off; } }\n'
    printf 'server { listen 127.0.0.1:8102; keepalive_timeout 0; }\n'
    printf 'server { listen 127.0.0.1:8191 ssl; ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem; }\n}\n' "$WEB" "$WEB"
}

configure_apache2()
{
    for module in mpm_event authz_core env setenvif filter deflate include mime ssl; do
        printf 'LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n' $module $module
    done
    cat <<CONF
ServerName www.$ZONE
PidFile $WEB/apache2.pid
DefaultRuntimeDir $WEB
ErrorLog $DIR/apache2.log
ServerLimit 1
StartServers 1
ThreadsPerChild 25
MaxRequestWorkers 25
Listen 127.0.0.1:8201
Listen 127.0.0.1:8291
DocumentRoot $PAGES
TypesConfig /dev/null
AddType text/plain .txt
Options +Includes
SetEnvIf Request_URI ^/close nokeepalive
SetEnvIf Request_URI ^/old downgrade-1.0 force-response-1.0
<Location /long.txt>
    SetOutputFilter DEFLATE
</Location>
<Location /chunked.txt>
    SetOutputFilter INCLUDES
</Location>
<VirtualHost 127.0.0.1:8291>
    SSLEngine on
    SSLCertificateFile $WEB/cert.pem
    SSLCertificateKeyFile $WEB/key.pem
</VirtualHost>
CONF
}

configure_lighttpd()
{
    cat <<CONF
server.modules = ( "mod_deflate", "mod_openssl" )
server.document-root = "$PAGES"
server.bind = "127.0.0.1"
server.port = 8301
server.errorlog = "$DIR/lighttpd.log"
mimetype.assign = ( ".txt" => "text/plain" )
deflate.mimetypes = ( "text/plain" )
deflate.allowed-encodings = ( "gzip" )
\$SERVER["socket"] == "127.0.0.1:8302" { server.max-keep-alive-requests = 0 }
\$SERVER["socket"] == "127.0.0.1:8303" { server.protocol-http11 = "disable" }
\$SERVER["socket"] == "127.0.0.1:8391" { ssl.engine = "enable" ssl.pemfile = "$WEB/both.pem" }
CONF
}

configure_haproxy()
{
    cat <<CONF
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend plain
    bind 127.0.0.1:8401
    bind 127.0.0.1:8491 ssl crt $WEB/both.pem
    http-request return status 200 content-type text/plain string healthy
frontend close
    bind 127.0.0.1:8402
    option httpclose
    http-request return status 200 content-type text/plain string healthy
listen gzip
    bind 127.0.0.1:8403
    compression algo gzip
    compression type text/plain
    http-request set-path /page.txt
    server behind 127.0.0.1:8201
CONF
}

configure_h2o()
{
    cat <<CONF
num-threads: 1
error-log: $DIR/h2o.log
compress: [gzip]
listen: {host: 127.0.0.1, port: 8501}
listen: {host: 127.0.0.1, port: 8591, ssl: {certificate-file: $WEB/cert.pem, key-file: $WEB/key.pem, neverbleed: OFF, ocsp-update-interval: 0}}
hosts:
  default:
    paths:
      /:
        file.dir: $PAGES
CONF
}

# What a server is called with; all stay in the foreground, all as nobody.
run_server() # NAME
{
    local words
    case $1 in
    nginx) words="nginx -p $WEB -c $WEB/nginx.conf -e stderr" ;;
    apache2) words="apache2 -D FOREGROUND -d $WEB -f $WEB/apache2.conf" ;;
    lighttpd) words="lighttpd -D -f $WEB/lighttpd.conf" ;;
    haproxy) words="haproxy -db -f $WEB/haproxy.conf" ;;
    h2o) words="h2o -m worker -c $WEB/h2o.conf" ;;
    # It speaks HTTP/2 alone, so it is a target for other checks than http.
    nghttpd) words="nghttpd -a 127.0.0.1 -d $PAGES 8691 $WEB/key.pem $WEB/cert.pem" ;;
    esac
    # shellcheck disable=SC2086
    start "$1" setsid setpriv --reuid=nobody --regid=nogroup --clear-groups env PATH="$PATH:/usr/sbin" HOME="$WEB" $words
}

for server in $servers; do
    [ "$server" = nghttpd ] || "configure_$server" >"$WEB/$server.conf"
done
chown -R nobody "$WEB"
for server in $servers; do : >"$DIR/$server.log"; done
chmod 666 "$DIR"/*.log
for server in $servers; do run_server "$server"; done
ports=$(awk '{ print $3 }' <<<"$rows" | sort -u; echo 8691)
for port in $ports; do wait_until 10 nc -z 127.0.0.1 "$port" || bail "nobody at port $port: $(tail -n 3 "$DIR"/*.log)"; done

scheme_of() { case $1 in *91) echo https ;; *) echo http ;; esac } # PORT
while read -r server what port path shown _; do
    like "$server $what is what it says" "$(curl -si --noproxy '*' -k --http1.1 -H 'Accept-Encoding: gzip, deflate' \
        "$(scheme_of "$port")://127.0.0.1:$port$path" | sed '/^\r*$/q')" "^$shown"
done <<<"$rows"

# ---- the daemon ------------------------------------------------------------------------------------------------------------------

new_key repointd hmac-sha256
NS_PORT=53
write_config <<CONFIG
defaults: {check: {interval: 700ms, timeout: 600ms, fall: 2, rise: 1}}
checks:
$(while read -r server what port path _; do
    printf '  %s-%s: {http: "%s://www.%s:%s%s", expect: {contains: healthy}' "$server" "$what" "$(scheme_of "$port")" "$ZONE" "$port" "$path"
    [ "$(scheme_of "$port")" = http ] || printf ', tls: {ca: %s/cert.pem}' "$WEB"
    printf '}\n'
done <<<"$rows")
  nghttpd-tcp: {tcp: 8691}
  nghttpd-http: {http: "https://www.$ZONE:8691/page.txt", tls: {ca: $WEB/cert.pem}}
records:
$(while read -r server what _; do
    printf '  %s-%s.%s: {check: %s-%s, enabled: off, primary: 127.0.0.1, ' "$server" "${what//./-}" "$ZONE" "$server" "$what"
    printf 'secondary: {address: %s, check: none}}\n' $S4
done <<<"$rows
nghttpd tcp
nghttpd http")
CONFIG
all=$(($(wc -l <<<"$rows") + 1)) # and nghttpd-tcp

# Of each record what was told last: "RECORD EVENT REASON", sorted.
states()
{
    said | sed -nE 's/.* event=target-(up|down) record=([^ ]*)\.'"$ZONE"' .*/\2 \1 &/p' |
        sed -E 's/^([^ ]* [^ ]*) .* reason=([^ ]*).*/\1 \2/; s/^([^ ]* [^ ]*) time=.*/\1/' |
        awk '{ last[$1] = $0 } END { for (name in last) print last[name] }' | sort
}
wanted_states() # WORD FOR THOSE OF THE TABLE: a reason, "up", or "silent"
{
    while read -r server what _ _ _ silent; do
        case $1 in
        up) echo "$server-${what//./-} up ok" ;;
        silent) echo "$server-${what//./-} down $silent" ;;
        *) echo "$server-${what//./-} down $1" ;;
        esac
    done <<<"$rows"
}
of_the_table() { states | grep -v '^nghttpd'; }
all_are() { [ "$(of_the_table)" = "$(wanted_states "$1" | sort)" ]; }

start_daemon
wait_until 20 all_are up
is "all are up" "$(of_the_table)" "$(wanted_states up | sort)"
ok "HTTP/2 alone is no HTTP for a check" wait_until 10 told target-down 'record=nghttpd-http.* reason=(protocol|closed|tls-protocol|reset) '
say "$(line_of target-down record=nghttpd-http | field msg)"
like "but it is up for a check of its port" "$(states)" '^nghttpd-tcp up'

say "they stand still"
for server in $servers; do kill -STOP -- "-${PIDS[$server]}"; done
wait_until 20 all_are silent
is "each is missed where it does not answer" "$(of_the_table)" "$(wanted_states silent | sort)"
for server in $servers; do kill -CONT -- "-${PIDS[$server]}"; done
wait_until 20 all_are up
is "they go on, and are up" "$(of_the_table)" "$(wanted_states up | sort)"

say "they are stopped"
for server in $servers; do stop "$server"; done
wait_until 20 all_are refused
is "each refuses" "$(of_the_table)" "$(wanted_states refused | sort)"
is "so does the port of HTTP/2" "$(states | grep nghttpd-tcp)" "nghttpd-tcp down refused"
is "nothing was our own fault" "$(count_told target-unknown)" 0
stop repointd
done_testing
