/* SPDX-License-Identifier: MIT */
/*
 * Where: core, in each record.
 * What:  the rhythm of the rounds, and what their answers say of each name server.
 * Why:   rounds come close together while a change is fresh and rarely once it is clear that somebody lags; one of them
 *        is asked right when the first telling is due, so that what is told is as it is then.
 */

#include "core/verify.h"

#include <assert.h>

#define CLOSE_MS      60000 /* for so long after a change rounds are close together */
#define PAUSE_MS      5000
#define PAUSE_LONG_MS 60000

uint32_t verify_room(const struct server_settings *server)
{
    return server->verify_ns ? VERIFY_PLACES_MAX : server->verify_count;
}

void verify_init(struct verify *verify, struct verify_place *places, uint32_t room)
{
    *verify = (struct verify){.state = VERIFY_NONE, .places = places, .room = room, .next = MONO_NEVER};
}

void verify_begin(struct verify *verify, bool quiet, mono_ms at)
{
    verify->ticket = 0;
    verify->quiet = quiet;
    verify->change = 0;
    verify->has_serial = false;
    verify->begun = at;
    verify->next = at;
    verify->pause_ms = 0;
    slate_clean(&verify->lags);
    verify->state = verify->room == 0 ? VERIFY_NONE : VERIFY_WAITING;
    for (uint32_t i = 0; i < verify->count; i++) { /* what it served was another thing */
        verify->places[i].serves = false;
        verify->places[i].since = at;
    }
}

void verify_end(struct verify *verify)
{
    verify->state = VERIFY_NONE;
    verify->ticket = 0;
    verify->count = 0;
    slate_clean(&verify->lags);
}

mono_ms verify_deadline(const struct verify *verify)
{
    return verify->state == VERIFY_WAITING ? verify->next : MONO_NEVER;
}

void verify_asked(struct verify *verify, uint32_t ticket, mono_ms now)
{
    assert(verify->state == VERIFY_WAITING && ticket != 0);

    verify->state = VERIFY_ASKED;
    verify->ticket = ticket;
    verify->asked_at = now;
}

void verify_postpone(struct verify *verify, mono_ms now)
{
    if (verify->state != VERIFY_WAITING && verify->state != VERIFY_ASKED)
        return;
    verify->state = VERIFY_WAITING;
    verify->ticket = 0;
    verify->next = now;
}

uint32_t verify_serving(const struct verify *verify)
{
    uint32_t serving = 0;
    for (uint32_t i = 0; i < verify->count; i++)
        serving += verify->places[i].serves ? 1 : 0;
    return serving;
}

/* ---- a round ---- */

static bool serves(const struct verify_answer *answer, const struct rrset *sets, uint32_t types)
{
    if (!answer->answered || !answer->aa)
        return false;
    for (uint32_t i = 0; i < types; i++)
        if (!rrset_same_data(&answer->sets[i], &sets[i]))
            return false;
    return true;
}

static bool is_of(const struct verify_place *place, const struct endpoint *endpoint)
{
    return address_equal(&place->endpoint.address, &endpoint->address) && place->endpoint.port == endpoint->port;
}

/* Its place becomes the nth, a new one if it was not there yet: name servers of a zone come and go. */
static struct verify_place *place_of(struct verify *verify, uint32_t nth, const struct endpoint *endpoint, mono_ms now)
{
    uint32_t found = nth;
    while (found < verify->count && !is_of(&verify->places[found], endpoint))
        found++;
    struct verify_place place = {.endpoint = *endpoint, .since = now};
    if (found < verify->count) {
        place = verify->places[found];
        verify->places[found] = verify->places[nth];
    } else if (verify->count < verify->room) {
        if (nth < verify->count)
            verify->places[verify->count] = verify->places[nth];
        verify->count++;
    }
    verify->places[nth] = place;
    return &verify->places[nth];
}

static void note(struct verify *verify, struct verify_place *place, const struct verify_answer *answer, bool right,
                 mono_ms now)
{
    int64_t after_ms = mono_later(now - verify->begun, 0);
    place->answered = answer->answered;
    place->aa = answer->aa;
    place->has_serial = answer->has_serial;
    place->serial = answer->serial;
    if (right == place->serves)
        return;
    place->serves = right;
    place->since = now;
    place->after_ms = after_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)after_ms;
}

/*
 * Pauses from one round to the next: 1, 2, 5, 5 … s, one of them cut short so that a round is asked when the first
 * telling is due; from a minute after the change on, one a minute.
 */
static void plan_next(struct verify *verify, mono_ms now)
{
    const mono_ms told_at = mono_after(verify->begun, VERIFY_TOLD_MS);
    static const uint32_t first_ms[] = {1000, 2000};
    if (verify->asked_at >= mono_after(verify->begun, CLOSE_MS))
        verify->pause_ms = PAUSE_LONG_MS;
    else if (verify->pause_ms == 0)
        verify->pause_ms = first_ms[0];
    else
        verify->pause_ms = verify->pause_ms == first_ms[0] ? first_ms[1] : PAUSE_MS;
    verify->next = mono_after(verify->asked_at, verify->pause_ms);
    if (verify->asked_at < told_at && verify->next > told_at)
        verify->next = told_at;
    /* Answers that came late are no reason to ask at once. */
    verify->next = mono_later(verify->next, mono_after(now, verify->pause_ms / 10));
    verify->state = VERIFY_WAITING;
}

/*
 *   answers                                       then
 *   all serve it                                  served; nothing more is asked
 *   some do not, or no server is known            another round
 *   … of a round asked 30 s after the change,     the same, and who lags is told: then, after 5 min, then hourly
 *     or later
 */
enum verify_news verify_done(struct verify *verify, uint32_t ticket, const struct verify_report *report,
                             const struct rrset *sets, uint32_t types, mono_ms now)
{
    if (ticket == 0 || ticket != verify->ticket)
        return VERIFY_STALE;
    verify->ticket = 0;
    uint32_t count = report->count < verify->room ? report->count : verify->room;
    for (uint32_t i = 0; i < count; i++) {
        const struct verify_answer *answer = &report->answers[i];
        note(verify, place_of(verify, i, &answer->endpoint, now), answer, serves(answer, sets, types), now);
    }
    verify->count = count;
    if (count > 0 && verify_serving(verify) == count) {
        verify->state = VERIFY_SERVED;
        return VERIFY_IS_ALL;
    }
    bool is_old = verify->asked_at >= mono_after(verify->begun, VERIFY_TOLD_MS);
    plan_next(verify, now);
    return is_old && slate_raise(&verify->lags, now) ? VERIFY_LAGS : VERIFY_SAME;
}
