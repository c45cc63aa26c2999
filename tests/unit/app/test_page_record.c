/* SPDX-License-Identifier: MIT */
/*
 * Where: units of the status page: one record, and what both pages must never do.
 * What:  nothing of anybody else's is markup; nothing is asked of anybody else. WEB-1, WEB-5.
 */
#include "page_world.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_one_record(void **state)
{
    (void)state;
    fail_watch(2, REASON_STATUS, "HTTP 503, wanted 200-399");
    const char *html = one(0);
    assert_has(html, "<title>www.example.com – DNS failover on gw1</title>");
    assert_has(html, "<p><a href=\"../\">← DNS failover on gw1</a></p><h1>www.example.com</h1>");
    assert_has(html, "Since 13:12:03, for 1h</span> <span>As of 14:12:03 UTC</span> <span><a href=\"?refresh=15\">");
    assert_has(html, "<dt>Override</dt><dd>none</dd>");
    assert_has(html, "<th scope=row>primary <small>fra1</small></th><td>192.0.2.10</td><td>web</td>");
    assert_has(html, "<td>2001:db8::10</td>");
    assert_has(html, "<small>38 failed in a row</small>");
    assert_has(html, "14:12:03 <small>status: HTTP 503, wanted 200-399, after 0.4 ms</small>");
    assert_has(html, "<small>connected 4 ms</small> <small>first byte 30 ms</small> <small>whole 41 ms</small>");
    assert_has(html, "repointctl hold www.example.com --for 1h\n"
                     "repointctl drain fra1 --for 1h\n"
                     "repointctl failover www.example.com --to secondary --for 1h\n"
                     "repointctl failback www.example.com\n"
                     "repointctl release www.example.com\n");
    assert_has(html, "<h2>Last 7 days</h2>");
    assert_has(html, "<tr><th scope=row>Mon 23 Nov</th><td><svg role=img");
    assert_has(html, "Tue 17 Nov");
    assert_has_not(html, "Mon 16 Nov");
}

/* Fault 32. */
static void test_a_certificate_is_told(void **state)
{
    (void)state;
    watch_of(0)->last.certificate_end_s = WALL / 1000 + 41 * 86400 + 5;
    assert_has(one(0), "<small>certificate ends in 41 days</small>");
}

/* Fault 41: nothing moves because of it, but it can be seen. */
static void test_how_many_fail_is_told(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++)
        trail_add(&watch_of(0)->trail, i % 3 == 0 ? VERDICT_FAIL : VERDICT_PASS, REASON_OK, START, 1000);
    assert_has(one(0), "<small>6 of the last 16 failed</small>");
}

static void test_the_way_out_is_told(void **state)
{
    (void)state;
    record_of(0)->txn.condition = CONDITION_OTHER_OWNER;
    record_of(0)->txn.seen.form = MARKER_FORM_ONE;
    record_of(0)->txn.seen.marker = (struct marker){.owner = 0x4be1c0de77aa0912, .epoch = 57};
    assert_has(one(0), "<pre>repointctl take-over www.example.com --owner 4be1c0de77aa0912 --epoch 57\n");
    record_of(0)->txn.condition = CONDITION_FOREIGN;
    assert_has(one(0), "<pre>repointctl adopt www.example.com --expect WHAT-STANDS-THERE\n");
}

#define HOSTILE "<script>\"'&\x1b\xff"
#define SHOWN   "&lt;script&gt;&quot;&#39;&amp;\xef\xbf\xbd\\xff"

static void test_nothing_from_outside_is_markup(void **state)
{
    (void)state;
    struct record_settings record = settings.records[0];
    struct target_settings targets[4];
    struct check_settings check = settings.checks[0];
    memcpy(targets, settings.targets, sizeof targets);
    record.id = targets[0].role = targets[0].label = targets[1].role = targets[1].label = check.name = server.name =
        page.title = HOSTILE;
    settings.targets = targets;
    record_of(0)->settings = &record;
    for (uint32_t i = 0; i < 3; i++) {
        watch_of(i)->check = &check;
        fail_watch(i, REASON_BODY, HOSTILE);
    }
    record_of(0)->txn.report = (struct dns_report){.outcome = OUTCOME_UNKNOWN, .detail = HOSTILE};
    record_of(0)->txn.condition = CONDITION_FOREIGN;
    for (int i = 0; i < 2; i++) {
        const char *html = i == 0 ? front() : one(0);
        assert_has_not(html, "<script>");
        assert_has_not(html, "\x1b");
        assert_has(html, SHOWN);
    }
}

static void test_a_command_is_one_command(void **state)
{
    (void)state;
    struct record_settings record = settings.records[0];
    record.id = "a; rm -rf '$HOME'";
    record_of(0)->settings = &record;
    assert_has(one(0), "repointctl failback &#39;a; rm -rf &#39;\\&#39;&#39;$HOME&#39;\\&#39;&#39;&#39;\n");
}

/* WEB-1: no script, no form, nothing that a browser would fetch, no style but the one that the policy names. */
static void test_nothing_is_fetched(void **state)
{
    (void)state;
    static const char *const never[] = {
        "http:", "https:", "//",     "<script",          "<img",   "<link", "<form", "<iframe", "src=",
        "url(",  "style=", "onload", "<meta http-equiv", "@import"};
    for (int page_of = 0; page_of < 2; page_of++) {
        const char *html = page_of == 0 ? front() : one(0);
        for (size_t i = 0; i < ARRAY_COUNT(never); i++)
            if (strstr(html, never[i]))
                fail_msg("the page has %s", never[i]);
    }
}

static void test_the_policy_names_the_style(void **state)
{
    (void)state;
    unsigned char digest[EVP_MAX_MD_SIZE], words[100];
    unsigned length = 0;
    assert_int_equal(EVP_Digest(page_style, strlen(page_style), digest, &length, EVP_sha256(), NULL), 1);
    (void)EVP_EncodeBlock(words, digest, (int)length);
    assert_string_equal(PAGE_STYLE_SHA256, (const char *)words); /* the right one is the latter */
    assert_non_null(strstr(page_policy, "default-src 'none'; style-src 'sha256-" PAGE_STYLE_SHA256 "'"));
    assert_non_null(strstr(page_policy, "frame-ancestors 'none'"));
    assert_has(front(), page_style);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RENDERED(test_one_record),
        RENDERED(test_a_certificate_is_told),
        RENDERED(test_how_many_fail_is_told),
        RENDERED(test_the_way_out_is_told),
        RENDERED(test_nothing_from_outside_is_markup),
        RENDERED(test_a_command_is_one_command),
        RENDERED(test_nothing_is_fetched),
        RENDERED(test_the_policy_names_the_style),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
