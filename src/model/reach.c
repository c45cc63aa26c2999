/* SPDX-License-Identifier: MIT */
/*
 * Where: model; no socket, no list from outside.
 * What:  blocks of addresses, the narrower before the wider; the first that holds an address tells its reach.
 * Why:   a table of prefixes can be compared with the IANA registries of special addresses line by line.
 */
#include "model/reach.h"

#include <string.h>

struct block {
    uint8_t bits;
    uint8_t prefix[16];
    enum reach reach;
};

static const struct block v4[] = {
    {32, {169, 254, 169, 254}, REACH_NOBODY}, /* metadata of most clouds */
    {32, {169, 254, 170, 2}, REACH_NOBODY},   /* credentials of containers at Amazon */
    {32, {100, 100, 100, 200}, REACH_NOBODY}, /* metadata at Alibaba */
    {32, {192, 0, 0, 192}, REACH_NOBODY},     /* metadata at Oracle */
    {8, {0}, REACH_NOBODY},
    {4, {224}, REACH_NOBODY}, /* multicast */
    {4, {240}, REACH_NOBODY}, /* reserved, broadcast */
    {8, {127}, REACH_HOST},
    {16, {169, 254}, REACH_LINK},
    {8, {10}, REACH_SITE},
    {12, {172, 16}, REACH_SITE},
    {16, {192, 168}, REACH_SITE},
    {10, {100, 64}, REACH_SITE}, /* behind a carrier's NAT */
    {0, {0}, REACH_WORLD},
};

static const struct block v6[] = {
    {128, {0}, REACH_NOBODY},
    {128, {[15] = 1}, REACH_HOST},
    {8, {0xff}, REACH_NOBODY},                                        /* multicast */
    {128, {0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, 0x54}, REACH_NOBODY}, /* metadata at Amazon */
    {128, {0xfe, 0x80, [12] = 0xa9, 0xfe, 0xa9, 0xfe}, REACH_NOBODY}, /* metadata of OpenStack */
    {10, {0xfe, 0x80}, REACH_LINK},
    {10, {0xfe, 0xc0}, REACH_SITE}, /* site-local, deprecated */
    {7, {0xfc}, REACH_SITE},        /* unique local */
    {0, {0}, REACH_WORLD},
};

static bool holds(const struct block *block, const uint8_t bytes[16])
{
    uint8_t whole = block->bits / 8, rest = block->bits % 8;
    if (memcmp(block->prefix, bytes, whole) != 0)
        return false;
    return rest == 0 || ((block->prefix[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

static enum reach find(const struct block *block, const uint8_t bytes[16])
{
    while (!holds(block, bytes)) /* the last one holds everything */
        block++;
    return block->reach;
}

/* The IPv4 address inside, or NULL. */
static const uint8_t *inner_v4(const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, 0xff}, translated[12] = {0x00, 0x64, 0xff, 0x9b},
                         of_6to4[2] = {0x20, 0x02};
    if (memcmp(bytes, mapped, sizeof mapped) == 0 || memcmp(bytes, translated, sizeof translated) == 0)
        return bytes + 12;
    return memcmp(bytes, of_6to4, sizeof of_6to4) == 0 ? bytes + 2 : NULL;
}

enum reach reach_of(const struct address *address)
{
    const uint8_t *inner = address->family == ADDRESS_V6 ? inner_v4(address->bytes) : address->bytes;
    if (!inner)
        return find(v6, address->bytes);
    uint8_t bytes[16] = {0};
    memcpy(bytes, inner, 4);
    return find(v4, bytes);
}

bool reach_allows(const struct address *from, const struct address *to)
{
    enum reach there = reach_of(to);
    return address_equal(from, to) || (there != REACH_NOBODY && there >= reach_of(from));
}
