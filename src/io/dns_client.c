/* SPDX-License-Identifier: MIT */
/*
 * Where: io, the door behind EFFECT_READ and EFFECT_SEND.
 * What:  per server a queue of updates and one of reads, and four lines that they leave by.
 * Why:   each record and each zone has one place to wait in, made with the client, so a queue can never be full. What
 *        is asked is put in its place and leaves on the next turn, so no answer comes from inside the call; and a line
 *        that has carried an update still stands when the read that proves it is asked for in the same turn. Lines
 *        without work are closed. When a server cannot be reached, or is silent, everybody who waits is told at once
 *        instead of one after the other.
 */

#include "io/dns_client.h"

#include "base/text.h"
#include "io/dns_line.h"
#include "io/dns_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* 2026-01-01: a clock before this is not set, and what it signs might be replayed when that day comes. */
#define CLOCK_LEAST_S 1767225600

struct server {
    struct dns_client *client;
    struct dns_queue updates, reads;
    struct dns_line *lines[SERVER_IN_FLIGHT_MAX];
};

struct dns_client {
    struct loop *loop;
    const struct settings *settings;
    dns_read_done_fn *read_done;
    dns_send_done_fn *send_done;
    void *ctx;
    struct timer turn;
    struct server *servers;
    struct dns_place *records, *zones; /* by index */
    struct dns_findings findings;
};

int64_t dns_client_wall_s(void)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    assert(failed == 0);
    return now.tv_sec > 0 ? now.tv_sec : 0;
}

static int64_t wall_now_s(void *ctx)
{
    (void)ctx;
    return dns_client_wall_s();
}

static void wake(struct dns_client *client)
{
    loop_timer_set(client->loop, &client->turn, loop_now(client->loop));
}

static struct server *server_of_zone(struct dns_client *client, uint32_t zone)
{
    return &client->servers[client->settings->zones[zone].server];
}

static struct server *server_of_record(struct dns_client *client, uint32_t record)
{
    return server_of_zone(client, client->settings->records[record].zone);
}

static bool is_update(const struct server *server, const struct dns_queue *queue)
{
    return queue == &server->updates;
}

/* ---- how things end ---------------------------------------------------------------------------------------------- */

static void tell(struct dns_client *client, bool update, struct op op, const struct dns_report *report,
                 const struct dns_findings *findings)
{
    wake(client); /* there may be room on a line now, or one to be closed */
    if (update)
        client->send_done(op, report, client->ctx);
    else
        client->read_done(op, report, findings ? &findings->observed : NULL, client->ctx);
}

/* What it saw may come from a wildcard: the same again, and more. */
static void search(struct server *server, struct op op)
{
    struct dns_client *client = server->client;
    struct dns_place *place = &client->records[op.subject];
    if (place->waits)
        return; /* asked anew meanwhile */
    place->op = op;
    place->asked = loop_now(client->loop);
    place->search = true;
    dns_queue_add_in_front(&server->reads, place);
    wake(client);
}

static void on_done(struct dns_flight *flight, const struct dns_report *report, const struct dns_findings *findings,
                    void *ctx)
{
    struct server *server = ctx;
    struct op op = flight->op;
    bool update = flight->is_update;
    dns_flight_free(flight);
    if (findings && findings->is_vague)
        search(server, op);
    else
        tell(server->client, update, op, report, findings);
}

static void on_returned(struct dns_flight *flight, void *ctx)
{
    struct server *server = ctx;
    struct dns_client *client = server->client;
    struct dns_place *place = flight->is_update ? &client->zones[flight->op.subject]
                                                : &client->records[flight->op.subject];
    if (place->waits) { /* asked anew meanwhile: that one takes its place */
        dns_flight_free(flight);
        return;
    }
    place->op = flight->op;
    place->flight = flight;
    place->asked = loop_now(client->loop);
    dns_queue_add_in_front(flight->is_update ? &server->updates : &server->reads, place);
    wake(client);
}

/* All who have waited since before `asked_before` end unsent, as the report says. Those that join meanwhile wait on. */
static void fail_waiting(struct server *server, struct dns_queue *queue, mono_ms asked_before,
                         const struct dns_report *report)
{
    struct dns_report unsent = *report;
    unsent.outcome = OUTCOME_NOT_SENT;
    struct dns_queue waiting = *queue;
    if (!waiting.first)
        return;
    dns_queue_init(queue);
    while (waiting.first) {
        struct dns_place *place = waiting.first;
        waiting.first = place->next;
        if (place->asked > asked_before) {
            dns_queue_add(queue, place);
            continue;
        }
        struct op op = place->op;
        place->waits = false;
        dns_place_empty(place);
        tell(server->client, is_update(server, queue), op, &unsent, NULL);
    }
}

static void on_unreachable(const struct dns_report *report, void *ctx)
{
    struct server *server = ctx;
    struct dns_client *client = server->client;
    const struct server_settings *settings = &client->settings->servers[server - client->servers];
    bool left = report->outcome != OUTCOME_NOT_SENT; /* it was silent, and may not be for those who came just now */
    mono_ms asked_before = loop_now(client->loop) - (left ? settings->timeout_ms : 0);
    struct dns_report copy = *report;
    fail_waiting(server, &server->updates, asked_before, &copy);
    fail_waiting(server, &server->reads, asked_before, &copy);
}

/* ---- leaving ----------------------------------------------------------------------------------------------------- */

static struct dns_line *best_line(const struct server *server, bool update)
{
    struct dns_line *best = NULL;
    uint32_t best_fitness = 0;
    for (uint32_t i = 0; i < ARRAY_COUNT(server->lines); i++) {
        uint32_t fitness = dns_line_fitness(server->lines[i], update);
        if (fitness > best_fitness) {
            best = server->lines[i];
            best_fitness = fitness;
        }
    }
    return best;
}

static void fill_unsent(struct dns_report *report, const char *words)
{
    *report = (struct dns_report){.outcome = OUTCOME_NOT_SENT};
    struct text detail = text_over(report->detail, sizeof report->detail);
    text_add(&detail, words);
}

/* The first of the queue leaves by this line, or ends here. */
static void leave(struct server *server, struct dns_queue *queue, struct dns_line *line)
{
    struct dns_client *client = server->client;
    struct dns_place *place = dns_queue_take(queue);
    struct dns_flight *flight = place->flight;
    struct dns_report report;
    place->flight = NULL;
    if (!flight && !is_update(server, queue))
        flight = dns_flight_read_new(client->settings, place->op, place->search);
    if (flight) {
        dns_line_carry(line, flight);
        return;
    }
    if (place->refused)
        report = *place->refused;
    else
        fill_unsent(&report, "no memory for a message to the name server");
    dns_place_empty(place);
    tell(client, is_update(server, queue), place->op, &report, NULL);
}

static void leave_all(struct server *server, struct dns_queue *queue)
{
    struct dns_line *line;
    while (queue->first && (line = best_line(server, is_update(server, queue))))
        leave(server, queue, line);
}

static void on_turn(struct timer *timer)
{
    struct dns_client *client = CONTAINER_OF(timer, struct dns_client, turn);
    for (uint32_t i = 0; i < client->settings->server_count; i++) {
        struct server *server = &client->servers[i];
        leave_all(server, &server->updates);
        leave_all(server, &server->reads);
        for (uint32_t l = 0; l < ARRAY_COUNT(server->lines); l++)
            dns_line_rest(server->lines[l]);
    }
}

/* ---- the door ---------------------------------------------------------------------------------------------------- */

static void ask(struct dns_client *client, struct dns_queue *queue, struct dns_place *place, struct op op)
{
    dns_place_empty(place);
    place->op = op;
    place->asked = loop_now(client->loop);
    if (!place->waits)
        dns_queue_add(queue, place);
    wake(client);
}

void dns_client_read(struct dns_client *client, struct op op)
{
    assert(op.subject < client->settings->record_count);
    ask(client, &server_of_record(client, op.subject)->reads, &client->records[op.subject], op);
}

/* An update that cannot be made into bytes ends like one that the server did not understand: a batch is then halved. */
static void refuse(struct dns_place *place, const struct error *err)
{
    place->refused = malloc(sizeof *place->refused);
    if (!place->refused)
        return;
    fill_unsent(place->refused, err->text);
    if (err->code == ERROR_LIMIT)
        place->refused->outcome = OUTCOME_BUG;
}

void dns_client_send(struct dns_client *client, struct op op, const struct batch_view *batch)
{
    assert(op.subject < client->settings->zone_count && batch->zone == op.subject);
    struct dns_place *place = &client->zones[op.subject];
    ask(client, &server_of_zone(client, op.subject)->updates, place, op);
    struct error err;
    if (wall_now_s(NULL) < CLOCK_LEAST_S) {
        error_set(&err, ERROR_RANGE,
                  "the clock of this host stands before 2026: set it; nothing is written until it is right");
        refuse(place, &err);
        return;
    }
    place->flight = dns_flight_update_new(client->settings, op, batch, &err);
    if (!place->flight)
        refuse(place, &err);
}

void dns_client_cancel_all(struct dns_client *client)
{
    loop_timer_stop(client->loop, &client->turn);
    for (uint32_t i = 0; i < client->settings->server_count; i++) {
        struct server *server = &client->servers[i];
        for (uint32_t l = 0; l < ARRAY_COUNT(server->lines); l++)
            if (server->lines[l])
                dns_line_drop(server->lines[l]);
        while (server->updates.first)
            dns_place_empty(dns_queue_take(&server->updates));
        while (server->reads.first)
            dns_place_empty(dns_queue_take(&server->reads));
    }
}

/*
 * The library of signatures sets itself up at the first one, and may refuse an algorithm: better now than at the first
 * switch.
 */
static bool try_key(const struct server_settings *settings, struct error *err)
{
    uint8_t message[WIRE_HEADER_SIZE + TSIG_RECORD_MAX] = {0};
    size_t length = WIRE_HEADER_SIZE;
    struct tsig_state signature;
    if (tsig_sign(&settings->key, message, &length, sizeof message, 0, &signature, err))
        return true;
    error_prefix(err, "the key of server %s cannot sign (%s): ", settings->name,
                 tsig_algorithm_name(settings->key.algorithm));
    return false;
}

static bool server_init(struct server *server, struct dns_client *client, const struct server_settings *settings,
                        struct error *err)
{
    server->client = client;
    dns_queue_init(&server->updates);
    dns_queue_init(&server->reads);
    if (!try_key(settings, err))
        return false;
    struct dns_line_handlers handlers = {
        .wall_s = wall_now_s, .done = on_done, .returned = on_returned, .unreachable = on_unreachable, .ctx = server};
    for (uint32_t i = 0; i < ARRAY_COUNT(server->lines); i++) {
        server->lines[i] = dns_line_new(client->loop, settings, &client->findings, &handlers, err);
        if (!server->lines[i])
            return false;
    }
    return true;
}

static bool take_rooms(struct dns_client *client, struct error *err)
{
    const struct settings *settings = client->settings;
    client->servers = calloc(settings->server_count + 1u, sizeof *client->servers);
    client->records = calloc(settings->record_count + 1u, sizeof *client->records);
    client->zones = calloc(settings->zone_count + 1u, sizeof *client->zones);
    if (client->servers && client->records && client->zones)
        return true;
    error_set(err, ERROR_SYSTEM, "out of memory for the DNS client");
    return false;
}

struct dns_client *dns_client_new(struct loop *loop, const struct settings *settings, dns_read_done_fn *read_done,
                                  dns_send_done_fn *send_done, void *ctx, struct error *err)
{
    struct dns_client *client = calloc(1, sizeof *client);
    if (!client) {
        error_set(err, ERROR_SYSTEM, "out of memory for the DNS client");
        return NULL;
    }
    client->loop = loop;
    client->settings = settings;
    client->read_done = read_done;
    client->send_done = send_done;
    client->ctx = ctx;
    client->turn.fire = on_turn;
    bool good = take_rooms(client, err);
    for (uint32_t i = 0; good && i < settings->server_count; i++)
        good = server_init(&client->servers[i], client, &settings->servers[i], err);
    if (good)
        return client;
    dns_client_free(client);
    return NULL;
}

void dns_client_free(struct dns_client *client)
{
    if (!client)
        return;
    if (client->servers)
        dns_client_cancel_all(client);
    for (uint32_t i = 0; client->servers && i < client->settings->server_count; i++)
        for (uint32_t l = 0; l < SERVER_IN_FLIGHT_MAX; l++)
            dns_line_free(client->servers[i].lines[l]);
    free(client->servers);
    free(client->records);
    free(client->zones);
    free(client);
}
