#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick and check; MET-7.
# What:  the alert rules are rules, each fires when it should; rules, dashboard and docs/metrics.md name metrics that there are,
#        and the page names them all.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
examples=$top/conf/examples
number=0 failed=0

tell() # STATUS NAME OUTPUT
{
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=$((failed + 1))
        [ -z "$3" ] || printf '%s\n' "$3" | sed 's/^/# /'
    fi
}

# What the tables of the source say there is; a histogram is three.
there=$(sed -nE 's/^ *\{"((repointd|process)_[a-z_]+)", (METRIC_[A-Z]+).*/\1 \3/p' "$top"/src/app/metrics_*.c |
    awk '{ print $1 } $2 == "METRIC_HISTOGRAM" { print $1 "_bucket"; print $1 "_sum"; print $1 "_count" }' | sort)
named() { grep -ohE '\b(repointd_[a-z_]+|process_[a-z]+_[a-z_]+)' "$@" | sort -u; }

if command -v promtool >/dev/null; then
    out=$(promtool check rules "$examples/alerts.yml" 2>&1)
    tell $? "alerts.yml: rules" "$out"
    out=$(cd "$here" && promtool test rules alerts_test.yml 2>&1)
    tell $? "alerts_test.yml: each fires when it should" "$out"
else
    number=$((number + 1))
    echo "ok $number - alerts.yml # SKIP promtool (package prometheus) is not installed"
fi
alerts=$(sed -nE 's/^ *- alert: //p' "$examples/alerts.yml" | sort | paste -sd' ')
[ "$alerts" = "$(sed -nE 's/^\| `([A-Z][A-Za-z]+)` \|.*/\1/p' "$top/docs/metrics.md" | sort | paste -sd' ')" ]
tell $? "docs/metrics.md names each alert" "$alerts"
for alert in $alerts; do grep -q "\b$alert\b" "$here/alerts_test.yml" || echo "$alert"; done | grep -q .
[ $? != 0 ]
tell $? "each is tested" ""
out=$(/usr/bin/python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$examples/grafana.json" 2>&1)
tell $? "grafana.json: JSON" "$out"
for file in "$examples/alerts.yml" "$examples/grafana.json"; do
    out=$(named "$file" | comm -23 - <(sort -u <<<"$there"))
    [ -z "$out" ] && [ "$(named "$file" | wc -l)" -ge 8 ]
    tell $? "${file##*/} names metrics that there are" "$out"
done
out=$(named "$top/docs/metrics.md" | comm -23 - <(sort -u <<<"$there"))
[ -z "$out" ]
tell $? "docs/metrics.md names metrics that there are" "$out"
out=$(grep -v '^process_' <<<"$there" | grep -vE '_(bucket|sum|count)$' | comm -23 - <(named "$top/docs/metrics.md"))
[ -z "$out" ]
tell $? "and all of them" "$out"
echo "1..$number"
[ "$failed" = 0 ]
