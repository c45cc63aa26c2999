/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under setup and contents.
 * What:  compare host.h.
 */

#include "host.h"

#include <stdio.h>
#include <string.h>

struct address host_address(uint32_t number)
{
    return (struct address){.family = FAMILY_HOST, .bytes = {(uint8_t)(number >> 8), (uint8_t)number}};
}

void host_write(const struct address *host, uint8_t wire[HOST_WIRE])
{
    char label[6];
    snprintf(label, sizeof label, "h%02x%02x", host->bytes[0], host->bytes[1]);
    memcpy(wire, "\005h0000\005hosts\007example", HOST_WIRE);
    memcpy(wire + 1, label, 5);
}

static uint8_t digit(uint8_t letter)
{
    return (uint8_t)(letter <= '9' ? letter - '0' : letter - 'a' + 10);
}

struct address host_read(const uint8_t *wire)
{
    struct address host = {.family = FAMILY_HOST};
    host.bytes[0] = (uint8_t)(digit(wire[2]) << 4 | digit(wire[3]));
    host.bytes[1] = (uint8_t)(digit(wire[4]) << 4 | digit(wire[5]));
    return host;
}

enum rrtype place_type(const struct address *place)
{
    return place->family == FAMILY_HOST ? RRTYPE_CNAME : place->family == ADDRESS_V6 ? RRTYPE_AAAA : RRTYPE_A;
}

uint8_t place_write(const struct address *place, uint8_t rdata[HOST_WIRE])
{
    uint8_t length = place->family == ADDRESS_V6 ? 16 : 4;
    if (place->family == FAMILY_HOST) {
        host_write(place, rdata);
        return HOST_WIRE;
    }
    memcpy(rdata, place->bytes, length);
    return length;
}

struct address place_read(uint16_t type, const uint8_t *rdata)
{
    struct address place = {.family = type == RRTYPE_AAAA ? ADDRESS_V6 : ADDRESS_V4};
    if (type == RRTYPE_CNAME)
        return host_read(rdata);
    memcpy(place.bytes, rdata, type == RRTYPE_AAAA ? 16 : 4);
    return place;
}

void place_format(const struct address *place, char text[ADDRESS_TEXT_MAX])
{
    if (place->family == FAMILY_HOST)
        snprintf(text, ADDRESS_TEXT_MAX, "h%02x%02x", place->bytes[0], place->bytes[1]);
    else
        address_format(place, text);
}

struct address place_of_value(const struct settings *settings, uint32_t value)
{
    const struct value_settings *of = &settings->values[value];
    return of->name == ID_NONE ? of->address : host_read(settings->names[of->name].name.wire);
}

struct address place_of_watch(const struct settings *settings, uint32_t watch)
{
    const struct watch_settings *of = &settings->watches[watch];
    return of->name == ID_NONE ? of->address : host_read(settings->names[of->name].name.wire);
}
