/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind heartbeats and looks.
 * What:  text to an address or a host name.
 */
#include "app/spot.h"

#include "config/host.h"

#include <string.h>

bool spot_read(const char *text, struct spot *ret, struct error *err)
{
    *ret = (struct spot){.address = {.family = ADDRESS_NONE}};
    if (address_parse(text, &ret->address, NULL)) {
        address_format(&ret->address, ret->text);
        return true;
    }
    size_t length = strlen(text);
    if (!host_name_check(text, err) || !dname_parse(text, ret->wire, &ret->name, err))
        return false;
    memcpy(ret->text, text, length < sizeof ret->text ? length : sizeof ret->text - 1);
    return true;
}

bool spot_is(const struct spot *spot, const struct settings *settings, const struct address *address, uint32_t name)
{
    if (spot->address.family != ADDRESS_NONE)
        return address_equal(address, &spot->address);
    return name != ID_NONE && dname_equal(&settings->names[name].name, &spot->name);
}
