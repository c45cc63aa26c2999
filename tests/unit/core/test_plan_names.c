/* SPDX-License-Identifier: MIT */
/*
 * Where: units of core/plan, core/belief and model/settings.
 * What:  a record whose targets are host names: whose set it is, what a plan expects of it, and that any name fits.
 */
#include "core/belief.h"
#include "core/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NAME(text)                                              \
    {                                                           \
        .wire = (const uint8_t *)(text), .length = sizeof(text) \
    }
#define OWNER 7

static const struct name_settings names[] = {{NAME("\3lb1\7example\3org"), "lb1.example.org"},
                                             {NAME("\3lb2\7example\3org"), "lb2.example.org"}};
static const struct value_settings values[] = {{.name = 0, .watch = ID_NONE, .target = 0},
                                               {.name = 1, .watch = ID_NONE, .target = 1}};
static const struct target_settings targets[] = {
    {.role = "primary", .value_first = 0, .value_count = 1, .least_healthy = 1},
    {.role = "secondary", .value_first = 1, .value_count = 1, .least_healthy = 1}};
static const struct record_settings record = {.id = "app",
                                              .owner = NAME("\3app\7example\3net"),
                                              .ttl_s = 30,
                                              .target_count = 2,
                                              .fallback = ID_NONE,
                                              .type_count = 1,
                                              .types = {RRTYPE_CNAME},
                                              .room = {RRSET_MEMBER_SIZE(17)},
                                              .publish = PUBLISH_ALL,
                                              .ownership = OWNERSHIP_MARKER,
                                              .adopt = true,
                                              .enabled = true};
static const struct settings settings = {.names = names,
                                         .name_count = 2,
                                         .values = values,
                                         .value_count = 2,
                                         .targets = targets,
                                         .target_count = 2,
                                         .records = &record,
                                         .record_count = 1};
static uint8_t packed[2 * RRSET_MEMBER_SIZE(DNAME_WIRE_MAX)];

static struct rrset set_of(const struct dname *name)
{
    struct rrset_builder builder = rrset_builder_over(RRTYPE_CNAME, 30, packed, sizeof packed);
    struct rrset set;
    const struct rdata rdata = rdata_of_name(name);
    rrset_add_rdata(&builder, &rdata);
    assert_true(rrset_pack(&builder, &set));
    return set;
}

static void test_a_host_name_tells_whose_the_record_is(void **state)
{
    (void)state;
    static const struct dname other = NAME("\3lb3\7example\3org"), below = NAME("\1a\3lb1\7example\3org");
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(plan_current_target(&settings, &record, (struct rrset[2]){set_of(&names[i].name)}), i);
    assert_int_equal(plan_current_target(&settings, &record, (struct rrset[2]){set_of(&other)}), ID_NONE);
    assert_int_equal(plan_current_target(&settings, &record, (struct rrset[2]){set_of(&below)}), ID_NONE);
    assert_int_equal(plan_current_target(&settings, &record, (struct rrset[2]){{.type = RRTYPE_CNAME}}), ID_NONE);
}

static void test_adopted_as_it_stands_and_never_beside_addresses(void **state)
{
    (void)state;
    uint8_t *storage = calloc(1, belief_storage_size(&record));
    struct belief belief;
    struct observed seen = {.authenticated = true, .aa = true, .sets = {set_of(&names[1].name)}};
    belief_init(&belief, &record, OWNER, storage);
    struct plan plan = plan_make(&settings, &record, &seen, &belief, NULL, 1);
    assert_int_equal(plan.kind, PLAN_ADOPT);
    assert_true(rrset_same_data(&plan.expect[0], &seen.sets[0]));
    seen.beside = true;
    plan = plan_make(&settings, &record, &seen, &belief, NULL, 1);
    assert_int_equal(plan.kind, PLAN_STOP);
    assert_int_equal(plan.condition, CONDITION_OCCLUDED);
    free(storage);
}

/* An operator may adopt any name, and the longest has 255 octets. */
static void test_there_is_room_for_any_name(void **state)
{
    (void)state;
    uint8_t *storage = calloc(1, belief_storage_size(&record)), wire[DNAME_WIRE_MAX] = {0};
    struct belief belief;
    for (uint32_t at = 0; at < 254; at += 2) {
        wire[at] = 1;
        wire[at + 1] = 'a';
    }
    const struct dname longest = {.wire = wire, .length = DNAME_WIRE_MAX};
    const struct observed seen = {.authenticated = true, .aa = true, .sets = {set_of(&longest)}};
    belief_init(&belief, &record, OWNER, storage);
    belief_learn(&belief, &seen, ID_NONE, 0);
    assert_true(rrset_same_data(&belief.sets[0], &seen.sets[0]));
    free(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_host_name_tells_whose_the_record_is),
        cmocka_unit_test(test_adopted_as_it_stands_and_never_beside_addresses),
        cmocka_unit_test(test_there_is_room_for_any_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
