/* SPDX-License-Identifier: MIT */
/*
 * Where: io, behind EFFECT_VERIFY.
 * What:  a queue of records, some rounds under way, and for each address the instant when it may be asked again.
 * Why:   ten thousand records that change at once must not become a flood at anybody's name server, nor ten thousand
 *        sockets here. A round takes the sockets that it may need before it begins, and each of its questions a slice
 *        of its server's time.
 */

#include "io/dns_verify.h"

#include "base/text.h"
#include "io/dns_inquiry.h"
#include "io/dns_pace.h"
#include "io/dns_packet.h"
#include "io/dns_places.h"
#include "io/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SOCKETS_MAX 128

struct round;

struct place {
    struct round *round;
    struct endpoint peer;
    struct timer start;
    struct dns_inquiry *inquiry;
    struct verify_answer answer;
    uint8_t *packed[2]; /* what its sets view */
};

struct round {
    struct dns_verify *verify;
    struct op op;
    struct round *next, **link;
    uint32_t count, open;
    struct place places[VERIFY_PLACES_MAX];
};

/* One record's place to wait in. */
struct waiter {
    struct op op;
    struct waiter *next;
    bool waits;
};

struct list {
    struct waiter *first, **end;
};

struct dns_verify {
    struct loop *loop;
    const struct settings *settings;
    struct dns_places *found;
    dns_verify_done_fn *done;
    void *ctx;
    struct timer turn;
    struct waiter *waiters;    /* by record */
    struct list queue, parked; /* parked: until the servers of its zone are known */
    struct round *rounds;
    uint32_t sockets;
    struct dns_pace pace;
    uint8_t packed[UINT16_MAX]; /* a set as it is read */
};

static void wake(struct dns_verify *verify)
{
    loop_timer_set(verify->loop, &verify->turn, loop_now(verify->loop));
}

static void list_init(struct list *list)
{
    list->first = NULL;
    list->end = &list->first;
}

static void list_add(struct list *list, struct waiter *waiter)
{
    waiter->next = NULL;
    *list->end = waiter;
    list->end = &waiter->next;
}

static struct waiter *list_take(struct list *list)
{
    struct waiter *waiter = list->first;
    list->first = waiter->next;
    if (!list->first)
        list->end = &list->first;
    return waiter;
}

/* ---- the end of a round ------------------------------------------------------------------------------------------ */

static void round_free(struct round *round)
{
    struct dns_verify *verify = round->verify;
    *round->link = round->next;
    if (round->next)
        round->next->link = round->link;
    for (uint32_t i = 0; i < round->count; i++) {
        loop_timer_stop(verify->loop, &round->places[i].start);
        dns_inquiry_cancel(round->places[i].inquiry);
        free(round->places[i].packed[0]);
        free(round->places[i].packed[1]);
    }
    verify->sockets -= round->open;
    free(round);
    wake(verify);
}

static void round_end(struct round *round)
{
    struct dns_verify *verify = round->verify;
    struct verify_answer answers[VERIFY_PLACES_MAX];
    for (uint32_t i = 0; i < round->count; i++)
        answers[i] = round->places[i].answer;
    struct verify_report report = {.count = round->count, .answers = answers};
    struct op op = round->op;
    uint8_t *packed[2 * VERIFY_PLACES_MAX];
    uint32_t packed_count = 0;
    for (uint32_t i = 0; i < round->count; i++)
        for (uint32_t k = 0; k < 2; k++) {
            packed[packed_count++] = round->places[i].packed[k];
            round->places[i].packed[k] = NULL;
        }
    round_free(round); /* first: the same record may be asked for inside the call */
    verify->done(op, &report, verify->ctx);
    while (packed_count > 0)
        free(packed[--packed_count]);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void say(struct place *place, const char *words)
{
    char address[ADDRESS_TEXT_MAX];
    address_format(&place->peer.address, address);
    struct text detail = text_over(place->answer.detail, sizeof place->answer.detail);
    text_addf(&detail, "%s port %u %s", address, (unsigned)place->peer.port, words);
}

static bool take_set(struct place *place, const struct dns_reply *reply, uint32_t nth, struct observed *seen,
                     struct error *err)
{
    struct dns_verify *verify = place->round->verify;
    const struct record_settings *record = &verify->settings->records[place->round->op.subject];
    if (!dns_packet_observe_set(reply->bytes, reply->length, &record->owner, record->types[nth], nth, verify->packed,
                                UINT16_MAX, 0, seen, err))
        return false;
    struct rrset *set = &place->answer.sets[nth];
    place->packed[nth] = malloc(seen->sets[nth].length + 1u);
    if (place->packed[nth] && rrset_copy(&seen->sets[nth], place->packed[nth], seen->sets[nth].length, set))
        return true;
    error_set(err, ERROR_SYSTEM, "no memory for an answer");
    return false;
}

/* Whether it can be used; `err` says why not. */
static bool take_reply(struct place *place, const struct dns_inquiry_result *result, uint32_t nth,
                       struct observed *seen, struct error *err)
{
    struct dns_verify *verify = place->round->verify;
    const struct record_settings *record = &verify->settings->records[place->round->op.subject];
    const struct dns_reply *reply = &result->replies[nth];
    if (reply->rcode != WIRE_RCODE_NOERROR && reply->rcode != WIRE_RCODE_NXDOMAIN) {
        error_set(err, ERROR_PROTOCOL, "answered %s", wire_rcode_name(reply->rcode));
        return false;
    }
    place->answer.aa &= reply->authoritative;
    if (nth < record->type_count)
        return take_set(place, reply, nth, seen, err);
    return dns_packet_observe_serial(reply->bytes, reply->length, &verify->settings->zones[record->zone].name, 0, seen,
                                     err);
}

/*
 * What the server says:
 *   not every question answered         not answered, and why
 *   an RCODE, or not to be read         not answered, and why
 *   a CNAME in place of addresses       its sets, which are empty, and that
 *   a referral, a DNAME above           the same
 *   else                                its sets
 */
static void judge(struct place *place, const struct dns_inquiry_result *result)
{
    const struct record_settings *record = &place->round->verify->settings->records[place->round->op.subject];
    struct observed seen = {.signatures_good = true};
    struct error err;
    place->answer.aa = true;
    for (uint32_t i = 0; i <= record->type_count; i++) {
        if (!result->replies[i].bytes) {
            struct text detail = text_over(place->answer.detail, sizeof place->answer.detail);
            text_add(&detail, result->err.text);
            return;
        }
        if (!take_reply(place, result, i, &seen, &err)) {
            say(place, err.text);
            return;
        }
    }
    place->answer.answered = true;
    place->answer.has_serial = seen.has_serial;
    place->answer.serial = seen.serial;
    if (seen.occluded)
        say(place, "answers with a referral, or with a DNAME above the name");
    else if (seen.beside)
        say(place, "has a CNAME at this name");
    else if (!place->answer.aa)
        say(place, "answered without authority (AA=0)");
}

static void place_end(struct place *place)
{
    struct round *round = place->round;
    round->open--;
    round->verify->sockets--;
    if (round->open == 0)
        round_end(round);
}

static void on_inquiry(const struct dns_inquiry_result *result, void *ctx)
{
    struct place *place = ctx;
    place->inquiry = NULL;
    judge(place, result);
    place_end(place);
}

/* ---- a round ----------------------------------------------------------------------------------------------------- */

static void on_place_start(struct timer *timer)
{
    struct place *place = CONTAINER_OF(timer, struct place, start);
    struct dns_verify *verify = place->round->verify;
    const struct record_settings *record = &verify->settings->records[place->round->op.subject];
    const struct zone_settings *zone = &verify->settings->zones[record->zone];
    const struct server_settings *server = &verify->settings->servers[zone->server];
    struct dns_inquiry_settings settings = {.peer = place->peer,
                                            .source4 = server->source4,
                                            .source6 = server->source6,
                                            .timeout_ms = server->timeout_ms,
                                            .count = record->type_count + 1u};
    for (uint32_t i = 0; i < record->type_count; i++)
        settings.questions[i] = (struct dns_question){&record->owner, (uint16_t)record->types[i]};
    settings.questions[record->type_count] = (struct dns_question){&zone->name, RRTYPE_SOA};
    place->inquiry = dns_inquiry_start(verify->loop, &settings, on_inquiry, place);
    if (place->inquiry)
        return;
    say(place, "is not asked: no memory");
    place_end(place);
}

/* False: memory is out. */
static bool round_start(struct dns_verify *verify, struct op op, const struct endpoint *peers, uint32_t count)
{
    const struct record_settings *record = &verify->settings->records[op.subject];
    struct round *round = calloc(1, sizeof *round);
    if (!round)
        return false;
    *round = (struct round){.verify = verify, .op = op, .count = count, .open = count};
    round->next = verify->rounds;
    round->link = &verify->rounds;
    if (round->next)
        round->next->link = &round->next;
    verify->rounds = round;
    verify->sockets += count;
    mono_ms now = loop_now(verify->loop);
    for (uint32_t i = 0; i < count; i++) {
        struct place *place = &round->places[i];
        *place = (struct place){.round = round, .peer = peers[i], .start = {.fire = on_place_start}};
        place->answer.endpoint = peers[i];
        for (uint32_t k = 0; k < record->type_count; k++)
            place->answer.sets[k].type = record->types[k];
        loop_timer_set(verify->loop, &place->start,
                       dns_pace_take(&verify->pace, &peers[i], record->type_count + 1u, now));
    }
    return true;
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

/* False: it has to wait for sockets. */
static bool begin(struct dns_verify *verify, struct waiter *waiter)
{
    struct endpoint peers[VERIFY_PLACES_MAX];
    uint32_t zone = verify->settings->records[waiter->op.subject].zone;
    uint32_t count = dns_places_of(verify->found, zone, peers);
    if (verify->sockets + count > SOCKETS_MAX)
        return false;
    (void)list_take(&verify->queue);
    waiter->waits = false;
    struct op op = waiter->op;
    if (count == 0 || !round_start(verify, op, peers, count))
        verify->done(op, &(struct verify_report){.count = 0}, verify->ctx);
    return true;
}

static void on_turn(struct timer *timer)
{
    struct dns_verify *verify = CONTAINER_OF(timer, struct dns_verify, turn);
    while (verify->queue.first) {
        struct waiter *waiter = verify->queue.first;
        uint32_t zone = verify->settings->records[waiter->op.subject].zone;
        if (!dns_places_are_fresh(verify->found, zone))
            dns_places_look(verify->found, zone);
        if (!dns_places_are_fresh(verify->found, zone))
            list_add(&verify->parked, list_take(&verify->queue));
        else if (!begin(verify, waiter))
            return;
    }
}

static void on_places(uint32_t zone, void *ctx)
{
    struct dns_verify *verify = ctx;
    (void)zone;
    while (verify->parked.first)
        list_add(&verify->queue, list_take(&verify->parked));
    wake(verify);
}

void dns_verify_start(struct dns_verify *verify, struct op op)
{
    assert(op.subject < verify->settings->record_count);
    for (struct round *round = verify->rounds; round; round = round->next)
        if (round->op.subject == op.subject) {
            round_free(round);
            break;
        }
    struct waiter *waiter = &verify->waiters[op.subject];
    waiter->op = op;
    if (!waiter->waits)
        list_add(&verify->queue, waiter);
    waiter->waits = true;
    wake(verify);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

struct dns_verify *dns_verify_new(struct loop *loop, const struct settings *settings, dns_verify_done_fn *done,
                                  void *ctx, struct error *err)
{
    struct dns_verify *verify = calloc(1, sizeof *verify);
    if (verify) {
        verify->loop = loop;
        verify->settings = settings;
        verify->done = done;
        verify->ctx = ctx;
        verify->turn.fire = on_turn;
        list_init(&verify->queue);
        list_init(&verify->parked);
        verify->waiters = calloc(settings->record_count + 1u, sizeof *verify->waiters);
        verify->found = dns_places_new(loop, settings, on_places, verify);
        if (verify->waiters && verify->found)
            return verify;
    }
    dns_verify_free(verify);
    error_set(err, ERROR_SYSTEM, "out of memory for asking the name servers of `verify`");
    return NULL;
}

void dns_verify_free(struct dns_verify *verify)
{
    if (!verify)
        return;
    for (struct round *round = verify->rounds, *next; round; round = next) {
        next = round->next;
        round_free(round);
    }
    loop_timer_stop(verify->loop, &verify->turn);
    dns_places_free(verify->found);
    free(verify->waiters);
    free(verify);
}
