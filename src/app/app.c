/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under main.
 * What:  builds the house from the ground up, runs it, takes it down from the roof.
 * Why:   systemd hears READY when nothing can refuse any more, and not later: a boot must not hang on a dead target.
 *        Whatever has its time (engine, status, watchdog, waiting lines) hangs on the loop's one wake-up.
 */
#include "app/app.h"

#include "app/app_parts.h"
#include "app/event_ring.h"
#include "app/override_commands.h"
#include "app/status.h"
#include "app/survey.h"
#include "app/switches.h"
#include "app/verbosity.h"
#include "io/supervisor.h"

#include <signal.h>
#include <stdlib.h>

#define STOP_MS        5000  /* answers in flight are awaited so long */
#define STATUS_MS      60000 /* the status line at rest */
#define STATUS_SOON_MS 1000
#define FLUSH_MS       100

/* ---- while it runs ---- */

static void handle(struct app *app, const struct event *event)
{
    effects_handle(&app->hands, event, loop_now(app->loop));
}

static void on_probe_done(struct op op, const struct probe_report *report, void *ctx)
{
    struct app *app = ctx;
    const struct settings *settings = &app->base.config->settings;
    pulse_answered(&app->rooms.pulse, op.subject, loop_now(app->loop));
    if (app->trends.trends)
        trends_probe(app->trends.trends, op.subject, report, loop_wall_ms());
    counters_probe(&app->counters, op.subject, report);
    if (log_is_on(LOG_LEVEL_DEBUG)) {
        char storage[DNAME_TEXT_MAX];
        struct text address = text_over(storage, sizeof storage);
        settings_watch_format(settings, op.subject, &address);
        const char *check = settings->checks[settings->watches[op.subject].check].name;
        log_debug("probe %s %s: %s after %d us%s%s", check, address.bytes, reason_name(report->reason),
                  report->phases.total_us, report->detail[0] ? ": " : "", report->detail);
    }
    handle(app, &(struct event){.kind = EVENT_PROBE_DONE, .op = op, .is.probe = report});
}

static void on_read_done(struct op op, const struct dns_report *report, const struct observed *observed, void *ctx)
{
    struct app *app = ctx;
    log_debug("read %s: %s%s%s", app->base.config->settings.records[op.subject].id, outcome_name(report->outcome),
              report->detail[0] ? ": " : "", report->detail);
    app->hands.told = true;
    handle(app, &(struct event){.kind = EVENT_READ_DONE, .op = op, .is.read = {report, observed}});
}

static void on_send_done(struct op op, const struct dns_report *report, void *ctx)
{
    struct app *app = ctx;
    char zone[DNAME_TEXT_MAX];
    dname_format(&app->base.config->settings.zones[op.subject].name, zone);
    counters_answer(&app->counters, op.subject, report);
    log_debug("update of zone %s: %s%s%s", zone, outcome_name(report->outcome), report->detail[0] ? ": " : "",
              report->detail);
    app->hands.told = true;
    handle(app, &(struct event){.kind = EVENT_SEND_DONE, .op = op, .is.send = report});
}

static void on_verify_done(struct op op, const struct verify_report *report, void *ctx)
{
    struct app *app = ctx;
    for (uint32_t i = 0; i < report->count && log_is_on(LOG_LEVEL_DEBUG); i++)
        if (report->answers[i].detail[0])
            log_debug("verify %s: %s", app->base.config->settings.records[op.subject].id, report->answers[i].detail);
    handle(app, &(struct event){.kind = EVENT_VERIFY_DONE, .op = op, .is.verify = report});
}

static void renew_status(struct app *app, mono_ms now)
{
    struct engine_summary summary;
    engine_summarise(app->rooms.engine, &summary);
    char storage[STATUS_MAX];
    struct text status = text_over(storage, sizeof storage);
    status_format(&app->base.config->settings, &summary, now, &status);
    supervisor_status(status.bytes);
    app->hands.told = false;
    app->status_at = mono_after(now, STATUS_MS);
    app->status_earliest = mono_after(now, STATUS_SOON_MS);
}

static void flush_journal(struct app *app)
{
    int64_t stalled_ms = 0;
    uint64_t lost = journal_flush(app->base.journal, &stalled_ms);
    app->counters.lines_lost += lost;
    if (lost > 0)
        report_lines_lost(lost, stalled_ms);
}

/* Whatever has its time, once it has come. */
static void on_wake(void *ctx)
{
    struct app *app = ctx;
    mono_ms now = loop_now(app->loop);
    effects_wake(&app->hands, now);
    report_summarise(&app->report, now);
    errands_wake(&app->commands.errands, now);
    event_ring_turn(app->events, now);
    verbosity_wake(&app->commands, now);
    trends_keep_wake(&app->trends, app->rooms.engine, now);
    keeper_wake(&app->keeper, now);
    if (app->flush_at <= now)
        flush_journal(app);
    if (app->ping_at <= now) {
        if (pulse_is_sound(&app->rooms.pulse, now))
            supervisor_alive();
        app->ping_at = mono_after(now, app->watchdog_ms);
    }
    if (!app->stopping && (app->status_at <= now || (app->hands.told && app->status_earliest <= now))) {
        override_commands_follow_clock(&app->commands, now);
        keeper_look(&app->keeper);
        renew_status(app, now);
    }
}

static void on_turn_end(void *ctx)
{
    struct app *app = ctx;
    mono_ms now = loop_now(app->loop);
    bool is_done = engine_is_idle(app->rooms.engine) && notifiers_are_idle(app->notify.notifiers);
    if (app->stopping && (is_done || app->stop_by <= now))
        loop_stop(app->loop);
    app->flush_at = !journal_has_waiting(app->base.journal) ? MONO_NEVER
                                                            : mono_earlier(app->flush_at, mono_after(now, FLUSH_MS));
    reload_step(app, now);
    mono_ms at = mono_earlier(engine_deadline(app->rooms.engine), report_deadline(&app->report));
    at = mono_earlier(at, reload_deadline(app));
    at = mono_earlier(at, mono_earlier(app->flush_at, app->ping_at));
    at = mono_earlier(at,
                      mono_earlier(mono_earlier(verbosity_deadline(&app->commands), trends_keep_deadline(&app->trends)),
                                   keeper_deadline(&app->keeper, now)));
    at = mono_earlier(at, mono_earlier(errands_deadline(&app->commands.errands), event_ring_deadline(app->events)));
    if (app->stopping)
        at = mono_earlier(at, app->stop_by);
    else
        at = mono_earlier(at, app->hands.told ? app->status_earliest : app->status_at);
    loop_wake_at(app->loop, at);
}

static void on_request(const struct api_request *request, void *ctx)
{
    struct app *app = ctx;
    commands_request(&app->commands, request, loop_now(app->loop));
}

static void on_reply(const struct reply *reply, void *ctx)
{
    struct app *app = ctx;
    errands_reply(&app->commands.errands, reply);
}

static void on_override_ended(uint32_t id, void *ctx)
{
    struct app *app = ctx;
    override_commands_ended(&app->commands, id);
}

static void on_reload_asked(uint32_t ticket, bool no_wait, void *ctx)
{
    struct app *app = ctx;
    if (no_wait)
        reload_accept(app, ticket);
    reload_ask(app, no_wait ? 0 : ticket, loop_now(app->loop));
}

static void on_gap(uint32_t length_ms, void *ctx)
{
    struct app *app = ctx;
    pulse_stood_still(&app->rooms.pulse, length_ms);
    handle(app, &(struct event){.kind = EVENT_GAP, .is.gap_ms = length_ms});
}

/* The first asks for an end in good order, the second has no patience. */
static void on_stop_signal(struct app *app)
{
    if (app->stopping) {
        loop_stop(app->loop);
        return;
    }
    app->stopping = true;
    app->stop_by = mono_after(loop_now(app->loop), STOP_MS);
    supervisor_stopping("stopping: DNS is left as it is");
    handle(app, &(struct event){.kind = EVENT_STOPPING});
    notifiers_hurry(app->notify.notifiers);
}

static void on_signal(int number, void *ctx)
{
    struct app *app = ctx;
    mono_ms now = loop_now(app->loop);
    if (number == SIGTERM || number == SIGINT) {
        on_stop_signal(app);
    } else if (number == SIGUSR1) {
        report_counters(&app->report, loop_worst_late_ms(app->loop));
    } else if (number == SIGHUP) {
        reload_ask(app, 0, now);
    }
}

/* ---- start and end ---- */

struct rooms_handlers app_handlers(struct app *app)
{
    return (struct rooms_handlers){.probe_done = on_probe_done,
                                   .read_done = on_read_done,
                                   .send_done = on_send_done,
                                   .verify_done = on_verify_done,
                                   .ctx = app};
}

static bool build_rooms(struct app *app, struct error *err)
{
    const struct settings *settings = &app->base.config->settings;
    const struct loop_handlers turns = {
        .wake = on_wake, .signal = on_signal, .gap = on_gap, .turn_end = on_turn_end, .ctx = app};
    const struct rooms_handlers handlers = app_handlers(app);
    if (!(app->loop = loop_new(&turns, err)) ||
        !rooms_build(&app->rooms, app->loop, settings, app->base.owner, &handlers, err))
        return false;
    report_init(&app->report, settings, loop_now(app->loop));
    counters_init(&app->counters, settings);
    app->hands.effects = (struct effects){.room = EFFECTS_ROOM, .items = calloc(EFFECTS_ROOM, sizeof(struct effect))};
    if (!app->hands.effects.items)
        abort();
    override_book_init(&app->book, settings, app->base.state);
    app->keeper = (struct keeper){
        .state = app->base.state, .hands = &app->hands, .book = &app->book, .again = MONO_NEVER};
    struct error warning = {0};
    trends_keep_open(&app->trends, settings, app->base.state, &app->report, loop_now(app->loop), &warning);
    app_warn(&warning);
    if (!notify_open(&app->notify, app->loop, app->base.state, app->base.owner, &app->report, &app->commands, err))
        return false;
    app->keeper.notifiers = app->notify.notifiers;
    app->metrics = (struct metrics_sources){.counters = &app->counters,
                                            .report = &app->report,
                                            .notifiers = app->notify.notifiers,
                                            .loop = app->loop,
                                            .started_wall_ms = loop_wall_ms()};
    app_settle_in(app);
    return true;
}

void app_warn(const struct error *warning)
{
    if (warning->code)
        log_write(&(struct log_record){.level = LOG_LEVEL_WARNING, .event = "state", .message = warning->text});
}

void app_settle_in(struct app *app)
{
    const struct settings *settings = &app->base.config->settings;
    struct error warning = {0};
    in_flight_close(app->in_flight);
    app->in_flight = in_flight_open(app->base.state, settings, &warning);
    app_warn(&warning);
    app->report.settings = settings;
    app->report.engine = app->rooms.engine;
    app->report.concurrency = prober_concurrency(app->rooms.prober);
    app->report.user_of = errands_user_of;
    app->report.user_ctx = &app->commands.errands;
    app->hands.engine = app->rooms.engine;
    app->hands.prober = app->rooms.prober;
    app->hands.dns = app->rooms.dns;
    app->hands.verify = app->rooms.verify;
    app->hands.in_flight = app->in_flight;
    app->hands.counters = &app->counters;
    app->hands.report = &app->report;
    app->hands.pulse = &app->rooms.pulse;
    app->hands.trends = app->trends.trends;
    app->hands.reply = on_reply;
    app->hands.override_ended = on_override_ended;
    app->hands.reply_ctx = app;
    app->commands.errands.settings = settings;
    app->commands.errands.hands = &app->hands;
    app->commands.book = &app->book;
    app->commands.events = app->events;
    app->commands.metrics = &app->metrics;
    app->commands.loop = app->loop;
    app->commands.trends = app->trends.trends;
    app->commands.reload = on_reload_asked;
    app->commands.reload_ctx = app;
    app->commands.loaded_wall_ms = loop_wall_ms();
    app->commands.generation++;
    if (!notify_settle(&app->notify, settings, app->rooms.engine, &warning))
        app_warn(&warning);
}

/* The last to be opened: who comes in finds everything in its place. */
static bool open_door(struct app *app, struct error *err)
{
    app->api = api_new(app->loop, app->base.runtime_directory, on_request, app, err);
    app->commands.errands.api = app->api;
    const struct endpoint *listen = &app->base.config->settings.web.listen;
    if (app->api && listen->address.family != ADDRESS_NONE)
        app->web = web_open(app->loop, &app->commands, listen, NULL, err);
    return app->api && (app->web || listen->address.family == ADDRESS_NONE);
}

static void restore_overrides(struct app *app)
{
    struct error warning = {0};
    mono_ms now = loop_now(app->loop);
    override_book_load(&app->book, now, loop_wall_ms(), &warning);
    app_warn(&warning);
    override_commands_restore(&app->commands, now);
}

static void on_restore(const struct restore *restore, void *ctx)
{
    handle(ctx, &(struct event){.kind = EVENT_RESTORE, .is.restore = restore});
}

/* What a former process knew, before anything else happens. */
static void restore(struct app *app)
{
    struct error warning = {0};
    in_flight_restore(app->in_flight, on_restore, app);
    app->history = history_open(app->base.state, &warning);
    app_warn(&warning);
    switches_restore(app->history, &app->hands, loop_now(app->loop), loop_wall_ms());
    app->hands.history = app->history;
    restore_overrides(app);
    warning.code = ERROR_NONE;
    app->unsent = notifiers_restore(app->notify.notifiers, &warning);
    app_warn(&warning);
}

static int start(struct app *app, const struct app_options *options)
{
    struct error err = {0};
    int code = foundation_lay(&app->base, options);
    if (code != EXIT_CODE_OK)
        return code;
    app->events = event_ring_new();
    if (!build_rooms(app, &err))
        return foundation_refuse(EXIT_CODE_SYSTEM, &err);
    restore(app);
    if (!open_door(app, &err))
        return foundation_refuse(EXIT_CODE_UNAVAILABLE, &err);

    mono_ms now = loop_now(app->loop);
    app->watchdog_ms = supervisor_watchdog_ms();
    app->ping_at = app->watchdog_ms ? now : MONO_NEVER;
    app->flush_at = MONO_NEVER;
    loop_wake_at(app->loop, now);
    report_started(&app->report, app->book.count, app->unsent, app->base.fresh_owner ? app->base.owner : 0);
    supervisor_ready("starting: nothing is known yet");
    renew_status(app, now);
    return EXIT_CODE_OK;
}

/* From the roof down; what was never built is NULL. */
static void take_down(struct app *app)
{
    web_close(app->web);
    looks_abandon(&app->commands.looks, "repointd stops");
    survey_abandon(app->commands.survey, "repointd stops");
    api_free(app->api);
    errands_done(&app->commands.errands);
    override_book_done(&app->book);
    notify_close(&app->notify);
    free(app->hands.effects.items);
    reload_done(app);
    rooms_take_down(&app->rooms);
    trends_keep_close(&app->trends);
    counters_done(&app->counters);
    event_ring_free(app->events);
    history_close(app->history);
    in_flight_close(app->in_flight);
    loop_free(app->loop);
    foundation_done(&app->base);
}

int app_run(const struct app_options *options)
{
    struct app app = {.options = options, .reload = {.wanted_at = MONO_NEVER}};
    int code = start(&app, options);
    if (code == EXIT_CODE_OK) {
        loop_run(app.loop);
        report_stopped(&app.report);
    }
    take_down(&app);
    return code;
}
