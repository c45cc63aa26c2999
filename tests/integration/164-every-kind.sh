#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: one daemon on BIND with every kind of check and every rule of `expect`, good and bad, at once.
# What:  each is up, or down for its own reason; a source that goes away is our own fault and nobody's else; a calculated check moves a
#        record the moment its child does; what programs, banners and DNS texts say stays within a line.
# Names: faults 10, 20, 25, 27, 32, 48; r53 1, 42, 50, 53, 56, 80.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

SOURCE=192.0.2.9
ip address add $SOURCE/32 dev lo
sysctl -qw net.ipv4.ping_group_range="0 2147483647" || bail "no echo without privilege"
new_key repointd hmac-sha256
write_zone <<ZONE
www 30 A $P4
text 30 TXT "\\027[31m%n%s\\155\\013 level=crit event=failover msg="
ZONE
start_bind
start_site primary $P4
start_site secondary $S4
mkfifo "$DIR/leash"
start hostile sh -c 'TMPDIR=$2 exec "$0" "$1/http_server.py" <>"$2/leash"' /usr/bin/python3 "$HOSTILE" "$DIR"
wait_until 30 grep -q '^ready' "$DIR/hostile.log" || bail "no hostile server: $(tail -n 3 "$DIR/hostile.log")"
port_of() { awk -v name="$1" '$1 == name { print $2 }' "$DIR/hostile.log"; }
port() { printf '%s' "$(port_of "$1")"; }
ca=$(port_of ca) host=www.example.com

cat >"$DIR/words" <<'SCRIPT'
#!/bin/sh
[ "$1 $2 $3 $4" = "127.0.0.1 exec-words.fo.test primary exec-words" ] && [ -z "$HOME" ]
status=$?
printf '\033[31m%%n%%s level=crit event=failover msg=\n\n'
exit $((status * 2))
SCRIPT
printf '#!/bin/sh\nprintf "\\033[31m%%%%n%%%%s\\n second line\\n"\nexit 2\n' >"$DIR/fails"
printf '#!/bin/sh\nkill -KILL $$\n' >"$DIR/dies"
printf '#!/bin/sh\nsleep 60\n' >"$DIR/sleeps"
chmod +x "$DIR"/{words,fails,dies,sleeps}

# name | what comes of it | the check
rows=$(sed '/^$/d' <<ROWS
tcp-regex|up|tcp: $(port banner), expect: {regex: '^220 '}
tcp-other|body|tcp: $(port banner), expect: {regex: '^250 '}
tcp-send|up|tcp: $(port ok), send: "GET / HTTP/1.0\r\n\r\n", expect: {contains: healthy}
tcp-not|body|tcp: $(port banner), expect: {not-contains: example.com}
tcp-deaf|timeout-response|tcp: $(port silence), expect: {contains: healthy}
tls|up|tls: $(port tls-good), ca: $ca, sni: $host
tls-name|tls-name|tls: $(port tls-wrong-name), ca: $ca, sni: $host
tls-expired|tls-expired|tls: $(port tls-expired), ca: $ca, sni: $host
tls-days|tls-expiring|tls: $(port tls-good), ca: $ca, sni: $host, expect: {certificate-days: 30}
tls-enough|up|tls: $(port tls-good), ca: $ca, sni: $host, expect: {certificate-days: 5}
tls-min|tls-protocol|tls: $(port tls-old), verify: off
dns|up|dns: {query: www.$ZONE, port: $NS_PORT}, expect: {answer: $P4}
dns-other|dns-answer|dns: {query: www.$ZONE, port: $NS_PORT}, expect: {answer: $S4}
dns-text|dns-answer|dns: {query: text.$ZONE, type: TXT, port: $NS_PORT}, expect: {answer: sound}
dns-rcode|dns-rcode|dns: {query: none.$ZONE, port: $NS_PORT}
dns-none|up|dns: {query: none.$ZONE, port: $NS_PORT}, expect: {rcode: NXDOMAIN}
ping|up|ping: on
exec-words|up|exec: [$DIR/words, \$ADDRESS, \$RECORD, \$TARGET, \$CHECK]
exec-fails|exec-status|exec: [$DIR/fails]
exec-dies|exec-signal|exec: [$DIR/dies]
exec-sleeps|exec-timeout|exec: [$DIR/sleeps]
http-post|up|http: "http://$host:$(port echo)/", method: POST, body: x, headers: {User-Agent: mine}, expect: {contains: "user-agent=mine|"}
http-regex|up|http: "http://$host:$(port ok)/", expect: {regex: '^heal.*y\$'}
http-not|body|http: "http://$host:$(port ok)/", expect: {not-contains: healthy}
http-days|tls-expiring|http: "https://$host:$(port tls-scripted)/", tls: {ca: $ca}, expect: {certificate-days: 30}
http-follows|up|http: "http://$host:$(port scripted)/?status=302&header=Location:%20/", follow-redirects: 1, expect: {status: 200, contains: healthy}
http-loop|redirect|http: "http://$host:$(port redirect-loop)/", follow-redirects: 3
http-metadata|redirect|http: "http://$host:$(port scripted)/?status=302&header=Location:%20http://169.254.169.254/", follow-redirects: 3
http-elsewhere|redirect|http: "http://$host:$(port scripted)/?status=302&header=Location:%20http://elsewhere.example/", follow-redirects: 3
http-scheme|redirect|http: "http://$host:$(port hostile-location)/", follow-redirects: 3
inverted-up|up|tcp: $(port refuse), invert: on
inverted-down|inverted|tcp: $(port ok), invert: on
all-of|dns-rcode|all-of: [tls, dns-rcode]
any-of|up|any-of: [tls, tls-name]
at-least|up|at-least: {count: 2, of: [tls, any-of, tls-name]}
source|up|tcp: 80, source: $SOURCE
ROWS
)
address_of() { case $1 in source | ping) echo $P4 ;; *) echo 127.0.0.1 ;; esac } # NAME
write_config 'batch: 1' <<CONFIG
defaults: {check: {interval: 1s, timeout: 900ms, fall: 2, rise: 1}}
checks:
$(while IFS='|' read -r name _ check; do printf '  %s: {%s}\n' "$name" "$check"; done <<<"${rows//=mine|/=mine}")
  dial: {tcp: 80}
  web: {http: "http://www.$ZONE/health"}
  site: {all-of: [web, dial]}
records:
$(while IFS='|' read -r name _; do
    printf '  %s.%s: {check: %s, primary: %s, enabled: off, secondary: {address: 203.0.113.7, check: none}}\n' "$name" "$ZONE" "$name" "$(address_of "$name")"
done <<<"$rows")
  www.$ZONE: {check: site, primary: $P4, secondary: $S4, fail-back-delay: 0s}
CONFIG

# ---- the story -------------------------------------------------------------------------------------------------------------------

# Of each record what was told last of its primary: "up" or the reason.
states()
{
    said | sed -nE "s/.* event=target-(up|down|unknown) record=([^ ]*)\.$ZONE .*target=primary .*reason=([^ ]*).*/\2 \1 \3/p" |
        awk '{ last[$1] = $2 == "up" ? "up" : $3 } END { for (name in last) print name, last[name] }' | grep -v '^www ' | sort
}
wanted=$(while IFS='|' read -r name what _; do echo "$name $what"; done <<<"$rows" | sort)
all_as_wanted() { [ "$(states)" = "$wanted" ]; }
start_daemon --log-level debug
wait_until 20 all_as_wanted
found=$(states)
while read -r name what; do is "$name: $what" "$(awk -v name="$name" '$1 == name { print $2 }' <<<"$found")" "$what"; done <<<"$wanted"
lines_are_ours() { said | "$(dirname "$0")/log_lines.py"; }
ok "each line is one of ours" lines_are_ours
is "and none of them theirs" "$(said | grep -c '^level=crit\|^ second line')" 0
ok "the source is the one that was said" wait_until 5 eval 'ss -Htan "src $SOURCE" | grep -q .'

say "the source is gone"
ip address del $SOURCE/32 dev lo
ok "that is our own fault" wait_until 15 told target-unknown 'record=source.* reason=local-error'
is "and not the target's" "$(count_told target-down record=source)" 0
ip address add $SOURCE/32 dev lo
ok "it is back" wait_until 15 eval '[ "$(states | grep "^source ")" = "source up" ]'

say "no echo comes"
nft 'add table inet way; add chain inet way in { type filter hook input priority 0; }; add rule inet way in icmp type echo-request drop'
ok "ping is down" wait_until 15 told target-down 'record=ping.* reason=timeout-response'
nft delete table inet way

say "a child moves the record"
ok "the record is ours" wait_until 10 told owned 'record=www'
ok "both sites are up" wait_until 10 eval '[ "$(count_told target-up record=www)" = 2 ]'
sick primary
ok "switched" wait_until 10 serves www A $S4
like "the child that decided is named" "$(line_of target-down record=www)" 'reason=status detail="web: HTTP 503'
well primary
ok "and back" wait_until 10 serves www A $P4
stop repointd
done_testing
