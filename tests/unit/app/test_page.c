/* SPDX-License-Identifier: MIT */
/*
 * Where: units of the status page: its front.
 * What:  every state in its words, few records and many. WEB-2 to WEB-4.
 */
#include "page_world.h"

#include "core/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_all_well(void **state)
{
    (void)state;
    page.view.state_problem = "";
    const char *html = front();
    assert_has(html, "<title>all well – DNS failover on gw1</title>");
    assert_has(html, "<h1>DNS failover on gw1</h1>");
    assert_has(html, "<p class=s><span class=o><i aria-hidden=true>✓</i> 2 records on primary</span> </p>");
    assert_has(html, "<th scope=row><a href=\"record/www.example.com\">www.example.com</a></th>");
    assert_has(html, "<b class=o><i aria-hidden=true>✓</i> primary</b></td>");
    assert_has(html, "✓</i> up</span> <small class=l>41 ms</small>");
    assert_has(html, "✓</i> up</span> <small>no check</small>");
    assert_has(html, "<td>1h</td>");
    assert_has(html, "<span>Configuration of 13:50:02</span> <span>As of 14:12:03 UTC</span>");
    assert_has(html, "<a href=\"?refresh=15\">refresh every 15 s</a>");
    assert_has_not(html, "Connectivity");
    assert_has_not(html, "State not kept.");
}

static void test_failed_over(void **state)
{
    (void)state;
    fail_watch(0, REASON_REFUSED, "connect to 192.0.2.10:443: Connection refused");
    fail_watch(1, REASON_REFUSED, "connect to it: Connection refused");
    struct record *record = record_of(0);
    record->targets[0].state = HEALTH_DOWN;
    record->current = record->decision.target = 1;
    record->current_since = page.view.now - 372000;
    const char *html = front();
    assert_has(html, "<title>1 failed over – ");
    assert_has(html, "<span class=w><i aria-hidden=true>▲</i> 1 record failed over</span> <span class=o>"
                     "<i aria-hidden=true>✓</i> 1 on primary</span>");
    assert_has(html, "<b class=w><i aria-hidden=true>▲</i> secondary</b> <small>198.51.100.20</small> <small>primary "
                     "192.0.2.10: refused</small>");
    assert_has(html, "<span class=b><i aria-hidden=true>✗</i> down</span> <small>refused, 38×</small>");
    assert_has(html, "<td>6m12s</td>");
}

/* A row each: what is done to the first record, and how it is told. */
static void test_every_other_state(void **state)
{
    (void)state;
    struct record *record = record_of(0);
    const struct record well = *record;
    record->decision.reason = DECISION_NO_HEALTHY_TARGET;
    assert_has(front(), "✗</i> 1 record without a healthy target</span>");
    assert_has(front(), "<b class=b><i aria-hidden=true>✗</i> primary, none healthy</b>");
    *record = well;
    record->override.forced = 1, record->current = 1;
    assert_has(front(), "<b class=n><i aria-hidden=true>◆</i> secondary, forced</b>");
    *record = well;
    record->override.held = true;
    assert_has(front(), "<b class=n><i aria-hidden=true>■</i> primary, held</b>");
    *record = well;
    record->txn.condition = CONDITION_FOREIGN, record->current = ID_NONE;
    assert_has(front(),
               "<b class=b><i aria-hidden=true>✗</i> foreign, not written</b> <small>the zone holds something");
    assert_has(front(), "✗</i> no</span></td><td>–</td>");
    record->txn.condition = CONDITION_UNREAD;
    assert_has(front(), "<b class=d><i aria-hidden=true>?</i> not read yet</b>");
    assert_has(front(), "?</i> not known</span>");
    *record = well;
    record->txn.state = TXN_PAUSED;
    record->txn.report.outcome = OUTCOME_DENIED;
    assert_has(front(), "<b class=b><i aria-hidden=true>✗</i> primary, not written</b>");
    *record = well;
    record->current = TARGET_RETIRED;
    record->txn.belief.sets[0].count = 1;
    assert_has(front(), "▲</i> a former target</b>");
    *record = well;
}

static void test_a_record_that_is_off(void **state)
{
    (void)state;
    struct record_settings off = settings.records[0];
    off.enabled = false;
    record_of(0)->settings = &off;
    assert_has(front(), "<b class=d><i aria-hidden=true>–</i> primary, off</b>");
    assert_has(front(), "<title>all well");
}

static void test_what_is_true_of_all(void **state)
{
    (void)state;
    struct gate *gate = (struct gate *)(uintptr_t)engine_gate(engine);
    gate->count = 2;
    gate->state = GATE_CLOSED;
    settings.safety.dry_run = true;
    settings.safety.start_grace_ms = 7200000;
    page.view.config_is_old = true;
    page.view.state_problem = "No space left on device";
    const char *html = front();
    assert_has(html, "<title>cut off");
    assert_has(html, "<p class=\"e b\"><b><i aria-hidden=true>✗</i> Cut off.</b>");
    assert_has(html, "Connectivity lost, 0 of 2 answer");
    assert_has(html, "Dry run.</b>");
    assert_has(html, "Older configuration.</b>");
    assert_has(html, "State not kept.</b>");
    assert_has_not(html, "Starting.</b>");
    record_of(0)->targets[0].state = HEALTH_UNKNOWN;
    assert_has(front(), "Starting.</b>");
}

static void test_no_records(void **state)
{
    (void)state;
    settings.record_count = 0;
    const char *html = front();
    assert_has(html, "No records are configured.");
    assert_has_not(html, "<table");
}

static void test_pages_of_many(void **state)
{
    (void)state;
    /* Views of the same record, under many names. */
    enum { MANY = PAGE_RECORDS_MOST + 2 };
    static struct record_settings records[MANY];
    for (uint32_t i = 0; i < MANY; i++)
        records[i] = fixture_settings.records[1];
    struct error err;
    settings.records = records;
    settings.record_count = MANY;
    struct engine *many = engine_new(&settings, OWNER, 1, START, &err);
    assert_non_null(many);
    page.view.engine = many;
    const char *html = front();
    uint32_t rows = 0;
    for (const char *at = html; (at = strstr(at, "<tr><th scope=row>")); at++)
        rows++;
    assert_int_equal(rows, PAGE_RECORDS_MOST);
    assert_has(html, "502 records, from number 1. <a href=\"?from=500\">next</a>");
    page.from = 500;
    page.refresh_s = 15;
    html = front();
    assert_has(html, "from number 501. <a href=\"?refresh=15\">first</a> </nav>");
    assert_has(html, "<a href=\"?from=500\">stop refreshing every 15 s</a>");
    page.from = 5000;
    assert_has(front(), "from number 5001");
    page.from = 0;
    assert_has(front(), "<a href=\"?show=attention&amp;refresh=15\">show only what wants a look, 502 of 502");
    page.attention = true;
    assert_has(front(), "<a href=\"?show=attention&amp;from=500&amp;refresh=15\">next</a>");
    engine_free(many);
}

static void test_attention_leaves_out_the_well(void **state)
{
    (void)state;
    record_of(0)->override.held = true;
    page.attention = true;
    const char *html = front();
    assert_has(html, "www.example.com</a>");
    assert_has_not(html, "db.example.com</a>");
    assert_has(html, "<a href=\"?\">show all</a>");
}

static void test_bars_have_words(void **state)
{
    (void)state;
    record_of(0)->targets[0].state = HEALTH_DOWN;
    trends_look(trends, engine, START + 40000, WALL - 20000);
    trends_look(trends, engine, START + 60000, WALL);
    const char *html = front();
    assert_has(html, "aria-label=\"primary, last 24 hours: up 40s, down 20s in the hour from 14:00\"");
    assert_has(html, "<small>down 20s</small>");
    assert_has(html, "<path class=f d=\"M117 18v-");
    assert_has(html, "aria-label=\"primary, last 24 hours: up 1m\"");
    assert_has(html, "<small>no outage</small>");
    assert_has(html, "aria-label=\"latency of primary, last hour: 4");
}

/* A gateway with a handful of records is told in few octets. */
static void test_a_page_is_small(void **state)
{
    (void)state;
    assert_true(strlen(front()) < 9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RENDERED(test_all_well),
        RENDERED(test_failed_over),
        RENDERED(test_every_other_state),
        RENDERED(test_a_record_that_is_off),
        RENDERED(test_what_is_true_of_all),
        RENDERED(test_no_records),
        RENDERED(test_pages_of_many),
        RENDERED(test_attention_leaves_out_the_well),
        RENDERED(test_bars_have_words),
        RENDERED(test_a_page_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
