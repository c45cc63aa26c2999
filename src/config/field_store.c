/* SPDX-License-Identifier: MIT */
/*
 * Where: config, beside field.
 * What:  values into fields of the kind's type, and whether two values are the same.
 */
#include "config/field.h"

#include <assert.h>
#include <string.h>

static void store_number(uint64_t number, size_t size, void *field)
{
    uint16_t narrow = (uint16_t)number;
    uint32_t wide = (uint32_t)number;
    memcpy(field,
           size == sizeof(narrow) ? (const void *)&narrow
           : size == sizeof(wide) ? (const void *)&wide
                                  : (const void *)&number,
           size);
}

void field_store(const struct field_rule *rule, const union field_value *value, void *field)
{
    switch (rule->kind) {
    case FIELD_SWITCH:
        memcpy(field, &value->on, sizeof(value->on));
        return;
    case FIELD_COUNT:
    case FIELD_PORT:
    case FIELD_PERCENT:
        store_number(value->number, sizeof(uint16_t), field);
        return;
    case FIELD_CONCURRENCY:
    case FIELD_DURATION:
    case FIELD_TTL:
    case FIELD_WORD:
        store_number(value->number, sizeof(uint32_t), field);
        return;
    case FIELD_OWNER:
        store_number(value->number, sizeof(uint64_t), field);
        return;
    case FIELD_TEXT:
    case FIELD_RAW_TEXT:
    case FIELD_HEADER:
    case FIELD_TOKEN:
    case FIELD_PATH:
    case FIELD_DIRECTORY:
    case FIELD_REFERENCE:
    case FIELD_URL:
    case FIELD_DOMAIN:
    case FIELD_HOST:
    case FIELD_TARGET:
        memcpy(field, &value->text, sizeof(value->text));
        return;
    case FIELD_ADDRESS:
        memcpy(field, &value->address, sizeof(value->address));
        return;
    case FIELD_ENDPOINT:
    case FIELD_SERVICE:
    case FIELD_VERIFIER:
        memcpy(field, &value->endpoint, sizeof(value->endpoint));
        return;
    case FIELD_STATUS:
        memcpy(field, &value->statuses, sizeof(value->statuses));
        return;
    }
    assert(false);
}

bool field_equal(const struct field_rule *rule, const union field_value *a, const union field_value *b)
{
    switch (rule->kind) {
    case FIELD_SWITCH:
        return a->on == b->on;
    case FIELD_COUNT:
    case FIELD_PORT:
    case FIELD_PERCENT:
    case FIELD_CONCURRENCY:
    case FIELD_DURATION:
    case FIELD_TTL:
    case FIELD_WORD:
    case FIELD_OWNER:
        return a->number == b->number;
    case FIELD_TEXT:
    case FIELD_RAW_TEXT:
    case FIELD_HEADER:
    case FIELD_TOKEN:
    case FIELD_PATH:
    case FIELD_DIRECTORY:
    case FIELD_REFERENCE:
    case FIELD_URL:
    case FIELD_DOMAIN:
    case FIELD_HOST:
    case FIELD_TARGET:
        return strcmp(a->text, b->text) == 0;
    case FIELD_ADDRESS:
    case FIELD_ENDPOINT:
    case FIELD_SERVICE:
    case FIELD_VERIFIER:
    case FIELD_STATUS:
        return false;
    }
    assert(false);
    return false;
}
