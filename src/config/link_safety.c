/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  the brakes; the references of `connectivity` become checks and watches of our own, behind all others.
 * Why:   a reference is probed, judged and counted like any target, so the rest of the house needs to know nothing new.
 *        One result decides: a look at our own line that waits for a row of them would freeze too late.
 */
#include "config/link.h"

#include "config/field.h"
#include "config/rows.h"
#include "config/schema.h"

#include <string.h>

#define CHECK_NAME "connectivity"

static void complain(struct linker *linker, const struct node *node, const char *message)
{
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", message);
}

static void check_times(struct linker *linker, const struct connectivity_draft *draft)
{
    const struct node *node = draft->timeout != NULL ? draft->timeout : draft->interval;
    char timeout[DURATION_TEXT_MAX], interval[DURATION_TEXT_MAX];
    if (draft->timeout_ms == 0 || draft->interval_ms == 0 || draft->timeout_ms < draft->interval_ms)
        return;
    duration_format(draft->timeout_ms, timeout);
    duration_format(draft->interval_ms, interval);
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                   "'timeout' (%s) must be shorter than 'interval' (%s) in 'connectivity'", timeout, interval);
}

/* The check of this port, a new one if need be. */
static uint32_t check_of_port(struct linker *linker, const struct connectivity_draft *draft, uint32_t named,
                              uint16_t port)
{
    for (uint32_t i = named; i < linker->checks.count; i++)
        if (((const struct check_settings *)list_at(&linker->checks, i))->how.tcp.port == port)
            return i;
    struct check_settings *check = list_add(&linker->checks);
    *check = (struct check_settings){.name = CHECK_NAME,
                                     .kind = CHECK_TCP,
                                     .how.tcp.port = port,
                                     .interval_ms = draft->interval_ms,
                                     .interval_changing_ms = draft->interval_ms,
                                     .connect_ms = draft->timeout_ms,
                                     .response_ms = draft->timeout_ms,
                                     .body_ms = draft->timeout_ms,
                                     .total_ms = draft->timeout_ms,
                                     .rise = 1,
                                     .fall = 1};
    return linker->checks.count - 1;
}

static bool is_listed(const struct linker *linker, uint32_t first, uint32_t check, const struct address *address)
{
    for (uint32_t i = first; i < linker->watches.count; i++) {
        const struct watch_settings *watch = list_at(&linker->watches, i);
        if (watch->check == check && address_equal(&watch->address, address))
            return true;
    }
    return false;
}

static void link_reference_node(struct linker *linker, const struct connectivity_draft *draft, uint32_t named,
                                uint32_t first, const struct node *node)
{
    struct endpoint endpoint;
    if (!endpoint_parse(node->as.text, 0, &endpoint, NULL) || endpoint.port == 0)
        return;
    const struct address *address = &endpoint.address;
    if (address_is_unspecified(address) || address_is_multicast(address) || address_is_broadcast(address)) {
        complain(linker, node, "nothing can answer at this address; write one outside this host");
        return;
    }
    if (address_is_loopback(address))
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(node),
                       "'%s' is this very host: that it answers says nothing about the line",
                       foreign(node->as.text).text);
    uint32_t check = check_of_port(linker, draft, named, endpoint.port);
    if (is_listed(linker, first, check, address))
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "'%s' is listed twice",
                       foreign(node->as.text).text);
    else
        *(struct watch_settings *)list_add(&linker->watches) = (struct watch_settings){
            .check = check, .address = *address, .name = ID_NONE};
}

static void link_connectivity(struct linker *linker, const struct connectivity_draft *draft,
                              struct connectivity_settings *ret)
{
    const uint32_t named = linker->checks.count, first = linker->watches.count;
    if (draft->node == NULL)
        return;
    check_times(linker, draft);
    for (uint32_t i = 0; i < link_item_count(draft->references); i++) {
        if (i == CONNECTIVITY_MAX) {
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(link_item(draft->references, i)),
                           "'tcp' takes %d references at the most", CONNECTIVITY_MAX);
            break;
        }
        link_reference_node(linker, draft, named, first, link_item(draft->references, i));
    }
    if (draft->references != NULL && draft->references->kind == NODE_LIST && draft->references->count == 0)
        complain(linker, draft->references, "'tcp' is an empty list; the gate would never open");
    ret->watch_first = first;
    ret->watch_count = linker->watches.count - first;
    ret->check_count = linker->checks.count - named;
}

void link_safety(struct linker *linker, struct safety_settings *ret)
{
    const struct node *node = linker->sections->safety;
    struct safety_draft draft = {0};
    schema_initial(&safety_table, &draft);
    if (node != NULL) {
        const struct owner owner = {.name = "safety", .place = node_place(node)};
        schema_read(&safety_table, node, &owner, &draft, linker->complaints);
    }
    *ret = draft.settings;
    link_connectivity(linker, &draft.connectivity, &ret->connectivity);
}
