/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under courier; with http alone with libcurl.
 * What:  a multi handle on the loop, an easy handle for each POST.
 * Why:   one multi handle for all, since it keeps the parsed authorities for the next message.
 */
#include "io/post.h"

#include "base/text.h"
#include "base/version.h"
#include "io/spares.h"

#include <curl/curl.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>

#define SAID_MAX    160 /* octets kept of an answer that is not 2xx */
#define HEADERS_MAX 65536

/* A socket of libcurl's. */
struct line {
    ev_io io;
    struct poster *poster;
    struct line *next, **link;
};

struct poster {
    struct loop *loop;
    CURLM *multi;
    struct timer timer;
    struct line *lines;
    struct post *list;
};

struct post {
    struct poster *poster;
    CURL *easy;
    struct curl_slist *headers, *resolved;
    char *body;
    struct timer failed; /* it could not even begin */
    int64_t started_us;
    char said[SAID_MAX];
    size_t said_length, header_octets;
    char error_text[CURL_ERROR_SIZE];
    post_done_fn *done;
    void *ctx;
    struct post *next, **link;
};

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void drop(struct post *post)
{
    if (post->easy) {
        curl_multi_remove_handle(post->poster->multi, post->easy);
        curl_easy_cleanup(post->easy);
    }
    loop_timer_stop(post->poster->loop, &post->failed);
    curl_slist_free_all(post->headers);
    curl_slist_free_all(post->resolved);
    free(post->body);
    *post->link = post->next;
    if (post->next)
        post->next->link = post->link;
    free(post);
}

/* The first line with something in it. */
static void add_said(struct text *out, const struct post *post)
{
    size_t begin = 0, end;
    while (begin < post->said_length && strchr(" \t\r\n", post->said[begin]))
        begin++;
    for (end = begin; end < post->said_length && !strchr("\r\n", post->said[end]);)
        end++;
    if (end == begin)
        return;
    text_add(out, ": ");
    text_add_foreign(out, post->said + begin, end - begin);
}

/*
 *   a status line came     it counts, whatever became of the rest: a receiver that has said 2xx has the message
 *   none                   what libcurl says
 */
static void tell(struct post *post, CURLcode code)
{
    struct post_result result = {.good = false};
    struct text words = text_over(result.words, sizeof result.words);
    long status = 0;
    if (post->easy)
        curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
    result.good = status >= 200 && status < 300;
    if (status > 0) {
        text_addf(&words, "HTTP %ld", status);
        if (result.good)
            text_addf(&words, " in %lld ms", (long long)(loop_now_us(post->poster->loop) - post->started_us) / 1000);
        else
            add_said(&words, post);
    } else if (post->error_text[0]) {
        text_add_foreign(&words, post->error_text, strlen(post->error_text));
    } else {
        text_add(&words, code == CURLE_OK ? "no answer" : curl_easy_strerror(code));
    }
    post_done_fn *done = post->done;
    void *ctx = post->ctx;
    drop(post);
    done(&result, ctx);
}

static void on_failed(struct timer *timer)
{
    tell(CONTAINER_OF(timer, struct post, failed), CURLE_OUT_OF_MEMORY);
}

/* ---- libcurl ----------------------------------------------------------------------------------------------------- */

static void finish_all(struct poster *poster)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(poster->multi, &left)) != NULL) {
        char *post_of = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &post_of);
        tell((struct post *)(void *)post_of, code);
    }
}

static void on_io(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    struct poster *poster = CONTAINER_OF(watcher, struct line, io)->poster;
    int running, what = (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0);
    curl_multi_socket_action(poster->multi, watcher->fd, what, &running);
    finish_all(poster);
}

static void on_timer(struct timer *timer)
{
    struct poster *poster = CONTAINER_OF(timer, struct poster, timer);
    int running;
    curl_multi_socket_action(poster->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_all(poster);
}

static void drop_line(struct line *line)
{
    ev_io_stop(loop_ev(line->poster->loop), &line->io);
    *line->link = line->next;
    if (line->next)
        line->next->link = line->link;
    free(line);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *poster_of, void *line_of)
{
    (void)easy;
    struct poster *poster = poster_of;
    struct line *line = line_of;
    if (what == CURL_POLL_REMOVE) {
        if (line)
            drop_line(line);
        curl_multi_assign(poster->multi, fd, NULL);
        return 0;
    }
    if (!line) {
        line = calloc(1, sizeof *line);
        if (!line)
            return -1; /* the deadline of the caller ends it */
        *line = (struct line){.poster = poster, .next = poster->lines, .link = &poster->lines};
        if (line->next)
            line->next->link = &line->next;
        poster->lines = line;
        ev_io_init(&line->io, on_io, fd, 0);
        curl_multi_assign(poster->multi, fd, line);
    }
    ev_io_stop(loop_ev(poster->loop), &line->io);
    ev_io_set(&line->io, fd, (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
    ev_io_start(loop_ev(poster->loop), &line->io);
    return 0;
}

static int on_timer_wanted(CURLM *multi, long delay_ms, void *poster_of)
{
    (void)multi;
    struct poster *poster = poster_of;
    mono_ms at = delay_ms < 0 ? MONO_NEVER : mono_after(loop_now(poster->loop), delay_ms);
    loop_timer_set(poster->loop, &poster->timer, at);
    return 0;
}

static bool is_good(const struct post *post)
{
    long status = 0;
    curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

/*
 * An answer that is good is over with its headers: what follows, or never comes, changes nothing. Headers without an
 * end would be the receiver's hold on us.
 */
static size_t on_header(char *bytes, size_t size, size_t count, void *post_of)
{
    struct post *post = post_of;
    size_t length = size * count;
    bool last = length <= 2 && (bytes[0] == '\r' || bytes[0] == '\n');
    post->header_octets += length;
    return post->header_octets > HEADERS_MAX || (last && is_good(post)) ? 0 : length;
}

/* Of an answer that is not good a line is read, however long it is. */
static size_t on_body(char *bytes, size_t size, size_t count, void *post_of)
{
    struct post *post = post_of;
    size_t length = size * count, room = sizeof post->said - post->said_length;
    if (room == 0)
        return 0;
    memcpy(post->said + post->said_length, bytes, length < room ? length : room);
    post->said_length += length < room ? length : room;
    return length;
}

/* ---- the request ------------------------------------------------------------------------------------------------- */

#define SET(good, easy, option, value) ((good) = (good) && curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

static bool set_manners(struct post *post)
{
    CURL *easy = post->easy;
    bool good = true;
    SET(good, easy, CURLOPT_ERRORBUFFER, post->error_text);
    SET(good, easy, CURLOPT_PRIVATE, (void *)post);
    SET(good, easy, CURLOPT_HEADERFUNCTION, on_header);
    SET(good, easy, CURLOPT_HEADERDATA, post);
    SET(good, easy, CURLOPT_WRITEFUNCTION, on_body);
    SET(good, easy, CURLOPT_WRITEDATA, post);
    SET(good, easy, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(good, easy, CURLOPT_FOLLOWLOCATION, 0L);
    SET(good, easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(good, easy, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(good, easy, CURLOPT_PROXY, "");
    SET(good, easy, CURLOPT_NOPROXY, "*");
    SET(good, easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(good, easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(good, easy, CURLOPT_NOSIGNAL, 1L);
    SET(good, easy, CURLOPT_FRESH_CONNECT, 1L);
    SET(good, easy, CURLOPT_FORBID_REUSE, 1L);
    SET(good, easy, CURLOPT_USERAGENT, "repointd/" REPOINTD_VERSION);
    SET(good, easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(good, easy, CURLOPT_CAPATH, NULL); /* else the parsed authorities are not kept */
    SET(good, easy, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(good, easy, CURLOPT_SSL_VERIFYHOST, 2L);
    return good;
}

/* "host:port:address,address": so libcurl has nothing to look up. */
static bool pin(struct post *post, const struct post_order *order)
{
    char storage[512 + POST_ADDRESSES_MAX * (ADDRESS_TEXT_MAX + 3)];
    struct text words = text_over(storage, sizeof storage);
    text_addf(&words, "%s:%u:", order->host, (unsigned)order->port);
    for (uint32_t i = 0; i < order->address_count && i < POST_ADDRESSES_MAX; i++) {
        char address[ADDRESS_TEXT_MAX];
        address_format(&order->addresses[i], address);
        text_addf(&words, strchr(address, ':') ? "%s[%s]" : "%s%s", i > 0 ? "," : "", address);
    }
    post->resolved = words.truncated ? NULL : curl_slist_append(NULL, words.bytes);
    return post->resolved && curl_easy_setopt(post->easy, CURLOPT_RESOLVE, post->resolved) == CURLE_OK;
}

static bool add_headers(struct post *post, const char *const *headers)
{
    for (bool more = true; more; headers++) {
        more = *headers != NULL;
        /* No waiting for "100 Continue". */
        struct curl_slist *longer = curl_slist_append(post->headers, more ? *headers : "Expect:");
        if (!longer)
            return false;
        post->headers = longer;
    }
    return true;
}

static bool fill_in(struct post *post, const struct post_order *order)
{
    bool good = post->easy && post->body && set_manners(post) && add_headers(post, order->headers) && pin(post, order);
    if (!good)
        return false;
    memcpy(post->body, order->body, order->length);
    SET(good, post->easy, CURLOPT_URL, order->url);
    SET(good, post->easy, CURLOPT_HTTPHEADER, post->headers);
    SET(good, post->easy, CURLOPT_POSTFIELDS, post->body);
    SET(good, post->easy, CURLOPT_POSTFIELDSIZE, (long)order->length);
    return good && curl_multi_add_handle(post->poster->multi, post->easy) == CURLM_OK;
}

struct post *post_start(struct poster *poster, const struct post_order *order, post_done_fn *done, void *ctx)
{
    struct post *post = calloc(1, sizeof *post);
    if (!post)
        abort();
    *post = (struct post){.poster = poster,
                          .easy = curl_easy_init(),
                          .body = malloc(order->length + 1),
                          .failed = {.fire = on_failed},
                          .started_us = loop_now_us(poster->loop),
                          .done = done,
                          .ctx = ctx,
                          .next = poster->list,
                          .link = &poster->list};
    if (post->next)
        post->next->link = &post->next;
    poster->list = post;
    if (!fill_in(post, order))
        loop_timer_set(poster->loop, &post->failed, loop_now(poster->loop));
    return post;
}

void post_cancel(struct post *post)
{
    drop(post);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

struct poster *poster_new(struct loop *loop, struct error *err)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, spares_malloc, spares_free, spares_realloc, spares_strdup,
                             spares_calloc) != CURLE_OK) {
        error_set(err, ERROR_SYSTEM, "libcurl cannot be initialised");
        return NULL;
    }
    struct poster *poster = calloc(1, sizeof *poster);
    if (!poster)
        abort();
    *poster = (struct poster){.loop = loop, .multi = curl_multi_init(), .timer = {.fire = on_timer}};
    if (poster->multi && curl_multi_setopt(poster->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
        curl_multi_setopt(poster->multi, CURLMOPT_SOCKETDATA, poster) == CURLM_OK &&
        curl_multi_setopt(poster->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted) == CURLM_OK &&
        curl_multi_setopt(poster->multi, CURLMOPT_TIMERDATA, poster) == CURLM_OK)
        return poster;
    error_set(err, ERROR_SYSTEM, "libcurl gives no multi handle: out of memory");
    poster_free(poster);
    return NULL;
}

void poster_free(struct poster *poster)
{
    if (!poster)
        return;
    while (poster->list)
        drop(poster->list);
    if (poster->multi)
        curl_multi_cleanup(poster->multi);
    while (poster->lines)
        drop_line(poster->lines);
    loop_timer_stop(poster->loop, &poster->timer);
    free(poster);
    curl_global_cleanup();
    spares_drop();
}
