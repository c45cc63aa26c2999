# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: sourced behind lib.sh by the stories about io/dns_client.
# What:  speaks with dns_driver, which make builds before the stories begin.

# In $DIR: dns_driver_plain as it is, for measuring; dns_driver with the sanitizers, where that was built, for all else.
place_driver()
{
    local plain=$BUILD/tests/integration/dns_driver careful=$BUILD/asan/tests/integration/dns_driver
    [ -x "$plain" ] || bail "no $plain: make quick or make check builds it"
    [ -x "$careful" ] || careful=$plain
    ln -s "$(realpath "$plain")" "$DIR/dns_driver_plain"
    ln -s "$(realpath "$careful")" "$DIR/dns_driver"
}

# The commands (one an argument), each answered by a line. NAME, TYPES, TIMEOUT, PORT or PEERS, KEY_… may be set, and
# CLOCK as faketime wants it: "400s", "-400s", "@1999-12-31"; DRIVER is another program, or a command before it; LEAKS=1
# has leaks looked for at its end, which takes as long as all else.
drive()
{
    local peers=${PEERS:-$NS_ADDRESS:${PORT:-$NS_PORT}} clock=()
    local sanitizer=verify_asan_link_order=0:detect_leaks=${LEAKS:-0}
    case ${CLOCK:-} in
    '') ;;
    @*) clock=(faketime -f "$CLOCK 23:59:59") ;;
    -*) clock=(faketime -f "$CLOCK") ;;
    *) clock=(faketime -f "+$CLOCK") ;;
    esac
    # shellcheck disable=SC2086
    printf '%s\n' "$@" | FAKETIME_DONT_FAKE_MONOTONIC=1 ASAN_OPTIONS=$sanitizer "${clock[@]}" \
        ${DRIVER:-"$DIR/dns_driver"} "$ZONE" "${NAME:-www}.$ZONE" "${TYPES:-46}" "$KEY_NAME" "$KEY_ALGORITHM" \
        "$KEY_HEX" "${TIMEOUT:-3000}" $peers 2>&1
}

# One that stays, of this program: commands go to it by ask_driver, which starts no process: that would cost more than
# what is tried.
open_driver() # PROGRAM
{
    rm -f "$DIR/commands" "$DIR/answers"
    mkfifo "$DIR/commands" "$DIR/answers"
    "$1" "$ZONE" "www.$ZONE" 46 "$KEY_NAME" "$KEY_ALGORITHM" "$KEY_HEX" "${TIMEOUT:-3000}" \
        "$NS_ADDRESS:${PORT:-$NS_PORT}" <"$DIR/commands" >"$DIR/answers" 2>&1 &
    PIDS[driver]=$!
    exec 3>"$DIR/commands" 4<"$DIR/answers"
}

# Leaves the answers in ANSWERS, a line each, and the first two words of all in SAID. False if one takes a minute.
ask_driver() # COMMAND…
{
    local first second rest
    printf '%s\n' "$@" >&3
    ANSWERS=() SAID=
    while [ ${#ANSWERS[@]} -lt $# ]; do
        read -r -t 60 -u 4 first second rest || return 1
        ANSWERS+=("$first $second $rest") SAID+="${SAID:+ }$first $second"
    done
}

close_driver()
{
    exec 3>&-
    local status=0 rest
    rest=$(cat <&4)
    exec 4<&-
    wait "${PIDS[driver]}" || status=$?
    unset "PIDS[driver]"
    [ "$status" = 0 ] || printf '%s\n' "$rest" | sed 's/^/# /'
    return $status
}

# The first two words of each line, on one.
words() { cut -d" " -f1,2 | paste -sd" "; }

marker_is() { [ "$(DRIVER=$DIR/dns_driver_plain drive read | grep -o 'marker=[^ ]*')" = "marker=$1" ]; }
