/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under notifier; above post, child and resolver.
 * What:  a delivery: what is made of the message for its way, the steps of that way, one deadline.
 * Why:   everything that a POST needs is copied when it begins, so that another configuration may come while it runs.
 */
#include "io/delivery.h"

#include "io/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHILDREN_MOST 64

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void empty_parcel(struct parcel *parcel)
{
    if (parcel->url)
        explicit_bzero(parcel->url, strlen(parcel->url)); /* that of Slack is a secret */
    free(parcel->url);
    free(parcel->host);
    free(parcel->body);
}

static void drop(struct delivery *delivery)
{
    resolver_cancel(&delivery->wait);
    loop_timer_stop(delivery->courier->loop, &delivery->timer);
    if (delivery->post)
        post_cancel(delivery->post);
    if (delivery->child)
        child_cancel(delivery->child);
    empty_parcel(&delivery->parcel);
    *delivery->link = delivery->next;
    if (delivery->next)
        delivery->next->link = delivery->link;
    free(delivery);
}

void delivery_finish(struct delivery *delivery)
{
    const struct courier_result result = delivery->result;
    courier_done_fn *done = delivery->done;
    void *ctx = delivery->ctx;
    drop(delivery);
    done(&result, ctx);
}

struct text delivery_words(struct delivery *delivery)
{
    return text_over(delivery->result.words, sizeof delivery->result.words);
}

void delivery_end_soon(struct delivery *delivery)
{
    delivery->is_over = true;
    loop_timer_set(delivery->courier->loop, &delivery->timer, loop_now(delivery->courier->loop));
}

static void on_timer(struct timer *timer)
{
    struct delivery *delivery = CONTAINER_OF(timer, struct delivery, timer);
    if (!delivery->is_over) {
        struct text words = delivery_words(delivery);
        text_add(&words, delivery->child ? "it ran for " : "no answer for ");
        text_add_duration(&words, delivery->most_ms);
        text_add(&words, delivery->child ? " and was ended" : "");
    }
    delivery_finish(delivery);
}

static struct delivery *begin(struct courier *courier, uint32_t most_ms, courier_done_fn *done, void *ctx)
{
    struct delivery *delivery = calloc(1, sizeof *delivery);
    if (!delivery)
        abort();
    *delivery = (struct delivery){.courier = courier,
                                  .timer = {.fire = on_timer},
                                  .most_ms = most_ms,
                                  .done = done,
                                  .ctx = ctx,
                                  .next = courier->list,
                                  .link = &courier->list};
    if (delivery->next)
        delivery->next->link = &delivery->next;
    courier->list = delivery;
    loop_timer_set(courier->loop, &delivery->timer, mono_after(loop_now(courier->loop), most_ms));
    return delivery;
}

/* ---- POSTs ------------------------------------------------------------------------------------------------------- */

static void on_posted(const struct post_result *result, void *ctx)
{
    struct delivery *delivery = ctx;
    struct text words = delivery_words(delivery);
    delivery->post = NULL;
    delivery->result.good = result->good;
    text_add(&words, result->words);
    delivery_finish(delivery);
}

static void send_parcel(struct delivery *delivery, const struct address *addresses, uint32_t count)
{
    const struct parcel *parcel = &delivery->parcel;
    const char *headers[4] = {"Content-Type: application/json"};
    uint32_t used = 1;
    if (parcel->key[0])
        headers[used++] = parcel->key;
    if (parcel->signature[0])
        headers[used++] = parcel->signature;
    const struct post_order order = {.url = parcel->url,
                                     .host = parcel->host,
                                     .port = parcel->port,
                                     .addresses = addresses,
                                     .address_count = count,
                                     .headers = headers,
                                     .body = parcel->body,
                                     .length = parcel->length};
    delivery->post = post_start(delivery->courier->poster, &order, on_posted, delivery);
}

static void on_host(const struct resolver_answer *answer, void *ctx)
{
    struct delivery *delivery = ctx;
    if (answer->outcome == RESOLVER_FOUND) {
        send_parcel(delivery, answer->addresses, answer->count);
        return;
    }
    struct text words = delivery_words(delivery);
    text_addf(&words, "%s: %s", delivery->parcel.host, answer->detail);
    delivery_finish(delivery);
}

static void begin_post(struct delivery *delivery, uint32_t notifier)
{
    struct courier *courier = delivery->courier;
    const struct post_settings *post = &courier->notifiers[notifier].post;
    delivery->parcel.url = strdup(post->url);
    delivery->parcel.host = strdup(post->host);
    if (!delivery->parcel.url || !delivery->parcel.host)
        abort();
    delivery->parcel.port = post->port;
    if (post->address.family != ADDRESS_NONE) {
        send_parcel(delivery, &post->address, 1);
        return;
    }
    delivery->wait = (struct resolver_wait){.done = on_host, .ctx = delivery};
    resolver_ask(courier->resolver, notifier, &delivery->wait);
}

static void sign(struct parcel *parcel, const struct notifier_settings *notifier)
{
    char digits[SIGNATURE_TEXT_MAX];
    if (!notifier->secret)
        return;
    signature_of(notifier->secret, notifier->secret_length, parcel->body, parcel->length, digits);
    (void)snprintf(parcel->signature, sizeof parcel->signature, "X-Repoint-Signature: sha256=%s", digits);
}

/* An alert that is over as it begins: it shows up, and stays nowhere. */
static char *test_alert(const struct letter *letter, size_t *ret_length)
{
    char storage[1024];
    struct text words = text_over(storage, sizeof storage);
    text_addf(&words,
              "[{\"labels\":{\"alertname\":\"RepointTest\",\"severity\":\"info\",\"host\":\"%s\"},"
              "\"annotations\":{\"summary\":\"a test message of repointd; nothing has happened\"}}]",
              letter_text(letter, "host"));
    char *body = strdup(words.bytes);
    if (!body)
        abort();
    *ret_length = words.length;
    return body;
}

/* ---- the face ---------------------------------------------------------------------------------------------------- */

struct delivery *courier_deliver(struct courier *courier, uint32_t notifier, const struct letter *letter,
                                 int64_t wall_ms, courier_done_fn *done, void *ctx)
{
    const struct notifier_settings *settings = &courier->notifiers[notifier];
    bool is_program = settings->kind == NOTIFIER_EXEC || settings->kind == NOTIFIER_EMAIL;
    struct delivery *delivery = begin(courier, is_program ? COURIER_PROGRAM_MS : COURIER_POST_MS, done, ctx);
    struct parcel *parcel = &delivery->parcel;
    switch (settings->kind) {
    case NOTIFIER_EXEC:
        delivery_run_hook(delivery, settings, letter, wall_ms);
        return delivery;
    case NOTIFIER_EMAIL:
        delivery_run_sendmail(delivery, settings, letter, wall_ms);
        return delivery;
    case NOTIFIER_SLACK:
        parcel->body = letter_slack(letter, wall_ms, &parcel->length);
        break;
    case NOTIFIER_WEBHOOK:
        parcel->body = letter_json(letter, wall_ms, &parcel->length);
        sign(parcel, settings);
        break;
    case NOTIFIER_ALERTMANAGER:
        parcel->body = test_alert(letter, &parcel->length);
        break;
    }
    if (settings->kind == NOTIFIER_WEBHOOK)
        (void)snprintf(parcel->key, sizeof parcel->key, "Idempotency-Key: %s", letter->key);
    begin_post(delivery, notifier);
    return delivery;
}

struct delivery *courier_post(struct courier *courier, uint32_t notifier, const char *body, size_t length,
                              courier_done_fn *done, void *ctx)
{
    struct delivery *delivery = begin(courier, COURIER_POST_MS, done, ctx);
    delivery->parcel.body = strndup(body, length);
    if (!delivery->parcel.body)
        abort();
    delivery->parcel.length = length;
    begin_post(delivery, notifier);
    return delivery;
}

void courier_cancel(struct delivery *delivery)
{
    drop(delivery);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void forget_hosts(struct courier *courier)
{
    for (struct delivery *delivery = courier->list; delivery; delivery = delivery->next) {
        if (!delivery->wait.link)
            continue;
        resolver_cancel(&delivery->wait);
        delivery->result.again = true;
        delivery_end_soon(delivery);
    }
    resolver_free(courier->resolver);
    free(courier->names);
    courier->resolver = NULL;
    courier->names = NULL;
}

bool courier_know(struct courier *courier, const struct notifier_settings *notifiers, uint32_t count, struct error *err)
{
    uint32_t named = 0;
    forget_hosts(courier);
    courier->notifiers = notifiers;
    courier->count = count;
    courier->names = calloc(count + (size_t)1, sizeof *courier->names);
    if (!courier->names)
        abort();
    for (uint32_t i = 0; i < count; i++) {
        const struct post_settings *post = &notifiers[i].post;
        bool has_name = post->host && post->address.family == ADDRESS_NONE;
        courier->names[i].text = has_name ? post->host : "";
        named += has_name;
    }
    courier->hosts = (struct settings){.names = courier->names, .name_count = named > 0 ? count : 0};
    courier->resolver = resolver_new(courier->loop, &courier->hosts, NULL, err);
    return courier->resolver != NULL;
}

struct courier *courier_new(struct loop *loop, courier_said_fn *said, void *ctx, struct error *err)
{
    struct courier *courier = calloc(1, sizeof *courier);
    if (!courier)
        abort();
    *courier = (struct courier){.loop = loop, .said = said, .ctx = ctx};
    if ((courier->children = children_new(loop, CHILDREN_MOST, err)) && (courier->poster = poster_new(loop, err)))
        return courier;
    courier_free(courier);
    return NULL;
}

void courier_free(struct courier *courier)
{
    if (!courier)
        return;
    while (courier->list)
        drop(courier->list);
    resolver_free(courier->resolver);
    poster_free(courier->poster);
    children_free(courier->children);
    free(courier->names);
    free(courier);
}
