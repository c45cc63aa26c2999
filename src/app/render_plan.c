/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind plan_once and plan_text.
 * What:  server, zone, prereq, update and send lines of a batch; what is no line of nsupdate is a comment.
 * Why:   a person should be able to read what would be sent, and to send it himself. The key is named and never shown.
 *        The order is that of io/dns_packet_write: what is deleted stands before what is added.
 */
#include "app/render_plan.h"

#include "app/explanation.h"
#include "core/record.h"
#include "core/watch.h"
#include "model/marker.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

struct page {
    FILE *out;
    const struct record_settings *record;
    char owner[DNAME_TEXT_MAX], marker[DNAME_TEXT_MAX];
};

static void print_set(const struct page *page, const char *verb, const struct rrset *set, bool with_ttl)
{
    struct rdata rdata = {.type = set->type};
    uint16_t offset = 0;
    while (set->count > 0 && rrset_next(set, &offset, &rdata.bytes, &rdata.length)) {
        char storage[DNAME_TEXT_MAX];
        struct text text = text_over(storage, sizeof storage);
        rdata_format(&rdata, &text);
        fprintf(page->out, "%s %s. ", verb, page->owner);
        if (with_ttl)
            fprintf(page->out, "%" PRIu32 " ", set->ttl_s);
        fprintf(page->out, "IN %s %s%s\n", rrtype_name(set->type), text.bytes, set->type == RRTYPE_CNAME ? "." : "");
    }
}

static void print_marker(const struct page *page, const char *verb, const struct marker *marker, bool with_ttl)
{
    char text[MARKER_TEXT_MAX];
    marker_format(marker, text);
    fprintf(page->out, "%s %s. ", verb, page->marker);
    if (with_ttl)
        fprintf(page->out, "%d ", MARKER_TTL_S);
    fprintf(page->out, "%sTXT \"%s\"\n", strcmp(verb, "update delete") == 0 ? "" : "IN ", text);
}

static void print_expected_sets(const struct page *page, const struct plan *plan)
{
    const struct record_settings *record = page->record;
    bool cname = settings_is_cname(record);
    for (uint32_t i = 0; i < record->type_count; i++) {
        if (plan->expect[i].count > 0)
            print_set(page, "prereq yxrrset", &plan->expect[i], false);
        else if (cname)
            fprintf(page->out, "prereq nxdomain %s.\n", page->owner);
        else
            fprintf(page->out, "prereq nxrrset %s. IN %s\n", page->owner, rrtype_name(record->types[i]));
    }
    if (!cname)
        fprintf(page->out, "prereq nxrrset %s. IN CNAME\n", page->owner);
}

static void print_prerequisites(const struct page *page, const struct plan *plan)
{
    if (plan->kind != PLAN_FENCE && plan->kind != PLAN_DISOWN)
        print_expected_sets(page, plan);
    if (plan->bare)
        return;
    if (plan->has_old)
        print_marker(page, "prereq yxrrset", &plan->old, false);
    else
        fprintf(page->out, "prereq nxrrset %s. IN TXT\n", page->marker);
}

static void print_changes(const struct page *page, const struct plan *plan)
{
    bool publishes = plan->kind == PLAN_CREATE || plan->kind == PLAN_SWITCH || plan->kind == PLAN_TTL;
    bool replaces = plan->kind == PLAN_SWITCH || plan->kind == PLAN_TTL;
    for (uint32_t i = 0; replaces && i < page->record->type_count; i++)
        fprintf(page->out, "update delete %s. %s\n", page->owner, rrtype_name(page->record->types[i]));
    if (plan->has_old && !plan->bare)
        print_marker(page, "update delete", &plan->old, false);
    for (uint32_t i = 0; publishes && i < page->record->type_count; i++)
        print_set(page, "update add", &plan->publish[i], true);
    if (plan->kind != PLAN_DISOWN && !plan->bare)
        print_marker(page, "update add", &plan->fresh, true);
}

static void print_head(const struct settings *settings, uint32_t zone, FILE *out)
{
    const struct server_settings *server = &settings->servers[settings->zones[zone].server];
    char name[DNAME_TEXT_MAX], address[ADDRESS_TEXT_MAX];
    dname_format(&server->key.name, name);
    address_format(&server->addresses[0].address, address);
    fprintf(out, "; server %s; signed with %s:%s\nserver %s %u\n", server->name,
            tsig_algorithm_name(server->key.algorithm), name, address, (unsigned)server->addresses[0].port);
    dname_format(&settings->zones[zone].name, name);
    fprintf(out, "zone %s.\n", name);
}

bool render_plan_is_change(const struct plan *plan)
{
    switch (plan->kind) {
    case PLAN_ADOPT:
    case PLAN_CREATE:
    case PLAN_SWITCH:
    case PLAN_TTL:
    case PLAN_FENCE:
    case PLAN_DISOWN:
    case PLAN_TAKE_OVER:
        return true;
    case PLAN_IN_SYNC:
    case PLAN_APPLIED:
    case PLAN_READ_AGAIN:
    case PLAN_STOP:
    case PLAN_ASSERT:
    case PLAN_REHEARSE:
        break;
    }
    return false;
}

static struct page open_page(const struct settings *settings, uint32_t record, FILE *out)
{
    struct page page = {.out = out, .record = &settings->records[record]};
    dname_format(&page.record->owner, page.owner);
    dname_format(&page.record->marker, page.marker);
    return page;
}

/* All prerequisites first, as they stand in the message; then all changes, record by record. */
void render_plan(const struct settings *settings, const struct batch_view *batch, FILE *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        if (!render_plan_is_change(batch->members[i].plan))
            continue;
        struct page page = open_page(settings, batch->members[i].record, out);
        if (count++ == 0)
            print_head(settings, batch->zone, out);
        fprintf(out, "; %s: %s\n", page.record->id, plan_kind_name(batch->members[i].plan->kind));
        print_prerequisites(&page, batch->members[i].plan);
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        if (!render_plan_is_change(batch->members[i].plan))
            continue;
        struct page page = open_page(settings, batch->members[i].record, out);
        print_changes(&page, batch->members[i].plan);
    }
    if (count > 0)
        fputs("send\n", out);
}

/* ---- the comment on a record ---- */

static const char *answer_of(const struct settings *settings, const struct record *record)
{
    if (record->current < record->settings->target_count)
        return settings->targets[record->settings->target_first + record->current].role;
    return "none of its targets";
}

static void print_target(const struct settings *settings, const struct engine *engine, const struct record *record,
                         uint32_t place, FILE *out)
{
    const struct target_settings *target = &settings->targets[record->settings->target_first + place];
    fprintf(out, "%s %s %s", place > 0 ? "," : "", target->role, health_state_name(record->targets[place].state));
    for (uint32_t i = 0; i < target->value_count; i++) {
        uint32_t index = settings->values[target->value_first + i].watch;
        const struct watch *watch = index == ID_NONE ? NULL : engine_watch(engine, index);
        if (watch && watch->last.verdict != VERDICT_PASS && watch->last.verdict) {
            fprintf(out, " (%s)", reason_name(watch->last.reason));
            return;
        }
    }
}

void render_plan_note(const struct settings *settings, const struct engine *engine, uint32_t index, bool planned,
                      FILE *out)
{
    const struct record *record = engine_record(engine, index);
    char storage[EXPLANATION_MAX];
    struct text why = text_over(storage, sizeof storage);
    explanation_of(settings, engine, index, &why);
    fprintf(out, "; %s: %s; answers %s;", record->settings->id, planned ? "as above" : "nothing to send",
            answer_of(settings, record));
    for (uint32_t place = 0; place < record->settings->target_count; place++)
        print_target(settings, engine, record, place, out);
    fprintf(out, "%s%s\n", !planned && why.length ? "; " : "", planned ? "" : why.bytes);
}
