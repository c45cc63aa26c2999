/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under server and the judges.
 * What:  from a zone's records, or from packed sets, to sorted lists of addresses, and back.
 */

#include "contents.h"

#include "host.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static int compare(const struct address *a, const struct address *b)
{
    return a->family != b->family ? (int)a->family - (int)b->family : memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

void contents_sort(struct contents *contents)
{
    for (uint32_t i = 1; i < contents->count; i++) {
        struct address address = contents->addresses[i];
        uint32_t place = i;
        for (; place > 0 && compare(&address, &contents->addresses[place - 1]) < 0; place--)
            contents->addresses[place] = contents->addresses[place - 1];
        contents->addresses[place] = address;
    }
}

static void add(struct contents *contents, uint16_t type, const uint8_t *rdata, uint32_t ttl_s)
{
    assert(contents->count < CONTENTS_MAX);
    contents->addresses[contents->count++] = place_read(type, rdata);
    contents->mixed_ttl |= contents->ttl_s != 0 && contents->ttl_s != ttl_s;
    if (contents->ttl_s == 0)
        contents->ttl_s = ttl_s;
}

static bool is_managed(const struct record_settings *record, uint16_t type)
{
    return record->types[0] == type || (record->type_count == 2 && record->types[1] == type);
}

void contents_of_nodes(const struct settings *settings, const struct nodes *nodes, uint32_t record,
                       struct contents *ret)
{
    *ret = (struct contents){.form = MARKER_FORM_NONE};
    const struct node *owner = &nodes->items[name_of_owner(record)];
    for (uint32_t i = 0; i < owner->count; i++) {
        const struct rr *rr = &owner->rrs[i];
        bool is_ours = is_managed(&settings->records[record], rr->type);
        ret->cname |= !is_ours && (rr->type == RRTYPE_CNAME || settings_is_cname(&settings->records[record]));
        if (is_ours)
            add(ret, rr->type, rr->data, rr->ttl_s);
    }
    contents_sort(ret);
    const struct node *marker = &nodes->items[name_of_marker(record)];
    uint32_t texts = node_count_of(marker, RRTYPE_TXT);
    if (texts == 0 || settings->records[record].ownership == OWNERSHIP_NONE)
        return;
    ret->form = MARKER_FORM_FOREIGN;
    const struct rr *text = &marker->rrs[0];
    if (texts == 1 && text->data[0] == text->length - 1 &&
        marker_parse((const char *)&text->data[1], text->data[0], &ret->marker))
        ret->form = MARKER_FORM_ONE;
}

void contents_of_sets(const struct record_settings *record, const struct rrset sets[2], struct contents *ret)
{
    *ret = (struct contents){.form = MARKER_FORM_NONE};
    for (uint32_t t = 0; t < record->type_count; t++) {
        uint32_t offset = 0;
        for (uint32_t i = 0; i < sets[t].count; i++) {
            uint32_t length = (uint32_t)sets[t].packed[offset] << 8 | sets[t].packed[offset + 1];
            assert(length == (sets[t].type == RRTYPE_CNAME ? HOST_WIRE : sets[t].type == RRTYPE_AAAA ? 16 : 4));
            add(ret, (uint16_t)sets[t].type, &sets[t].packed[offset + 2], sets[t].ttl_s);
            offset += 2 + length;
        }
        assert(offset == sets[t].length);
    }
    contents_sort(ret);
}

void contents_of_target(const struct settings *settings, uint32_t target, struct contents *ret)
{
    const struct target_settings *from = &settings->targets[target];
    *ret = (struct contents){.ttl_s = settings->records[from->record].ttl_s};
    for (uint32_t v = 0; v < from->value_count; v++)
        ret->addresses[ret->count++] = place_of_value(settings, from->value_first + v);
    contents_sort(ret);
}

bool contents_same_addresses(const struct contents *a, const struct contents *b)
{
    return a->count == b->count && memcmp(a->addresses, b->addresses, a->count * sizeof a->addresses[0]) == 0;
}

bool marker_same(const struct marker *a, const struct marker *b)
{
    return a->owner == b->owner && a->epoch == b->epoch && a->nonce == b->nonce && a->has_fence == b->has_fence &&
           (!a->has_fence || a->fence == b->fence);
}

bool contents_same_marker(const struct contents *a, const struct contents *b)
{
    return a->form == b->form && (a->form != MARKER_FORM_ONE || marker_same(&a->marker, &b->marker));
}

bool contents_same(const struct contents *a, const struct contents *b)
{
    return contents_same_addresses(a, b) && contents_same_marker(a, b);
}

uint32_t contents_target(const struct settings *settings, uint32_t record, const struct contents *contents)
{
    const struct record_settings *of = &settings->records[record];
    for (uint32_t t = 0; t < of->target_count && contents->count > 0; t++) {
        const struct target_settings *target = &settings->targets[of->target_first + t];
        uint32_t found = 0;
        for (uint32_t v = target->value_first; v < target->value_first + target->value_count; v++) {
            const struct address place = place_of_value(settings, v);
            for (uint32_t i = 0; i < contents->count; i++)
                found += compare(&place, &contents->addresses[i]) == 0;
        }
        if (found == contents->count)
            return t;
        if (found > 0)
            return ID_NONE;
    }
    return ID_NONE;
}

uint32_t contents_place(const struct settings *settings, uint32_t record, const struct contents *contents)
{
    const struct record_settings *of = &settings->records[record];
    uint32_t place = contents_target(settings, record, contents);
    if (place == ID_NONE || of->publish == PUBLISH_HEALTHY)
        return place;
    struct contents whole;
    contents_of_target(settings, of->target_first + place, &whole);
    return contents_same_addresses(&whole, contents) ? place : ID_NONE;
}

void contents_show(const struct record_settings *record, const struct contents *contents,
                   uint8_t storage[CONTENTS_STORAGE], struct observed *ret)
{
    uint8_t *next = storage;
    for (uint32_t t = 0; t < record->type_count; t++) {
        struct rrset *set = &ret->sets[t];
        *set = (struct rrset){.type = record->types[t], .packed = next};
        for (uint32_t i = 0; i < contents->count; i++) {
            if (place_type(&contents->addresses[i]) != record->types[t])
                continue;
            uint8_t length = place_write(&contents->addresses[i], next + 2);
            next[0] = 0;
            next[1] = length;
            next += 2 + length;
            set->count++;
            set->length = (uint16_t)(set->length + 2 + length);
        }
        if (set->count == 0)
            set->packed = NULL;
        else
            set->ttl_s = contents->ttl_s;
    }
    ret->beside = contents->cname;
    ret->form = contents->form;
    ret->marker = contents->marker;
}

void marker_rr(const struct marker *marker, struct rr *rr)
{
    char text[MARKER_TEXT_MAX];
    marker_format(marker, text);
    size_t length = strlen(text);
    assert(length + 1 <= RDATA_MAX);
    rr->data[0] = (uint8_t)length;
    memcpy(&rr->data[1], text, length);
    rr->length = (uint16_t)(length + 1);
}

void address_rr(const struct address *address, struct rr *rr)
{
    rr->type = (uint16_t)place_type(address);
    rr->length = place_write(address, rr->data);
}

void contents_format(const struct contents *contents, char *text, size_t size)
{
    int used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < contents->count && (size_t)used + 60 < size; i++) {
        char address[ADDRESS_TEXT_MAX];
        place_format(&contents->addresses[i], address);
        used += snprintf(text + used, size - (size_t)used, "%s%s", i ? "," : "", address);
    }
    static const char *const forms[] = {"no marker", "", "foreign TXT"};
    if (contents->form == MARKER_FORM_ONE)
        snprintf(text + used, size - (size_t)used, " o=%04x e=%llu n=%04x%s",
                 (unsigned)(contents->marker.owner & 0xffff), (unsigned long long)contents->marker.epoch,
                 (unsigned)(contents->marker.nonce & 0xffff), contents->cname ? " CNAME" : "");
    else
        snprintf(text + used, size - (size_t)used, " %s%s", forms[contents->form], contents->cname ? " CNAME" : "");
}
