/* SPDX-License-Identifier: MIT */
/*
 * Where: io, between dns_client and dns_exchange.
 * What:  which flight an answer belongs to, and what becomes of all others when the line ends.
 * Why:   a server may answer in any order (RFC 7766 6.2.1.1): the id tells whose it is. A read goes to another line
 *        again only if this one gave some answer before it ended, or cost time, so that nothing goes round in circles.
 */

#include "io/dns_line.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FLIGHTS_MAX (DNS_LINE_READS_MAX + 1)

struct dns_line {
    struct loop *loop;
    const struct server_settings *server;
    struct dns_findings *findings;
    struct dns_line_handlers handlers;
    struct dns_exchange *exchange;
    struct dns_flight *flights[FLIGHTS_MAX];
    uint32_t count;
    bool has_update;
    bool has_answered; /* since it was opened */
};

static bool is_id_taken(uint16_t id, void *ctx)
{
    const struct dns_line *line = ctx;
    for (uint32_t i = 0; i < line->count; i++)
        if (dns_flight_message_of(line->flights[i], id) != ID_NONE)
            return true;
    return false;
}

static void take_off(struct dns_line *line, uint32_t place)
{
    line->has_update = line->has_update && !line->flights[place]->is_update;
    line->count--;
    memmove(&line->flights[place], &line->flights[place + 1], (line->count - place) * sizeof line->flights[0]);
}

/* The flight that has the least time left. */
static struct dns_flight *most_urgent(const struct dns_line *line)
{
    struct dns_flight *urgent = line->flights[0];
    for (uint32_t i = 1; i < line->count; i++)
        if (line->flights[i]->deadline < urgent->deadline)
            urgent = line->flights[i];
    return urgent;
}

static void watch_deadline(struct dns_line *line)
{
    dns_exchange_set_deadline(line->exchange, line->count > 0 ? most_urgent(line)->deadline : MONO_NEVER);
}

/* ---- the end of a line ------------------------------------------------------------------------------------------- */

/*
 * Nothing of it is at stake, it has time left, and going on is no idle circle: the line gave answers, or cost its time.
 */
static bool may_return(const struct dns_line *line, const struct dns_flight *flight, uint64_t left, bool late)
{
    bool at_stake = flight->is_update && flight->written && left > flight->begin;
    return (line->has_answered || late) && !at_stake && flight->deadline > loop_now(line->loop);
}

/* Ends the line; every flight on it fails, with `err` or by the deadline, or goes back. */
static void end_line(struct dns_line *line, const struct error *err)
{
    const struct endpoint *peer = dns_exchange_peer(line->exchange);
    uint64_t left = dns_exchange_left_octets(line->exchange);
    struct dns_flight *flights[FLIGHTS_MAX];
    uint32_t count = line->count;
    memcpy(flights, line->flights, count * sizeof flights[0]);
    line->count = 0;
    line->has_update = false;
    dns_exchange_close(line->exchange);

    while (count-- > 0) {
        struct dns_flight *flight = flights[count];
        if (may_return(line, flight, left, !err)) {
            line->handlers.returned(flight, line->handlers.ctx);
            continue;
        }
        struct dns_report report;
        dns_flight_give_up(flight, peer, left, err, &report);
        line->handlers.done(flight, &report, NULL, line->handlers.ctx);
    }
}

/* This flight's answer is no good, or it could not be written: it ends, and the line with it. */
static void end_line_by(struct dns_line *line, uint32_t place, const struct dns_report *report)
{
    struct dns_flight *flight = line->flights[place];
    take_off(line, place);
    line->has_answered = true;
    struct error err;
    error_set(&err, ERROR_PROTOCOL, "the line was closed since another answer on it could not be believed");
    end_line(line, &err);
    line->handlers.done(flight, report, NULL, line->handlers.ctx);
}

/* ---- there ------------------------------------------------------------------------------------------------------- */

/* False: the line ended. */
static bool write_flight(struct dns_line *line, uint32_t place)
{
    struct dns_flight *flight = line->flights[place];
    struct error err;
    bool good = dns_flight_write(flight, line->exchange, line->handlers.wall_s(line->handlers.ctx), is_id_taken, line,
                                 &err);
    if (good) {
        flight->sent_us = loop_now_us(line->loop);
        return true;
    }
    struct dns_report report;
    dns_flight_give_up(flight, dns_exchange_peer(line->exchange), flight->begin, &err, &report);
    end_line_by(line, place, &report);
    return false;
}

static void on_connected(void *ctx)
{
    struct dns_line *line = ctx;
    line->has_answered = false;
    (void)loop_refresh(line->loop);
    for (uint32_t i = 0; i < line->count; i++)
        if (!write_flight(line, i))
            return;
    watch_deadline(line);
    dns_exchange_flush(line->exchange);
}

void dns_line_carry(struct dns_line *line, struct dns_flight *flight)
{
    assert(dns_line_fitness(line, flight->is_update) > 0);
    mono_ms now = loop_refresh(line->loop);
    if (flight->deadline == MONO_NEVER)
        flight->deadline = mono_after(now, line->server->timeout_ms);
    flight->written = false;
    line->flights[line->count++] = flight;
    line->has_update |= flight->is_update;
    if (!dns_exchange_is_open(line->exchange)) {
        line->has_answered = false;
        dns_exchange_open(line->exchange, flight->deadline);
    }
    if (!dns_exchange_stands(line->exchange) || !write_flight(line, line->count - 1))
        return;
    watch_deadline(line);
    dns_exchange_flush(line->exchange);
}

/* ---- and back ---------------------------------------------------------------------------------------------------- */

/* Of an id that nobody waits for, the eldest flight is told: it has waited in vain. */
static uint32_t flight_of(const struct dns_line *line, const uint8_t *bytes, size_t length, uint32_t *ret_message)
{
    for (uint32_t i = 0; length >= WIRE_HEADER_SIZE && i < line->count; i++) {
        *ret_message = dns_flight_message_of(line->flights[i], wire_get16(bytes));
        if (*ret_message != ID_NONE)
            return i;
    }
    *ret_message = 0;
    return 0;
}

static void on_answer(const uint8_t *bytes, size_t length, void *ctx)
{
    struct dns_line *line = ctx;
    if (line->count == 0) {
        dns_exchange_close(line->exchange); /* nobody asked */
        return;
    }
    uint32_t message, place = flight_of(line, bytes, length, &message);
    struct dns_flight *flight = line->flights[place];
    const struct endpoint *peer = dns_exchange_peer(line->exchange);
    struct dns_report report;
    uint32_t took_us = (uint32_t)(loop_now_us(line->loop) - flight->sent_us);
    if (!dns_flight_take(flight, message, peer, bytes, length, line->handlers.wall_s(line->handlers.ctx), &report)) {
        report.took_us = took_us;
        end_line_by(line, place, &report);
        return;
    }
    line->has_answered = true;
    if (flight->answered_count < flight->message_count)
        return;
    take_off(line, place);
    watch_deadline(line);
    dns_flight_conclude(flight, peer, line->handlers.wall_s(line->handlers.ctx), line->findings, &report);
    report.took_us = took_us;
    bool found = report.outcome == OUTCOME_ACCEPTED && !flight->is_update;
    line->handlers.done(flight, &report, found ? line->findings : NULL, line->handlers.ctx);
}

static void on_late(void *ctx)
{
    struct dns_line *line = ctx;
    assert(line->count > 0);
    struct dns_report report;
    dns_flight_give_up(most_urgent(line), dns_exchange_peer(line->exchange), dns_exchange_left_octets(line->exchange),
                       NULL, &report);
    bool silent = !line->has_answered;
    end_line(line, NULL);
    if (silent)
        line->handlers.unreachable(&report, line->handlers.ctx);
}

static void on_ended(const struct error *err, void *ctx)
{
    struct dns_line *line = ctx;
    bool reached = dns_exchange_put_octets(line->exchange) > 0;
    if (line->count == 0)
        return;
    struct dns_report report;
    dns_flight_give_up(line->flights[0], dns_exchange_peer(line->exchange), dns_exchange_left_octets(line->exchange),
                       err, &report);
    end_line(line, err);
    if (!reached)
        line->handlers.unreachable(&report, line->handlers.ctx);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

struct dns_line *dns_line_new(struct loop *loop, const struct server_settings *server, struct dns_findings *findings,
                              const struct dns_line_handlers *handlers, struct error *err)
{
    struct dns_line *line = calloc(1, sizeof *line);
    if (!line) {
        error_set(err, ERROR_SYSTEM, "out of memory for a line to name server %s", server->name);
        return NULL;
    }
    line->loop = loop;
    line->server = server;
    line->findings = findings;
    line->handlers = *handlers;
    struct dns_exchange_handlers own = {
        .connected = on_connected, .answer = on_answer, .late = on_late, .ended = on_ended, .ctx = line};
    line->exchange = dns_exchange_new(loop, server, &own, err);
    if (line->exchange)
        return line;
    free(line);
    return NULL;
}

void dns_line_free(struct dns_line *line)
{
    if (!line)
        return;
    dns_line_drop(line);
    dns_exchange_free(line->exchange);
    free(line);
}

void dns_line_drop(struct dns_line *line)
{
    while (line->count > 0) {
        struct dns_flight *flight = line->flights[line->count - 1];
        take_off(line, line->count - 1);
        dns_flight_free(flight);
    }
    dns_exchange_close(line->exchange);
}

void dns_line_rest(struct dns_line *line)
{
    if (line->count == 0)
        dns_exchange_close(line->exchange);
}

/*
 * One update at most is out on a line, and reads keep off a line with an update, which may take its time:
 *
 *   line                             update   read
 *   carries an update                0        0
 *   stands, carries nothing          3        3
 *   carries reads, has room          1        4: they share one line
 *   carries reads, is full           1        0
 *   closed                           2        2
 */
uint32_t dns_line_fitness(const struct dns_line *line, bool is_update)
{
    if (line->has_update)
        return 0;
    if (line->count > 0) {
        uint32_t for_read = line->count < DNS_LINE_READS_MAX ? 4 : 0;
        return is_update ? 1 : for_read;
    }
    return dns_exchange_is_open(line->exchange) ? 3 : 2;
}
