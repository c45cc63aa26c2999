# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Where: sourced behind lib.sh by the stories about io/dns_client.
# What:  builds dns_driver against the library under test, and speaks with it.

# With the sanitizers where their build is there.
build_driver()
{
    local of=$BUILD flags=()
    if [ -e "$BUILD/asan/libio.a" ]; then of=$BUILD/asan flags=(-fsanitize=address,undefined); fi
    # shellcheck disable=SC2046
    "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -I"$TESTS/../include" -g -O1 "${flags[@]}" -o "$DIR/dns_driver" \
        "$TESTS/integration/dns_driver.c" "$of/libio.a" "$of/libcore.a" "$of/libmodel.a" "$of/libbase.a" -lev \
        $(pkg-config --libs ldns libcrypto) || bail "dns_driver cannot be built: make first"
}

# The commands (one an argument), each answered by a line. NAME, TYPES, TIMEOUT, PORT or PEERS, KEY_… may be set, and
# CLOCK as faketime wants it: "400s", "-400s", "@1999-12-31".
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
    printf '%s\n' "$@" | FAKETIME_DONT_FAKE_MONOTONIC=1 ASAN_OPTIONS=verify_asan_link_order=0 "${clock[@]}" \
        "$DIR/dns_driver" "$ZONE" "${NAME:-www}.$ZONE" "${TYPES:-46}" "$KEY_NAME" "$KEY_ALGORITHM" "$KEY_HEX" \
        "${TIMEOUT:-3000}" $peers 2>&1
}

marker_is() { [ "$(drive read | grep -o 'marker=[^ ]*')" = "marker=$1" ]; }
