# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: several daemons on one record, told once for each name server by 132, which sets SERVER.
# What:  two that see the opposite: the owner alone writes, the other says whose it is and looks on, also when the owner
#        is dead; a third with the owner's copied state is noticed as a clone; eight that start at once: one owner.
# Names: faults 95, 96, 133, 135-137; S17; acceptance 30, 31 (OPPOSITE_S=1800 for half an hour of dispute, ROUNDS=50 for all
#        rounds of the race).
. "$(dirname "$0")/daemon.sh"

new_key repointd hmac-sha256
least_rights www race
write_zone <<ZONE
www 30 A $P4
race 30 A $P4
ZONE
"start_$SERVER"
start_site primary $P4
start_site secondary $S4

# A daemon that looks at /NAME, so that each sees what the story shows it.
configure() # NAME OF ITS LOOK, RECORD
{
    write_config 'audit: 1s' 'timeout: 2s' 'retry: {first: 200ms, max: 1s}' <<CONFIG
$(swift_check "$1")
records:
  $2.$ZONE: {check: web, primary: $P4, secondary: $S4, fail-back-delay: 0s, max-switches: 100}
CONFIG
}
served_so_far() { cut -d' ' -f2- "$DIR/served.log" | paste -sd'|'; }

say "the first to come owns it"
as first configure first www
as first start_daemon
ok "the first adopts" wait_until 15 as first told owned
owner=$(marker www | sed -E 's/.* o=([0-9a-f]+) .*/\1/')
start served /usr/bin/python3 "$(dirname "$0")/served.py" $NS_ADDRESS "$NS_PORT" "www.$ZONE" A
as second configure second www
as second start_daemon
ok "the second says whose it is" wait_until 15 as second told not-ours "owned by $owner \\(epoch 1\\)"
ok "it knows its targets all the same" wait_until 10 eval '[ "$(as second count_told target-up)" = 2 ]'

say "they see the opposite"
before=$(serial)
sick primary second
sick secondary first
ok "the second sees the primary dead" wait_until 10 as second told target-down "target=primary"
ok "the first sees the secondary dead" wait_until 10 as first told target-down "target=secondary"
sleep "${OPPOSITE_S:-4}" # some audits of both
is "nothing changes" "$(serial)|$(dig_short www A)" "$before|$P4"
sick primary first
well secondary first
ok "the owner's view counts" wait_until 15 serves www A $S4
well primary first
sick secondary first
ok "there and back" wait_until 15 serves www A $P4
is "by the owner alone" "$(as first count_told 'fail(over|-back)')|$(as second count_told 'fail(over|-back)')" "2|0"
is "in two changes of the zone" "$(serial)" $((before + 2))

say "the owner dies"
kill -KILL "${PIDS[first]}"
wait "${PIDS[first]}" 2>/dev/null
unset 'PIDS[first]'
before=$(serial)
sleep 3 # the second sees the primary dead all the time
is "nobody writes" "$(serial)|$(dig_short www A)" "$before|$P4"
cp -a "$DIR/first-state" "$DIR/third-state" # what a copy of the machine has
as first start_daemon
ok "it comes back" wait_until 15 eval '[ "$(as first count_told target-up)" = 1 ]'
is "as the owner that it was" "$(marker www)|$(as first count_told 'not-ours|conflict')" \
    "$(marker www | sed -E "s/ o=[0-9a-f]+/ o=$owner/")|0"

say "a copy of it starts, which sees the opposite"
sick primary third
as third configure third www
as third start_daemon
ok "the copy takes the record for its own" wait_until 15 serves www A $S4
ok "the first stops, and says clone" wait_until 15 as first told conflict 'clone'
before=$(serial)
sleep 3
is "it is over with that" "$(serial)|$(dig_short www A)" "$before|$S4"
stop served
is "in all that time: P, S, P, S" "$(served_so_far)" "NOERROR $P4|NOERROR $S4|NOERROR $P4|NOERROR $S4"
for name in first second third; do stop $name; done

say "eight at once"
wrong=0
for ((round = 1; round <= ${ROUNDS:-3}; round++)); do
    nsupdate_now <<<"update delete _repointd.race.$ZONE TXT"
    for n in 1 2 3 4 5 6 7 8; do
        rm -rf "$DIR/d$n-state"
        as d$n configure health race
        as d$n launch_daemon
    done
    for n in 1 2 3 4 5 6 7 8; do
        wait_until 30 eval "as d$n told owned || as d$n told not-ours" || { say "d$n has no view"; wrong=$((wrong + 1)); }
    done
    owners=0
    for n in 1 2 3 4 5 6 7 8; do ! as d$n told owned || owners=$((owners + 1)); done
    [ "$owners|$(epoch race)" = "1|1" ] || { say "round $round: $owners owners, epoch $(epoch race)"; wrong=$((wrong + 1)); }
    for n in 1 2 3 4 5 6 7 8; do stop d$n KILL; done
done
is "one owner each time" "$wrong" 0
done_testing
