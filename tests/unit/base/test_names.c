/* SPDX-License-Identifier: MIT */
/*
 * Where: units of base/names.
 * What:  what is found, what was there before, and which name was meant.
 */
#include "base/names.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_find_gives_what_was_added(void **state)
{
    (void)state;
    struct names *names = names_new();
    uint32_t number = 99;
    assert_false(names_find(names, "web", &number));
    assert_int_equal(number, 99);
    char name[] = "web";
    assert_true(names_add(names, name, 7, NULL));
    name[0] = 'x'; /* the map has a copy of its own */
    assert_true(names_find(names, "web", &number));
    assert_int_equal(number, 7);
    assert_false(names_find(names, "xeb", &number));
    assert_false(names_find(names, "we", &number));
    assert_false(names_find(names, "webb", &number));
    names_free(names);
}

static void test_add_twice_tells_the_former(void **state)
{
    (void)state;
    struct names *names = names_new();
    uint32_t former = 99, number = 0;
    assert_true(names_add(names, "web", 7, &former));
    assert_int_equal(former, 99);
    assert_false(names_add(names, "web", 8, &former));
    assert_int_equal(former, 7);
    assert_false(names_add(names, "web", 8, NULL));
    assert_true(names_find(names, "web", &number));
    assert_int_equal(number, 7);
    names_free(names);
}

static void test_many_names_are_all_found(void **state)
{
    (void)state;
    struct names *names = names_new();
    char storage[32];
    for (uint32_t i = 0; i < 20000; i++) {
        struct text text = text_over(storage, sizeof(storage));
        text_addf(&text, "record-%u", i);
        assert_true(names_add(names, storage, i, NULL));
    }
    for (uint32_t i = 0, number = 0; i < 20000; i++) {
        struct text text = text_over(storage, sizeof(storage));
        text_addf(&text, "record-%u", i);
        assert_true(names_find(names, storage, &number));
        assert_int_equal(number, i);
    }
    names_free(names);
}

static void test_free_takes_null(void **state)
{
    (void)state;
    names_free(NULL);
    names_free(names_new());
}

static void assert_nearest(const char *name, const char *expected)
{
    static const char *const list[] = {"interval", "interval-changing", "timeout", "rise", "fall", "smtp", "ttl", "web",
                                       NULL};
    struct names *names = names_new();
    for (uint32_t i = 0; list[i] != NULL; i++)
        assert_true(names_add(names, list[i], i, NULL));
    const char *nearest = names_nearest(names, name);
    if (expected == NULL) {
        assert_null(names_nearest_of(list, name));
        assert_null(nearest);
    } else {
        assert_string_equal(names_nearest_of(list, name), expected);
        assert_non_null(nearest);
        assert_string_equal(nearest, expected);
    }
    names_free(names);
}

static void test_nearest_finds_what_was_meant(void **state)
{
    (void)state;
    assert_nearest("intervall", "interval"); /* one too many */
    assert_nearest("inteval", "interval");   /* one too few */
    assert_nearest("intervel", "interval");  /* one wrong */
    assert_nearest("smpt", "smtp");          /* two swapped: one slip */
    assert_nearest("tiemuot", "timeout");    /* two slips in seven */
    assert_nearest("tll", "ttl");
    assert_nearest("wep", "web");
}

/* A third of the length of what was written: 2 of 6 is near, 3 of 6 is not. */
static void test_nearest_goes_no_further_than_a_third(void **state)
{
    (void)state;
    static const char *const list[] = {"abcdef", NULL};
    assert_string_equal(names_nearest_of(list, "abcdxy"), "abcdef");
    assert_null(names_nearest_of(list, "abcxyz"));
    static const char *const letters[] = {"ab", "abc", NULL};
    assert_null(names_nearest_of(letters, "xb"));
    assert_string_equal(names_nearest_of(letters, "xbc"), "abc");
    assert_null(names_nearest_of(letters, ""));
}

static void test_nearest_is_never_the_name_itself(void **state)
{
    (void)state;
    assert_nearest("interval", NULL);
    assert_nearest("nothing-like-it", NULL);
}

static void test_nearest_prefers_the_first_among_equals(void **state)
{
    (void)state;
    static const char *const list[] = {"checka", "checkb", "checkc", NULL};
    assert_string_equal(names_nearest_of(list, "checkx"), "checka");
    static const char *const better_later[] = {"checkab", "check", NULL};
    assert_string_equal(names_nearest_of(better_later, "checks"), "check");
}

static void test_nearest_leaves_monsters_alone(void **state)
{
    (void)state;
    char longest[130], too_long[130];
    memset(longest, 'a', sizeof(longest));
    memset(too_long, 'a', sizeof(too_long));
    longest[128] = too_long[129] = '\0';
    char candidate[130];
    memset(candidate, 'a', sizeof(candidate));
    candidate[127] = 'b';
    candidate[128] = '\0';
    const char *const list[] = {candidate, NULL};
    assert_string_equal(names_nearest_of(list, longest), candidate);
    assert_null(names_nearest_of(list, too_long));
    const char *const long_list[] = {too_long, NULL};
    assert_null(names_nearest_of(long_list, longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_gives_what_was_added),
        cmocka_unit_test(test_add_twice_tells_the_former),
        cmocka_unit_test(test_many_names_are_all_found),
        cmocka_unit_test(test_free_takes_null),
        cmocka_unit_test(test_nearest_finds_what_was_meant),
        cmocka_unit_test(test_nearest_goes_no_further_than_a_third),
        cmocka_unit_test(test_nearest_is_never_the_name_itself),
        cmocka_unit_test(test_nearest_prefers_the_first_among_equals),
        cmocka_unit_test(test_nearest_leaves_monsters_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
