/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/program, by way of files; rule CFG-11.
 * What:  the program's path, the words that are known in arguments, and that a $ elsewhere is a $.
 */
#include "reading.h"

#include <string.h>

static uint32_t errors_of(const char *exec, const char *words)
{
    char text[512];
    snprintf(text, sizeof(text), "checks:\n  a: {exec: %s}\n", exec);
    struct reading reading = read_text(text);
    uint32_t errors = complaints_errors(reading.complaints);
    if (words != NULL && find_complaint(&reading, words) == NULL)
        fail_msg("%s: no complaint with %s", exec, words);
    reading_done(&reading);
    return errors;
}

static void test_programs_and_words(void **state)
{
    (void)state;
    static const struct {
        const char *exec, *words; /* NULL: nothing is wrong */
    } rows[] = {
        {"[/bin/sh, -c, $ADDRESS]", NULL},
        {"[/bin/sh, '$RECORD$TARGET', 'x=$CHECK.']", NULL},
        {"[/bin/sh, '$', '$$', 'a$', '$-', '100$', '$1']", NULL},
        {"[/bin/sh, $HOME]", "'$HOME' is not known here"},
        {"[/bin/sh, $ADDRESSES]", "'$ADDRESSES' is not known here"},
        {"[/bin/sh, $address]", "'$address' is not known here"},
        {"[/bin/sh, 'a$ADDRESS$b']", "'$b' is not known here"},
        {"[bin/sh]", "is not an absolute path"},
        {"['']", "is not an absolute path"},
        {"[/nonexistent/x]", "cannot be run: No such file or directory"},
        {"[/etc/passwd]", "is not executable"},
        {"[/tmp]", "is not executable"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_int_equal(errors_of(rows[i].exec, rows[i].words), rows[i].words == NULL ? 0 : 1);
    assert_int_equal(errors_of("[]", "is an empty list"), 1);
}

static void test_a_dollar_elsewhere_is_a_dollar(void **state)
{
    (void)state;
    struct reading reading = read_well("checks:\n  a: {http: 'http://x/$HOME?$ADDRESS', expect: {contains: $USER}}\n");
    assert_string_equal(reading.config.settings.checks[0].how.http.url, "http://x/$HOME?$ADDRESS");
    assert_string_equal(reading.config.settings.checks[0].expect.contains, "$USER");
    reading_done(&reading);
}

static void test_notifiers_know_no_words(void **state)
{
    (void)state;
    assert_complaint("notify:\n  a: {exec: [/bin/sh, $ADDRESS]}\n", 2, 23, "arguments are passed on as they stand");
    assert_complaint("notify:\n  a: {email: x@y, exec: [/bin/sh]}\n", 2, 3, "takes one of slack");
    assert_complaint("notify:\n  a: {on: failover}\n", 2, 3, "takes one of slack");
}

/* A line end would be a header of its own, and a dash an option. */
static void test_mail_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        bool good;
    } rows[] = {
        {"hostmaster@example.com", true},
        {"root", true},
        {"a+b@example.com", true},
        {"'a b@example.com'", false},
        {"a@b@c", false},
        {"'@b'", false},
        {"a@", false},
        {"-oQ/tmp", false},
        {"'a@b, c@d'", false},
        {"<a@b>", false},
        {"'a@b\nBcc: c'", false},
        {"\"a@b\\nBcc: c@d\"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[256];
        snprintf(text, sizeof(text), "notify:\n  a: {email: [%s]}\n", rows[i].address);
        struct reading reading = read_text(text);
        if ((complaints_errors(reading.complaints) == 0) != rows[i].good)
            fail_msg("%s is %s", rows[i].address, rows[i].good ? "refused" : "taken");
        reading_done(&reading);
    }
    assert_complaint("notify:\n  a: {email: []}\n", 2, 14, "nobody would get the mail");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs_and_words),
        cmocka_unit_test(test_a_dollar_elsewhere_is_a_dollar),
        cmocka_unit_test(test_notifiers_know_no_words),
        cmocka_unit_test(test_mail_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
