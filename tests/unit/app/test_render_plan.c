/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/render_plan.
 * What:  each kind of message as nsupdate wants it, to the letter. CLI-8.
 */
#include "app/render_plan.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "; server ns1; signed with hmac-sha256:repointd\nserver 127.0.0.1 53\nzone example.com.\n"
#define OLD  "\"repointd1 o=00000000000000aa e=7 n=00000000000000bb\""
#define NEW  "\"repointd1 o=00000000000000aa e=8 n=00000000000000cc\""

static const struct marker old_marker = {.owner = 0xaa, .epoch = 7, .nonce = 0xbb};
static const struct marker new_marker = {.owner = 0xaa, .epoch = 8, .nonce = 0xcc};
static const uint8_t former[] = {0, 4, 192, 0, 2, 10}, latter[] = {0, 4, 198, 51, 100, 20, 0, 4, 198, 51, 100, 21};
static const uint8_t six[] = {0, 16, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};

static struct plan plan_of(enum plan_kind kind)
{
    struct plan plan = {.kind = kind, .has_old = true, .old = old_marker, .fresh = new_marker};
    plan.expect[0] = (struct rrset){RRTYPE_A, 30, 1, sizeof former, former};
    plan.expect[1] = (struct rrset){RRTYPE_AAAA, 30, 1, sizeof six, six};
    plan.publish[0] = (struct rrset){RRTYPE_A, 15, 2, sizeof latter, latter};
    plan.publish[1] = (struct rrset){.type = RRTYPE_AAAA, .ttl_s = 15};
    return plan;
}

static void expect_text(const struct batch_member *members, uint32_t count, const char *wanted)
{
    const struct batch_view batch = {.zone = 0, .count = count, .members = members};
    char *words = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&words, &length);
    assert_non_null(out);
    render_plan(&fixture_settings, &batch, out);
    fclose(out);
    assert_string_equal(words, wanted);
    free(words);
}

static void expect_plan(const struct plan *plan, const char *wanted)
{
    expect_text(&(struct batch_member){.record = 0, .plan = plan}, 1, wanted);
}

#define SETS                                                 \
    "prereq yxrrset www.example.com. IN A 192.0.2.10\n"      \
    "prereq yxrrset www.example.com. IN AAAA 2001:db8::10\n" \
    "prereq nxrrset www.example.com. IN CNAME\n"
#define PINNED "prereq yxrrset _repointd.www.example.com. IN TXT " OLD "\n"
#define MOVED                                                \
    "update delete _repointd.www.example.com. TXT " OLD "\n" \
    "update add _repointd.www.example.com. 60 IN TXT " NEW "\n"

static void test_a_switch_replaces_exactly_what_was_seen(void **state)
{
    (void)state;
    struct plan plan = plan_of(PLAN_SWITCH);
    expect_plan(&plan, HEAD "; www.example.com: switch\n" SETS PINNED
                            "update delete www.example.com. A\nupdate delete www.example.com. AAAA\n"
                            "update delete _repointd.www.example.com. TXT " OLD "\n"
                            "update add www.example.com. 15 IN A 198.51.100.20\n"
                            "update add www.example.com. 15 IN A 198.51.100.21\n"
                            "update add _repointd.www.example.com. 60 IN TXT " NEW "\nsend\n");
}

static void test_without_a_marker_none_is_spoken_of(void **state)
{
    (void)state;
    struct plan plan = plan_of(PLAN_SWITCH);
    plan.bare = true;
    expect_plan(&plan, HEAD "; www.example.com: switch\n" SETS
                            "update delete www.example.com. A\nupdate delete www.example.com. AAAA\n"
                            "update add www.example.com. 15 IN A 198.51.100.20\n"
                            "update add www.example.com. 15 IN A 198.51.100.21\nsend\n");
}

static void test_adoption_and_creation(void **state)
{
    (void)state;
    struct plan plan = plan_of(PLAN_ADOPT);
    plan.has_old = false;
    expect_plan(&plan, HEAD "; www.example.com: adopt\n" SETS "prereq nxrrset _repointd.www.example.com. IN TXT\n"
                            "update add _repointd.www.example.com. 60 IN TXT " NEW "\nsend\n");
    plan.kind = PLAN_CREATE;
    plan.expect[0] = (struct rrset){.type = RRTYPE_A};
    plan.expect[1] = (struct rrset){.type = RRTYPE_AAAA};
    expect_plan(&plan, HEAD "; www.example.com: create\n"
                            "prereq nxrrset www.example.com. IN A\nprereq nxrrset www.example.com. IN AAAA\n"
                            "prereq nxrrset www.example.com. IN CNAME\n"
                            "prereq nxrrset _repointd.www.example.com. IN TXT\n"
                            "update add www.example.com. 15 IN A 198.51.100.20\n"
                            "update add www.example.com. 15 IN A 198.51.100.21\n"
                            "update add _repointd.www.example.com. 60 IN TXT " NEW "\nsend\n");
}

static void test_what_concerns_the_marker_alone(void **state)
{
    (void)state;
    struct plan plan = plan_of(PLAN_FENCE);
    expect_plan(&plan, HEAD "; www.example.com: fence\n" PINNED MOVED "send\n");
    plan.kind = PLAN_TAKE_OVER;
    expect_plan(&plan, HEAD "; www.example.com: take-over\n" SETS PINNED MOVED "send\n");
    plan.kind = PLAN_DISOWN;
    expect_plan(&plan, HEAD "; www.example.com: disown\n" PINNED "update delete _repointd.www.example.com. TXT " OLD
                            "\nsend\n");
}

static void test_what_changes_nothing_is_left_out(void **state)
{
    (void)state;
    struct plan rehearsal = plan_of(PLAN_REHEARSE), assertion = plan_of(PLAN_ASSERT), fence = plan_of(PLAN_FENCE);
    expect_plan(&rehearsal, "");
    expect_plan(&assertion, "");
    const struct batch_member members[] = {{1, &rehearsal}, {0, &fence}, {1, &assertion}};
    expect_text(members, 3, HEAD "; www.example.com: fence\n" PINNED MOVED "send\n");
}

static void test_several_are_one_message(void **state)
{
    (void)state;
    struct plan fence = plan_of(PLAN_FENCE), disown = plan_of(PLAN_DISOWN);
    const struct batch_member members[] = {{0, &fence}, {1, &disown}};
    expect_text(members, 2,
                HEAD "; www.example.com: fence\n" PINNED "; db.example.com: disown\n"
                     "prereq yxrrset _repointd.db.example.com. IN TXT " OLD "\n" MOVED
                     "update delete _repointd.db.example.com. TXT " OLD "\nsend\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_switch_replaces_exactly_what_was_seen),
        cmocka_unit_test(test_without_a_marker_none_is_spoken_of),
        cmocka_unit_test(test_adoption_and_creation),
        cmocka_unit_test(test_what_concerns_the_marker_alone),
        cmocka_unit_test(test_what_changes_nothing_is_left_out),
        cmocka_unit_test(test_several_are_one_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
