/* SPDX-License-Identifier: MIT */
/*
 * Where: config, for link and describe.
 * What:  the keys that are kinds.
 */
#include "config/check_kind.h"

#include <string.h>

static const struct check_kind_row kinds[] = {{"http", CHECK_FORM_HTTP},
                                              {"tcp", CHECK_FORM_TCP},
                                              {"tls", CHECK_FORM_TLS},
                                              {"dns", CHECK_FORM_DNS},
                                              {"ping", CHECK_FORM_PING},
                                              {"exec", CHECK_FORM_EXEC},
                                              {"heartbeat", CHECK_FORM_HEARTBEAT},
                                              {"all-of", CHECK_FORM_CALCULATED},
                                              {"any-of", CHECK_FORM_CALCULATED},
                                              {"at-least", CHECK_FORM_CALCULATED}};

const struct check_kind_row *check_kind_of(const struct pair *pair)
{
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (strcmp(pair->key->as.text, kinds[i].key) == 0)
            return kinds[i].form == CHECK_FORM_TLS && pair->value->kind == NODE_MAPPING ? NULL : &kinds[i];
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
