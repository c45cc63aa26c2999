/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind commands.
 * What:  reads the JSON of adopt, take-over and disown.
 * Why:   whatever comes is from outside: a key that is missing, of the wrong kind or unknown is told by its name, and a
 *        record that is not there with the nearest one that is.
 */
#include "app/command_request.h"

#include "base/names.h"
#include "base/parse.h"
#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char *command_kind_name(enum command_kind kind)
{
    static const char *const names[] = {
        [COMMAND_ADOPT] = "adopt",         [COMMAND_TAKE_OVER] = "take-over", [COMMAND_DISOWN] = "disown",
        [COMMAND_FAIL_BACK] = "failback", [COMMAND_UNLATCH] = "release",     [COMMAND_SETTLE] = "settle"};
    return names[kind];
}

/* ---- the record ---- */

static const char *nearest(const struct settings *settings, const char *name)
{
    const char **list = calloc(settings->record_count + 1, sizeof *list);
    if (!list)
        return NULL;
    for (uint32_t i = 0; i < settings->record_count; i++)
        list[i] = settings->records[i].id;
    const char *near = names_nearest_of(list, name);
    free(list);
    return near;
}

static uint32_t find_by_owner(const struct settings *settings, const char *name, uint32_t *ret_count)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname owner;
    uint32_t found = ID_NONE;
    *ret_count = 0;
    if (!dname_parse(name, storage, &owner, NULL))
        return ID_NONE;
    for (uint32_t i = 0; i < settings->record_count; i++)
        if (dname_equal(&settings->records[i].owner, &owner)) {
            found = i;
            ++*ret_count;
        }
    return found;
}

uint32_t command_find_record(const struct settings *settings, const char *name, struct error *err)
{
    for (uint32_t i = 0; i < settings->record_count; i++)
        if (strcmp(settings->records[i].id, name) == 0)
            return i;
    uint32_t count, found = find_by_owner(settings, name, &count);
    if (count == 1)
        return found;
    char storage[TEXT_FOREIGN_MAX * 4 + 8];
    struct text text = text_over(storage, sizeof storage);
    text_add_foreign(&text, name, strlen(name));
    const char *near = nearest(settings, name);
    if (count > 1)
        error_set(err, ERROR_CONFLICT, "%" PRIu32 " records manage the name '%s': say which by its key in the file",
                  count, text.bytes);
    else
        error_set(err, ERROR_MISSING, "no record named '%.300s'%s%s%s", text.bytes, near ? "; did you mean '" : "",
                  near ? near : "", near ? "'?" : "");
    return ID_NONE;
}

/* ---- the parts of a request ---- */

static bool read_owner(const json_t *object, uint64_t *ret, struct error *err)
{
    const char *text = json_string_value(json_object_get(object, "owner"));
    if (text && strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16) {
        *ret = strtoull(text, NULL, 16);
        return true;
    }
    error_set(err, ERROR_SYNTAX, "'owner' is the 16 hex digits that stand in the marker");
    return false;
}

static bool read_epoch(const json_t *object, uint64_t *ret, struct error *err)
{
    const json_t *epoch = json_object_get(object, "epoch");
    if (json_is_integer(epoch) && json_integer_value(epoch) > 0) {
        *ret = (uint64_t)json_integer_value(epoch);
        return true;
    }
    error_set(err, ERROR_SYNTAX, "'epoch' is the number that stands in the marker, above 0");
    return false;
}

static bool read_switch(const json_t *object, const char *key, bool *ret, struct error *err)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value)) {
        error_set(err, ERROR_SYNTAX, "'%s' is true or false", key);
        return false;
    }
    *ret = json_is_true(value);
    return true;
}

/* Of a CNAME record a host name, of others an address; each says what it wants where it is the other one. */
static bool read_member(const struct record_settings *record, const char *text, uint8_t storage[DNAME_WIRE_MAX],
                        struct rdata *ret, struct error *err)
{
    struct address address;
    bool is_address = address_parse(text, &address, settings_is_cname(record) ? NULL : err);
    if (settings_is_cname(record) && is_address) {
        error_set(err, ERROR_CONFLICT, "%s: %s has host names as its targets, so addresses are not managed", text,
                  record->id);
        return false;
    }
    return (is_address || settings_is_cname(record)) && rdata_parse(text, storage, ret, err);
}

static bool add_member(const struct record_settings *record, const char *text, struct rrset_builder builders[2],
                       struct error *err)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct rdata rdata;
    if (!read_member(record, text, storage, &rdata, err))
        return false;
    for (uint32_t t = 0; t < record->type_count; t++)
        if (record->types[t] == rdata.type) {
            rrset_add_rdata(&builders[t], &rdata);
            return true;
        }
    error_set(err, ERROR_CONFLICT, "%s: %s has no %s addresses among its targets, so that type is not managed", text,
              record->id, rdata.type == RRTYPE_A ? "IPv4" : "IPv6");
    return false;
}

/* The set that has to stand there: at least one address, each of a type that the record manages; or its host name. */
static bool read_expect(const json_t *object, const struct record_settings *record, struct command_request *ret,
                        struct error *err)
{
    const json_t *list = json_object_get(object, "expect");
    struct rrset_builder builders[2];
    size_t count = json_array_size(list);
    if (count == 0 || count > COMMAND_ADDRESSES_MOST) {
        error_set(err, ERROR_SYNTAX, "'expect' is the list of the addresses that stand there, 1 to %d",
                  COMMAND_ADDRESSES_MOST);
        return false;
    }
    for (uint32_t t = 0; t < record->type_count; t++)
        builders[t] = rrset_builder_over(record->types[t], record->ttl_s, ret->storage[t], sizeof ret->storage[t]);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text || !add_member(record, text, builders, err)) {
            if (!text)
                error_set(err, ERROR_SYNTAX, "'expect' is a list of addresses");
            return false;
        }
    }
    for (uint32_t t = 0; t < record->type_count; t++)
        if (!rrset_pack(&builders[t], &ret->command.expect[t])) {
            error_set(err, ERROR_LIMIT, "'expect' has too many addresses");
            return false;
        }
    return true;
}

static bool knows_its_keys(json_t *object, enum command_kind kind, struct error *err)
{
    static const char *const known[] = {
        [COMMAND_ADOPT] = " record expect no_wait ",
        [COMMAND_TAKE_OVER] = " record owner epoch all no_wait ",
        [COMMAND_DISOWN] = " record no_wait ",
    };
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        char padded[32];
        struct text text = text_over(padded, sizeof padded);
        text_addf(&text, " %s ", key);
        if (!text.truncated && !strchr(key, ' ') && strstr(known[kind], padded))
            continue;
        struct text foreign = text_over(padded, sizeof padded);
        text_add_foreign(&foreign, key, strlen(key));
        error_set(err, ERROR_SYNTAX, "%s knows no key '%s'", command_kind_name(kind), foreign.bytes);
        return false;
    }
    return true;
}

/* ---- the whole ---- */

static void write_words(const struct settings *settings, struct command_request *request)
{
    const struct command *command = &request->command;
    struct text words = text_over(request->words, sizeof request->words);
    text_addf(&words, "%s %s", command_kind_name(command->kind),
              request->all ? "--all" : settings->records[command->record].id);
    if (command->kind == COMMAND_TAKE_OVER)
        text_addf(&words, " --owner %016" PRIx64, command->owner);
    if (command->kind == COMMAND_TAKE_OVER && !request->all)
        text_addf(&words, " --epoch %" PRIu64, command->epoch);
    const char *before = " --expect ";
    for (uint32_t t = 0; command->kind == COMMAND_ADOPT && t < 2; t++) {
        struct rdata rdata = {.type = command->expect[t].type};
        uint16_t offset = 0;
        while (command->expect[t].count > 0 && rrset_next(&command->expect[t], &offset, &rdata.bytes, &rdata.length)) {
            text_add(&words, before);
            rdata_format(&rdata, &words);
            before = ",";
        }
    }
}

static enum command_request_verdict read_object(const struct settings *settings, json_t *object,
                                                struct command_request *ret, struct error *err)
{
    struct command *command = &ret->command;
    if (!knows_its_keys(object, command->kind, err) || !read_switch(object, "no_wait", &ret->no_wait, err) ||
        !read_switch(object, "all", &ret->all, err) ||
        (command->kind == COMMAND_TAKE_OVER && !read_owner(object, &command->owner, err)))
        return COMMAND_REQUEST_BAD;
    const char *name = json_string_value(json_object_get(object, "record"));
    if (ret->all ? name || json_object_get(object, "epoch") : !name) {
        error_set(err, ERROR_SYNTAX,
                  ret->all ? "'all' goes without 'record' and 'epoch'" : "'record' is the name of a record");
        return COMMAND_REQUEST_BAD;
    }
    if (ret->all)
        return COMMAND_REQUEST_GOOD;
    command->record = command_find_record(settings, name, err);
    if (command->record == ID_NONE)
        return COMMAND_REQUEST_NO_RECORD;
    const struct record_settings *record = &settings->records[command->record];
    if ((command->kind == COMMAND_TAKE_OVER && !read_epoch(object, &command->epoch, err)) ||
        (command->kind == COMMAND_ADOPT && !read_expect(object, record, ret, err)))
        return COMMAND_REQUEST_BAD;
    return COMMAND_REQUEST_GOOD;
}

enum command_request_verdict command_request_read(const struct settings *settings, enum command_kind kind,
                                                  const char *body, size_t length, struct command_request *ret,
                                                  struct error *err)
{
    json_error_t trouble;
    ret->command = (struct command){.kind = kind, .record = ID_NONE};
    ret->all = ret->no_wait = false;
    struct text words = text_over(ret->words, sizeof ret->words);
    text_add(&words, command_kind_name(kind));
    json_t *object = json_loadb(body, length, JSON_REJECT_DUPLICATES, &trouble);
    enum command_request_verdict verdict = COMMAND_REQUEST_BAD;
    if (!json_is_object(object))
        error_set(err, ERROR_SYNTAX, "the body is no JSON object");
    else
        verdict = read_object(settings, object, ret, err);
    if (verdict == COMMAND_REQUEST_GOOD)
        write_words(settings, ret);
    json_decref(object);
    return verdict;
}

bool command_request_no_wait(const char *body, size_t length)
{
    json_t *object = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
    bool no_wait = json_is_true(json_object_get(object, "no_wait"));
    json_decref(object);
    return no_wait;
}
