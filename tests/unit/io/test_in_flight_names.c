/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/in_flight_line.
 * What:  a message about a CNAME record there and back: its sets, and the target whose host name they are. Fault 102.
 */
#include "io/in_flight_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NAME(text)                                              \
    {                                                           \
        .wire = (const uint8_t *)(text), .length = sizeof(text) \
    }

static const struct name_settings hosts[] = {{NAME("\3lb1\7example\3org"), "lb1.example.org"},
                                             {NAME("\3lb2\7example\3org"), "lb2.example.org"}};
static const struct value_settings values[] = {{.name = 0, .watch = ID_NONE, .target = 0},
                                               {.name = 1, .watch = ID_NONE, .target = 1}};
static const struct target_settings targets[] = {{.role = "primary", .value_first = 0, .value_count = 1},
                                                 {.role = "secondary", .value_first = 1, .value_count = 1}};
static const struct record_settings record = {.id = "app",
                                              .owner = NAME("\3app\7example\3net"),
                                              .target_count = 2,
                                              .type_count = 1,
                                              .types = {RRTYPE_CNAME},
                                              .room = {RRSET_MEMBER_SIZE(17)}};
static const struct zone_settings zone = {.name = NAME("\7example\3net")};
static const struct server_settings server = {.name = "ns1"};
static const struct settings settings = {.names = hosts,
                                         .name_count = 2,
                                         .values = values,
                                         .value_count = 2,
                                         .targets = targets,
                                         .target_count = 2,
                                         .records = &record,
                                         .record_count = 1,
                                         .zones = &zone,
                                         .zone_count = 1,
                                         .servers = &server,
                                         .server_count = 1};
static uint8_t packed[2][64];
static struct rrset sets[2];
static uint32_t given;

static struct rrset set_of(uint32_t host)
{
    struct rrset_builder builder = rrset_builder_over(RRTYPE_CNAME, 30, packed[host], sizeof packed[host]);
    struct rrset set;
    const struct rdata rdata = rdata_of_name(&hosts[host].name);
    rrset_add_rdata(&builder, &rdata);
    assert_true(rrset_pack(&builder, &set));
    return set;
}

static void take(const struct restore *restore, void *ctx)
{
    (void)ctx;
    given++;
    assert_int_equal(restore->target, 1);
    assert_int_equal(restore->plan->kind, PLAN_SWITCH);
    assert_true(rrset_same_data(&restore->plan->expect[0], &sets[0]));
    assert_true(rrset_same_data(&restore->plan->publish[0], &sets[1]));
}

static void test_a_host_name_goes_there_and_back(void **state)
{
    (void)state;
    sets[0] = set_of(0);
    sets[1] = set_of(1);
    const struct plan plan = {.kind = PLAN_SWITCH,
                              .expect = {sets[0]},
                              .publish = {sets[1]},
                              .has_old = true,
                              .old = {.owner = 7, .epoch = 1, .nonce = 1},
                              .fresh = {.owner = 7, .epoch = 2, .nonce = 2}};
    const struct restore message = {.record = 0, .plan = &plan, .target = 1};
    char storage[1024];
    struct text line = text_over(storage, sizeof storage);
    in_flight_line_write(&settings, 0, &message, 1, &line);
    assert_non_null(strstr(line.bytes,
                           "\"expect\":[\"lb1.example.org\"],\"publish\":[\"lb2.example.org\"],\"target\":[\"lb2."
                           "example.org\"]"));
    in_flight_line_give(&settings, 0, line.bytes, line.length, take, NULL);
    assert_int_equal(given, 1);
    char *host = strstr(storage, "lb1.example.org");
    memcpy(host, "192.100.200.123", 15); /* of a type that is not managed */
    in_flight_line_give(&settings, 0, line.bytes, line.length, take, NULL);
    assert_int_equal(given, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_host_name_goes_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
