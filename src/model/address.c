/* SPDX-License-Identifier: MIT */
/*
 * Where: model, under everything that points somewhere.
 * What:  text to address and back, equality, order, and the kinds the config check warns of.
 * Why:   inet_pton and inet_ntop are strict and pure, so they are the two calls beyond memory and strings that this
 *        floor makes.
 */
#include "model/address.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

static int address_system_family(const struct address *address)
{
    assert(address->family == ADDRESS_V4 || address->family == ADDRESS_V6);
    return address->family == ADDRESS_V4 ? AF_INET : AF_INET6;
}

bool address_parse(const char *text, struct address *ret, struct error *err)
{
    struct address address = {.family = ADDRESS_V4};
    if (inet_pton(AF_INET, text, address.bytes) != 1) {
        address = (struct address){.family = ADDRESS_V6};
        if (inet_pton(AF_INET6, text, address.bytes) != 1) {
            char shown[4 * TEXT_FOREIGN_MAX + 4];
            struct text out = text_over(shown, sizeof(shown));
            text_add_foreign(&out, text, strlen(text));
            error_set(err, ERROR_SYNTAX, "'%s' is not an IPv4 or IPv6 address", shown);
            return false;
        }
    }
    *ret = address;
    return true;
}

void address_format(const struct address *address, char text[ADDRESS_TEXT_MAX])
{
    const char *written = inet_ntop(address_system_family(address), address->bytes, text, ADDRESS_TEXT_MAX);
    assert(written != NULL);
    (void)written;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return address_compare(a, b) == 0;
}

int address_compare(const struct address *a, const struct address *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

uint32_t address_length(const struct address *address)
{
    return address_system_family(address) == AF_INET ? 4 : 16;
}

bool address_is_unspecified(const struct address *address)
{
    static const uint8_t zeros[16];
    return memcmp(address->bytes, zeros, sizeof(zeros)) == 0;
}

bool address_is_multicast(const struct address *address)
{
    return address->family == ADDRESS_V4 ? (address->bytes[0] & 0xf0) == 0xe0 : address->bytes[0] == 0xff;
}

bool address_is_broadcast(const struct address *address)
{
    return address->family == ADDRESS_V4 && memcmp(address->bytes, "\xff\xff\xff\xff", 4) == 0;
}

bool address_is_loopback(const struct address *address)
{
    static const uint8_t loopback[16] = {[15] = 1};
    return address->family == ADDRESS_V4 ? address->bytes[0] == 127
                                         : memcmp(address->bytes, loopback, sizeof(loopback)) == 0;
}

bool address_is_link_local(const struct address *address)
{
    if (address->family == ADDRESS_V4)
        return address->bytes[0] == 169 && address->bytes[1] == 254;
    return address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

void endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_MAX])
{
    char address[ADDRESS_TEXT_MAX];
    address_format(&endpoint->address, address);
    struct text out = text_over(text, ENDPOINT_TEXT_MAX);
    text_addf(&out, endpoint->address.family == ADDRESS_V6 ? "[%s]:%u" : "%s:%u", address, (unsigned)endpoint->port);
}
