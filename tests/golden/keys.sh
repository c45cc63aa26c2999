#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick and check; rules CFG-10, CFG-16.
# What:  key files fresh from each tool, of each algorithm, load; a daemon's dump, messages and schema never hold the secret.
# Why:   the forms are other programs', and they change without asking us.
set -u

here=$(cd "$(dirname "$0")" && pwd)
repointd=${REPOINTD:-$here/../../build/repointd}
work=$(mktemp -d "${TMPDIR:-/tmp}/repointd-keys.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
umask 077
number=0 failed=0

tell()
{
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' out err 2>/dev/null
        failed=$((failed + 1))
    fi
}

cat >r.yaml <<'EOF'
servers:
  ns1:
    address: 127.0.0.1
    zones: [example.com]
    key: {file: ddns.key}
checks:
  web: {http: http://www.example.com/healthz}
records:
  www.example.com: {check: web, primary: 192.0.2.250, secondary: 198.51.100.76}
EOF

# The file loads without a word, and its secret comes out nowhere. $1: what it is, $2: the words of the one warning, if any.
try()
{
    local secret
    secret=$(grep -v '^#' ddns.key | grep -Eo '[A-Za-z0-9+/]{20,}={0,2}' | head -n 1)
    "$repointd" --check-config r.yaml >out 2>err && grep -qx 'OK: 1 record, 1 check, 1 server\|OK: 1 records, 1 checks, 1 servers' out &&
        if [ "${2:-}" ]; then grep -q "warning: .*$2" err; else [ ! -s err ]; fi &&
        "$repointd" --dump-config --config r.yaml >dump 2>&1 && [ "$secret" ] && ! grep -qF "$secret" dump out err
    tell $? "$1"
}

for algorithm in hmac-sha224 hmac-sha256 hmac-sha384 hmac-sha512; do
    weak=
    tsig-keygen -a $algorithm ddns >ddns.key
    [ $algorithm = hmac-sha224 ] && weak='224 bits'
    try "tsig-keygen, $algorithm" "$weak"
    keymgr -t ddns $algorithm 256 >ddns.key 2>/dev/null
    try "keymgr, $algorithm"
    sed -n 's/^# //p' ddns.key >line && mv line ddns.key
    try "algorithm:name:secret, $algorithm"
done

# pdnsutil needs a database of its own.
sqlite3 pdns.db </usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql
printf 'launch=gsqlite3\ngsqlite3-database=%s/pdns.db\n' "$work" >pdns.conf
for algorithm in hmac-sha224 hmac-sha256 hmac-sha384 hmac-sha512; do
    pdnsutil --config-dir="$work" generate-tsig-key ddns-$algorithm $algorithm >ddns.key 2>/dev/null
    try "pdnsutil generate-tsig-key, $algorithm"
    pdnsutil --config-dir="$work" list-tsig-keys 2>/dev/null | grep "^ddns-$algorithm\." >ddns.key
    try "pdnsutil list-tsig-keys, $algorithm"
done

tsig-keygen -a hmac-sha1 ddns >ddns.key
try "tsig-keygen, hmac-sha1: a warning" 'hmac-sha1, which is out of date'
tsig-keygen -a hmac-md5 ddns >ddns.key
try "tsig-keygen, hmac-md5: a warning" 'hmac-md5, which is out of date'

tsig-keygen ddns >ddns.key
chmod 0644 ddns.key
try "a key that others can read: one warning" 'other users can read'
chmod 0600 ddns.key

# A person who may not read the key may still check; the daemon would not start.
if [ "$(id -u)" = 0 ]; then
    chmod 0711 "$work"
    chmod 0644 r.yaml
    runuser -u nobody -- "$repointd" --check-config "$work/r.yaml" >out 2>err && grep -q 'not checked here' err
    tell $? "another user's check says that the key is not checked here"
    STATE_DIRECTORY=/nonexistent runuser -u nobody -- "$repointd" --config "$work/r.yaml" >out 2>err
    [ $? = 78 ] && grep -q 'Permission denied' err
    tell $? "another user's start ends with 78"
fi

echo "1..$number"
[ "$failed" = 0 ]
