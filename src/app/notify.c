/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside commands.
 * What:  the voice of the notifiers, their life, and the test message.
 * Why:   a test goes out past everything that waits and is answered by how it ended: whoever asks wants to know whether
 *        the way is open, not whether the queue is.
 */
#include "app/notify.h"

#include "app/keeper.h"
#include "app/protocol.h"
#include "base/names.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- the voice ---- */

static void on_failed(const char *notifier, const char *why, uint32_t waiting, uint32_t next_ms, void *ctx)
{
    (void)ctx;
    report_notify_failed(notifier, why, waiting, next_ms);
}

static void on_dropped(const char *notifier, uint32_t count, const char *why, void *ctx)
{
    (void)ctx;
    report_notify_dropped(notifier, count, why);
}

static void on_said(const char *line, void *ctx)
{
    (void)ctx;
    report_hook_said(line);
}

static void on_kept(const struct error *err, void *ctx)
{
    const struct notify *notify = ctx;
    if (err->code)
        report_state_unwritable(notify->report, STATE_PART_NOTIFICATIONS, err->text, KEEPER_COST_NOTIFICATIONS);
}

static void on_tested(uint32_t ticket, const char *notifier, const struct courier_result *result, void *ctx)
{
    const struct notify *notify = ctx;
    char storage[POST_WORDS_MAX + 80];
    struct text words = text_over(storage, sizeof storage);
    text_addf(&words, "%s: %s", notifier, result->words);
    if (result->good)
        answer_object(notify->commands->errands.api, ticket, 200,
                      json_pack("{s:i, s:s, s:s, s:s}", "version", PROTOCOL_VERSION, "notifier", notifier, "result",
                                "done", "detail", result->words));
    else
        answer_error(notify->commands->errands.api, ticket, 502, words.bytes);
}

static char *on_alerts(uint32_t notifier, size_t *ret_length, void *ctx)
{
    struct notify *notify = ctx;
    const struct letters *letters = &notify->letters;
    const struct alerts_view view = {.settings = letters->settings,
                                     .engine = letters->engine,
                                     .host = letters->host,
                                     .now = loop_now(notify->loop),
                                     .wall_ms = loop_wall_ms()};
    return notifier < notify->alert_count ? alerts_text(&notify->alerts[notifier], &view, notifier, ret_length) : NULL;
}

static void on_alerts_told(uint32_t notifier, bool good, void *ctx)
{
    struct notify *notify = ctx;
    if (good && notifier < notify->alert_count)
        alerts_told(&notify->alerts[notifier]);
}

/* ---- life ---- */

bool notify_open(struct notify *notify, struct loop *loop, const struct state *state, uint64_t owner,
                 struct report *report, struct commands *commands, struct error *err)
{
    const struct notifier_voice voice = {.failed = on_failed,
                                         .dropped = on_dropped,
                                         .said = on_said,
                                         .kept = on_kept,
                                         .tested = on_tested,
                                         .alerts = on_alerts,
                                         .alerts_told = on_alerts_told,
                                         .ctx = notify};
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        error_set_errno(err, errno, "cannot take random numbers from the kernel");
        return false;
    }
    *notify = (struct notify){.loop = loop, .report = report, .commands = commands};
    notify->notifiers = notifiers_new(loop, state, owner, seed, &voice, err);
    if (!notify->notifiers)
        return false;
    letters_init(&notify->letters, notify->notifiers);
    report->letters = &notify->letters;
    commands->notify = notify;
    return true;
}

static void drop_alerts(struct notify *notify)
{
    for (uint32_t i = 0; i < notify->alert_count; i++)
        alerts_done(&notify->alerts[i]);
    free(notify->alerts);
}

/* What an Alertmanager was told, under its name: so what is over with the old configuration is resolved. */
static void move_alerts(struct notify *notify, const struct settings *settings, struct alert_list *alerts)
{
    for (uint32_t i = 0; i < notify->alert_count; i++)
        for (uint32_t k = 0; k < settings->notifier_count; k++)
            if (strcmp(notify->letters.settings->notifiers[i].name, settings->notifiers[k].name) == 0) {
                alerts[k] = notify->alerts[i];
                notify->alerts[i] = (struct alert_list){.count = 0};
            }
}

bool notify_settle(struct notify *notify, const struct settings *settings, const struct engine *engine,
                   struct error *err)
{
    struct alert_list *alerts = calloc(settings->notifier_count + (size_t)1, sizeof *alerts);
    if (!alerts)
        abort();
    move_alerts(notify, settings, alerts);
    drop_alerts(notify);
    notify->alerts = alerts;
    notify->alert_count = settings->notifier_count;
    letters_settle(&notify->letters, settings, engine);
    return notifiers_know(notify->notifiers, settings, err);
}

void notify_close(struct notify *notify)
{
    notifiers_free(notify->notifiers);
    letters_done(&notify->letters);
    drop_alerts(notify);
}

/* ---- the test ---- */

static uint32_t find_notifier(const struct settings *settings, const char *name, struct error *err)
{
    char storage[TEXT_FOREIGN_MAX * 4 + 8];
    struct text shown = text_over(storage, sizeof storage);
    struct names *names = names_new();
    uint32_t number = ID_NONE;
    for (uint32_t i = 0; i < settings->notifier_count; i++)
        (void)names_add(names, settings->notifiers[i].name, i, NULL);
    if (!names_find(names, name, &number)) {
        const char *near = names_nearest(names, name);
        number = ID_NONE;
        text_add_foreign(&shown, name, strlen(name));
        error_set(err, ERROR_MISSING, "no notifier named '%.300s'%s%s%s", shown.bytes, near ? "; did you mean '" : "",
                  near ? near : "", near ? "'?" : "");
    }
    names_free(names);
    return number;
}

/* The name, ended by NUL in the storage; false: it is no such request. */
static bool read_body(const struct api_request *request, char *name, size_t capacity)
{
    json_t *object = json_loadb(request->body, request->body_length, JSON_REJECT_DUPLICATES, NULL);
    const char *notifier = json_string_value(json_object_get(object, "notifier"));
    struct text words = text_over(name, capacity);
    bool good = notifier && json_is_true(json_object_get(object, "test")) && json_object_size(object) == 2;
    text_add(&words, notifier ? notifier : "");
    json_decref(object);
    return good && !words.truncated;
}

void notify_request(struct commands *commands, const struct api_request *request, uint32_t which, const char *user,
                    mono_ms now)
{
    (void)which, (void)now;
    struct notify *notify = commands->notify;
    const struct settings *settings = commands->errands.settings;
    char name[256];
    struct error err = {0};
    if (!read_body(request, name, sizeof name)) {
        commands_refuse(commands, request->ticket, user, "notify", ID_NONE, 400,
                        "a test message has 'notifier' and 'test': true");
        return;
    }
    uint32_t notifier = find_notifier(settings, name, &err);
    if (notifier == ID_NONE) {
        commands_refuse(commands, request->ticket, user, "notify --test", ID_NONE, 404, err.text);
        return;
    }
    char words[160];
    struct text asked = text_over(words, sizeof words);
    text_addf(&asked, "notify %s --test", settings->notifiers[notifier].name);
    report_command(commands->errands.hands->report, ID_NONE, user, asked.bytes, NULL);
    struct letter *letter = letters_test(&notify->letters, settings->notifiers[notifier].name);
    if (!notifiers_test(notify->notifiers, notifier, letter, request->ticket))
        answer_error(commands->errands.api, request->ticket, 409, "a test message is under way there already");
    letter_free(letter);
}
