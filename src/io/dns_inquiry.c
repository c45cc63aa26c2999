/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under dns_verify, dns_places and probe_dns.
 * What:  one socket for datagrams, and a line of dns_exchange for what they cannot carry.
 * Why:   the end is always told by the clock, on a turn of its own: so no line is taken down from inside its own
 *        handler, and nobody is called back from inside a start.
 */

#include "io/dns_inquiry.h"

#include "base/text.h"
#include "io/dial.h"
#include "io/dns_answer.h"
#include "io/dns_client.h"
#include "io/dns_exchange.h"
#include "io/dns_packet.h"
#include "io/wire.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUESTION_OCTETS_MAX (WIRE_HEADER_SIZE + DNAME_WIRE_MAX + 4 + 11 + TSIG_RECORD_MAX)
#define DATAGRAMS_A_TURN    16 /* a flood of wrong ones must not keep the loop */

struct asked {
    struct dns_question question;
    uint16_t id;
    bool by_line; /* it goes, or went, by TCP */
    struct tsig_state signature;
    uint8_t *bytes; /* of the answer */
    struct dns_reply reply;
};

struct dns_inquiry {
    struct loop *loop;
    struct server_settings server; /* what the line wants to know */
    struct dns_inquiry_settings wish;
    int fd;
    ev_io io;
    struct timer clock, again;
    mono_ms deadline;
    struct dns_exchange *exchange;
    struct asked asked[DNS_INQUIRY_MAX];
    bool failed, started, at_once;
    struct error err;
    dns_inquiry_done_fn *done;
    void *ctx;
};

/* ---- the end ----------------------------------------------------------------------------------------------------- */

void dns_inquiry_cancel(struct dns_inquiry *inquiry)
{
    if (!inquiry)
        return;
    ev_io_stop(loop_ev(inquiry->loop), &inquiry->io);
    loop_timer_stop(inquiry->loop, &inquiry->clock);
    loop_timer_stop(inquiry->loop, &inquiry->again);
    if (inquiry->fd >= 0)
        close(inquiry->fd);
    dns_exchange_free(inquiry->exchange);
    for (uint32_t i = 0; i < inquiry->wish.count; i++)
        free(inquiry->asked[i].bytes);
    free(inquiry);
}

/* Tells the end on the next turn. */
static void end_soon(struct dns_inquiry *inquiry)
{
    ev_io_stop(loop_ev(inquiry->loop), &inquiry->io);
    loop_timer_stop(inquiry->loop, &inquiry->again);
    loop_timer_set(inquiry->loop, &inquiry->clock, loop_now(inquiry->loop));
}

static void fail(struct dns_inquiry *inquiry, const struct error *err)
{
    if (!inquiry->failed) {
        inquiry->err = *err;
        inquiry->at_once = !inquiry->started;
    }
    inquiry->failed = true;
    end_soon(inquiry);
}

static void fail_errno(struct dns_inquiry *inquiry, int sys_errno, const char *what)
{
    char address[ADDRESS_TEXT_MAX];
    struct error err;
    address_format(&inquiry->wish.peer.address, address);
    error_set_errno(&err, sys_errno, "%s %s port %u", what, address, (unsigned)inquiry->wish.peer.port);
    fail(inquiry, &err);
}

static bool has_all(const struct dns_inquiry *inquiry)
{
    for (uint32_t i = 0; i < inquiry->wish.count; i++)
        if (!inquiry->asked[i].reply.bytes)
            return false;
    return true;
}

static void tell_silence(struct dns_inquiry *inquiry)
{
    char storage[ERROR_TEXT_MAX], address[ADDRESS_TEXT_MAX];
    struct text text = text_over(storage, sizeof storage);
    address_format(&inquiry->wish.peer.address, address);
    text_addf(&text, "no answer from %s port %u within ", address, (unsigned)inquiry->wish.peer.port);
    text_add_duration(&text, inquiry->server.timeout_ms);
    error_set(&inquiry->err, ERROR_LIMIT, "%s", text.bytes);
}

static void on_clock(struct timer *timer)
{
    struct dns_inquiry *inquiry = CONTAINER_OF(timer, struct dns_inquiry, clock);
    if (!inquiry->failed && !has_all(inquiry))
        tell_silence(inquiry);
    struct dns_inquiry_result result = {.err = inquiry->err, .at_once = inquiry->at_once};
    for (uint32_t i = 0; i < inquiry->wish.count; i++)
        result.replies[i] = inquiry->asked[i].reply;
    inquiry->done(&result, inquiry->ctx);
    dns_inquiry_cancel(inquiry);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

/* The question that this message answers, not answered so far; NULL: none (RFC 5452 9.1). */
static struct asked *asked_by(struct dns_inquiry *inquiry, const uint8_t *bytes, size_t length, bool by_line,
                              const struct wire_message *walked)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    if (!walked->response || walked->opcode != WIRE_OPCODE_QUERY || walked->question_count != 1 ||
        walked->question_class != WIRE_CLASS_IN ||
        !wire_read_name(bytes, length, walked->question_at, false, storage, &name))
        return NULL;
    for (uint32_t i = 0; i < inquiry->wish.count; i++) {
        struct asked *asked = &inquiry->asked[i];
        if (asked->id == walked->id && asked->by_line == by_line && !asked->reply.bytes &&
            asked->question.type == walked->question_type && dname_equal(&name, asked->question.name))
            return asked;
    }
    return NULL;
}

static void keep(struct dns_inquiry *inquiry, struct asked *asked, const uint8_t *bytes, size_t length,
                 const struct wire_message *walked)
{
    asked->bytes = malloc(length);
    if (asked->bytes) {
        memcpy(asked->bytes, bytes, length);
        asked->reply = (struct dns_reply){asked->bytes, length, walked->authoritative, walked->rcode};
        if (has_all(inquiry))
            end_soon(inquiry);
    } else {
        fail_errno(inquiry, ENOMEM, "answer of");
    }
}

/* ---- by TCP ------------------------------------------------------------------------------------------------------ */

static bool write_question(struct dns_inquiry *inquiry, struct asked *asked, uint8_t bytes[QUESTION_OCTETS_MAX],
                           size_t *ret_length, struct error *err)
{
    size_t length;
    if (!dns_packet_write_question(asked->question.name, (enum rrtype)asked->question.type, false, bytes,
                                   QUESTION_OCTETS_MAX, &length, err))
        return false;
    wire_put16(bytes, asked->id);
    bytes[2] |= inquiry->wish.recursion ? WIRE_FLAG_RD : 0;
    if (inquiry->wish.key &&
        !tsig_sign(inquiry->wish.key, bytes, &length, QUESTION_OCTETS_MAX, dns_client_wall_s(), &asked->signature, err))
        return false;
    *ret_length = length;
    return true;
}

static void on_line_connected(void *ctx)
{
    struct dns_inquiry *inquiry = ctx;
    struct error err;
    for (uint32_t i = 0; i < inquiry->wish.count; i++) {
        uint8_t bytes[QUESTION_OCTETS_MAX];
        size_t length;
        if (inquiry->asked[i].reply.bytes)
            continue;
        if (!write_question(inquiry, &inquiry->asked[i], bytes, &length, &err))
            fail(inquiry, &err);
        else if (!dns_exchange_put(inquiry->exchange, bytes, length))
            fail_errno(inquiry, ENOMEM, "question to");
    }
    dns_exchange_flush(inquiry->exchange);
}

/* NULL: it may be believed, or nothing is signed here. */
static const char *disbelief(const struct dns_inquiry *inquiry, const struct asked *asked, const uint8_t *bytes,
                             size_t length, struct dns_report *report)
{
    if (!inquiry->wish.key)
        return NULL;
    struct wire_message walked;
    struct dns_expectation expected = {.key = inquiry->wish.key,
                                       .peer = &inquiry->wish.peer,
                                       .request = &asked->signature,
                                       .id = asked->id,
                                       .opcode = WIRE_OPCODE_QUERY,
                                       .name = asked->question.name,
                                       .type = (enum rrtype)asked->question.type};
    dns_answer_judge(&expected, bytes, length, dns_client_wall_s(), &walked, report);
    return report->verified ? NULL : report->detail;
}

/* On a line nobody else can have put it there: what does not answer us ends the line. */
static void on_line_answer(const uint8_t *bytes, size_t length, void *ctx)
{
    struct dns_inquiry *inquiry = ctx;
    struct wire_message walked;
    struct dns_report report;
    struct error err;
    if (!wire_walk(bytes, length, &walked, &err)) {
        error_prefix(&err, "answer not believed: ");
        fail(inquiry, &err);
        return;
    }
    struct asked *asked = asked_by(inquiry, bytes, length, true, &walked);
    const char *wrong = !asked || walked.cut ? "it answers another question, or is cut"
                                             : disbelief(inquiry, asked, bytes, length, &report);
    if (wrong) {
        error_set(&err, ERROR_PROTOCOL, "answer not believed: %s", wrong);
        fail(inquiry, &err);
        return;
    }
    keep(inquiry, asked, bytes, length, &walked);
}

static void on_line_ended(const struct error *err, void *ctx)
{
    fail(ctx, err);
}

static void open_line(struct dns_inquiry *inquiry)
{
    struct error err;
    struct dns_exchange_handlers handlers = {
        .connected = on_line_connected, .answer = on_line_answer, .ended = on_line_ended, .ctx = inquiry};
    inquiry->exchange = dns_exchange_new(inquiry->loop, &inquiry->server, &handlers, &err);
    if (inquiry->exchange)
        dns_exchange_open(inquiry->exchange, inquiry->deadline);
    else
        fail(inquiry, &err);
}

/* Not one question waits for its answer by datagram any more. */
static bool all_else_is_cut(const struct dns_inquiry *inquiry)
{
    for (uint32_t i = 0; i < inquiry->wish.count; i++)
        if (!inquiry->asked[i].reply.bytes && !inquiry->asked[i].by_line)
            return false;
    return !has_all(inquiry);
}

/* ---- by datagrams ------------------------------------------------------------------------------------------------ */

/* Wrong answers are dropped: anybody can send them, and the right one may be behind them (fault 58). */
static void take_datagram(struct dns_inquiry *inquiry, const uint8_t *bytes, size_t length)
{
    struct wire_message walked;
    struct error err;
    if (!wire_walk(bytes, length, &walked, &err))
        return;
    struct asked *asked = asked_by(inquiry, bytes, length, false, &walked);
    if (!asked)
        return;
    if (walked.cut)
        asked->by_line = true;
    else
        keep(inquiry, asked, bytes, length, &walked);
    if (!inquiry->failed && all_else_is_cut(inquiry) && !inquiry->exchange)
        open_line(inquiry);
}

static void on_datagram(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    (void)events;
    struct dns_inquiry *inquiry = CONTAINER_OF(watcher, struct dns_inquiry, io);
    uint8_t bytes[4096];
    for (uint32_t i = 0; i < DATAGRAMS_A_TURN && ev_is_active(watcher); i++) {
        ssize_t got = recv(inquiry->fd, bytes, sizeof bytes, MSG_TRUNC);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got < 0) {
            fail_errno(inquiry, errno, "datagram to");
            return;
        }
        if ((size_t)got <= sizeof bytes)
            take_datagram(inquiry, bytes, (size_t)got);
    }
}

/* Those that are still open, and not cut. */
static void send_questions(struct dns_inquiry *inquiry)
{
    for (uint32_t i = 0; i < inquiry->wish.count; i++) {
        uint8_t bytes[QUESTION_OCTETS_MAX];
        size_t length;
        struct error err;
        if (inquiry->asked[i].by_line || inquiry->asked[i].reply.bytes)
            continue;
        if (!write_question(inquiry, &inquiry->asked[i], bytes, &length, &err)) {
            fail(inquiry, &err);
            return;
        }
        if (send(inquiry->fd, bytes, length, MSG_NOSIGNAL) < 0) {
            fail_errno(inquiry, errno, "datagram to");
            inquiry->at_once = true; /* it has not left this host, whatever became of those before */
            return;
        }
    }
    if (inquiry->wish.again_ms > 0)
        loop_timer_set(inquiry->loop, &inquiry->again, mono_after(loop_now(inquiry->loop), inquiry->wish.again_ms));
}

static void on_again(struct timer *timer)
{
    send_questions(CONTAINER_OF(timer, struct dns_inquiry, again));
}

static void open_datagrams(struct dns_inquiry *inquiry)
{
    bool v4 = inquiry->wish.peer.address.family == ADDRESS_V4;
    inquiry->fd = dial_datagram(&inquiry->wish.peer, v4 ? &inquiry->server.source4 : &inquiry->server.source6);
    if (inquiry->fd < 0) {
        fail_errno(inquiry, errno, "datagram to");
        return;
    }
    ev_io_set(&inquiry->io, inquiry->fd, EV_READ);
    ev_io_start(loop_ev(inquiry->loop), &inquiry->io);
    send_questions(inquiry);
}

/* ---- start ------------------------------------------------------------------------------------------------------- */

static bool draw_ids(struct dns_inquiry *inquiry)
{
    uint16_t ids[DNS_INQUIRY_MAX];
    do {
        if (getrandom(ids, sizeof ids, GRND_NONBLOCK) != sizeof ids)
            return false;
    } while (ids[0] == ids[1] || ids[0] == ids[2] || ids[1] == ids[2]);
    for (uint32_t i = 0; i < inquiry->wish.count; i++)
        inquiry->asked[i].id = ids[i];
    return true;
}

struct dns_inquiry *dns_inquiry_start(struct loop *loop, const struct dns_inquiry_settings *settings,
                                      dns_inquiry_done_fn *done, void *ctx)
{
    assert(settings->count > 0 && settings->count <= DNS_INQUIRY_MAX);
    struct dns_inquiry *inquiry = calloc(1, sizeof *inquiry);
    if (!inquiry)
        return NULL;
    *inquiry = (struct dns_inquiry){.loop = loop,
                                    .wish = *settings,
                                    .fd = -1,
                                    .clock = {.fire = on_clock},
                                    .again = {.fire = on_again},
                                    .deadline = mono_after(loop_refresh(loop), settings->timeout_ms),
                                    .done = done,
                                    .ctx = ctx};
    inquiry->server = (struct server_settings){.name = "asked",
                                               .addresses = &inquiry->wish.peer,
                                               .address_count = 1,
                                               .source4 = settings->source4,
                                               .source6 = settings->source6,
                                               .timeout_ms = settings->timeout_ms};
    ev_init(&inquiry->io, on_datagram);
    for (uint32_t i = 0; i < settings->count; i++)
        inquiry->asked[i] = (struct asked){.question = settings->questions[i], .by_line = settings->key != NULL};
    loop_timer_set(loop, &inquiry->clock, inquiry->deadline);
    if (!draw_ids(inquiry))
        fail_errno(inquiry, EAGAIN, "no random numbers for a question to");
    else if (inquiry->wish.key)
        open_line(inquiry);
    else
        open_datagrams(inquiry);
    inquiry->started = true;
    return inquiry;
}
