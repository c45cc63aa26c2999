/* SPDX-License-Identifier: MIT */
/*
 * Where: io, in dns_client.
 * What:  a list that is added to at either end and taken from in front.
 */

#include "io/dns_queue.h"

#include <assert.h>
#include <stdlib.h>

void dns_queue_init(struct dns_queue *queue)
{
    queue->first = NULL;
    queue->end = &queue->first;
}

void dns_queue_add(struct dns_queue *queue, struct dns_place *place)
{
    place->next = NULL;
    *queue->end = place;
    queue->end = &place->next;
    place->waits = true;
}

void dns_queue_add_in_front(struct dns_queue *queue, struct dns_place *place)
{
    if (!queue->first)
        queue->end = &place->next;
    place->next = queue->first;
    queue->first = place;
    place->waits = true;
}

struct dns_place *dns_queue_take(struct dns_queue *queue)
{
    assert(queue->first);
    struct dns_place *place = queue->first;
    queue->first = place->next;
    if (!queue->first)
        queue->end = &queue->first;
    place->waits = false;
    return place;
}

void dns_place_empty(struct dns_place *place)
{
    dns_flight_free(place->flight);
    free(place->refused);
    place->flight = NULL;
    place->refused = NULL;
    place->search = false;
}
