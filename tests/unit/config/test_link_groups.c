/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/link_groups and link_watches, and of what each kind of check becomes; rules CFG-7, CFG-9.
 * What:  children by index, watches in an order that one pass can follow, who is above whom; both sides of the bounds.
 */
#include "reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE "checks:\n  web: {http: http://www.example.com/}\n  smtp: {tcp: 25}\n"

static void test_children_and_least(void **state)
{
    (void)state;
    struct reading reading = read_well(SERVER BASE "  late: {all-of: [any, web]}\n" /* refers to what comes later */
                                                   "  any: {any-of: [web, smtp]}\n"
                                                   "  most: {at-least: {count: 2, of: [smtp, web, any]}}\n"
                                                   "  not: {any-of: [web], invert: on, rise: 2, fall: 4}\n");
    const struct check_settings *checks = reading.config.settings.checks;
    assert_int_equal(checks[2].kind, CHECK_ALL_OF);
    assert_int_equal(checks[2].how.group.child_count, 2);
    assert_int_equal(checks[2].how.group.children[0], 3);
    assert_int_equal(checks[2].how.group.children[1], 0);
    assert_int_equal(checks[2].how.group.least, 2);
    assert_int_equal(checks[3].how.group.least, 1);
    assert_int_equal(checks[4].how.group.least, 2);
    assert_int_equal(checks[4].interval_ms, 0);
    assert_int_equal(checks[4].total_ms, 0);
    assert_int_equal(checks[4].jitter_permille, 0);
    assert_true(checks[5].invert && !checks[4].invert);
    assert_int_equal(checks[5].rise, 2);
    assert_int_equal(checks[5].fall, 4);
    assert_int_equal(reading.config.settings.watch_count, 0); /* nobody uses them */
    reading_done(&reading);
}

/* Thresholds in `defaults` are for looks: a calculated check follows at once, and a silence is counted once. */
static void test_thresholds_are_not_inherited(void **state)
{
    (void)state;
    struct reading reading = read_well(SERVER "defaults: {check: {rise: 5, fall: 7, jitter: 20%}}\n" BASE
                                              "  all: {all-of: [web, smtp]}\n  job: {heartbeat: 90s}\n"
                                              "  own: {heartbeat: 90s, fall: 2}\n");
    const struct check_settings *checks = reading.config.settings.checks;
    assert_int_equal(checks[0].rise, 5);
    assert_int_equal(checks[0].fall, 7);
    for (uint32_t i = 2; i < 5; i++) {
        assert_int_equal(checks[i].rise, 1);
        assert_int_equal(checks[i].fall, i == 4 ? 2 : 1);
        assert_int_equal(checks[i].jitter_permille, 0);
    }
    assert_int_equal(checks[3].how.heartbeat.silence_ms, 90000);
    assert_int_equal(checks[3].interval_ms, 90000);
    reading_done(&reading);
}

/* Children stand before those that rest on them, are shared, and know all that is above them. */
static void test_watches_can_be_followed_in_one_pass(void **state)
{
    (void)state;
    struct reading reading = read_well(
        SERVER BASE "  both: {all-of: [web, smtp]}\n  top: {any-of: [both, web]}\n"
                    "records:\n  www.example.com: {check: top, primary: 192.0.2.1, secondary: 198.51.100.1}\n"
                    "  mail.example.com: {check: smtp, primary: 192.0.2.1, secondary: 198.51.100.1}\n");
    const struct settings *settings = &reading.config.settings;
    assert_int_equal(settings->watch_count, 8); /* four at each of two addresses: the record of mail brings none */
    assert_int_equal(settings->child_count, 8);
    assert_int_equal(settings->above_count, 2 * (2 + 2 + 1));
    for (uint32_t w = 0; w < settings->watch_count; w++) {
        const struct watch_settings *watch = &settings->watches[w];
        const struct check_settings *check = &settings->checks[watch->check];
        assert_int_equal(watch->child_count, check_kind_is_calculated(check->kind) ? 2 : 0);
        assert_int_equal(watch->least, check->kind == CHECK_ALL_OF ? 2 : check->kind == CHECK_ANY_OF ? 1 : 0);
        for (uint32_t i = 0; i < watch->child_count; i++) {
            const struct watch_settings *child = &settings->watches[settings->children[watch->child_first + i]];
            assert_true(settings->children[watch->child_first + i] < w);
            assert_true(address_equal(&child->address, &watch->address));
            assert_int_equal(child->check, check->how.group.children[i]);
        }
        for (uint32_t i = 1; i < watch->above_count; i++)
            assert_true(settings->above[watch->above_first + i - 1] < settings->above[watch->above_first + i]);
    }
    uint32_t top = settings->values[0].watch;
    assert_int_equal(settings->watches[top].check, 3);
    assert_int_equal(settings->watches[top].above_count, 0);
    assert_int_equal(settings->watches[0].above_count, 2); /* web: both and top */
    reading_done(&reading);
}

static char *chain(uint32_t groups)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    fputs(SERVER BASE "  g1: {all-of: [web]}\n", out);
    for (uint32_t i = 2; i <= groups; i++)
        fprintf(out, "  g%u: {all-of: [g%u]}\n", i, i - 1);
    fclose(out);
    return text;
}

static char *crowd(uint32_t children)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    fputs(SERVER "checks:\n", out);
    for (uint32_t i = 1; i <= children; i++)
        fprintf(out, "  c%u: {tcp: %u}\n", i, i);
    fputs("  all: {all-of: [c1", out);
    for (uint32_t i = 2; i <= children; i++)
        fprintf(out, ", c%u", i);
    fputs("]}\n", out);
    fclose(out);
    return text;
}

static void test_both_sides_of_the_bounds(void **state)
{
    (void)state;
    char *texts[] = {chain(CHECK_DEPTH_MAX), chain(CHECK_DEPTH_MAX + 1), crowd(CHECK_CHILDREN_MAX),
                     crowd(CHECK_CHILDREN_MAX + 1)};
    for (uint32_t i = 0; i < 4; i++) {
        struct reading reading = read_text(texts[i]);
        assert_int_equal(reading.good, i % 2 == 0);
        assert_int_equal(complaints_errors(reading.complaints), i % 2);
        reading_done(&reading);
        free(texts[i]);
    }
}

/* What each kind's keys become. */
static void test_kinds_become_settings(void **state)
{
    (void)state;
    struct reading reading = read_well(
        SERVER
        "checks:\n"
        "  web: {http: http://www.example.com/, method: POST, headers: {X-A: b}, body: xyz, follow-redirects: 3,\n"
        "        source: [192.0.2.9, 2001:db8::9], expect: {not-contains: no, regex: '^a$'}}\n"
        "  smtp: {tcp: 25, send: \"EHLO\\r\\n\", expect: {regex: '^220 '}}\n"
        "  imaps: {tls: 993, verify: off, sni: mail.example.com, min-version: '1.3',\n"
        "          expect: {certificate-days: 7}}\n"
        "  ask: {dns: {query: WWW.example.com, type: AAAA, port: 5353}, expect: {rcode: NXDOMAIN, answer: x}}\n"
        "  run: {exec: [/bin/sh, -c, $ADDRESS]}\n");
    const struct check_settings *checks = reading.config.settings.checks;
    const struct http_settings *http = &checks[0].how.http;
    assert_string_equal(http->method, "POST");
    assert_int_equal(http->header_count, 1);
    assert_string_equal(http->headers[0].name, "X-A");
    assert_string_equal(http->headers[0].value, "b");
    assert_int_equal(http->body_length, 3);
    assert_int_equal(http->redirects_most, 3);
    assert_int_equal(checks[0].source.source4.family, ADDRESS_V4);
    assert_int_equal(checks[0].source.source6.family, ADDRESS_V6);
    assert_string_equal(checks[0].expect.not_contains, "no");
    assert_non_null(checks[0].expect.regex);
    assert_int_equal(checks[1].how.tcp.send_length, 6);
    assert_memory_equal(checks[1].how.tcp.send, "EHLO\r\n", 6);
    assert_int_equal(checks[2].how.tls.port, 993);
    assert_false(checks[2].how.tls.tls.verify);
    assert_string_equal(checks[2].how.tls.tls.sni, "mail.example.com");
    assert_int_equal(checks[2].how.tls.tls.version_least, 0x0304);
    assert_int_equal(checks[2].expect.certificate_days, 7);
    assert_int_equal(checks[3].how.dns.type, 28);
    assert_int_equal(checks[3].how.dns.port, 5353);
    assert_memory_equal(checks[3].how.dns.query.wire, "\3www\7example\3com", 17);
    assert_true(checks[3].expect.has_rcode);
    assert_int_equal(checks[3].expect.rcode, 3);
    assert_string_equal(checks[3].expect.answer, "x");
    assert_int_equal(checks[4].how.exec.argc, 3);
    assert_string_equal(checks[4].how.exec.argv[2], "$ADDRESS");
    assert_null(checks[4].how.exec.argv[3]);
    reading_done(&reading);
}

/* Known of each from the start, since there are more ways down than anybody can walk. */
static void test_the_slowest_below_is_known(void **state)
{
    (void)state;
    struct reading reading = read_text(stacked_groups("30s"));
    assert_true(reading.good);
    const struct settings *settings = &reading.config.settings;
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct watch_settings *watch = &settings->watches[i];
        assert_int_equal(watch->slowest, watch->child_count == 0 ? watch->check : 1);
    }
    assert_non_null(find_complaint(&reading, "what check 'mail' needs to see an outage"));
    reading_done(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_children_and_least),
        cmocka_unit_test(test_thresholds_are_not_inherited),
        cmocka_unit_test(test_watches_can_be_followed_in_one_pass),
        cmocka_unit_test(test_both_sides_of_the_bounds),
        cmocka_unit_test(test_kinds_become_settings),
        cmocka_unit_test(test_the_slowest_below_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
