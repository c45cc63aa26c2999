/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside commands.
 * What:  failover, failback, drain, hold, release.
 * Why:   first what is asked is held against what is there, then it is laid into the engine and onto the disk, and only
 *        then an errand waits until the zone shows it.
 */
#include "app/override_commands.h"

#include "app/command_request.h"
#include "app/json_tree.h"
#include "app/keeper.h"
#include "app/override_obstacle.h"
#include "app/override_request.h"
#include "app/protocol.h"
#include "app/render_json.h"
#include "app/switches.h"
#include "core/record.h"
#include "io/loop.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct asking {
    struct commands *commands;
    const struct override_request *request;
    const struct api_request *api;
    const char *user;
    bool *touched; /* by record: something that is about it was laid or taken away */
    mono_ms now;
};

static const struct record *record_at(const struct commands *commands, uint32_t index)
{
    return engine_record(commands->errands.hands->engine, index);
}

static void save(struct commands *commands)
{
    struct report *report = commands->errands.hands->report;
    struct error err;
    if (!override_book_save(commands->book, &err))
        report_state_unwritable(report, STATE_PART_OVERRIDES, err.text, KEEPER_COST_OVERRIDES);
}

static void refuse(const struct asking *asking, uint32_t record, uint16_t status, const char *why)
{
    commands_refuse(asking->commands, asking->api->ticket, asking->user, asking->request->words, record, status, why);
}

/* ---- errands ---- */

static void begin(const struct asking *asking, enum command_kind kind, const uint32_t *records, uint32_t count,
                  const struct override_note *note, uint32_t id)
{
    json_t *extra = note ? json_pack("{s:o}", "override", render_json_override(note)) : NULL;
    const struct errand_order order = {.verb = override_verb_name(asking->request->verb),
                                       .words = asking->request->words,
                                       .user = asking->user,
                                       .ticket = asking->api->ticket,
                                       .no_wait = asking->request->no_wait,
                                       .command = {.kind = kind},
                                       .records = records,
                                       .count = count,
                                       .override = id,
                                       .extra = extra,
                                       .lacks_extra = note && !extra};
    errands_begin(&asking->commands->errands, &order, asking->now);
}

static void note_touched(const struct asking *asking, const struct override *override)
{
    const struct commands *commands = asking->commands;
    for (uint32_t i = 0; i < commands->errands.settings->record_count; i++)
        asking->touched[i] = asking->touched[i] || override_is_about(commands, override, i);
}

/* Those that move because of what was just laid or taken away. */
static void begin_for_pending(const struct asking *asking, enum command_kind kind, const struct override_note *note,
                              uint32_t id)
{
    const struct commands *commands = asking->commands;
    uint32_t *records = calloc(commands->errands.settings->record_count + 1, sizeof *records), count = 0;
    if (!records) {
        answer_out_of_memory(commands->errands.api, asking->api->ticket);
        return;
    }
    for (uint32_t i = 0; i < commands->errands.settings->record_count; i++)
        if (asking->touched[i] && record_is_pending(record_at(commands, i)))
            records[count++] = i;
    begin(asking, kind, records, count, note, id);
    free(records);
}

/* ---- laying one ---- */

static void into_engine(struct commands *commands, const struct override *override, mono_ms now)
{
    effects_handle(commands->errands.hands, &(struct event){.kind = EVENT_OVERRIDE, .is.override = override}, now);
}

/* It is said whether "force" would do it, so that a person can be asked. */
static void refuse_to_lay(const struct asking *asking, const struct override *override, uint32_t record,
                          const char *why)
{
    char storage[OVERRIDE_WHY_MAX];
    struct text forced = text_over(storage, sizeof storage);
    bool may_force = !asking->request->force &&
                     override_obstacle(asking->commands, override, true, asking->now, &forced) == ID_NONE;
    commands_log_refused(asking->commands, asking->user, asking->request->words, record, why);
    answer_object(asking->commands->errands.api, asking->api->ticket, 409,
                  json_pack("{s:i, s:s, s:b}", "version", PROTOCOL_VERSION, "error", why, "may_force", may_force));
}

/* Else it is refused. */
static bool may_lay(const struct asking *asking, const struct override *override)
{
    char storage[OVERRIDE_WHY_MAX];
    struct text why = text_over(storage, sizeof storage);
    uint32_t record = override_obstacle(asking->commands, override, asking->request->force, asking->now, &why);
    if (record != ID_NONE)
        refuse_to_lay(asking, override, record, why.bytes);
    return record == ID_NONE;
}

static void lay(const struct asking *asking, enum override_kind kind)
{
    struct commands *commands = asking->commands;
    const struct override_request *request = asking->request;
    int64_t wall_ms = loop_wall_ms();
    struct override_note note = {.kind = kind, .since_wall_ms = wall_ms};
    struct override override;
    struct error err = {0};
    memcpy(note.subject, request->subject, sizeof note.subject);
    memcpy(note.target, request->target, sizeof note.target);
    memcpy(note.reason, request->reason, sizeof note.reason);
    struct text user = text_over(note.user, sizeof note.user);
    text_add(&user, asking->user);
    if (request->for_ms != 0)
        note.until_wall_ms = wall_ms + (int64_t)request->for_ms;
    uint32_t record = kind == OVERRIDE_FAILOVER ? command_find_record(commands->errands.settings, note.subject, &err)
                                                : ID_NONE;
    uint32_t current = record == ID_NONE ? ID_NONE : record_at(commands, record)->current;
    if (!override_book_resolve(commands->errands.settings, &note, current, &override, &err)) {
        refuse(asking, ID_NONE, 404, err.text);
        return;
    }
    if (!may_lay(asking, &override))
        return;
    uint32_t place = override_book_set(commands->book, &note, override, asking->now, wall_ms);
    if (place == OVERRIDES_MAX) {
        refuse(asking, override.record, 409, "there are too many overrides: release some (repointctl overrides)");
        return;
    }
    uint32_t id = commands->book->overrides[place].id;
    note_touched(asking, &override);
    into_engine(commands, &commands->book->overrides[place], asking->now);
    report_override(commands->errands.hands->report, &note, override.record, OVERRIDE_SET, asking->user);
    save(commands);
    if (kind == OVERRIDE_FAILOVER)
        begin(asking, COMMAND_SETTLE, &override.record, 1, &note, id);
    else if (kind == OVERRIDE_DRAIN)
        begin_for_pending(asking, COMMAND_SETTLE, &note, id);
    else
        begin(asking, COMMAND_SETTLE, NULL, 0, &note, id);
}

/* ---- taking away ---- */

static void take_away(const struct asking *asking, uint32_t place)
{
    struct commands *commands = asking->commands;
    const struct override_note note = commands->book->notes[place];
    const struct override override = commands->book->overrides[place];
    override_book_drop(commands->book, place);
    errands_override_gone(&commands->errands, override.id);
    report_override(commands->errands.hands->report, &note, override.record, OVERRIDE_RELEASED, asking->user);
    note_touched(asking, &override);
    effects_handle(commands->errands.hands, &(struct event){.kind = EVENT_RELEASE, .is.released = override.id},
                   asking->now);
}

/* Is this override of the book what was asked for? */
static bool is_asked_for(const struct asking *asking, uint32_t place, uint32_t record, const char *subject)
{
    const struct override_book *book = asking->commands->book;
    const struct override *override = &book->overrides[place];
    bool by_name = override->kind == OVERRIDE_DRAIN && override->address.family == ADDRESS_NONE && !override->label;
    return asking->request->all || (record != ID_NONE && override->record == record) ||
           strcmp(book->notes[place].subject, subject) == 0 ||
           (by_name && override_subject_is_name(subject, book->settings, override->name));
}

/* Those of the record, or with this label, address or host name, or all. How many there were. */
static uint32_t release_all_of(const struct asking *asking, uint32_t record)
{
    struct commands *commands = asking->commands;
    char subject[OVERRIDE_NAME_MAX];
    struct address address;
    uint32_t released = 0;
    memcpy(subject, asking->request->subject, sizeof subject);
    (void)override_subject_normalise(subject, &address);
    for (uint32_t place = commands->book->count; place-- > 0;) {
        if (!is_asked_for(asking, place, record, subject))
            continue;
        take_away(asking, place);
        released++;
    }
    if (released > 0)
        save(commands);
    return released;
}

/* Of a record the latch of max-switches is opened as well. */
static void release(const struct asking *asking)
{
    struct commands *commands = asking->commands;
    const struct settings *settings = commands->errands.settings;
    struct error err = {0};
    uint32_t record = asking->request->all ? ID_NONE : command_find_record(settings, asking->request->subject, &err);
    bool latched = record != ID_NONE && flap_is_latched(&record_at(commands, record)->flap);
    uint32_t released = release_all_of(asking, record);
    if (record != ID_NONE && (released > 0 || latched))
        switches_released(commands->errands.hands->history, commands->errands.hands->report, record);
    if (record != ID_NONE && (released > 0 || latched))
        begin(asking, COMMAND_UNLATCH, &record, 1, NULL, 0);
    else if (released > 0)
        begin_for_pending(asking, COMMAND_SETTLE, NULL, 0);
    else
        refuse(asking, record, record == ID_NONE && !asking->request->all ? 404 : 409,
               "there is no override of it: repointctl overrides lists those in force");
}

/* A failover that is forced ends with it. */
static void fail_back(const struct asking *asking)
{
    struct commands *commands = asking->commands;
    struct error err = {0};
    uint32_t record = command_find_record(commands->errands.settings, asking->request->subject, &err);
    if (record == ID_NONE) {
        refuse(asking, ID_NONE, 404, err.text);
        return;
    }
    char storage[OVERRIDE_WHY_MAX];
    struct text why = text_over(storage, sizeof storage);
    if (override_awaits_another(commands, record, asking->now, &why)) {
        refuse(asking, record, 409, why.bytes);
        return;
    }
    for (uint32_t place = commands->book->count; place-- > 0;) {
        const struct override *override = &commands->book->overrides[place];
        if (override->kind != OVERRIDE_FAILOVER || override->record != record)
            continue;
        take_away(asking, place);
        save(commands);
    }
    begin(asking, COMMAND_FAIL_BACK, &record, 1, NULL, 0);
}

static void carry_out(const struct asking *asking)
{
    switch (asking->request->verb) {
    case VERB_FAILOVER:
        lay(asking, OVERRIDE_FAILOVER);
        return;
    case VERB_DRAIN:
        lay(asking, OVERRIDE_DRAIN);
        return;
    case VERB_HOLD:
        lay(asking, OVERRIDE_HOLD);
        return;
    case VERB_FAIL_BACK:
        fail_back(asking);
        return;
    case VERB_RELEASE:
        release(asking);
        return;
    }
}

void override_commands_request(struct commands *commands, const struct api_request *request, uint32_t verb,
                               const char *user, mono_ms now)
{
    struct override_request read;
    struct error err = {0};
    struct asking asking = {.commands = commands, .request = &read, .api = request, .user = user, .now = now};
    if (!override_request_read((enum override_verb)verb, request->body, request->body_length, &read, &err)) {
        refuse(&asking, ID_NONE, 400, err.text);
        return;
    }
    asking.touched = calloc(commands->errands.settings->record_count + 1, sizeof *asking.touched);
    if (!asking.touched) {
        answer_out_of_memory(commands->errands.api, request->ticket);
        return;
    }
    carry_out(&asking);
    free(asking.touched);
}

/* ---- looking, and time ---- */

void override_commands_list(struct commands *commands, const struct api_request *request, mono_ms now)
{
    (void)now;
    json_t *list = json_array();
    for (uint32_t place = 0; place < commands->book->count; place++)
        list = json_tree_append(list, render_json_override(&commands->book->notes[place]));
    answer_object(commands->errands.api, request->ticket, 200,
                  json_pack("{s:i, s:o}", "version", PROTOCOL_VERSION, "overrides", list));
}

/* The engine may end one at once, and the book then gets shorter. */
static void lay_all(struct commands *commands, mono_ms now)
{
    for (uint32_t place = commands->book->count; place-- > 0;)
        into_engine(commands, &commands->book->overrides[place], now);
}

void override_commands_restore(struct commands *commands, mono_ms now)
{
    for (uint32_t place = 0; place < commands->book->count; place++) {
        const struct override *override = &commands->book->overrides[place];
        report_override(commands->errands.hands->report, &commands->book->notes[place], override->record, OVERRIDE_KEPT,
                        "");
    }
    lay_all(commands, now);
}

void override_commands_move(struct commands *commands, mono_ms now, struct error *warning)
{
    override_book_move(commands->book, commands->errands.settings, now, loop_wall_ms(), warning);
    if (warning->code)
        save(commands);
    lay_all(commands, now);
}

void override_commands_ended(struct commands *commands, uint32_t id)
{
    uint32_t place = override_book_find(commands->book, id);
    if (place == OVERRIDES_MAX)
        return;
    const struct override_note note = commands->book->notes[place];
    report_override(commands->errands.hands->report, &note, commands->book->overrides[place].record, OVERRIDE_EXPIRED,
                    "");
    override_book_drop(commands->book, place);
    errands_override_gone(&commands->errands, id);
    save(commands);
}

void override_commands_follow_clock(struct commands *commands, mono_ms now)
{
    if (override_book_follow_clock(commands->book, now, loop_wall_ms()))
        lay_all(commands, now);
}
