/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind commands and override_commands.
 * What:  who asked for what, what has come back, who waits for it.
 */
#include "app/errands.h"

#include "app/json_tree.h"
#include "app/protocol.h"
#include "core/record.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct errand {
    struct errand *next;
    uint32_t ticket; /* 0: nobody waits */
    uint32_t first, count, left;
    uint32_t *records; /* by number - first */
    uint32_t refused, failed;
    uint32_t override; /* id of the one it has laid; 0: none */
    mono_ms give_up;   /* whoever waits hears that it is not known */
    const char *verb;
    json_t *results, *extra;                                                   /* extra: NULL or an object */
    char user[API_USER_MAX], words[ERRAND_WORDS_MAX], detail[DETAIL_TEXT_MAX]; /* detail: of the last that went wrong */
};

/* ---- answers ---- */

void answer_object(struct api *api, uint32_t ticket, uint16_t status, json_t *object)
{
    api_answer(api, ticket, status, json_tree_text(object));
}

void answer_error(struct api *api, uint32_t ticket, uint16_t status, const char *sentence)
{
    answer_object(api, ticket, status, json_pack("{s:i, s:s}", "version", PROTOCOL_VERSION, "error", sentence));
}

void answer_out_of_memory(struct api *api, uint32_t ticket)
{
    api_answer(api, ticket, 503, NULL);
}

/* What the zone holds: {"role", "addresses"}, or null where that is no target of the record. */
static json_t *place_object(const struct settings *settings, const struct record_settings *record, uint32_t place)
{
    if (place >= record->target_count)
        return json_null();
    const struct target_settings *target = &settings->targets[record->target_first + place];
    json_t *addresses = json_array();
    for (uint32_t i = 0; i < target->value_count; i++) {
        char storage[DNAME_TEXT_MAX];
        struct text words = text_over(storage, sizeof storage);
        settings_value_format(settings, target->value_first + i, &words);
        addresses = json_tree_append(addresses, json_string(words.bytes));
    }
    return json_pack("{s:s, s:o}", "role", target->role, "addresses", addresses);
}

/* Values for one record; `reply` NULL: it is not known yet. */
static json_t *result_of(const struct errands *errands, const char *verb, uint32_t record, const struct reply *reply)
{
    static const char *const words[] = {
        [COMMAND_DONE] = "done", [COMMAND_REFUSED] = "refused", [COMMAND_FAILED] = "failed"};
    const struct settings *settings = errands->settings;
    const struct record_settings *of = &settings->records[record];
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "record", of->id, "command", verb, "result",
                               reply ? words[reply->result] : "accepted", "server",
                               settings->servers[settings->zones[of->zone].server].name);
    const struct dns_report *dns = reply && reply->dns.outcome && reply->dns.has_answer ? &reply->dns : NULL;
    const char *detail = reply && reply->detail[0] ? reply->detail : reply ? reply->dns.detail : "";
    object = json_tree_set(object, "condition", reply ? json_string(condition_name(reply->condition)) : json_null());
    object = json_tree_set(object, "detail", detail[0] ? json_string(detail) : json_null());
    object = json_tree_set(object, "from", reply ? place_object(settings, of, reply->from) : json_null());
    object = json_tree_set(object, "to", reply ? place_object(settings, of, reply->to) : json_null());
    object = json_tree_set(object, "outcome",
                           reply && reply->dns.outcome ? json_string(outcome_name(reply->dns.outcome)) : json_null());
    object = json_tree_set(object, "rcode", dns ? json_integer(dns->rcode) : json_null());
    object = json_tree_set(object, "took_ms", dns ? json_real(dns->took_us / 1000.0) : json_null());
    object = json_tree_set(object, "serial", reply && reply->has_serial ? json_integer(reply->serial) : json_null());
    return object;
}

static void answer_results(struct errands *errands, struct errand *errand, uint16_t status, json_t *results)
{
    json_t *object = json_pack("{s:i, s:o}", "version", PROTOCOL_VERSION, "results", results);
    if (errand->extra && json_object_update_missing(object, errand->extra) != 0) {
        json_decref(object);
        object = NULL;
    }
    answer_object(errands->api, errand->ticket, status, object);
    errand->ticket = 0;
}

/* ---- the log ---- */

static void log_asked(struct errands *errands, const struct errand *errand)
{
    uint32_t record = errand->count == 1 ? errand->records[0] : ID_NONE;
    report_command(errands->hands->report, record, errand->user, errand->words, NULL);
}

static void log_end(struct errands *errands, const struct errand *errand)
{
    char storage[512];
    struct text end = text_over(storage, sizeof storage);
    uint32_t record = errand->count == 1 ? errand->records[0] : ID_NONE;
    uint32_t bad = errand->refused + errand->failed;
    if (errand->count > 1)
        text_addf(&end, "%" PRIu32 " done, %" PRIu32 " not", errand->count - bad, bad);
    else
        text_add(&end, errand->refused ? "refused" : errand->failed ? "failed" : "done");
    if (bad && errand->detail[0])
        text_addf(&end, ": %s", errand->detail);
    report_command(errands->hands->report, record, errand->user, errand->words, end.bytes);
}

/* ---- errands ---- */

static void free_errand(struct errand *errand)
{
    json_decref(errand->results);
    json_decref(errand->extra);
    free(errand->records);
    free(errand);
}

static void end_errand(struct errands *errands, struct errand *errand)
{
    struct errand **link = &errands->first;
    while (*link != errand)
        link = &(*link)->next;
    *link = errand->next;
    if (errand->ticket)
        answer_results(errands, errand,
                       errand->refused  ? 409
                       : errand->failed ? 502
                                        : 200,
                       json_incref(errand->results));
    log_end(errands, errand);
    free_errand(errand);
}

static struct errand *errand_of(const struct errands *errands, uint32_t number)
{
    struct errand *errand = errands->first;
    while (errand && number - errand->first >= errand->count)
        errand = errand->next;
    return errand;
}

const char *errands_user_of(uint32_t number, const void *errands)
{
    const struct errand *errand = errand_of(errands, number);
    return errand ? errand->user : NULL;
}

bool errands_await(const struct errands *errands, uint32_t record, mono_ms now, struct text *out)
{
    uint32_t number = engine_record(errands->hands->engine, record)->settle;
    const struct errand *errand = number == 0 ? NULL : errand_of(errands, number);
    if (!errand || errand->give_up <= now)
        return false;
    text_addf(out, "%s, by %s", errand->words, errand->user);
    return true;
}

void errands_override_gone(struct errands *errands, uint32_t id)
{
    for (struct errand *errand = errands->first; errand; errand = errand->next) {
        if (errand->override != id || id == 0)
            continue;
        json_decref(errand->extra);
        errand->extra = NULL;
    }
}

/* The core does not know by whom: by the newest, for it is answered while that is being issued. */
static struct reply with_overtaker(const struct errands *errands, const struct reply *reply)
{
    struct reply named = *reply;
    struct text detail = text_over(named.detail, sizeof named.detail);
    if (reply->overtaken)
        text_addf(&detail, "overtaken by %s, by %s", errands->first->words, errands->first->user);
    return reply->overtaken ? named : *reply;
}

void errands_reply(struct errands *errands, const struct reply *reply)
{
    struct errand *errand = errand_of(errands, reply->number);
    if (!errand || errand->left == 0)
        return;
    const struct reply named = with_overtaker(errands, reply);
    reply = &named;
    errand->refused += reply->result == COMMAND_REFUSED ? 1 : 0;
    errand->failed += reply->result == COMMAND_FAILED ? 1 : 0;
    if (reply->result != COMMAND_DONE) {
        struct text detail = text_over(errand->detail, sizeof errand->detail);
        text_add(&detail, reply->detail[0] ? reply->detail : reply->dns.detail);
    }
    uint32_t record = errand->records[reply->number - errand->first];
    errand->results = json_tree_append(errand->results, result_of(errands, errand->verb, record, reply));
    if (--errand->left == 0)
        end_errand(errands, errand);
}

/* What the client need not wait for is said at once. */
static void answer_accepted(struct errands *errands, struct errand *errand)
{
    json_t *accepted = json_array();
    for (uint32_t i = 0; i < errand->count; i++)
        accepted = json_tree_append(accepted, result_of(errands, errand->verb, errand->records[i], NULL));
    answer_results(errands, errand, 202, accepted);
}

/* The last reply may come within the last call: the errand is not to be looked at after that. */
static void issue(struct errands *errands, const struct errand *errand, const struct errand_order *order, mono_ms now)
{
    struct command command = order->command;
    uint32_t first = errand->first;
    for (uint32_t i = 0; i < order->count; i++) {
        command.number = first + i;
        command.record = order->records[i];
        if (order->epochs_as_read)
            command.epoch = engine_record(errands->hands->engine, command.record)->txn.seen.marker.epoch;
        effects_handle(errands->hands, &(struct event){.kind = EVENT_COMMAND, .is.command = &command}, now);
    }
}

bool errands_are_full(const struct errands *errands)
{
    uint32_t count = 0;
    for (const struct errand *errand = errands->first; errand; errand = errand->next)
        count++;
    return count >= ERRANDS_MOST;
}

static struct errand *new_errand(struct errands *errands, const struct errand_order *order, mono_ms now)
{
    struct errand *errand = calloc(1, sizeof *errand);
    uint32_t *records = calloc(order->count + 1, sizeof *records);
    if (!errand || !records) {
        free(errand);
        free(records);
        return NULL;
    }
    if (order->count > 0)
        memcpy(records, order->records, order->count * sizeof *records);
    *errand = (struct errand){.next = errands->first,
                              .ticket = order->ticket,
                              .verb = order->verb,
                              .records = records,
                              .count = order->count,
                              .left = order->count,
                              .override = order->override,
                              .extra = order->extra,
                              .results = order->lacks_extra ? NULL : json_array()};
    errand->give_up = mono_after(now, ERRANDS_WAIT_MS);
    struct text words = text_over(errand->words, sizeof errand->words);
    text_add(&words, order->words);
    struct text user = text_over(errand->user, sizeof errand->user);
    text_add(&user, order->user);
    errand->first = errands->numbers + 1;
    if (errand->first == 0 || errand->first > UINT32_MAX - errand->count)
        errand->first = 1;
    errands->numbers = errand->first + errand->count - 1;
    errands->first = errand;
    return errand;
}

void errands_begin(struct errands *errands, const struct errand_order *order, mono_ms now)
{
    struct errand *errand = new_errand(errands, order, now);
    if (!errand) {
        report_command(errands->hands->report, ID_NONE, order->user, order->words, "failed: memory is out");
        json_decref(order->extra);
        answer_out_of_memory(errands->api, order->ticket);
        return;
    }
    log_asked(errands, errand);
    if (order->count == 0) {
        end_errand(errands, errand);
        return;
    }
    if (order->no_wait)
        answer_accepted(errands, errand);
    issue(errands, errand, order, now);
}

mono_ms errands_deadline(const struct errands *errands)
{
    mono_ms at = MONO_NEVER;
    for (const struct errand *errand = errands->first; errand; errand = errand->next)
        if (errand->ticket)
            at = mono_earlier(at, errand->give_up);
    return at;
}

void errands_wake(struct errands *errands, mono_ms now)
{
    for (struct errand *errand = errands->first; errand; errand = errand->next) {
        if (!errand->ticket || errand->give_up > now)
            continue;
        answer_error(errands->api, errand->ticket, 504,
                     "not known within 60s what became of it: it goes on, and the log will say; see the status");
        errand->ticket = 0;
    }
}

void errands_abandon(struct errands *errands, const char *why)
{
    for (struct errand *errand = errands->first; errand; errand = errand->next)
        if (errand->ticket)
            answer_error(errands->api, errand->ticket, 503, why);
    errands_done(errands);
}

void errands_done(struct errands *errands)
{
    for (struct errand *errand = errands->first, *next; errand; errand = next) {
        next = errand->next;
        free_errand(errand);
    }
    errands->first = NULL;
}
