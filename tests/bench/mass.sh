#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make bench; alone: BUILD=build tests/bench/mass.sh.
# What:  records of one zone that leave the same dead address at once, on each name server and with batches of several
#        sizes: seconds from the decision to the last record whose change was seen by a signed read, and messages. For
#        PowerDNS, which pays for each record whatever the message, also what nsupdate takes with equal messages.
# Why:   a site that dies takes all its names along. Figures are told, nothing is asserted but that all have moved.
#        Environment: RECORDS ("2000 10000"), BATCHES ("1 16 64 256"), SERVERS ("bind knot pdns"), SLOW (yes: pdns with
#        more than 2000 records, and batches of 1 with more than 2000 too).
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/../integration/daemon.sh"
RECORDS=${RECORDS:-2000 10000} BATCHES=${BATCHES:-1 16 64 256} SERVERS=${SERVERS:-bind knot pdns}
BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OWNER=00000000000bea7e

new_key repointd hmac-sha256
names() { seq -f 'r%05.0f' "$1"; }

# All records on the primary, marked as ours.
fill_zone() # RECORDS
{
    names "$1" | sed "s/.*/& 30 A $P4\n_repointd.& 60 TXT \"repointd1 o=$OWNER e=1 n=00000000000000aa\"/" | write_zone
}

configure() # RECORDS BATCH
{
    {
        printf 'checks:\n  web: {tcp: 80, interval: 1s, timeout: 800ms, fall: 1, rise: 1}\nrecords:\n'
        names "$1" | sed "s/.*/  &.$ZONE: {check: web, fail-back: manual, primary: $P4, secondary: $S4}/"
    } | write_config "batch: $2" 'timeout: 30s' 'audit: 1h'
    sed -i "s/^daemon:/&\n  owner: $OWNER/" "$CONFIG"
}

moved()
{
    if [ "$NS" = pdns ]; then # it lets nobody transfer
        sqlite3 "$NS_DIR/zone.sqlite" "SELECT COUNT(*) FROM records WHERE type = 'A' AND content = '$S4'"
        return
    fi
    dig_at "$NS_ADDRESS" "$NS_PORT" "$ZONE." AXFR -k "$KEY_FILE" | grep -c "A[[:space:]]*$S4"
}

# Messages sent since the start, by the daemon's own count.
sent()
{
    kill -USR1 "${PIDS[repointd]}"
    wait_until 5 told counters || return
    line_of counters | sed 's/.*updates: \([0-9]*\) sent.*/\1/'
}

# Seconds from the first "is down" of the daemon to the last change that the name server shows.
lasted() # WHEN
{
    local from
    from=$(grep -m 1 ' event=target-down ' "$LOG" | sed -E 's/^time=([^ ]*).*/\1/')
    awk "BEGIN { printf \"%.2f\", $1 - $(date -d "$from" +%s.%N) }"
}

# Processor time, in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' "/proc/${PIDS[$1]}/stat"; }

begin() # SERVER RECORDS
{
    rm -rf "$DIR/$1" "$DIR/state" "$LOG"
    fill_zone "$2"
    "start_$1"
}

measure() # SERVER RECORDS BATCH
{
    local cpu server_cpu last
    begin "$1" "$2"
    start_site primary $P4
    configure "$2" "$3"
    start_daemon
    sleep $((3 + $2 / 1500)) # four first reads a millisecond, while all is quiet
    cpu=$(ticks repointd) server_cpu=$(ticks "$1")
    stop primary
    last=$(timeout 600 "$BENCH/watch_serial.py" "$NS_ADDRESS" "$NS_PORT" "$ZONE" 3)
    cpu=$(($(ticks repointd) - cpu)) server_cpu=$(($(ticks "$1") - server_cpu))
    printf '  %-5s %6d records, batch %4d: %7s s, %5d messages; processor %d.%02d s, server %d.%02d s; moved: %d\n' \
        "$1" "$2" "$3" "$(lasted "$last")" "$(sent)" $((cpu / 100)) $((cpu % 100)) $((server_cpu / 100)) \
        $((server_cpu % 100)) "$(moved)"
    [ -z "${SHOW:-}" ] || cp "$LOG" "$SHOW"
    stop repointd
    stop "$1"
}

# The same change by nsupdate, on one connection.
measure_nsupdate() # SERVER RECORDS BATCH
{
    local began
    begin "$1" "$2"
    names "$2" | awk -v z="$ZONE" -v b="$3" -v p="$P4" -v s="$S4" -v o="$OWNER" \
        -v head="server $NS_ADDRESS $NS_PORT\nzone $ZONE.\nttl 30" '
        BEGIN { old = "\"repointd1 o=" o " e=1 n=00000000000000aa\""; new = "\"repointd1 o=" o " e=2 n=00000000000000bb\""; print head }
        { n = $1 "." z "."; m = "_repointd." n
          print "prereq yxrrset " n " IN A " p; print "prereq nxrrset " n " IN CNAME"; print "prereq yxrrset " m " IN TXT " old
          print "update delete " n " A"; print "update delete " m " TXT " old
          print "update add " n " 30 A " s; print "update add " m " 60 TXT " new }
        NR % b == 0 { print "send" } END { print "send" }' >"$DIR/nsupdate.in"
    began=$(now_ms)
    nsupdate -v -t 60 -k "$KEY_FILE" "$DIR/nsupdate.in" >"$DIR/nsupdate.out" 2>&1 || tail -n 2 "$DIR/nsupdate.out"
    printf '  %-5s %6d records, batch %4d: %7.2f s by nsupdate; moved: %d\n' "$1" "$2" "$3" \
        "$(awk "BEGIN { print ($(now_ms) - $began) / 1000 }")" "$(moved)"
    stop "$1"
}

start_site secondary $S4
printf '\nRecords of one zone that leave a dead address at once; load %s\n' "$(cut -d' ' -f1 /proc/loadavg)"
for server in $SERVERS; do
    for records in $RECORDS; do
        for batch in $BATCHES; do
            if [ "${SLOW:-}" != yes ] && [ "$records" -gt 2000 ]; then
                [ "$server" != pdns ] && [ "$batch" -gt 1 ] || continue
            fi
            measure "$server" "$records" "$batch"
            [ "$server" != pdns ] || measure_nsupdate "$server" "$records" "$batch"
        done
    done
done
