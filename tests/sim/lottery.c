/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind setup.h.
 * What:  settings by chance: every knob takes its default often, its bounds sometimes, and anything between now and
 *        then.
 * Why:   rare combinations of knobs are where a decision goes wrong. Intervals grow with the number of watches, so
 *        that a simulated day costs about the same whatever was drawn.
 */

#include "setup.h"

#include "host.h"

#include <stdio.h>
#include <string.h>

static bool one_in(struct random *chance, uint32_t n)
{
    return random_below(chance, n) == 0;
}

static uint32_t between(struct random *chance, uint32_t least, uint32_t most)
{
    return least + (uint32_t)random_below(chance, (uint64_t)(most - least) + 1);
}

#define PICK(chance, list) ((list)[random_below((chance), ARRAY_COUNT(list))])

static struct check_settings draw_check(struct random *chance, uint32_t pace)
{
    static const uint32_t intervals_ms[] = {5000, 10000, 10000, 20000, 30000, 60000};
    static const uint16_t counts[] = {1, 2, 3, 3, 3, 3, 4, 5, 10};
    static const uint16_t jitters[] = {0, 20, 100, 100, 100, 200, 500};
    struct check_settings check = setup_default_check();
    check.interval_ms = PICK(chance, intervals_ms) * pace;
    check.interval_changing_ms = check.interval_ms;
    if (one_in(chance, 4))
        check.interval_changing_ms = between(chance, 500, check.interval_ms);
    uint32_t most = check.interval_changing_ms * 4 / 5;
    check.total_ms = most < 4000 || one_in(chance, 8) ? most : 4000;
    if (one_in(chance, 4))
        check.total_ms = between(chance, 50, check.total_ms);
    check.connect_ms = check.response_ms = check.body_ms = check.total_ms;
    check.rise = PICK(chance, counts);
    check.fall = PICK(chance, counts);
    check.jitter_permille = PICK(chance, jitters);
    check.invert = one_in(chance, 6);
    return check;
}

/* Results that are pushed: what is an interval elsewhere is the silence that is allowed. */
static struct check_settings draw_heartbeat(struct random *chance, uint32_t pace)
{
    static const uint32_t silences_ms[] = {10000, 20000, 30000, 60000};
    static const uint16_t counts[] = {1, 1, 1, 2, 3};
    struct check_settings check = {.name = "beat", .kind = CHECK_HEARTBEAT};
    check.interval_ms = PICK(chance, silences_ms) * pace;
    check.how.heartbeat.silence_ms = check.interval_changing_ms = check.interval_ms;
    check.rise = PICK(chance, counts);
    check.fall = PICK(chance, counts);
    return check;
}

/* Calculated from some of the checks before it; those may be calculated as well. */
static struct check_settings draw_group(struct setup *setup, struct random *chance)
{
    struct check_settings group = {.name = "group", .kind = CHECK_AT_LEAST, .rise = 1, .fall = 1};
    uint32_t *children = arena_take(setup->arena, SETUP_CHILDREN_MAX * sizeof *children), count = 0;
    for (uint32_t c = 0; c < setup->settings.check_count && count < SETUP_CHILDREN_MAX; c++)
        if (count == 0 || !one_in(chance, 4))
            children[count++] = c;
    group.how.group = (struct group_settings){
        .children = children, .child_count = count, .least = between(chance, 1, count)};
    return group;
}

static void draw_checks(struct setup *setup, struct random *chance, uint32_t pace)
{
    uint32_t probing = between(chance, 1, 2), groups = one_in(chance, 3) ? between(chance, 1, 2) : 0;
    probing += groups > 0 && one_in(chance, 2);
    for (uint32_t c = 0; c < probing; c++) {
        struct check_settings check = one_in(chance, 8) ? draw_heartbeat(chance, pace)
                                                        : draw_check(chance, groups > 0 ? pace * 2 : pace);
        setup_add_check(setup, &check);
    }
    for (uint32_t g = 0; g < groups; g++) {
        struct check_settings group = draw_group(setup, chance);
        setup_add_check(setup, &group);
    }
}

static struct server_settings draw_server(struct random *chance, bool is_large)
{
    static const uint32_t timeouts_ms[] = {100, 1000, 3000, 3000, 3000, 10000};
    static const uint32_t firsts_ms[] = {100, 1000, 1000, 5000};
    static const uint32_t mosts_ms[] = {5000, 30000, 30000, 120000};
    static const uint32_t audits_ms[] = {10000, 60000, 300000, 300000, 300000, 1800000};
    static const uint32_t places[] = {0, 1, 2, 2};
    static const uint16_t batches[] = {1, 2, 8, 64, 64, 1000};
    static const uint16_t batches_large[] = {2, 16, 64, 64, 150, 1000};
    struct server_settings server = setup_default_server();
    server.timeout_ms = PICK(chance, timeouts_ms);
    server.retry_first_ms = PICK(chance, firsts_ms);
    server.retry_most_ms = PICK(chance, mosts_ms);
    server.audit_ms = PICK(chance, audits_ms);
    server.batch = PICK(chance, batches);
    server.verify_count = PICK(chance, places);
    if (is_large) { /* a read each 10 s of each of 200 would be all that a day is about */
        server.batch = PICK(chance, batches_large);
        server.audit_ms = audits_ms[ARRAY_COUNT(audits_ms) - 1];
    }
    return server;
}

static struct record_settings draw_record(struct random *chance, bool has_fallback)
{
    static const uint32_t delays_ms[] = {0, 10000, 60000, 60000, 300000};
    static const uint32_t mosts_ms[] = {60000, 600000, 3600000, 3600000};
    static const uint32_t windows_ms[] = {60000, 900000, 3600000, 3600000, 7200000};
    static const uint16_t switches[] = {1, 2, 4, 6, 6, 10, 1000};
    static const uint32_t ttls_s[] = {1, 30, 30, 300, 86400};
    struct record_settings record = setup_default_record();
    record.ttl_s = PICK(chance, ttls_s);
    record.fail_back = one_in(chance, 5) ? FAIL_BACK_MANUAL : FAIL_BACK_AUTO;
    record.fail_back_ms = PICK(chance, delays_ms);
    record.fail_back_most_ms = PICK(chance, mosts_ms);
    record.flap_window_ms = PICK(chance, windows_ms);
    record.switches_most = PICK(chance, switches);
    static const enum all_down kinds[] = {ALL_DOWN_KEEP, ALL_DOWN_KEEP, ALL_DOWN_PRIMARY, ALL_DOWN_FALLBACK};
    record.all_down = kinds[random_below(chance, has_fallback ? 4 : 3)];
    record.publish = one_in(chance, 3) ? PUBLISH_HEALTHY : PUBLISH_ALL;
    record.ownership = one_in(chance, 16) ? OWNERSHIP_NONE : OWNERSHIP_MARKER;
    record.adopt = !one_in(chance, 10);
    record.create = one_in(chance, 4);
    record.verify_failover = !one_in(chance, 10);
    record.enabled = !one_in(chance, 30);
    return record;
}

/* Records of a crowd share all watches, so all of them want to move at once: through one zone, or each its own. */
#define CROWD 8

/* … or, rarely, so many that one message holds more of them than anybody would count: a large one, in one zone. */
#define CROWD_LARGE_LEAST 40
#define CROWD_LARGE_MOST  200

struct draw {
    struct setup *setup;
    struct random *chance;
    uint32_t checks, addresses; /* how many exist so far */
    uint32_t crowd;             /* records that share all watches; 0: it is none */
    bool v4, v6, hosts;         /* what the record being drawn points to */
};

/* A new address, or one that an earlier record uses with the same check, so that two records share a watch. */
static struct address draw_address(struct draw *draw, bool v6)
{
    uint32_t number = draw->addresses++;
    struct address address = {.family = v6 ? ADDRESS_V6 : ADDRESS_V4};
    static const uint8_t prefix4[] = {198, 51};
    static const uint8_t prefix6[] = {0x20, 0x01, 0x0d, 0xb8};
    memcpy(address.bytes, v6 ? prefix6 : prefix4, v6 ? sizeof prefix6 : sizeof prefix4);
    uint8_t *tail = &address.bytes[v6 ? 14 : 2];
    tail[0] = (uint8_t)(number >> 8);
    tail[1] = (uint8_t)number;
    return address;
}

/* Places that several records share have a label that does not say whose they are. */
static void set_label(struct draw *draw, uint32_t target)
{
    static const char *const labels[] = {"dc1", "dc2", "dc3", "dc4"};
    struct target_settings *of = &draw->setup->targets[target];
    uint32_t place = target - draw->setup->records[of->record].target_first;
    if (of->record % 3 != 2 && !of->fallback)
        of->label = labels[place % ARRAY_COUNT(labels)];
}

static void draw_target(struct draw *draw, const char *role, bool fallback, uint32_t check)
{
    uint32_t target = setup_add_target(draw->setup, role, fallback);
    set_label(draw, target);
    if (draw->hosts) {
        const struct address host = host_address(draw->addresses++);
        setup_add_value(draw->setup, &host, check);
        return;
    }
    uint32_t each = one_in(draw->chance, 3) ? between(draw->chance, 1, 3) : 1;
    bool v4 = draw->v4, v6 = draw->v6;
    if (v4 && v6 && one_in(draw->chance, 5))
        *(one_in(draw->chance, 2) ? &v4 : &v6) = false; /* a target may lack a family that another one has */
    for (uint32_t i = 0; i < each && v4; i++) {
        struct address address = draw_address(draw, false);
        setup_add_value(draw->setup, &address, check);
    }
    for (uint32_t i = 0; i < each && v6; i++) {
        struct address address = draw_address(draw, true);
        setup_add_value(draw->setup, &address, check);
    }
    uint32_t count = draw->setup->targets[target].value_count;
    if (one_in(draw->chance, 3))
        draw->setup->targets[target].least_healthy = (uint16_t)between(draw->chance, 1, count);
}

static void draw_targets(struct draw *draw, bool has_fallback)
{
    static const char *const roles[] = {"primary", "secondary", "target-3", "target-4"};
    uint32_t count = 2 + (one_in(draw->chance, 3) ? between(draw->chance, 1, 2) : 0);
    uint32_t own_check = (uint32_t)random_below(draw->chance, draw->checks);
    for (uint32_t t = 0; t < count; t++) {
        uint32_t check = one_in(draw->chance, 6) ? (uint32_t)random_below(draw->chance, draw->checks) : own_check;
        draw_target(draw, roles[t], false, one_in(draw->chance, t == 0 ? 40 : 12) ? ID_NONE : check);
    }
    if (has_fallback)
        draw_target(draw, "fallback", true, ID_NONE);
}

/* A record that follows another one's targets address by address: its watches are shared. */
static void draw_twin(struct draw *draw, const char *name, uint32_t zone)
{
    struct setup *setup = draw->setup;
    const struct record_settings *model = &setup->records[setup->settings.record_count - 1];
    struct record_settings record = draw_record(draw->chance, model->fallback != ID_NONE);
    uint32_t first = model->target_first, count = model->target_count;
    setup_add_record(setup, name, zone, &record);
    for (uint32_t t = first; t < first + count; t++) {
        const struct target_settings target = setup->targets[t];
        uint32_t fresh = setup_add_target(setup, target.role, target.fallback);
        setup->targets[fresh].least_healthy = target.least_healthy;
        set_label(draw, fresh);
        for (uint32_t v = target.value_first; v < target.value_first + target.value_count; v++) {
            const struct address place = place_of_value(&setup->settings, v);
            setup_add_value(setup, &place, setup->value_checks[v]);
        }
    }
}

static void draw_zones(struct draw *draw)
{
    struct random *chance = draw->chance;
    bool is_large = draw->crowd > CROWD;
    uint32_t servers = draw->crowd || !one_in(chance, 4) ? 1 : 2;
    for (uint32_t s = 0; s < servers; s++) {
        struct server_settings server = draw_server(chance, is_large);
        uint32_t index = setup_add_server(draw->setup, &server);
        uint32_t zones = one_in(chance, 3) ? between(chance, 1, 3) : 1;
        if (draw->crowd)
            zones = is_large || one_in(chance, 3) ? 1 : CROWD;
        for (uint32_t z = 0; z < zones; z++) {
            char name[32];
            snprintf(name, sizeof name, "zone%u.example", draw->setup->settings.zone_count);
            setup_add_zone(draw->setup, name, index);
        }
    }
}

static void draw_records(struct draw *draw, uint32_t records)
{
    struct setup *setup = draw->setup;
    struct random *chance = draw->chance;
    for (uint32_t r = 0; r < records; r++) {
        char name[64];
        uint32_t zone = (uint32_t)random_below(chance, setup->settings.zone_count);
        if (draw->crowd)
            zone = r % setup->settings.zone_count;
        snprintf(name, sizeof name, "www%u.zone%u.example", r, zone);
        if (r > 0 && (draw->crowd || one_in(chance, 4))) {
            draw_twin(draw, name, zone);
            continue;
        }
        bool has_fallback = one_in(chance, 4);
        struct record_settings record = draw_record(chance, has_fallback);
        draw->v4 = !one_in(chance, 4);
        draw->v6 = !draw->v4 || one_in(chance, 3);
        draw->hosts = one_in(chance, 10);
        setup_add_record(setup, name, zone, &record);
        draw_targets(draw, has_fallback);
    }
}

static uint32_t draw_crowd(struct random *chance)
{
    if (!one_in(chance, 12))
        return 0;
    return one_in(chance, 4) ? between(chance, CROWD_LARGE_LEAST, CROWD_LARGE_MOST) : CROWD;
}

void setup_by_chance(struct setup *setup, struct random *chance)
{
    static const uint32_t counts[] = {1, 1, 1, 1, 2, 2, 2, 3, 4, 6};
    uint32_t crowd = draw_crowd(chance);
    uint32_t records = crowd ? crowd : PICK(chance, counts);
    setup_begin(setup, (struct setup_rooms){.checks = 8,
                                            .servers = 2,
                                            .zones = 2 * CROWD,
                                            .records = records,
                                            .targets = 5 * records,
                                            .values = 30 * records});
    struct draw draw = {.setup = setup, .chance = chance, .crowd = crowd};
    uint32_t pace = crowd > CROWD ? 3 : crowd ? 2 : (records + 1) / 2;
    draw_checks(setup, chance, pace);
    draw.checks = setup->settings.check_count;
    draw_zones(&draw);
    draw_records(&draw, records);
    setup->references = one_in(chance, 2) ? between(chance, 1, 3) : 0;
    setup_finish(setup);
    static const uint32_t graces_ms[] = {0, 10000, 30000, 30000, 300000};
    setup->settings.safety.start_grace_ms = PICK(chance, graces_ms);
    setup->settings.safety.dry_run = one_in(chance, 40);
    setup->settings.safety.foreign_change = one_in(chance, 3) ? FOREIGN_CHANGE_RESTORE : FOREIGN_CHANGE_HOLD;
}
