/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside commands.
 * What:  the overrides in force, in words and in numbers.
 */
#include "app/override_book.h"

#include "app/command_request.h"
#include "app/wording.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void override_book_init(struct override_book *book, const struct settings *settings, const struct state *state)
{
    *book = (struct override_book){.settings = settings, .state = state};
    book->notes = calloc(OVERRIDES_MAX, sizeof *book->notes);
    book->overrides = calloc(OVERRIDES_MAX, sizeof *book->overrides);
    if (!book->notes || !book->overrides)
        abort();
}

void override_book_done(struct override_book *book)
{
    free(book->notes);
    free(book->overrides);
    *book = (struct override_book){.count = 0};
}

/* ---- names ---- */

static uint32_t find_target(const struct settings *settings, const struct record_settings *record, const char *word,
                            uint32_t current)
{
    for (uint32_t place = 0; place < record->target_count; place++) {
        const struct target_settings *target = &settings->targets[record->target_first + place];
        if (word[0] ? strcmp(word, target->role) == 0 || (target->label && strcmp(word, target->label) == 0)
                    : place != current)
            return place;
    }
    return ID_NONE;
}

static void add_roles(const struct settings *settings, const struct record_settings *record, struct text *out)
{
    for (uint32_t place = 0; place < record->target_count; place++)
        text_addf(out, "%s%s", place > 0 ? ", " : "", settings->targets[record->target_first + place].role);
}

static bool resolve_failover(const struct settings *settings, struct override_note *note, uint32_t current,
                             struct override *ret, struct error *err)
{
    const struct record_settings *record = &settings->records[ret->record];
    ret->target = find_target(settings, record, note->target, current);
    if (ret->target != ID_NONE) {
        const char *role = settings->targets[record->target_first + ret->target].role;
        struct text target = text_over(note->target, sizeof note->target);
        text_add(&target, role);
        return true;
    }
    char storage[512];
    struct text roles = text_over(storage, sizeof storage);
    add_roles(settings, record, &roles);
    error_set(err, ERROR_MISSING, "%s has no target '%s'; there is %s", record->id, note->target, roles.bytes);
    return false;
}

bool override_subject_normalise(char subject[OVERRIDE_NAME_MAX], struct address *ret)
{
    if (!address_parse(subject, ret, NULL))
        return false;
    char words[ADDRESS_TEXT_MAX];
    address_format(ret, words);
    struct text text = text_over(subject, OVERRIDE_NAME_MAX);
    text_add(&text, words);
    return true;
}

bool override_subject_is_name(const char *subject, const struct settings *settings, uint32_t name)
{
    uint8_t wire[DNAME_WIRE_MAX];
    struct dname asked;
    return dname_parse(subject, wire, &asked, NULL) && dname_equal(&asked, &settings->names[name].name);
}

/* One address has one form from here on: two of them would be two overrides. */
static bool resolve_drain(const struct settings *settings, char subject[OVERRIDE_NAME_MAX], struct override *ret,
                          struct error *err)
{
    ret->record = ID_NONE;
    for (uint32_t i = 0; i < settings->target_count; i++)
        if (settings->targets[i].label && strcmp(settings->targets[i].label, subject) == 0) {
            ret->label = settings->targets[i].label;
            return true;
        }
    struct address address;
    bool is_address = override_subject_normalise(subject, &address);
    for (uint32_t i = 0; is_address && i < settings->value_count; i++)
        if (address_equal(&settings->values[i].address, &address)) {
            ret->address = address;
            return true;
        }
    for (uint32_t i = 0; !is_address && i < settings->name_count; i++)
        if (override_subject_is_name(subject, settings, i)) {
            char words[DNAME_TEXT_MAX];
            dname_format(&settings->names[i].name, words);
            struct text text = text_over(subject, OVERRIDE_NAME_MAX);
            text_add(&text, words);
            ret->name = i;
            return true;
        }
    error_set(err, ERROR_MISSING, "no target has the %s '%s': repointctl targets lists them",
              is_address ? "address" : "label or host name", subject);
    return false;
}

bool override_book_resolve(const struct settings *settings, struct override_note *note, uint32_t current,
                           struct override *ret, struct error *err)
{
    *ret = (struct override){.kind = note->kind, .record = ID_NONE, .target = ID_NONE, .until = MONO_NEVER};
    if (note->kind == OVERRIDE_DRAIN)
        return resolve_drain(settings, note->subject, ret, err);
    if (note->kind == OVERRIDE_HOLD && strcmp(note->subject, OVERRIDE_ALL) == 0)
        return true;
    ret->record = command_find_record(settings, note->subject, err);
    if (ret->record == ID_NONE)
        return false;
    struct text subject = text_over(note->subject, sizeof note->subject);
    text_add(&subject, settings->records[ret->record].id);
    return note->kind == OVERRIDE_HOLD || resolve_failover(settings, note, current, ret, err);
}

/* ---- the list ---- */

static mono_ms instant_of(const struct override_note *note, mono_ms now, int64_t wall_ms)
{
    if (note->until_wall_ms == 0)
        return MONO_NEVER;
    return note->until_wall_ms <= wall_ms ? now : mono_after(now, note->until_wall_ms - wall_ms);
}

static bool is_about_the_same(const struct override_note *a, const struct override_note *b)
{
    return a->kind == b->kind && strcmp(a->subject, b->subject) == 0;
}

uint32_t override_book_set(struct override_book *book, const struct override_note *note, struct override override,
                           mono_ms now, int64_t wall_ms)
{
    uint32_t place = 0;
    while (place < book->count && !is_about_the_same(&book->notes[place], note))
        place++;
    if (place == OVERRIDES_MAX)
        return OVERRIDES_MAX;
    book->count += place == book->count;
    if (++book->ids == 0)
        book->ids = 1;
    override.id = book->ids;
    override.until = instant_of(note, now, wall_ms);
    book->notes[place] = *note;
    book->overrides[place] = override;
    return place;
}

uint32_t override_book_find(const struct override_book *book, uint32_t id)
{
    for (uint32_t place = 0; place < book->count; place++)
        if (book->overrides[place].id == id)
            return place;
    return OVERRIDES_MAX;
}

/* Those behind move up: the list stays in the order in which they were set. */
void override_book_drop(struct override_book *book, uint32_t place)
{
    assert(place < book->count);
    book->count--;
    memmove(&book->notes[place], &book->notes[place + 1], (book->count - place) * sizeof book->notes[0]);
    memmove(&book->overrides[place], &book->overrides[place + 1], (book->count - place) * sizeof book->overrides[0]);
}

bool override_book_follow_clock(struct override_book *book, mono_ms now, int64_t wall_ms)
{
    bool changed = false;
    for (uint32_t place = 0; place < book->count; place++) {
        mono_ms until = instant_of(&book->notes[place], now, wall_ms);
        int64_t moved = until - book->overrides[place].until;
        if (book->notes[place].until_wall_ms == 0 || (moved > -1000 && moved < 1000))
            continue;
        book->overrides[place].until = until;
        changed = true;
    }
    return changed;
}

/* ---- over a restart ---- */

static void take_in(struct override_book *book, struct override_note *notes, uint32_t count, mono_ms now,
                    int64_t wall_ms, struct error *warning)
{
    for (uint32_t i = 0; i < count; i++) {
        struct override override;
        struct error problem;
        if (override_book_resolve(book->settings, &notes[i], ID_NONE, &override, &problem))
            (void)override_book_set(book, &notes[i], override, now, wall_ms);
        else
            error_set(warning, ERROR_MISSING, "an override is dropped, %s of %s by %s: %.120s",
                      override_kind_name(notes[i].kind), notes[i].subject, notes[i].user, problem.text);
    }
}

static struct override_note *new_notes(void)
{
    struct override_note *notes = calloc(OVERRIDES_MAX, sizeof *notes);
    if (!notes)
        abort();
    return notes;
}

void override_book_load(struct override_book *book, mono_ms now, int64_t wall_ms, struct error *warning)
{
    struct override_note *notes = new_notes();
    uint32_t count = book->state ? override_file_read(book->state, notes, OVERRIDES_MAX, warning) : 0;
    take_in(book, notes, count, now, wall_ms, warning);
    free(notes);
}

void override_book_move(struct override_book *book, const struct settings *settings, mono_ms now, int64_t wall_ms,
                        struct error *warning)
{
    struct override_note *notes = new_notes();
    uint32_t count = book->count;
    memcpy(notes, book->notes, count * sizeof *notes);
    book->count = 0;
    book->settings = settings;
    take_in(book, notes, count, now, wall_ms, warning);
    free(notes);
}

bool override_book_save(const struct override_book *book, struct error *err)
{
    return !book->state || override_file_write(book->state, book->notes, book->count, err);
}

/* ---- for people ---- */

static const char *done_word(enum override_kind kind)
{
    switch (kind) {
    case OVERRIDE_FAILOVER:
        return "forced";
    case OVERRIDE_DRAIN:
        return "drained";
    case OVERRIDE_HOLD:
        break;
    }
    return "held";
}

/* " by root until 15:30:04: kernel update" */
static void add_who(const struct override_note *note, struct text *out)
{
    text_addf(out, " by %s", note->user);
    if (note->until_wall_ms != 0) {
        text_add(out, " until ");
        wording_add_local_time(out, note->until_wall_ms, note->until_wall_ms - note->since_wall_ms);
    }
    if (note->reason[0])
        text_addf(out, ": %s", note->reason);
}

void override_note_format(const struct override_note *note, struct text *out)
{
    bool all = strcmp(note->subject, OVERRIDE_ALL) == 0 && note->kind == OVERRIDE_HOLD;
    text_addf(out, "%s ", all ? "every record" : note->subject);
    if (note->kind == OVERRIDE_FAILOVER)
        text_addf(out, "forced to %s", note->target);
    else
        text_add(out, done_word(note->kind));
    add_who(note, out);
}

void override_note_why(const struct override_note *note, struct text *out)
{
    text_add(out, done_word(note->kind));
    add_who(note, out);
}
