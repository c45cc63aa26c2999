# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: sourced behind lib.sh by the stories about io/dns_client.
# What:  builds dns_driver against the library under test, and speaks with it.

# As it is, for measuring, and with the sanitizers, where their build is there, for all else.
build_driver()
{
    build_driver_of "$BUILD" dns_driver_plain
    if [ -e "$BUILD/asan/libio.a" ]; then
        build_driver_of "$BUILD/asan" dns_driver -fsanitize=address,undefined
    else
        cp "$DIR/dns_driver_plain" "$DIR/dns_driver"
    fi
}

build_driver_of() # FOLDER NAME FLAG…
{
    local of=$1 name=$2
    shift 2
    # shellcheck disable=SC2046
    local sanitizer=verify_asan_link_order=0:detect_leaks=${LEAKS:-0}
    "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -I"$TESTS/../include" -g -O1 "$@" -o "$DIR/$name" \
        "$TESTS/integration/dns_driver.c" "$of/libio.a" "$of/libcore.a" "$of/libmodel.a" "$of/libbase.a" -lev \
        $(pkg-config --libs ldns libcrypto) || bail "dns_driver cannot be built: make first"
}

# The commands (one an argument), each answered by a line. NAME, TYPES, TIMEOUT, PORT or PEERS, KEY_… may be set, and
# CLOCK as faketime wants it: "400s", "-400s", "@1999-12-31"; DRIVER is another program, or a command before it; LEAKS=1
# has leaks looked for at its end, which takes as long as all else.
drive()
{
    local peers=${PEERS:-$NS_ADDRESS:${PORT:-$NS_PORT}} clock=()
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
    local first second rest
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
    printf '%s\n' "$@" >&3
    ANSWERS=() SAID=
    while [ ${#ANSWERS[@]} -lt $# ]; do
        read -r -t 60 -u 4 first second rest || return 1
        ANSWERS+=("$first $second $rest") SAID+="${SAID:+ }$first $second"
    [ "$status" = 0 ] || printf '%s\n' "$rest" | sed 's/^/# /'
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
    return $status
}

# The first two words of each line, on one.
words() { cut -d" " -f1,2 | paste -sd" "; }

marker_is() { [ "$(DRIVER=$DIR/dns_driver_plain drive read | grep -o 'marker=[^ ]*')" = "marker=$1" ]; }
