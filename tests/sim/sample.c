/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind setup.h.
 * What:  the settings that have a name in scenarios, and the large ones that only show what size costs.
 */

#include "setup.h"

#include <stdio.h>
#include <string.h>

static struct address address4(uint32_t number)
{
    return (struct address){.family = ADDRESS_V4,
                            .bytes = {10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}};
}

static struct address address6(uint8_t network, uint8_t host)
{
    return (struct address){.family = ADDRESS_V6, .bytes = {0x20, 0x01, 0x0d, 0xb8, 0, network, [15] = host}};
}

/*
 * primary 192.0.2.10, secondary 198.51.100.20, third 203.0.113.30, fallback 203.0.113.99; IPv6 2001:db8:N::10, 20, 30.
 */
static const uint8_t hosts4[4][4] = {{192, 0, 2, 10}, {198, 51, 100, 20}, {203, 0, 113, 30}, {203, 0, 113, 99}};

static void add_target(struct setup *setup, uint32_t place, const char *role, bool v6, uint32_t check)
{
    setup_add_target(setup, role, place == 3);
    struct address address = {.family = ADDRESS_V4};
    memcpy(address.bytes, hosts4[place], 4);
    setup_add_value(setup, &address, check);
    if (v6) {
        address = address6((uint8_t)(place + 1), (uint8_t)(0x10 * (place + 1)));
        setup_add_value(setup, &address, check);
    }
}

bool setup_by_name(struct setup *setup, const char *name)
{
    static const char *const names[] = {"two-targets", "three-targets", "dual-stack", "with-fallback",
                                        "unchecked-secondary"};
    uint32_t which = 0;
    while (which < ARRAY_COUNT(names) && strcmp(name, names[which]) != 0)
        which++;
    if (which == ARRAY_COUNT(names))
        return false;
    setup_begin(setup,
                (struct setup_rooms){.checks = 1, .servers = 1, .zones = 1, .records = 1, .targets = 4, .values = 8});
    struct check_settings check = setup_default_check();
    struct server_settings server = setup_default_server();
    struct record_settings record = setup_default_record();
    uint32_t web = setup_add_check(setup, &check);
    uint32_t zone = setup_add_zone(setup, "example.com", setup_add_server(setup, &server));
    if (which == 3)
        record.all_down = ALL_DOWN_FALLBACK;
    setup_add_record(setup, "www.example.com", zone, &record);
    add_target(setup, 0, "primary", which == 2, web);
    add_target(setup, 1, "secondary", which == 2, which == 4 ? ID_NONE : web);
    if (which == 1)
        add_target(setup, 2, "third", false, web);
    if (which == 3)
        add_target(setup, 3, "fallback", false, ID_NONE);
    setup_finish(setup);
    setup->settings.safety.start_grace_ms = 30000;
    return true;
}

void setup_large(struct setup *setup, uint32_t records, uint32_t zones)
{
    setup_begin(setup, (struct setup_rooms){.checks = 1,
                                            .servers = 1,
                                            .zones = zones,
                                            .records = records,
                                            .targets = 2 * records,
                                            .values = 2 * records});
    setup->addresses_differ = true;
    struct check_settings check = setup_default_check();
    struct server_settings server = setup_default_server();
    struct record_settings record = setup_default_record();
    setup_add_check(setup, &check);
    setup_add_server(setup, &server);
    for (uint32_t z = 0; z < zones; z++) {
        char name[64];
        snprintf(name, sizeof name, "zone%u.example", z);
        setup_add_zone(setup, name, 0);
    }
    for (uint32_t r = 0; r < records; r++) {
        char name[64];
        snprintf(name, sizeof name, "www%u.zone%u.example", r, r % zones);
        setup_add_record(setup, name, r % zones, &record);
        for (uint32_t t = 0; t < 2; t++) {
            struct address address = address4(2 * r + t);
            setup_add_target(setup, t ? "secondary" : "primary", false);
            setup_add_value(setup, &address, 0);
        }
    }
    setup_finish(setup);
    setup->settings.safety.start_grace_ms = 30000;
}
