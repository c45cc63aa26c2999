/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under prober; alone with c-ares.
 * What:  for each name what is known of it and who waits for it; a few lookups at a time, those of other names in a
 *        queue.
 * Why:   each family is asked for by itself, since the library tells only the end of the last of several questions, and
 *        "no IPv6 address" must not hide that nobody answered for IPv4. It reads resolv.conf once in its life, so it
 *        begins a new one where that file has changed.
 */

#include "io/resolver.h"

#include "io/resolver_answer.h"

#include <ares.h>
#include <assert.h>
#include <ev.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RESOLV_CONF "/etc/resolv.conf"

#define LOOKUPS_MAX 64 /* names at a time */
#define TRY_MS      1000
#define TRIES       2 /* of each server; the second waits twice as long */

struct name {
    const char *text;
    struct resolver_wait *waits;
    bool wanted;        /* a lookup is under way or waits for its turn */
    struct name *queue; /* the next that waits for its turn */
    mono_ms until;      /* `answer` is in date until then */
    struct resolver_answer answer;
};

/* The question for one family. */
struct question {
    struct lookup *lookup;
    bool over;
    uint32_t nth;
};

struct lookup {
    struct resolver *resolver;
    struct name *name;
    struct timer told; /* in the turn after the last answer */
    struct question questions[2];
    struct resolver_found found[2];
    struct lookup *next; /* free */
};

/* A socket of the library's. */
struct line {
    ev_io io;
    struct resolver *resolver;
    struct line *next;
};

struct resolver {
    struct loop *loop;
    const char *resolv_conf;
    struct stat conf; /* as the library read it; zeroes: it was not there */
    ares_channel channel;
    struct line *lines;
    struct timer clock;
    struct name *names, *first, *last; /* the queue */
    uint32_t name_count;
    struct lookup *lookups, *free;
    bool closing;
};

/* ---- the library ------------------------------------------------------------------------------------------------- */

static void set_clock(struct resolver *resolver)
{
    struct timeval room, *next = ares_timeout(resolver->channel, NULL, &room);
    mono_ms at = next ? loop_now(resolver->loop) + next->tv_sec * 1000 + next->tv_usec / 1000 + 1 : MONO_NEVER;
    loop_timer_set(resolver->loop, &resolver->clock, at);
}

static void on_clock(struct timer *timer)
{
    struct resolver *resolver = CONTAINER_OF(timer, struct resolver, clock);
    ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    set_clock(resolver);
}

static void on_line(struct ev_loop *ev, ev_io *io, int events)
{
    struct resolver *resolver = CONTAINER_OF(io, struct line, io)->resolver;
    int fd = io->fd; /* the line may be gone after the call */
    (void)ev;
    ares_process_fd(resolver->channel, events & EV_READ ? fd : ARES_SOCKET_BAD,
                    events & EV_WRITE ? fd : ARES_SOCKET_BAD);
    set_clock(resolver);
}

/* Without memory for a line nobody listens to it, and the library gives it up by the clock. */
static void on_line_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
    struct resolver *resolver = ctx;
    struct line **link = &resolver->lines;
    while (*link && (*link)->io.fd != fd)
        link = &(*link)->next;
    struct line *line = *link;
    if (line)
        ev_io_stop(loop_ev(resolver->loop), &line->io);
    if (line && !readable && !writable) {
        *link = line->next;
        free(line);
        return;
    }
    if (!line && !(line = calloc(1, sizeof *line)))
        return;
    if (!line->resolver) {
        line->resolver = resolver;
        line->next = resolver->lines;
        resolver->lines = line;
    }
    ev_io_init(&line->io, on_line, fd, (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
    ev_io_start(loop_ev(resolver->loop), &line->io);
}

static int open_channel(struct resolver *resolver, ares_channel *ret)
{
    char path[4096];
    struct text text = text_over(path, sizeof path);
    text_add(&text, resolver->resolv_conf);
    struct ares_options options = {.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
                                   .timeout = TRY_MS,
                                   .tries = TRIES,
                                   .sock_state_cb = on_line_state,
                                   .sock_state_cb_data = resolver,
                                   .resolvconf_path = path};
    return ares_init_options(ret, &options,
                             ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
                                 ARES_OPT_RESOLVCONF);
}

/* Lookups under way when the file has changed end as if nobody had answered. */
static void follow_conf(struct resolver *resolver)
{
    struct stat now;
    ares_channel fresh;
    if (stat(resolver->resolv_conf, &now) != 0)
        now = (struct stat){.st_size = 0};
    const struct stat *then = &resolver->conf;
    bool same = now.st_ino == then->st_ino && now.st_dev == then->st_dev && now.st_size == then->st_size &&
                now.st_mtim.tv_sec == then->st_mtim.tv_sec && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
    if (same || open_channel(resolver, &fresh) != ARES_SUCCESS)
        return;
    ares_destroy(resolver->channel);
    resolver->channel = fresh;
    resolver->conf = now;
}

/* ---- what an answer says ----------------------------------------------------------------------------------------- */

static bool address_of(const struct ares_addrinfo_node *node, struct address *ret)
{
    *ret = (struct address){.family = ADDRESS_NONE};
    if (node->ai_family == AF_INET) {
        ret->family = ADDRESS_V4;
        memcpy(ret->bytes, &((const struct sockaddr_in *)(const void *)node->ai_addr)->sin_addr, 4);
    } else if (node->ai_family == AF_INET6) {
        ret->family = ADDRESS_V6;
        memcpy(ret->bytes, &((const struct sockaddr_in6 *)(const void *)node->ai_addr)->sin6_addr, 16);
    }
    return ret->family != ADDRESS_NONE;
}

static void take(struct resolver_found *found, int status, const struct ares_addrinfo *info)
{
    found->answered = status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND;
    found->exists = status != ARES_ENOTFOUND;
    found->why = ares_strerror(status);
    for (const struct ares_addrinfo_node *node = info ? info->nodes : NULL; node; node = node->ai_next) {
        struct address address;
        if (address_of(node, &address))
            resolver_found_add(found, &address, node->ai_ttl);
    }
}

/* ---- lookups ----------------------------------------------------------------------------------------------------- */

static void begin_queued(struct resolver *resolver);

static void on_told(struct timer *timer)
{
    struct lookup *lookup = CONTAINER_OF(timer, struct lookup, told);
    struct resolver *resolver = lookup->resolver;
    struct name *name = lookup->name;
    struct resolver_wait *waits = name->waits;
    int64_t kept_ms = resolver_conclude(name->text, lookup->found, &name->answer);
    name->until = mono_after(loop_now(resolver->loop), kept_ms);
    name->wanted = false;
    name->waits = NULL;
    lookup->next = resolver->free;
    resolver->free = lookup;
    begin_queued(resolver);
    const struct resolver_answer answer = name->answer; /* who is told may ask again */
    if (waits)
        waits->link = &waits;
    while (waits) {
        struct resolver_wait *wait = waits;
        resolver_cancel(wait);
        wait->done(&answer, wait->ctx);
    }
}

/* May come from inside the question, where the answer stands in /etc/hosts. */
static void on_found(void *ctx, int status, int timeouts, struct ares_addrinfo *info)
{
    struct question *question = ctx;
    struct lookup *lookup = question->lookup;
    (void)timeouts;
    question->over = true;
    take(&lookup->found[question->nth], status, info);
    if (info)
        ares_freeaddrinfo(info);
    if (lookup->questions[0].over && lookup->questions[1].over && !lookup->resolver->closing)
        loop_timer_set(lookup->resolver->loop, &lookup->told, loop_now(lookup->resolver->loop));
}

static void begin(struct resolver *resolver, struct name *name)
{
    static const int families[] = {AF_INET, AF_INET6};
    struct lookup *lookup = resolver->free;
    resolver->free = lookup->next;
    follow_conf(resolver);
    *lookup = (struct lookup){.resolver = resolver, .name = name, .told = {.fire = on_told}};
    for (uint32_t i = 0; i < ARRAY_COUNT(families); i++)
        lookup->questions[i] = (struct question){.lookup = lookup, .nth = i};
    for (uint32_t i = 0; i < ARRAY_COUNT(families); i++) {
        const struct ares_addrinfo_hints hints = {.ai_flags = ARES_AI_NOSORT, .ai_family = families[i]};
        ares_getaddrinfo(resolver->channel, name->text, NULL, &hints, on_found, &lookup->questions[i]);
    }
    set_clock(resolver);
}

/* Names that nobody waits for any more are left out. */
static void begin_queued(struct resolver *resolver)
{
    while (resolver->first && resolver->free) {
        struct name *name = resolver->first;
        resolver->first = name->queue;
        if (name->waits)
            begin(resolver, name);
        else
            name->wanted = false;
    }
}

/* ---- the face ---------------------------------------------------------------------------------------------------- */

const struct resolver_answer *resolver_known(const struct resolver *resolver, uint32_t name)
{
    assert(name < resolver->name_count);
    return loop_now(resolver->loop) < resolver->names[name].until ? &resolver->names[name].answer : NULL;
}

void resolver_ask(struct resolver *resolver, uint32_t index, struct resolver_wait *wait)
{
    assert(index < resolver->name_count);
    struct name *name = &resolver->names[index];
    wait->next = name->waits;
    wait->link = &name->waits;
    if (wait->next)
        wait->next->link = &wait->next;
    name->waits = wait;
    if (name->wanted)
        return;
    name->wanted = true;
    name->queue = NULL;
    if (resolver->first)
        resolver->last->queue = name;
    else
        resolver->first = name;
    resolver->last = name;
    begin_queued(resolver);
}

void resolver_cancel(struct resolver_wait *wait)
{
    if (!wait->link)
        return;
    *wait->link = wait->next;
    if (wait->next)
        wait->next->link = wait->link;
    wait->next = NULL;
    wait->link = NULL;
}

/* False: memory is out. */
static bool take_memory(struct resolver *resolver, const struct settings *settings)
{
    resolver->names = calloc(settings->name_count, sizeof *resolver->names);
    resolver->lookups = calloc(LOOKUPS_MAX, sizeof *resolver->lookups);
    if (!resolver->names || !resolver->lookups)
        return false;
    for (uint32_t i = 0; i < settings->name_count; i++)
        resolver->names[i] = (struct name){.text = settings->names[i].text, .until = INT64_MIN};
    for (uint32_t i = LOOKUPS_MAX; i-- > 0;) {
        resolver->lookups[i].next = resolver->free;
        resolver->free = &resolver->lookups[i];
    }
    return true;
}

struct resolver *resolver_new(struct loop *loop, const struct settings *settings, const char *resolv_conf,
                              struct error *err)
{
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (resolver)
        *resolver = (struct resolver){.loop = loop,
                                      .resolv_conf = resolv_conf ? resolv_conf : RESOLV_CONF,
                                      .clock = {.fire = on_clock},
                                      .name_count = settings->name_count};
    if (!resolver || (settings->name_count > 0 && !take_memory(resolver, settings))) {
        resolver_free(resolver);
        error_set(err, ERROR_SYSTEM, "out of memory for %u host names", (unsigned)settings->name_count);
        return NULL;
    }
    if (settings->name_count == 0) /* then nobody will ask */
        return resolver;
    if (stat(resolver->resolv_conf, &resolver->conf) != 0)
        resolver->conf = (struct stat){.st_size = 0};
    int status = open_channel(resolver, &resolver->channel);
    if (status == ARES_SUCCESS)
        return resolver;
    resolver->channel = NULL;
    error_set(err, ERROR_SYSTEM, "the resolver cannot begin with %s: %s", resolver->resolv_conf, ares_strerror(status));
    resolver_free(resolver);
    return NULL;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    resolver->closing = true;
    if (resolver->channel)
        ares_destroy(resolver->channel);
    loop_timer_stop(resolver->loop, &resolver->clock);
    for (uint32_t i = 0; resolver->lookups && i < LOOKUPS_MAX; i++)
        loop_timer_stop(resolver->loop, &resolver->lookups[i].told);
    for (uint32_t i = 0; resolver->names && i < resolver->name_count; i++)
        while (resolver->names[i].waits)
            resolver_cancel(resolver->names[i].waits);
    free(resolver->names);
    free(resolver->lookups);
    free(resolver);
}

void resolver_library(struct text *out)
{
    text_addf(out, "c-ares %s", ares_version(NULL));
}
