/* SPDX-License-Identifier: MIT */
/*
 * The room that core reckons with for a message, against the bytes that are really written: never less.
 */

#include "base/attributes.h"
#include "core/batch.h"
#include "io/dns_flight.h"
#include "io/dns_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct name {
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
};

static const struct dname *name_of(struct name *name, const char *text)
{
    struct error err;
    assert_true(dname_parse(text, name->storage, &name->name, &err));
    return &name->name;
}

/* One record of one zone, and what it holds. */
struct sheet {
    struct name owner, marker, zone_name;
    struct record_settings record;
    struct zone_settings zone;
    struct settings settings;
    uint8_t packed[2][2][2000];
};

static struct rrset set_of(uint8_t *storage, enum rrtype type, uint32_t count)
{
    struct rrset_builder builder = rrset_builder_over(type, 300, storage, 2000);
    struct rrset set;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t rdata[16] = {10, 0, (uint8_t)(i >> 8), (uint8_t)i, 1, 2, 3, 4, 5};
        rrset_add(&builder, rdata, type == RRTYPE_A ? 4 : 16);
    }
    assert_true(rrset_pack(&builder, &set));
    return set;
}

static void lay(struct sheet *sheet, const char *owner, const char *marker, const char *zone)
{
    sheet->record = (struct record_settings){.owner = *name_of(&sheet->owner, owner),
                                             .marker = *name_of(&sheet->marker, marker),
                                             .type_count = 2,
                                             .types = {RRTYPE_A, RRTYPE_AAAA}};
    sheet->zone.name = *name_of(&sheet->zone_name, zone);
    sheet->settings = (struct settings){
        .records = &sheet->record, .record_count = 1, .zones = &sheet->zone, .zone_count = 1};
}

static struct plan plan_of(struct sheet *sheet, enum plan_kind kind, uint32_t count)
{
    struct marker marker = {
        .owner = UINT64_MAX, .epoch = UINT64_MAX, .nonce = UINT64_MAX, .has_fence = true, .fence = UINT64_MAX};
    bool had = kind != PLAN_ADOPT && kind != PLAN_CREATE;
    struct plan plan = {.kind = kind, .has_old = had, .old = marker, .fresh = marker};
    for (uint32_t i = 0; i < 2; i++) {
        enum rrtype type = sheet->record.types[i];
        plan.expect[i] = set_of(sheet->packed[0][i], type, kind == PLAN_CREATE ? 0 : count);
        plan.publish[i] = set_of(sheet->packed[1][i], type, i == 0 ? count + 1 : count);
    }
    return plan;
}

static uint32_t written(const struct sheet *sheet, const struct plan *plan, uint32_t copies)
{
    static uint8_t bytes[DNS_UPDATE_OCTETS_MAX];
    struct batch_member members[200];
    size_t length;
    struct error err;
    for (uint32_t i = 0; i < copies; i++)
        members[i] = (struct batch_member){.record = 0, .plan = plan};
    const struct batch_view view = {.zone = 0, .count = copies, .members = members};
    assert_true(dns_packet_write_update(&sheet->settings, &view, bytes, sizeof(bytes), &length, &err));
    return (uint32_t)length;
}

static const enum plan_kind kinds[] = {PLAN_ASSERT, PLAN_ADOPT, PLAN_CREATE, PLAN_SWITCH, PLAN_TTL, PLAN_FENCE};

/* Names in a zone whose name they share nothing with leave nothing to compress but repetition. */
static void check_names(const char *owner, const char *marker, const char *zone)
{
    static const uint32_t counts[] = {0, 1, 5, 60};
    static struct sheet sheet;
    lay(&sheet, owner, marker, zone);
    uint32_t frame = 12 + sheet.zone.name.length + 4;
    for (uint32_t k = 0; k < ARRAY_COUNT(kinds); k++)
        for (uint32_t c = 0; c < ARRAY_COUNT(counts); c++) {
            struct plan plan = plan_of(&sheet, kinds[k], counts[c]);
            assert_in_range(written(&sheet, &plan, 1), 1, frame + batch_octets(&sheet.record, &plan));
        }
}

static void test_the_estimate_is_never_too_small(void **state)
{
    (void)state;
    char label[64], owner[200], marker[256];
    check_names("a.", "b.", ".");
    check_names("www.example.com.", "_repointd.www.example.com.", "example.com.");
    memset(label, 'x', 60);
    label[60] = '\0';
    snprintf(owner, sizeof(owner), "%s.%s.%s.", label, label, label);
    snprintf(marker, sizeof(marker), "_repointd.%s", owner);
    check_names(owner, marker, label);
}

static void test_the_estimate_is_no_wild_guess(void **state)
{
    (void)state;
    static struct sheet sheet;
    lay(&sheet, "www.example.com.", "_repointd.www.example.com.", "example.com.");
    struct plan plan = plan_of(&sheet, PLAN_SWITCH, 1);
    assert_in_range(batch_octets(&sheet.record, &plan), 1, 3 * written(&sheet, &plan, 1));
}

static void test_members_that_are_let_in_fit_a_message(void **state)
{
    (void)state;
    static struct sheet sheet;
    lay(&sheet, "w.", "_repointd.w.", ".");
    struct plan plan = plan_of(&sheet, PLAN_SWITCH, 3);
    uint32_t copies = BATCH_OCTETS_MAX / batch_octets(&sheet.record, &plan);
    assert_in_range(copies, 10, 200);
    assert_in_range(written(&sheet, &plan, copies), 1, DNS_UPDATE_OCTETS_MAX);
    assert_in_range(12 + DNAME_WIRE_MAX + 4 + TSIG_RECORD_MAX, 1, MESSAGE_OCTETS_MAX - BATCH_OCTETS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_estimate_is_never_too_small),
        cmocka_unit_test(test_the_estimate_is_no_wild_guess),
        cmocka_unit_test(test_members_that_are_let_in_fit_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
