/* SPDX-License-Identifier: MIT */
/*
 * Where: config, for link and describe.
 * What:  the keys that are kinds.
 */
#include "config/check_kind.h"

#include <string.h>

const struct check_kind_row check_kinds[] = {
    {"http", CHECK_FORM_HTTP, CHECK_HTTP, SUPPORT_NOW},
    {"tcp", CHECK_FORM_TCP, CHECK_TCP, SUPPORT_NOW},
    {"tls", CHECK_FORM_TLS, CHECK_TLS, SUPPORT_NOW},
    {"dns", CHECK_FORM_DNS, CHECK_DNS, SUPPORT_NOW},
    {"ping", CHECK_FORM_PING, CHECK_PING, SUPPORT_NOW},
    {"exec", CHECK_FORM_EXEC, CHECK_EXEC, SUPPORT_NOW},
    {"heartbeat", CHECK_FORM_HEARTBEAT, CHECK_HEARTBEAT, SUPPORT_NOW},
    {"all-of", CHECK_FORM_CALCULATED, CHECK_ALL_OF, SUPPORT_NOW},
    {"any-of", CHECK_FORM_CALCULATED, CHECK_ANY_OF, SUPPORT_NOW},
    {"at-least", CHECK_FORM_CALCULATED, CHECK_AT_LEAST, SUPPORT_NOW},
};
const uint32_t check_kind_count = ARRAY_COUNT(check_kinds);

const struct check_kind_row *check_kind_of(const struct pair *pair)
{
    for (uint32_t i = 0; i < check_kind_count; i++)
        if (strcmp(pair->key->as.text, check_kinds[i].key) == 0)
            return check_kinds[i].form == CHECK_FORM_TLS && pair->value->kind == NODE_MAPPING ? NULL : &check_kinds[i];
    return NULL;
}

const struct check_kind_row *check_kind_in(const struct node *mapping)
{
    for (uint32_t i = 0; mapping != NULL && mapping->kind == NODE_MAPPING && i < mapping->count; i++) {
        const struct check_kind_row *kind = check_kind_of(&mapping->as.pairs[i]);
        if (kind != NULL)
            return kind;
    }
    return NULL;
}
