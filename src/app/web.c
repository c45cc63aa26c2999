/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under app.c.
 * What:  from a request by TCP to the one who renders its answer.
 * Why:   every answer says what a browser may do with it: nothing at all, unless its row says more.
 */
#include "app/web.h"

#include "app/metrics.h"
#include "app/page.h"
#include "app/page_request.h"
#include "app/render_json.h"
#include "base/parse.h"
#include "core/gate.h"
#include "core/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define OUT_OF_STEP_LISTED 20
#define HEADERS_MOST       5
#define PLAIN_TEXT         "text/plain; charset=utf-8"
#define HTML               "text/html; charset=utf-8"
#define NOTHING            "default-src 'none'; frame-ancestors 'none'"

struct web {
    struct api *api;
    struct loop *loop;
    struct commands *commands;
    char host_name[256]; /* "": it has none */
};

/* ---- who may be answered ---- */

static bool is_one_of(const char *name, const struct web_settings *settings)
{
    for (uint32_t i = 0; i < settings->name_count; i++)
        if (strcasecmp(name, settings->names[i]) == 0)
            return true;
    return false;
}

uint16_t web_judge_host(const char *host, const struct web_settings *settings, const char *own)
{
    char name[PARSE_HOST_MAX];
    struct address address;
    uint16_t port;
    if (!host || !parse_host_port(host, 1, name, &port, NULL))
        return 400;
    size_t length = strlen(name);
    if (length > 1 && name[length - 1] == '.')
        name[length - 1] = '\0';
    bool ours = address_parse(name, &address, NULL) || strcasecmp(name, "localhost") == 0 ||
                (own[0] && strcasecmp(name, own) == 0) || is_one_of(name, settings);
    return ours ? 0 : 421;
}

/* ---- answers of our own ---- */

void web_health(const struct web_look *look, struct web_answer *answer)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < look->view.settings->record_count; i++) {
        const struct record *record = engine_record(look->view.engine, i);
        if (!record->settings->enabled || record_in_step(record) == IN_STEP_YES)
            continue;
        enum condition condition = record_condition(record);
        if (count++ < OUT_OF_STEP_LISTED)
            buffer_addf(&answer->body, "out of step: %s (%s)\n", record->settings->id,
                        condition == CONDITION_OK ? "its change is not served yet" : condition_name(condition));
    }
    if (count > OUT_OF_STEP_LISTED)
        buffer_addf(&answer->body, "and %" PRIu32 " more\n", count - OUT_OF_STEP_LISTED);
    bool frozen = !gate_is_open(engine_gate(look->view.engine));
    if (frozen)
        buffer_add(&answer->body, "frozen: no reference of safety.connectivity answers\n");
    answer->status = frozen || count > 0 ? 503 : 200;
    if (answer->status == 200)
        buffer_add(&answer->body, "ok\n");
}

static void status_source(const struct web_look *look, struct web_source *ret)
{
    *ret = (struct web_source){status_text_new(&look->view, NULL, 0), status_text_next, status_text_free};
}

static void metrics_source(const struct web_look *look, struct web_source *ret)
{
    *ret = (struct web_source){metrics_text_new(&look->view, look->commands->metrics), metrics_text_next,
                               metrics_text_free};
}

/* ---- the table of paths ---- */

static const struct route {
    const char *path;      /* all of it; where it ends in "/", whatever begins so, too */
    web_render_fn *render; /* makes the answer as a whole, */
    web_source_fn *source; /* … or gives one that is told in pieces */
    const char *type;      /* of a good answer; others are plain text */
    const char *policy;    /* Content-Security-Policy; NULL: nothing is allowed */
} routes[] = {
    {PAGE_PATH_FRONT, page_request_front, NULL, HTML, page_policy},
    {PAGE_PATH_RECORD, page_request_record, NULL, HTML, page_policy},
    {"/healthz", web_health, NULL, PLAIN_TEXT, NULL},
    {"/status.json", NULL, status_source, "application/json", NULL},
    {"/metrics", NULL, metrics_source, METRICS_TYPE, NULL},
};

static const struct route *find_route(const char *path)
{
    for (size_t i = 0; i < ARRAY_COUNT(routes); i++) {
        size_t length = strlen(routes[i].path);
        bool below = length > 1 && routes[i].path[length - 1] == '/';
        if (below ? strncmp(path, routes[i].path, length) == 0 : strcmp(path, routes[i].path) == 0)
            return &routes[i];
    }
    return NULL;
}

struct heading {
    struct api_header headers[HEADERS_MOST];
    struct api_content content;
    char refresh[16];
};

static void set_heading(struct heading *heading, const char *type, const char *policy, uint32_t refresh_s)
{
    *heading = (struct heading){.headers = {{"X-Content-Type-Options", "nosniff"},
                                            {"Content-Security-Policy", policy ? policy : NOTHING},
                                            {"Referrer-Policy", "no-referrer"}},
                                .content = {.type = type, .header_count = 3}};
    heading->content.headers = heading->headers;
    if (refresh_s == 0)
        return;
    (void)snprintf(heading->refresh, sizeof heading->refresh, "%" PRIu32, refresh_s);
    heading->headers[heading->content.header_count++] = (struct api_header){"Refresh", heading->refresh};
}

static void refuse(struct web *web, uint32_t ticket, uint16_t status, const char *sentence)
{
    struct heading heading;
    set_heading(&heading, PLAIN_TEXT, NULL, 0);
    struct buffer body = {.most = WEB_ANSWER_MAX};
    buffer_addf(&body, "%s\n", sentence);
    size_t length = body.length;
    api_answer_content(web->api, ticket, status, &heading.content, buffer_take(&body), length);
}

static void answer_whole(struct web *web, const struct route *route, const struct web_look *look)
{
    struct heading heading;
    struct web_answer answer = {.status = 200, .body.most = WEB_ANSWER_MAX};
    route->render(look, &answer);
    if (answer.body.truncated) {
        buffer_done(&answer.body);
        refuse(web, look->request->ticket, 500, "the answer would be too long");
        return;
    }
    if (answer.status != 200 && answer.body.length == 0)
        buffer_add(&answer.body, answer.status == 404 ? "there is nothing here\n" : "that is not understood\n");
    set_heading(&heading, answer.status == 200 ? route->type : PLAIN_TEXT, route->policy, answer.refresh_s);
    size_t length = answer.body.length;
    api_answer_content(web->api, look->request->ticket, answer.status, &heading.content, buffer_take(&answer.body),
                       length);
}

static void answer_in_pieces(struct web *web, const struct route *route, const struct web_look *look)
{
    struct heading heading;
    set_heading(&heading, route->type, route->policy, 0);
    struct web_source source;
    route->source(look, &source);
    api_answer_pieces(web->api, look->request->ticket, 200, &heading.content, source.next, source.done, source.source);
}

static void on_request(const struct api_request *request, void *ctx)
{
    struct web *web = ctx;
    const struct web_look look = {.view = commands_view(web->commands, loop_now(web->loop)),
                                  .history = web->commands->errands.hands->history,
                                  .commands = web->commands,
                                  .request = request,
                                  .host_name = web->host_name};
    uint16_t status = web_judge_host(request->host, &look.view.settings->web, web->host_name);
    const struct route *route = find_route(request->path);
    if (status == 400)
        refuse(web, request->ticket, status, "a request names one host");
    else if (status != 0)
        refuse(web, request->ticket, status,
               "that host is not served here: ask for an address or for localhost, or write the name into web.names");
    else if (!route)
        refuse(web, request->ticket, 404, "there is nothing here");
    else if (route->render)
        answer_whole(web, route, &look);
    else
        answer_in_pieces(web, route, &look);
}

/* ---- there and gone ---- */

struct web *web_open(struct loop *loop, struct commands *commands, const struct endpoint *listen,
                     const struct web *former, struct error *err)
{
    struct web *web = calloc(1, sizeof *web);
    if (!web)
        abort();
    *web = (struct web){.loop = loop, .commands = commands};
    if (gethostname(web->host_name, sizeof web->host_name - 1) != 0)
        web->host_name[0] = '\0';
    web->api = api_new_tcp(loop, listen, former ? former->api : NULL, on_request, web, err);
    if (web->api)
        return web;
    free(web);
    return NULL;
}

void web_close(struct web *web)
{
    if (web)
        api_free(web->api);
    free(web);
}
