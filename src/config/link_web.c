/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  the address at which the page listens, and the names it is asked for by.
 * Why:   what is shown there helps whoever attacks, and nobody is asked who he is: an address that the whole world may
 *        reach is worth a word before it is opened.
 */
#include "config/link.h"

#include "config/rows.h"
#include "config/schema.h"
#include "model/reach.h"

static void judge_address(struct linker *linker, const struct web_draft *draft)
{
    const struct address *address = &draft->listen.address;
    if (address->family == ADDRESS_NONE)
        return;
    if (address_is_multicast(address) || address_is_broadcast(address))
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(draft->listen_node),
                       "nobody can listen at this address; write one of this host");
    else if (address_is_unspecified(address) || reach_of(address) == REACH_WORLD)
        complaints_add(
            linker->complaints, COMPLAINT_WARNING, node_place(draft->listen_node),
            "'%s' may be reached by everybody, and nobody is asked who he is: let a firewall or a proxy stand "
            "before it, or listen at 127.0.0.1",
            foreign(draft->listen_node->as.text).text);
}

static void take_names(struct linker *linker, const struct node *node, struct web_settings *ret)
{
    uint32_t count = link_item_count(node);
    const char **names = arena_take(linker->arena, count * sizeof *names);
    for (uint32_t i = 0; i < count; i++)
        names[i] = link_copy(linker, link_item(node, i)->as.text);
    ret->names = names;
    ret->name_count = count;
}

void link_web(struct linker *linker, struct web_settings *ret)
{
    const struct node *node = linker->sections->web;
    struct web_draft draft = {0};
    *ret = (struct web_settings){.name_count = 0};
    if (node == NULL)
        return;
    const struct owner owner = {.name = "web", .place = node_place(node)};
    schema_initial(&web_table, &draft);
    schema_read(&web_table, node, &owner, &draft, linker->complaints);
    judge_address(linker, &draft);
    ret->listen = draft.listen;
    ret->title = link_copy(linker, draft.title);
    take_names(linker, draft.names, ret);
}
