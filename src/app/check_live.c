/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under main.
 * What:  a read and a rehearsal of each record; zones beside each other, the records of one after each other.
 * Why:   a missing right should be found on the day the file is written, and not in the outage. A server that does not
 *        answer for one record is not asked for the others of the zone: a table that comes is worth more than a long
 *        wait.
 */
#include "app/check_live.h"

#include "app/protocol.h"
#include "app/wording.h"
#include "core/belief.h"
#include "io/dns_client.h"
#include "io/loop.h"
#include "io/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum finding { FINDING_NONE = 0, FINDING_YES, FINDING_NO };

struct row {
    enum finding read, write;
    enum condition condition;
    char *hint; /* NULL: none */
};

struct live {
    const struct settings *settings;
    struct loop *loop;
    struct dns_client *dns;
    struct row *rows;  /* by record */
    uint32_t *current; /* by zone: the record under way, or ID_NONE */
    bool *silent;      /* by zone: its server did not answer */
    uint64_t owner;
    bool has_owner; /* else a marker of ours cannot be told from another's */
    uint32_t zones_left;
};

/* ---- what an answer means ---- */

static char *hint_of(const struct live *live, uint32_t record, enum plan_kind kind, const struct dns_report *report)
{
    struct notice notice = {.kind = NOTICE_UPDATE_FAILED,
                            .record = record,
                            .value = ID_NONE,
                            .watch = ID_NONE,
                            .target = ID_NONE,
                            .from = ID_NONE,
                            .to = ID_NONE,
                            .plan = kind,
                            .dns = *report,
                            .duration_ms = -1,
                            .next_ms = -1,
                            .latency_us = -1};
    static struct words words;
    words_clear(&words);
    wording_of(&words, live->settings, NULL, &notice, NULL);
    const char *problem = words.value[WORD_PROBLEM];
    return strdup(problem ? problem : report->detail[0] ? report->detail : outcome_name(report->outcome));
}

/* What would keep the daemon from writing at its first read. */
static enum condition judge(const struct live *live, uint32_t index, const struct observed *seen)
{
    const struct record_settings *record = &live->settings->records[index];
    uint8_t *storage = calloc(1, belief_storage_size(record) + 1);
    struct belief belief;
    if (!storage)
        abort();
    belief_init(&belief, record, live->owner, storage);
    belief.first = true;
    struct plan plan = plan_make(live->settings, record, seen, &belief, NULL, 1);
    free(storage);
    if (!record->enabled)
        return CONDITION_OFF;
    return plan.kind == PLAN_STOP ? plan.condition : plan.kind == PLAN_READ_AGAIN ? CONDITION_UNREAD : CONDITION_OK;
}

/* Everything that a switch asks for, upon exactly what was read; false: what stands there cannot be pinned. */
static bool rehearse(struct live *live, uint32_t index, const struct observed *seen)
{
    const struct record_settings *record = &live->settings->records[index];
    bool bare = record->ownership == OWNERSHIP_NONE;
    if (seen->beside || seen->occluded || (!bare && seen->form == MARKER_FORM_FOREIGN))
        return false;
    struct plan plan = {.kind = PLAN_REHEARSE,
                        .expect = {seen->sets[0], seen->sets[1]},
                        .bare = bare,
                        .has_old = seen->form == MARKER_FORM_ONE,
                        .old = seen->marker,
                        .fresh = marker_next(NULL, live->owner, (uint64_t)index + 1)};
    const struct batch_member member = {.record = index, .plan = &plan};
    const struct batch_view batch = {.zone = record->zone, .count = 1, .members = &member};
    dns_client_send(live->dns, (struct op){.subject = record->zone, .ticket = index + 1}, &batch);
    return true;
}

/* ---- one record after another ---- */

static void next_record(struct live *live, uint32_t zone)
{
    uint32_t index = live->current[zone] == ID_NONE ? 0 : live->current[zone] + 1;
    for (; index < live->settings->record_count; index++) {
        if (live->settings->records[index].zone != zone)
            continue;
        live->current[zone] = index;
        if (!live->silent[zone]) {
            dns_client_read(live->dns, (struct op){.subject = index, .ticket = index + 1});
            return;
        }
        live->rows[index].read = FINDING_NO;
        live->rows[index].condition = CONDITION_UNREAD;
        live->rows[index].hint = strdup("not asked: its server did not answer before");
    }
    if (--live->zones_left == 0)
        loop_stop(live->loop);
}

static void on_read_done(struct op op, const struct dns_report *report, const struct observed *observed, void *ctx)
{
    struct live *live = ctx;
    struct row *row = &live->rows[op.subject];
    uint32_t zone = live->settings->records[op.subject].zone;
    bool read = report->outcome == OUTCOME_ACCEPTED && observed;
    row->read = read ? FINDING_YES : FINDING_NO;
    row->condition = read ? judge(live, op.subject, observed) : CONDITION_UNREAD;
    if (!read) {
        row->hint = hint_of(live, op.subject, (enum plan_kind)0, report);
        live->silent[zone] = !report->has_answer;
    } else if (rehearse(live, op.subject, observed)) {
        return;
    }
    next_record(live, zone);
}

static void on_send_done(struct op op, const struct dns_report *report, void *ctx)
{
    struct live *live = ctx;
    uint32_t index = op.ticket - 1;
    struct row *row = &live->rows[index];
    if (report->outcome == OUTCOME_PREREQ) {
        row->hint = strdup("changed while it was looked at: ask again");
    } else {
        row->write = report->outcome == OUTCOME_ACCEPTED ? FINDING_YES : FINDING_NO;
        if (row->write == FINDING_NO)
            row->hint = hint_of(live, index, PLAN_REHEARSE, report);
    }
    next_record(live, op.subject);
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_signal(int number, void *ctx)
{
    (void)number;
    struct live *live = ctx;
    loop_stop(live->loop);
}

/* ---- the table ---- */

static const char *finding_word(enum finding finding)
{
    static const char *const words[] = {[FINDING_NONE] = "-", [FINDING_YES] = "yes", [FINDING_NO] = "NO"};
    return words[finding];
}

static const char *server_of(const struct live *live, uint32_t record)
{
    return live->settings->servers[live->settings->zones[live->settings->records[record].zone].server].name;
}

static size_t longer(size_t width, const char *words)
{
    return strlen(words) > width ? strlen(words) : width;
}

static const char *hint_words(const struct row *row)
{
    if (row->hint)
        return row->hint;
    return row->condition == CONDITION_OK || row->condition == CONDITION_UNREAD ? ""
                                                                                : condition_sentence(row->condition);
}

/*
 *   what stands there                                    is good
 *   nothing keeps the daemon from writing, or it is off  yes
 *   another's marker, and who we are is not known        yes, with a word about it
 *   else                                                 no: it waits for an operator
 */
static bool is_good(const struct live *live, const struct row *row)
{
    bool writable = row->condition == CONDITION_OK || row->condition == CONDITION_OFF ||
                    (row->condition == CONDITION_OTHER_OWNER && !live->has_owner);
    return row->read == FINDING_YES && row->write != FINDING_NO && writable;
}

static void tell_no_owner(const struct live *live, const char *state_directory)
{
    for (uint32_t i = 0; i < live->settings->record_count && !live->has_owner; i++) {
        if (live->rows[i].condition != CONDITION_OTHER_OWNER)
            continue;
        printf("No owner id can be read in %s: what is ours already would look like another's, too.\n",
               state_directory);
        return;
    }
}

static bool print_table(const struct live *live, const char *state_directory)
{
    size_t record = strlen("RECORD"), server = strlen("SERVER"), condition = strlen("CONDITION");
    uint32_t count = live->settings->record_count;
    bool good = true;
    for (uint32_t i = 0; i < count; i++) {
        record = longer(record, live->settings->records[i].id);
        server = longer(server, server_of(live, i));
        condition = longer(condition, condition_name(live->rows[i].condition));
        good = good && is_good(live, &live->rows[i]);
    }
    if (count > 0)
        printf("%-*s  %-*s  %-*s  READ  WRITE  HINT\n", (int)record, "RECORD", (int)server, "SERVER", (int)condition,
               "CONDITION");
    for (uint32_t i = 0; i < count; i++) {
        const struct row *row = &live->rows[i];
        const char *hint = hint_words(row), *write = finding_word(row->write);
        printf("%-*s  %-*s  %-*s  %-4s  ", (int)record, live->settings->records[i].id, (int)server, server_of(live, i),
               (int)condition, condition_name(row->condition), finding_word(row->read));
        printf(hint[0] ? "%-5s  %s\n" : "%s%s\n", write, hint);
    }
    tell_no_owner(live, state_directory);
    return good;
}

/* ---- the whole ---- */

static bool find_owner(struct live *live, const char *state_directory, struct error *err)
{
    live->has_owner = live->settings->daemon.has_owner;
    live->owner = live->settings->daemon.owner;
    return live->has_owner || state_peek_owner(state_directory, &live->owner, &live->has_owner, err);
}

static bool look(struct live *live, const char *state_directory, struct error *err)
{
    const struct settings *settings = live->settings;
    struct loop_handlers handlers = {.wake = on_wake, .signal = on_signal, .ctx = live};
    if (!find_owner(live, state_directory, err) || !(live->loop = loop_new(&handlers, err)) ||
        !(live->dns = dns_client_new(live->loop, settings, on_read_done, on_send_done, live, err)))
        return false;
    live->rows = calloc(settings->record_count + 1, sizeof *live->rows);
    live->current = calloc(settings->zone_count + 1, sizeof *live->current);
    live->silent = calloc(settings->zone_count + 1, sizeof *live->silent);
    if (!live->rows || !live->current || !live->silent)
        abort();
    (void)loop_refresh(live->loop);
    live->zones_left = settings->zone_count + 1;
    for (uint32_t i = 0; i < settings->zone_count; i++) {
        live->current[i] = ID_NONE;
        next_record(live, i);
    }
    if (--live->zones_left > 0)
        loop_run(live->loop);
    return true;
}

int check_live(const struct settings *settings, const char *state_directory)
{
    struct live live = {.settings = settings};
    struct error err = {0};
    bool good = look(&live, state_directory, &err);
    if (!good)
        fprintf(stderr, "repointd: %s\n", err.text);
    else
        good = live.zones_left == 0 && print_table(&live, state_directory); /* else it was a signal */
    for (uint32_t i = 0; live.rows && i < settings->record_count; i++)
        free(live.rows[i].hint);
    dns_client_free(live.dns);
    loop_free(live.loop);
    free(live.rows);
    free(live.current);
    free(live.silent);
    return good ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
