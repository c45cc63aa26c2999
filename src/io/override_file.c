/* SPDX-License-Identifier: MIT */
/*
 * Where: io, behind app/override_book.
 * What:  overrides as JSON, there and back.
 * Why:   the whole file or nothing: half of an operator's overrides would be a state that nobody asked for.
 */
#include "io/override_file.h"

#include "io/state_file.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MOST (4 * 1024 * 1024)
#define VERSION   1

/* ---- reading ---- */

static bool take_text(const json_t *object, const char *key, char *ret, size_t room, bool may_be_empty)
{
    const char *words = json_string_value(json_object_get(object, key));
    size_t length = words ? strlen(words) : 0;
    if (!words || length >= room || (length == 0 && !may_be_empty))
        return false;
    for (size_t i = 0; i < length; i++)
        if (words[i] < ' ' || words[i] > '~')
            return false;
    memcpy(ret, words, length + 1);
    return true;
}

static bool take_kind(const json_t *object, enum override_kind *ret)
{
    const char *words = json_string_value(json_object_get(object, "kind"));
    for (enum override_kind kind = OVERRIDE_FAILOVER; words && kind <= OVERRIDE_HOLD; kind++)
        if (strcmp(words, override_kind_name(kind)) == 0) {
            *ret = kind;
            return true;
        }
    return false;
}

static bool take_note(const json_t *object, struct override_note *ret)
{
    const json_t *since = json_object_get(object, "since_ms"), *until = json_object_get(object, "until_ms");
    *ret = (struct override_note){.kind = OVERRIDE_HOLD};
    if (!take_kind(object, &ret->kind) || !take_text(object, "subject", ret->subject, sizeof ret->subject, false) ||
        !take_text(object, "target", ret->target, sizeof ret->target, ret->kind != OVERRIDE_FAILOVER) ||
        !take_text(object, "user", ret->user, sizeof ret->user, true) ||
        !take_text(object, "reason", ret->reason, sizeof ret->reason, true) || !json_is_integer(since) ||
        !json_is_integer(until) || json_integer_value(until) < 0)
        return false;
    ret->since_wall_ms = json_integer_value(since);
    ret->until_wall_ms = json_integer_value(until);
    return true;
}

static bool take_notes(const json_t *file, struct override_note *notes, uint32_t room, uint32_t *ret)
{
    const json_t *list = json_object_get(file, "overrides");
    if (json_integer_value(json_object_get(file, "version")) != VERSION || !json_is_array(list) ||
        json_array_size(list) > room)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!take_note(json_array_get(list, i), &notes[i]))
            return false;
    *ret = (uint32_t)json_array_size(list);
    return true;
}

uint32_t override_file_read(const struct state *state, struct override_note *notes, uint32_t room,
                            struct error *warning)
{
    char *bytes = NULL;
    size_t length = 0;
    uint32_t count = 0;
    enum state_file_outcome outcome = state_file_read(state, OVERRIDE_FILE, FILE_MOST, &bytes, &length, warning);
    if (outcome == STATE_FILE_ABSENT)
        return 0;
    json_t *file = outcome == STATE_FILE_READ ? json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(bytes);
    bool good = take_notes(file, notes, room, &count);
    json_decref(file);
    if (good)
        return count;
    state_file_refuse(state, OVERRIDE_FILE, "no override is in force, set anew what is needed", warning);
    return 0;
}

/* ---- writing ---- */

bool override_file_write(const struct state *state, const struct override_note *notes, uint32_t count,
                         struct error *err)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++) {
        const struct override_note *note = &notes[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "kind", override_kind_name(note->kind), "subject",
                            note->subject, "target", note->target, "user", note->user, "reason", note->reason,
                            "since_ms", (json_int_t)note->since_wall_ms, "until_ms", (json_int_t)note->until_wall_ms));
    }
    json_t *file = json_pack("{s:i, s:o}", "version", VERSION, "overrides", list);
    char *bytes = json_dumps(file, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    json_decref(file);
    if (!bytes) {
        error_set_errno(err, ENOMEM, OVERRIDE_FILE " cannot be written");
        return false;
    }
    bool good = state_file_replace(state, OVERRIDE_FILE, bytes, strlen(bytes), err);
    free(bytes);
    return good;
}
