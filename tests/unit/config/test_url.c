/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/url and config/host; docs/faults.md, security, injection through the configuration. r53 2, 3.
 * What:  what a URL and a host may be, and what becomes of them.
 */
#include "config/url.h"

#include "config/host.h"
#include "reading.h"

#include <string.h>

static void test_urls_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *normal, *host;
        uint16_t port;
        bool secure;
    } rows[] = {
        {"http://www.example.com/healthz", "http://www.example.com/healthz", "www.example.com", 80, false},
        {"https://www.example.com", "https://www.example.com", "www.example.com", 443, true},
        {"HTTPS://www.example.com:8443/a?b=c", "https://www.example.com:8443/a?b=c", "www.example.com", 8443, true},
        {"www.example.com/x", "http://www.example.com/x", "www.example.com", 80, false},
        {"www.example.com:8080", "http://www.example.com:8080", "www.example.com", 8080, false},
        {"localhost?x=http://y/", "http://localhost?x=http://y/", "localhost", 80, false},
        {"http://192.0.2.1:1/", "http://192.0.2.1:1/", "192.0.2.1", 1, false},
        {"http://[2001:db8::1]:65535/", "http://[2001:db8::1]:65535/", "2001:db8::1", 65535, false},
        {"https://[::1]/", "https://[::1]/", "::1", 443, true},
        {"http://a/@x", "http://a/@x", "a", 80, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct url url;
        struct error err;
        if (!url_parse(rows[i].text, &url, &err))
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_string_equal(url.text, rows[i].normal);
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(url.secure, rows[i].secure);
    }
}

static void test_urls_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "no host"},
        {"ftp://a/", "must begin with http"},
        {"httpx://a/", "must begin with http"},
        {"file:///etc/passwd", "must begin with http"},
        {"http://", "no host"},
        {"https:///x", "no host"},
        {"http://:80/", "no host"},
        {"http://a:0/", "1 to 65535"},
        {"http://a:65536/", "1 to 65535"},
        {"http://a:/", "port"},
        {"http://a:80x/", "port"},
        {"http://a/ b", "a blank"},
        {"http://a/\t", "a blank"},
        {"http://a/\xc3\xbc", "beyond ASCII"},
        {"http://a/\r\nHost: b", "a blank"},
        {"http://user@a/", "user name"},
        {"http://user:pw@a/", "user name"},
        {"user:pw@a/", "user name"},
        {"http://a/#top", "'#'"},
        {"http://[::1/", "form [ADDRESS]"},
        {"http://[www.example.com]/", "no IPv6 address in its brackets"},
        {"http://[192.0.2.1]/", "no IPv6 address in its brackets"},
        {"http://2001:db8::1/", "needs brackets"},
        {"http://[2001:DB8::1]/", "'2001:db8::1'"},
        {"http://[2001:db8:0:0::1]/", "'2001:db8::1'"},
        {"http://2130706433/", "neither an address nor a host name"},
        {"http://0x7f000001/", "neither an address nor a host name"},
        {"http://127.1/", "neither an address nor a host name"},
        {"http://0177.0.0.1/", "neither an address nor a host name"},
        {"http://192.0.2.256/", "neither an address nor a host name"},
        {"http://a$b/", "neither an address nor a host name"},
        {"http://a..b/", "neither an address nor a host name"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct url url = {.port = 7};
        struct error err = {.code = ERROR_NONE};
        if (url_parse(rows[i].text, &url, &err) || strstr(err.text, rows[i].words) == NULL)
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(url.port, 7); /* untouched */
        assert_null(strstr(err.text, "pw"));
    }
}

static void test_length_is_bounded(void **state)
{
    (void)state;
    char text[URL_TEXT_MAX + 2];
    struct url url;
    memset(text, 'x', sizeof(text));
    memcpy(text, "https://a/", 10);
    text[URL_TEXT_MAX] = '\0';
    assert_true(url_parse(text, &url, NULL));
    text[URL_TEXT_MAX] = 'x';
    text[URL_TEXT_MAX + 1] = '\0';
    assert_false(url_parse(text, &url, NULL));
}

static void test_users_are_seen_in_front_of_the_path_only(void **state)
{
    (void)state;
    assert_true(url_has_user("http://a@b/"));
    assert_true(url_has_user("a:b@c"));
    assert_false(url_has_user("http://b/a@c"));
    assert_false(url_has_user("http://b?a@c"));
    assert_false(url_has_user("b"));
}

static void test_hosts(void **state)
{
    (void)state;
    char label63[80], label64[80], long253[300], long254[300];
    memset(label63, 'a', 63);
    memcpy(label63 + 63, ".example", 9);
    memset(label64, 'a', 64);
    memcpy(label64 + 64, ".example", 9);
    for (size_t i = 0; i < 254; i++)
        long253[i] = long254[i] = i % 2 == 1 ? '.' : 'a';
    long253[253] = '\0';
    memcpy(long254 + 250, "aaaa", 5);
    const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"www.example.com", true},
        {"www.example.com.", true},
        {"localhost", true},
        {"a_b-c.d9", true},
        {"1.example", true},
        {"xn--bcher-kva.example", true},
        {"a.b1", true},
        {label63, true},
        {long253, true},
        {"", false},
        {".", false},
        {"a..b", false},
        {".a", false},
        {"a b", false},
        {"a/b", false},
        {"a:1", false},
        {"*.a", false},
        {"1", false},
        {"a.1", false},
        {"a.0x1f", false},
        {"a.0x", false},
        {"1.2.3.4.5", false},
        {"a.1.", false},
        {label64, false},
        {long254, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (host_name_check(rows[i].text, NULL) != rows[i].good)
            fail_msg("%s", rows[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls_are_taken_apart),
        cmocka_unit_test(test_urls_are_refused),
        cmocka_unit_test(test_length_is_bounded),
        cmocka_unit_test(test_users_are_seen_in_front_of_the_path_only),
        cmocka_unit_test(test_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
