/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_client.
 * What:  see client_fixture.h.
 */
#include "client_fixture.h"

#include "forge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOPELESS_MS 30000

struct client_fixture *fixture;

static void count(void)
{
    assert_false(fixture->inside);
    if (fixture->reads + fixture->sends >= fixture->wanted)
        loop_stop(fixture->loop);
}

void client_read(uint32_t record)
{
    fixture->inside = true;
    dns_client_read(fixture->client, (struct op){.subject = record, .ticket = ++fixture->ticket});
    fixture->inside = false;
}

static void on_read(struct op op, const struct dns_report *report, const struct observed *observed, void *ctx)
{
    (void)ctx;
    assert_int_equal(observed != NULL, report->outcome == OUTCOME_ACCEPTED);
    fixture->reads++;
    fixture->accepted += report->outcome == OUTCOME_ACCEPTED;
    fixture->outcomes[report->outcome]++;
    fixture->last_read = *report;
    fixture->read_tickets[op.subject] = op.ticket;
    if (observed) {
        fixture->seen = *observed;
        assert_true(rrset_copy(&observed->sets[0], fixture->packed, sizeof fixture->packed, &fixture->seen.sets[0]));
    }
    count();
}

static void on_send(struct op op, const struct dns_report *report, void *ctx)
{
    (void)ctx;
    assert_true(op.subject < CLIENT_ZONES);
    fixture->sends++;
    fixture->sends_accepted += report->outcome == OUTCOME_ACCEPTED;
    fixture->last_send = *report;
    if (fixture->read_after_send)
        client_read(0);
    count();
}

static void on_hopeless(struct timer *timer)
{
    (void)timer;
    fail_msg("%u reads and %u sends of %u were answered", fixture->reads, fixture->sends, fixture->wanted);
}

static void on_stop(struct timer *timer)
{
    (void)timer;
    loop_stop(fixture->loop);
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

void client_set_up(struct endpoint peer, uint32_t timeout_ms)
{
    fixture = calloc(1, sizeof *fixture);
    struct loop_handlers handlers = {.wake = on_wake};
    struct error err;
    fixture->loop = loop_new(&handlers, &err);
    fixture->addresses[0] = peer;
    fixture->server = (struct server_settings){.name = "ns",
                                               .addresses = fixture->addresses,
                                               .address_count = 1,
                                               .timeout_ms = timeout_ms,
                                               .key = forge_key("repointd", TSIG_HMAC_SHA256)};
    assert_true(dname_parse("fo.test", fixture->zone_name, &fixture->zones[0].name, NULL));
    struct record_settings *record = &fixture->records[0];
    assert_true(dname_parse("www.fo.test", fixture->owner_name, &record->owner, NULL));
    assert_true(dname_prepend_label(MARKER_LABEL, &record->owner, fixture->marker_name, &record->marker));
    record->type_count = 2;
    record->types[0] = RRTYPE_A;
    record->types[1] = RRTYPE_AAAA;
    for (uint32_t i = 1; i < CLIENT_ZONES; i++)
        fixture->zones[i] = fixture->zones[0];
    for (uint32_t i = 1; i < CLIENT_RECORDS; i++) {
        fixture->records[i] = fixture->records[0];
        fixture->records[i].zone = i < CLIENT_ZONES ? i : 0;
    }
    fixture->settings = (struct settings){.records = fixture->records,
                                          .zones = fixture->zones,
                                          .servers = &fixture->server,
                                          .record_count = CLIENT_RECORDS,
                                          .zone_count = CLIENT_ZONES,
                                          .server_count = 1};
    fixture->client = dns_client_new(fixture->loop, &fixture->settings, on_read, on_send, NULL, &err);
    assert_non_null(fixture->client);
    fixture->hopeless.fire = on_hopeless;
    fixture->stop.fire = on_stop;
}

void client_tear_down(void)
{
    dns_client_free(fixture->client);
    loop_free(fixture->loop);
    free(fixture);
}

void client_run_until(uint32_t wanted)
{
    fixture->wanted = wanted;
    loop_timer_set(fixture->loop, &fixture->hopeless, loop_refresh(fixture->loop) + HOPELESS_MS);
    loop_run(fixture->loop);
    loop_timer_stop(fixture->loop, &fixture->hopeless);
    assert_int_equal(fixture->reads + fixture->sends, wanted);
}

void client_run_for(int64_t ms)
{
    fixture->wanted = UINT32_MAX;
    loop_timer_set(fixture->loop, &fixture->stop, loop_refresh(fixture->loop) + ms);
    loop_run(fixture->loop);
}

void client_send(uint32_t zone)
{
    struct plan plan = {.kind = PLAN_FENCE, .has_old = true, .old = {.epoch = 1}, .fresh = {.epoch = 2}};
    struct batch_member member = {.record = zone, .plan = &plan};
    struct batch_view batch = {.zone = zone, .count = 1, .members = &member};
    fixture->inside = true;
    dns_client_send(fixture->client, (struct op){.subject = zone, .ticket = ++fixture->ticket}, &batch);
    fixture->inside = false;
}
