/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside in_flight.
 * What:  written by hand, since ten thousand of them may be due at once; read by jansson, strictly.
 * Why:   a record is known again by all that says which one it is: a message to another zone, or to another server, has
 *        nothing to do with it. Its target is told by what it is published as, since places move when a file is edited.
 *
 *   {"version":1,"record":ID,"name":OWNER,"zone":ZONE,"server":NAME,"messages":[
 *    {"kind":"switch","bare":false,"ttl":30,"expect":[DATA…],"publish":[…],"target":[…],"old":MARKER,
 *     "fresh":MARKER}]}
 *
 * DATA is an address or a host name.
 */

#include "io/in_flight_line.h"

#include "core/plan.h"

#include <jansson.h>
#include <string.h>

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void add_string(struct text *out, const char *words)
{
    text_add(out, "\"");
    for (const char *at = words; *at; at++)
        if (*at == '"' || *at == '\\')
            text_addf(out, "\\%c", *at);
        else if ((unsigned char)*at < ' ')
            text_addf(out, "\\u%04x", (unsigned)(unsigned char)*at);
        else
            text_add_bytes(out, at, 1);
    text_add(out, "\"");
}

static void add_name(struct text *out, const char *key, const struct dname *name)
{
    char words[DNAME_TEXT_MAX];
    dname_format(name, words);
    text_addf(out, ",\"%s\":", key);
    add_string(out, words);
}

static void add_data(struct text *out, const struct rdata *rdata, bool *first)
{
    char words[DNAME_TEXT_MAX];
    struct text data = text_over(words, sizeof words);
    rdata_format(rdata, &data);
    text_add(out, *first ? "" : ",");
    add_string(out, words);
    *first = false;
}

static void add_sets(struct text *out, const char *key, const struct rrset sets[2])
{
    bool first = true;
    text_addf(out, ",\"%s\":[", key);
    for (uint32_t i = 0; i < 2; i++) {
        struct rdata rdata = {.type = sets[i].type};
        uint16_t offset = 0;
        while (rrset_next(&sets[i], &offset, &rdata.bytes, &rdata.length))
            add_data(out, &rdata, &first);
    }
    text_add(out, "]");
}

static void add_target(struct text *out, const struct settings *settings, const struct record_settings *record,
                       uint32_t place)
{
    bool first = true;
    if (place >= record->target_count)
        return;
    const struct target_settings *target = &settings->targets[record->target_first + place];
    text_add(out, ",\"target\":[");
    for (uint32_t i = 0; i < target->value_count; i++) {
        const struct rdata data = settings_value_data(settings, target->value_first + i);
        add_data(out, &data, &first);
    }
    text_add(out, "]");
}

static void add_marker(struct text *out, const char *key, const struct marker *marker)
{
    char words[MARKER_TEXT_MAX];
    marker_format(marker, words);
    text_addf(out, ",\"%s\":\"%s\"", key, words);
}

static void add_message(struct text *out, const struct settings *settings, const struct record_settings *record,
                        const struct restore *message)
{
    const struct plan *plan = message->plan;
    text_addf(out, "{\"kind\":\"%s\",\"bare\":%s,\"ttl\":%u", plan_kind_name(plan->kind), plan->bare ? "true" : "false",
              (unsigned)(plan->publish[0].count ? plan->publish[0].ttl_s : plan->publish[1].ttl_s));
    add_sets(out, "expect", plan->expect);
    add_sets(out, "publish", plan->publish);
    add_target(out, settings, record, message->target);
    if (plan->has_old)
        add_marker(out, "old", &plan->old);
    add_marker(out, "fresh", &plan->fresh);
    text_add(out, "}");
}

void in_flight_line_write(const struct settings *settings, uint32_t record, const struct restore *messages,
                          uint32_t count, struct text *out)
{
    const struct record_settings *own = &settings->records[record];
    const struct zone_settings *zone = &settings->zones[own->zone];
    text_addf(out, "{\"version\":%d,\"record\":", IN_FLIGHT_VERSION);
    add_string(out, own->id);
    add_name(out, "name", &own->owner);
    add_name(out, "zone", &zone->name);
    text_add(out, ",\"server\":");
    add_string(out, settings->servers[zone->server].name);
    text_add(out, ",\"messages\":[");
    for (uint32_t i = 0; i < count; i++) {
        text_add(out, i ? "," : "");
        add_message(out, settings, own, &messages[i]);
    }
    text_add(out, "]}\n");
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool is_name(const json_t *line, const char *key, const struct dname *name)
{
    char words[DNAME_TEXT_MAX];
    const char *told = json_string_value(json_object_get(line, key));
    dname_format(name, words);
    return told && strcmp(told, words) == 0;
}

static uint32_t record_of(const struct settings *settings, const struct names *ids, const json_t *line)
{
    const char *server = json_string_value(json_object_get(line, "server"));
    uint32_t index;
    if (!server || !names_find(ids, json_string_value(json_object_get(line, "record")), &index))
        return ID_NONE;
    const struct record_settings *record = &settings->records[index];
    const struct zone_settings *zone = &settings->zones[record->zone];
    bool same = is_name(line, "name", &record->owner) && is_name(line, "zone", &zone->name) &&
                strcmp(settings->servers[zone->server].name, server) == 0;
    return same ? index : ID_NONE;
}

static json_t *line_of(const char *line, size_t length)
{
    json_t *read = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(read) && json_integer_value(json_object_get(read, "version")) == IN_FLIGHT_VERSION &&
        json_is_string(json_object_get(read, "record")) && json_is_array(json_object_get(read, "messages")))
        return read;
    json_decref(read);
    return NULL;
}

enum in_flight_line_outcome in_flight_line_judge(const struct settings *settings, const struct names *ids,
                                                 const char *line, size_t length, uint32_t *ret_record,
                                                 uint32_t *ret_count)
{
    json_t *read = line_of(line, length);
    if (!read)
        return IN_FLIGHT_LINE_DAMAGED;
    *ret_record = record_of(settings, ids, read);
    *ret_count = (uint32_t)json_array_size(json_object_get(read, "messages"));
    json_decref(read);
    return *ret_record == ID_NONE ? IN_FLIGHT_LINE_FOREIGN : IN_FLIGHT_LINE_GOOD;
}

/* Room for the sets of one message. */
struct room {
    uint8_t packed[4][UINT16_MAX];
};

/* The data that an entry of a list tells, in wire form. */
static bool read_data(const json_t *list, size_t place, uint8_t storage[DNAME_WIRE_MAX], struct rdata *ret)
{
    const char *words = json_string_value(json_array_get(list, place));
    return words && rdata_parse(words, storage, ret, NULL);
}

/* False: data of a type that is not managed, or more than the record has room for. */
static bool read_sets(const struct record_settings *record, const json_t *list, uint32_t ttl_s,
                      uint8_t (*room)[UINT16_MAX], struct rrset ret[2])
{
    size_t placed = 0;
    for (uint32_t i = 0; i < record->type_count; i++) {
        struct rrset_builder builder = rrset_builder_over(record->types[i], ttl_s, room[i], record->room[i]);
        for (size_t k = 0; k < json_array_size(list); k++) {
            uint8_t storage[DNAME_WIRE_MAX];
            struct rdata rdata;
            if (!read_data(list, k, storage, &rdata))
                return false;
            if (rdata.type != record->types[i])
                continue;
            rrset_add_rdata(&builder, &rdata);
            placed++;
        }
        if (!rrset_pack(&builder, &ret[i]))
            return false;
    }
    return json_is_array(list) && placed == json_array_size(list);
}

static bool read_marker(const json_t *text, struct marker *ret)
{
    return json_is_string(text) && marker_parse(json_string_value(text), json_string_length(text), ret);
}

static enum plan_kind kind_of(const char *name)
{
    for (enum plan_kind kind = PLAN_ASSERT; name && kind <= PLAN_TAKE_OVER; kind++)
        if (strcmp(plan_kind_name(kind), name) == 0)
            return kind;
    return 0;
}

/* The target that is published as exactly this now. */
static uint32_t place_of(const struct settings *settings, const struct record_settings *record, const json_t *list)
{
    for (uint32_t place = 0; json_is_array(list) && place < record->target_count; place++) {
        const struct target_settings *target = &settings->targets[record->target_first + place];
        size_t same = 0;
        for (uint32_t i = 0; i < target->value_count; i++)
            for (size_t k = 0; k < json_array_size(list); k++) {
                uint8_t storage[DNAME_WIRE_MAX];
                struct rdata told;
                const struct rdata own = settings_value_data(settings, target->value_first + i);
                same += read_data(list, k, storage, &told) && rdata_is(&own, told.type, told.bytes, told.length);
            }
        if (same == target->value_count && same == json_array_size(list))
            return place;
    }
    return ID_NONE;
}

static bool read_message(const struct record_settings *record, const json_t *message, struct room *room,
                         struct plan *ret)
{
    json_int_t ttl_s = json_integer_value(json_object_get(message, "ttl"));
    const json_t *old = json_object_get(message, "old");
    *ret = (struct plan){.kind = kind_of(json_string_value(json_object_get(message, "kind"))),
                         .bare = json_is_true(json_object_get(message, "bare")),
                         .has_old = old != NULL};
    return ret->kind && ttl_s >= 0 && ttl_s <= INT32_MAX &&
           read_sets(record, json_object_get(message, "expect"), 0, &room->packed[0], ret->expect) &&
           read_sets(record, json_object_get(message, "publish"), (uint32_t)ttl_s, &room->packed[2], ret->publish) &&
           (!old || read_marker(old, &ret->old)) && read_marker(json_object_get(message, "fresh"), &ret->fresh);
}

void in_flight_line_give(const struct settings *settings, uint32_t record, const char *line, size_t length,
                         void (*give)(const struct restore *restore, void *ctx), void *ctx)
{
    static struct room room;
    const struct record_settings *own = &settings->records[record];
    json_t *read = line_of(line, length);
    const json_t *messages = json_object_get(read, "messages");
    for (size_t i = 0; i < json_array_size(messages); i++) {
        const json_t *message = json_array_get(messages, i);
        struct plan plan;
        if (!read_message(own, message, &room, &plan))
            continue;
        uint32_t target = place_of(settings, own, json_object_get(message, "target"));
        give(&(struct restore){.record = record, .plan = &plan, .target = target}, ctx);
    }
    json_decref(read);
}
