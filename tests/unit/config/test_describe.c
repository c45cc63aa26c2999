/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/describe; rule CFG-6. tests/golden/schema.sh looks at the schema and at dumps of the examples.
 * What:  each value with its origin, over files and defaults; nothing secret; odd texts come back as they went in.
 */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

static char *dump(const struct config *config)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    config_dump(config, out);
    fclose(out);
    return text;
}

/* The line that holds `words`, with runs of blanks as one. */
static void assert_line(const char *text, const char *wanted)
{
    char line[512];
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "\n"), used = 0;
        for (size_t i = 0; i < length && used + 1 < sizeof(line); i++)
            if (at[i] != ' ' || (used > 0 && line[used - 1] != ' '))
                line[used++] = at[i];
        line[used] = '\0';
        if (strcmp(line, wanted) == 0)
            return;
        at += length + (at[length] == '\n');
    }
    fail_msg("no line '%s' in\n%s", wanted, text);
}

static void test_each_value_has_its_origin(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    folder_write(&folder, "ddns.key", "hmac-sha256:ddns:VFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFQ=\n", 0600);
    folder_write(&folder, "conf.d/mail.yaml",
                 "records:\n  mail.example.com:\n    check: smtp\n    primary: {address: 192.0.2.25, label: one}\n"
                 "    secondary: 192.0.2.26\n",
                 0644);
    struct reading reading = read_path(
        folder_write(&folder, "r.yaml",
                     "include: conf.d/*.yaml\nservers:\n  ns1: {address: 127.0.0.1, zones: [example.com], key: {file: "
                     "ddns.key}}\n"
                     "defaults:\n  record: {ttl: 15s}\n  check: {fall: 2}\nchecks:\n  smtp: {tcp: 25, interval: 2s}\n",
                     0644),
        CONFIG_FOR_CHECK, NULL);
    assert_true(reading.good);
    char *text = dump(&reading.config), key[128];
    assert_line(text, "mail.example.com: # conf.d/mail.yaml:2");
    assert_line(text, "check: smtp # conf.d/mail.yaml:3");
    assert_line(text, "label: one # conf.d/mail.yaml:4");
    assert_line(text, "secondary: 192.0.2.26 # conf.d/mail.yaml:5");
    assert_line(text, "ttl: 15s # r.yaml:5");
    assert_line(text, "fall: 2 # r.yaml:6");
    assert_line(text, "rise: 3 # default");
    assert_line(text, "tcp: 25 # r.yaml:8");
    assert_line(text, "interval: 2s # r.yaml:8");
    assert_line(text, "interval-changing: 2s # default");
    assert_line(text, "timeout: 1s600ms # default");
    assert_line(text, "server: ns1 # default");
    assert_line(text, "name: mail.example.com # default");
    assert_line(text, "verify: [127.0.0.1:53] # default");
    assert_line(text, "log-level: info # default");
    assert_line(text, "# secret: <redacted>");
    snprintf(key, sizeof(key), "file: %s/ddns.key # r.yaml:3", folder.path);
    assert_line(text, key);
    assert_null(strstr(text, "VFRUVFRU"));
    assert_null(strstr(text, "method")); /* a tcp check has none */
    free(text);
    reading_done(&reading);
    folder_remove(&folder);
}

/* Without comments, which hold the origins. */
static void strip(char *text)
{
    char *out = text;
    for (const char *at = text; *at != '\0'; at++) {
        if (at[0] == ' ' && at[1] == '#')
            at += strcspn(at, "\n");
        if (*at == '\0')
            break;
        if (*at != ' ' || at[1] != ' ')
            *out++ = *at;
    }
    *out = '\0';
}

static void test_what_is_dumped_loads_and_dumps_as_itself(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        SERVER CHECK,
        SERVER "checks:\n  a:\n    http: https://x/\n    expect:\n      contains: \"a \\\"b\\\" \\\\ \\n\\t # "
               "'\xc3\xbc: {\"\n      status: 200\n"
               "    timeout: {body: 1s}\n  '#b': {tcp: 1}\n  ~: {tcp: 2}\n  'null': {tcp: 3}\n  '1': {tcp: 4}\n",
        SERVER CHECK "records:\n  odd-id:\n    name: www.example.com.\n    check: web\n    targets:\n"
                     "      - {address: ['2001:db8::1', 192.0.2.1], label: 'a: b'}\n      - ['2001:db8::2', "
                     "192.0.2.2]\n      - 192.0.2.3\n"
                     "    fallback: 192.0.2.9\n    notify: []\n",
        "servers:\n  ns1:\n    address: ['[2001:db8::1]:5353', 192.0.2.1]\n    zones: example.com\n    key: "
        "{credential: ddns}\n"
        "    source: 192.0.2.9\n    retry: {max: 5s}\n    verify: 192.0.2.1\n",
        "daemon: {contact: 'on', state-directory: /a b, owner: 0123456789abcdef}\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct reading first = read_text(texts[i]);
        assert_true(first.good);
        char *once = dump(&first.config);
        struct reading second = read_text(once);
        if (!second.good)
            fail_msg("%s\n%s", once, printed(second.complaints, false));
        char *twice = dump(&second.config);
        strip(once);
        strip(twice);
        assert_string_equal(once, twice);
        free(once);
        free(twice);
        reading_done(&first);
        reading_done(&second);
    }
}

static void test_nothing_is_dumped_after_a_start(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    struct reading reading = read_path(folder_write(&folder, "r.yaml", "", 0644), CONFIG_FOR_START, NULL);
    assert_true(reading.good);
    char *text = dump(&reading.config);
    assert_string_equal(text, "");
    free(text);
    reading_done(&reading);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_value_has_its_origin),
        cmocka_unit_test(test_what_is_dumped_loads_and_dumps_as_itself),
        cmocka_unit_test(test_nothing_is_dumped_after_a_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
