/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside app.
 * What:  load, check, build, wait, swap, tell.
 */
#include "app/reload.h"

#include "app/app_parts.h"
#include "app/json_tree.h"
#include "app/override_commands.h"
#include "app/protocol.h"
#include "app/render_json.h"
#include "app/survey.h"
#include "app/verbosity.h"
#include "config/difference.h"
#include "core/adopt.h"
#include "io/supervisor.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define STORM_MS        1000
#define PATIENCE_MS     5000 /* beyond the timeout of the slowest server */
#define READS_MS        250 /* nothing is probed meanwhile, and what is not read here is read by the next one at once */
#define COMPLAINTS_MOST 50

/* ---- whoever waits ---- */

static void answer_waiters(struct app *app, uint16_t status, json_t *object)
{
    for (uint32_t i = 0; i < app->reload.waiter_count; i++)
        answer_object(app->api, app->reload.waiters[i], status, json_incref(object));
    app->reload.waiter_count = 0;
    json_decref(object);
}

static void add_waiter(struct app *app, uint32_t ticket)
{
    if (ticket == 0)
        return;
    if (app->reload.waiter_count < RELOAD_WAITERS_MOST)
        app->reload.waiters[app->reload.waiter_count++] = ticket;
    else
        answer_error(app->api, ticket, 503, "too many wait for a reload: try again in a moment");
}

/* ---- refused ---- */

/* "/etc/repointd/conf.d/mail.yaml:4:12: error: no check named 'smpt'" */
static void add_complaint(struct text *out, const struct complaint *complaint)
{
    text_add(out, complaint->file);
    if (complaint->line)
        text_addf(out, ":%u:%u", (unsigned)complaint->line, (unsigned)complaint->column);
    text_addf(out, ": %s: %s", complaint->level == COMPLAINT_ERROR ? "error" : "warning", complaint->message);
}

static json_t *complaints_array(const struct complaints *complaints)
{
    json_t *list = json_array();
    uint32_t count = complaints ? complaints_errors(complaints) + complaints_warnings(complaints) : 0;
    for (uint32_t i = 0; i < count && i < COMPLAINTS_MOST; i++) {
        char storage[1024];
        struct text words = text_over(storage, sizeof storage);
        add_complaint(&words, complaints_get(complaints, i));
        list = json_tree_append(list, render_json_text(words.bytes));
    }
    return list;
}

static void refuse(struct app *app, const char *why, uint32_t errors, const struct complaints *complaints)
{
    app->commands.config_is_old = true;
    report_reload_failed(app->commands.loaded_wall_ms, loop_wall_ms() - app->commands.loaded_wall_ms, errors, why);
    answer_waiters(app, 409,
                   json_pack("{s:i, s:s, s:o, s:o, s:o}", "version", PROTOCOL_VERSION, "result", "refused",
                             "complaints", complaints_array(complaints), "why",
                             complaints ? json_null() : render_json_text(why), "in_force",
                             render_json_utc(app->commands.loaded_wall_ms)));
}

static void refuse_file(struct app *app, const struct complaints *complaints)
{
    char storage[1024];
    struct text first = text_over(storage, sizeof storage);
    uint32_t count = complaints_errors(complaints) + complaints_warnings(complaints);
    for (uint32_t i = 0; i < count && first.length == 0; i++)
        if (complaints_get(complaints, i)->level == COMPLAINT_ERROR)
            add_complaint(&first, complaints_get(complaints, i));
    foundation_tell_complaints(complaints);
    refuse(app, first.bytes, complaints_errors(complaints), complaints);
}

/* What a process cannot change while it lives; NULL: nothing of it has changed. */
static const char *cannot_change(const struct app *app, const struct daemon_settings *fresh)
{
    const struct daemon_settings *old = &app->base.config->settings.daemon;
    const char *was = old->state_directory ? old->state_directory : "", *is = fresh->state_directory;
    if (strcmp(was, is ? is : "") != 0)
        return "daemon.state-directory cannot change while repointd runs: restart it";
    was = old->runtime_directory ? old->runtime_directory : "";
    is = fresh->runtime_directory;
    if (strcmp(was, is ? is : "") != 0)
        return "daemon.runtime-directory cannot change while repointd runs: restart it";
    if (fresh->has_owner != old->has_owner || (fresh->has_owner && fresh->owner != old->owner))
        return "daemon.owner cannot change while repointd runs: restart it";
    return NULL;
}

/* ---- accepted ---- */

static void tell_done(struct app *app, const char *difference, uint32_t kept, const char *result)
{
    app->commands.config_is_old = false;
    report_reloaded(difference, kept);
    answer_waiters(app, 200,
                   json_pack("{s:i, s:s, s:s, s:I}", "version", PROTOCOL_VERSION, "result", result, "difference",
                             difference, "kept", (json_int_t)kept));
}

/* The new engine takes over; the words of what is in force are looked for among the new names. */
static uint32_t take_over(struct app *app, mono_ms now)
{
    const struct settings *fresh = &app->reload.config->settings, *old = &app->base.config->settings;
    uint32_t *watches = calloc(fresh->watch_count + 1, sizeof *watches), kept = 0;
    uint32_t *records = calloc(fresh->record_count + 1, sizeof *records);
    if (!watches || !records)
        abort();
    difference_of_watches(fresh, old, watches);
    difference_of_records(fresh, old, records);
    engine_adopt(app->reload.rooms.engine, app->rooms.engine,
                 &(struct adoption){.watches = watches, .records = records}, now);
    struct error warning = {0};
    trends_keep_move(&app->trends, fresh, watches, records, now, &warning);
    app_warn(&warning);
    for (uint32_t i = 0; i < fresh->watch_count; i++)
        kept += watches[i] != ID_NONE;
    free(watches);
    free(records);
    return kept;
}

/* ---- where it listens ---- */

static bool listens_elsewhere(const struct app *app)
{
    const struct endpoint *fresh = &app->reload.config->settings.web.listen;
    const struct endpoint *old = &app->base.config->settings.web.listen;
    return fresh->port != old->port || !address_equal(&fresh->address, &old->address);
}

/* Beside the old one, which serves until the new configuration is in force. */
static bool listen_beside(struct app *app, struct error *err)
{
    const struct endpoint *fresh = &app->reload.config->settings.web.listen;
    if (!listens_elsewhere(app) || fresh->address.family == ADDRESS_NONE)
        return true;
    app->reload.web = web_open(app->loop, &app->commands, fresh, app->web, err);
    return app->reload.web != NULL;
}

static void change_web(struct app *app)
{
    if (!listens_elsewhere(app))
        return;
    web_close(app->web);
    app->web = app->reload.web;
    app->reload.web = NULL;
}

/* ---- the change ---- */

static void swap(struct app *app, mono_ms now)
{
    struct reload *reload = &app->reload;
    struct difference difference = difference_of(&reload->config->settings, &app->base.config->settings);
    uint32_t kept = take_over(app, now);
    change_web(app);
    counters_move(&app->counters, &reload->config->settings);
    struct rooms old_rooms = app->rooms;
    struct config *old_config = app->base.config;
    errands_abandon(&app->commands.errands, "the configuration was reloaded meanwhile: see the status");
    looks_abandon(&app->commands.looks, "the configuration was reloaded meanwhile: try again");
    survey_abandon(app->commands.survey, "the configuration was reloaded meanwhile: try again");
    app->rooms = reload->rooms;
    app->base.config = reload->config;
    reload->config = NULL;
    if (!app->options->level && app->base.config->settings.daemon.log_level != old_config->settings.daemon.log_level)
        verbosity_usual(&app->commands, app->base.config->settings.daemon.log_level);
    reload->rooms = (struct rooms){.prober = NULL};
    reload->under_way = false;
    app_settle_in(app);
    rooms_take_down(&old_rooms);
    foundation_unload(old_config);
    (void)malloc_trim(0);
    struct error warning = {0};
    override_commands_move(&app->commands, now, &warning);
    app_warn(&warning);
    char storage[200];
    struct text words = text_over(storage, sizeof storage);
    difference_format(&difference, &words);
    supervisor_ready("reloaded");
    tell_done(app, words.bytes, kept, "reloaded");
    app->hands.told = true;
}

static mono_ms patience(const struct settings *settings, mono_ms now)
{
    uint32_t slowest_ms = 0;
    for (uint32_t i = 0; i < settings->server_count; i++)
        slowest_ms = settings->servers[i].timeout_ms > slowest_ms ? settings->servers[i].timeout_ms : slowest_ms;
    return mono_after(now, (int64_t)slowest_ms + PATIENCE_MS);
}

/* Everything that can fail happens here; the old one does not know yet. */
static void begin(struct app *app, mono_ms now)
{
    struct reload *reload = &app->reload;
    struct complaints *complaints = complaints_new();
    struct error err = {0};
    reload->config = foundation_load(app->options, complaints);
    now = loop_refresh(app->loop); /* reading files takes a while, and nobody stood still for it */
    const char *obstacle = reload->config ? cannot_change(app, &reload->config->settings.daemon) : NULL;
    const struct rooms_handlers handlers = app_handlers(app);
    if (!reload->config) {
        refuse_file(app, complaints);
    } else if (obstacle) {
        refuse(app, obstacle, 1, NULL);
    } else if (reload->config->fingerprint == app->base.config->fingerprint) {
        tell_done(app, "nothing has changed", app->base.config->settings.watch_count, "unchanged");
    } else if (!rooms_build(&reload->rooms, app->loop, &reload->config->settings, app->base.owner, &handlers, &err) ||
               !listen_beside(app, &err)) {
        refuse(app, err.text, 1, NULL);
    } else {
        foundation_tell_complaints(complaints);
        reload->under_way = true;
        reload->give_up_reads = mono_after(now, READS_MS);
        reload->give_up = patience(&app->base.config->settings, now);
        supervisor_reloading(now);
        effects_handle(&app->hands, &(struct event){.kind = EVENT_STOPPING}, now);
    }
    complaints_free(complaints);
    if (reload->under_way)
        return;
    rooms_take_down(&reload->rooms);
    foundation_unload(reload->config);
    reload->config = NULL;
}

/* ---- when ---- */

/*
 *   under way with a name server     the swap waits
 *   nothing                          no longer
 *   reads alone                      READS_MS: one that is silent need not be waited for
 *   a message                        for its answer, and in the end not even for that: it is in doubt then
 */
static mono_ms swap_at(const struct app *app)
{
    if (engine_is_idle(app->rooms.engine))
        return 0;
    bool reads_alone = engine_stats(app->rooms.engine)->sends_in_flight == 0;
    return reads_alone ? app->reload.give_up_reads : app->reload.give_up;
}

void reload_ask(struct app *app, uint32_t ticket, mono_ms now)
{
    struct reload *reload = &app->reload;
    add_waiter(app, ticket);
    if (reload->under_way)
        reload->again = true;
    else
        reload->wanted_at = mono_earlier(reload->wanted_at, ticket != 0 ? now : mono_later(now, reload->not_before));
}

void reload_accept(struct app *app, uint32_t ticket)
{
    answer_object(app->api, ticket, 202, json_pack("{s:i, s:s}", "version", PROTOCOL_VERSION, "result", "accepted"));
}

void reload_step(struct app *app, mono_ms now)
{
    struct reload *reload = &app->reload;
    if (app->stopping)
        return;
    if (reload->under_way && swap_at(app) <= now) {
        swap(app, now);
        reload->not_before = mono_after(now, STORM_MS);
        if (reload->again)
            reload->wanted_at = now;
        reload->again = false;
    }
    if (reload->under_way || reload->wanted_at > now)
        return;
    reload->wanted_at = MONO_NEVER;
    reload->not_before = mono_after(now, STORM_MS);
    begin(app, now);
}

mono_ms reload_deadline(const struct app *app)
{
    const struct reload *reload = &app->reload;
    if (app->stopping)
        return MONO_NEVER;
    return reload->under_way ? swap_at(app) : reload->wanted_at;
}

void reload_done(struct app *app)
{
    web_close(app->reload.web);
    rooms_take_down(&app->reload.rooms);
    foundation_unload(app->reload.config);
}
