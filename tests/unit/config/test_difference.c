/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/difference and config/look.
 * What:  what of one configuration is found again in another, and how that is counted.
 * Names: CFG-14; faults 121 to 124.
 */
#include "config/difference.h"
#include "config/look.h"

#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RECORDS(records) "records:\n" records
#define WWW              "  www.example.com: {check: web, primary: 192.0.2.1, secondary: 192.0.2.2}\n"

static struct reading old, fresh;

static void read_both(const char *former, const char *now)
{
    old = read_text(former);
    fresh = read_text(now);
    assert_true(old.good && fresh.good);
}

static void done(void)
{
    reading_done(&old);
    reading_done(&fresh);
}

static void expect_words(const char *former, const char *now, const char *words)
{
    read_both(former, now);
    struct difference difference = difference_of(&fresh.config.settings, &old.config.settings);
    char storage[200];
    struct text text = text_over(storage, sizeof storage);
    difference_format(&difference, &text);
    assert_string_equal(text.bytes, words);
    done();
}

static void test_it_is_counted_by_the_names_in_the_file(void **state)
{
    (void)state;
    const char *base = SERVER CHECK RECORDS(WWW);
    expect_words(base, base, "+0, ~0, -0");
    expect_words(base, SERVER CHECK RECORDS(WWW "  api.example.com: {check: web, primary: 192.0.2.3}\n"),
                 "+1 record, ~0, -0");
    expect_words(SERVER CHECK RECORDS(WWW "  api.example.com: {check: web, primary: 192.0.2.3}\n"), base,
                 "+0, ~0, -1 record");
    expect_words(base, SERVER CHECK "  dns: {tcp: 53}\n  ssh: {tcp: 22}\n" RECORDS(WWW), "+2 checks, ~0, -0");
    expect_words(base,
                 SERVER CHECK RECORDS("  www.example.com: {check: web, primary: 192.0.2.1, secondary: 192.0.2.9}\n"),
                 "+0, ~1 record, -0");
    expect_words(base, SERVER "checks:\n  web: {http: http://www.example.com/healthz, fall: 5}\n" RECORDS(WWW),
                 "+0, ~1 check, -1 check");
    expect_words(base, SERVER CHECK RECORDS("  api.example.com: {check: web, primary: 192.0.2.1}\n"),
                 "+1 record, ~0, -1 record");
}

/* What each of the new watches was; NONE: nothing. */
static void expect_watches(const char *former, const char *now, const uint32_t *wanted)
{
    uint32_t watches[8];
    read_both(former, now);
    assert_in_range(fresh.config.settings.watch_count, 1, 8);
    difference_of_watches(&fresh.config.settings, &old.config.settings, watches);
    for (uint32_t i = 0; i < fresh.config.settings.watch_count; i++)
        assert_int_equal(watches[i], wanted[i]);
    done();
}

static void test_a_watch_is_its_look_and_its_place(void **state)
{
    (void)state;
    const char *base = SERVER CHECK RECORDS(WWW);
    const uint32_t same[] = {0, 1}, swapped[] = {1, 0}, half[] = {0, ID_NONE}, none[] = {ID_NONE, ID_NONE};
    expect_watches(base, base, same);
    expect_watches(base,
                   SERVER CHECK RECORDS("  www.example.com: {check: web, primary: 192.0.2.2, secondary: 192.0.2.1}\n"),
                   swapped);
    expect_watches(base,
                   SERVER CHECK RECORDS("  www.example.com: {check: web, primary: 192.0.2.1, secondary: 192.0.2.7}\n"),
                   half);
    /* Another name, other thresholds and times: the same look. */
    expect_watches(base,
                   SERVER "checks:\n  probe: {http: http://www.example.com/healthz, fall: 9, interval: 20s}\n" RECORDS(
                       "  www.example.com: {check: probe, primary: 192.0.2.1, secondary: 192.0.2.2}\n"),
                   same);
    expect_watches(base, SERVER "checks:\n  web: {http: http://www.example.com/other}\n" RECORDS(WWW), none);
}

static void test_each_part_of_a_look_counts(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "",
        ", method: HEAD",
        ", headers: {Accept: a/b}",
        ", headers: {Accept: a/c}",
        ", method: POST, body: x",
        ", follow-redirects: 2",
        ", expect: {status: [200]}",
        ", expect: {contains: a}",
        ", expect: {not-contains: a}",
        ", expect: {regex: a}",
        ", expect: {regex: b}",
        ", source: 192.0.2.200",
        ", invert: on",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (size_t n = 0; n < sizeof parts / sizeof parts[0]; n++) {
            char one[600], other[600];
            (void)snprintf(one, sizeof one, "%schecks:\n  web: {http: http://www.example.com/%s}\n%s", SERVER, parts[i],
                           RECORDS(WWW));
            (void)snprintf(other, sizeof other, "%schecks:\n  web: {http: http://www.example.com/%s}\n%s", SERVER,
                           parts[n], RECORDS(WWW));
            read_both(one, other);
            struct looks *looks = looks_new(&fresh.config.settings, &old.config.settings);
            if (looks_are_same(looks, 0, 0) != (i == n))
                fail_msg("'%s' and '%s'", parts[i], parts[n]);
            looks_free(looks);
            done();
        }
}

static void test_groups_that_share_children_are_compared_in_time(void **state)
{
    (void)state;
    uint32_t watches[300];
    old = read_text(stacked_groups("10s"));
    fresh = read_text(stacked_groups("20s"));
    assert_true(old.good && fresh.good);
    const struct settings *settings = &fresh.config.settings;
    assert_int_equal(settings->watch_count, 2 * 123);
    difference_of_watches(settings, &old.config.settings, watches);
    for (uint32_t i = 0; i < settings->watch_count; i++)
        assert_int_equal(watches[i], i);
    assert_int_equal(difference_of(settings, &old.config.settings).checks_changed, 1);
    done();
}

static void test_a_record_is_its_name_its_server_and_its_types(void **state)
{
    (void)state;
    uint32_t records[4];
    read_both(SERVER CHECK RECORDS(WWW),
              SERVER CHECK RECORDS("  api.example.com: {check: web, primary: 192.0.2.3}\n"
                                   "  front: {name: www.example.com, check: web, primary: 192.0.2.8}\n"));
    difference_of_records(&fresh.config.settings, &old.config.settings, records);
    assert_int_equal(records[0], ID_NONE);
    assert_int_equal(records[1], 0); /* by another key, with another target */
    done();
    read_both(SERVER CHECK RECORDS(WWW),
              SERVER CHECK RECORDS("  www.example.com: {check: web, primary: [192.0.2.1, '2001:db8::1']}\n"));
    difference_of_records(&fresh.config.settings, &old.config.settings, records);
    assert_int_equal(records[0], ID_NONE);
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_counted_by_the_names_in_the_file),
        cmocka_unit_test(test_a_watch_is_its_look_and_its_place),
        cmocka_unit_test(test_each_part_of_a_look_counts),
        cmocka_unit_test(test_groups_that_share_children_are_compared_in_time),
        cmocka_unit_test(test_a_record_is_its_name_its_server_and_its_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
