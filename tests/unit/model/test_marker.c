/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/marker.
 * What:  the exact form and each way to miss it by one character; the next marker.
 */
#include "model/marker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct marker plain = {.owner = 0x4be1c0de77aa0912U, .epoch = 57, .nonce = 0x00000000deadbeefU};
static const struct marker widest = {
    .owner = UINT64_MAX, .epoch = UINT64_MAX, .nonce = UINT64_MAX, .fence = UINT64_MAX, .has_fence = true};

static void test_format_writes_the_form(void **state)
{
    (void)state;
    char text[MARKER_TEXT_MAX];
    marker_format(&plain, text);
    assert_string_equal(text, "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef");
    marker_format(&widest, text);
    assert_string_equal(
        text, "repointd1 o=ffffffffffffffff e=18446744073709551615 n=ffffffffffffffff f=18446744073709551615");
}

static void assert_round(const struct marker *marker)
{
    char text[MARKER_TEXT_MAX];
    struct marker back;
    marker_format(marker, text);
    assert_true(marker_parse(text, strlen(text), &back));
    assert_true(marker_equal(&back, marker));
}

static void test_parse_reads_what_format_writes(void **state)
{
    (void)state;
    assert_round(&plain);
    assert_round(&widest);
    assert_round(&(struct marker){.owner = 0, .epoch = 0, .nonce = 0, .has_fence = true, .fence = 0});
}

static void test_parse_refuses_all_other_forms(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "repointd1",
        "repointd2 o=4be1c0de77aa0912 e=57 n=00000000deadbeef",
        "Repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef",
        "repointd1 o=4BE1c0de77aa0912 e=57 n=00000000deadbeef",
        "repointd1  o=4be1c0de77aa0912 e=57 n=00000000deadbeef",
        "repointd1 e=57 o=4be1c0de77aa0912 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa091 e=57 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa09123 e=57 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa091g e=57 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa091/ e=57 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa091: e=57 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa091` e=57 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e= n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e=057 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e=00 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e=-1 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e=5: n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e=18446744073709551616 n=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbee",
        "repointd1 o=4be1c0de77aa0912 e=57 m=00000000deadbeef",
        "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef ",
        "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef f=",
        "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef f=01",
        "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef f=1 ",
        "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef f=18446744073709551616",
        " repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct marker marker = {.epoch = 99};
        if (marker_parse(bad[i], strlen(bad[i]), &marker))
            fail_msg("%s", bad[i]);
        assert_int_equal(marker.epoch, 99);
    }
}

static void test_parse_keeps_to_its_length(void **state)
{
    (void)state;
    static const char text[] = "repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef f=12";
    static const size_t whole_without_fence = sizeof("repointd1 o=4be1c0de77aa0912 e=57 n=00000000deadbeef") - 1;
    for (size_t length = 0; length < sizeof(text); length++) {
        struct marker marker;
        bool whole = length == whole_without_fence || length == sizeof(text) - 2 || length == sizeof(text) - 1;
        assert_int_equal(marker_parse(text, length, &marker), whole);
    }
    struct marker marker;
    assert_false(marker_parse(text, sizeof(text), &marker)); /* the NUL is no part of it */
}

static void test_equal_looks_at_each_field(void **state)
{
    (void)state;
    struct marker other = plain;
    assert_true(marker_equal(&plain, &other));
    other.fence = 5; /* means nothing without has_fence */
    assert_true(marker_equal(&plain, &other));
    other.has_fence = true;
    assert_false(marker_equal(&plain, &other));
    struct marker fenced = other;
    assert_true(marker_equal(&fenced, &other));
    fenced.fence = 6;
    assert_false(marker_equal(&fenced, &other));
    other = plain;
    other.owner++;
    assert_false(marker_equal(&plain, &other));
    other = plain;
    other.epoch++;
    assert_false(marker_equal(&plain, &other));
    other = plain;
    other.nonce++;
    assert_false(marker_equal(&plain, &other));
}

static void test_next_raises_the_epoch(void **state)
{
    (void)state;
    struct marker next = marker_next(&plain, 7, 8);
    assert_true(marker_equal(&next, &(struct marker){.owner = 7, .epoch = 58, .nonce = 8}));
    next = marker_next(NULL, 7, 9);
    assert_true(marker_equal(&next, &(struct marker){.owner = 7, .epoch = 1, .nonce = 9}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_writes_the_form),        cmocka_unit_test(test_parse_reads_what_format_writes),
        cmocka_unit_test(test_parse_refuses_all_other_forms), cmocka_unit_test(test_parse_keeps_to_its_length),
        cmocka_unit_test(test_equal_looks_at_each_field),     cmocka_unit_test(test_next_raises_the_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
