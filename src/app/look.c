/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under probe_once and looks.
 * What:  settings of one check and one watch, and a prober that knows nothing else.
 */
#include "app/look.h"

#include "base/names.h"
#include "base/text.h"
#include "core/watch.h"
#include "io/prober.h"

#include <stdlib.h>
#include <string.h>

struct look {
    struct settings settings; /* those given, but for these three: */
    struct watch_settings watch;
    struct check_settings check;
    struct name_settings name;
    struct prober *prober;
    look_done_fn *done;
    void *ctx;
};

/* ---- which check ---- */

static void tell_unknown(const struct settings *settings, const char *name, struct error *err)
{
    const uint32_t named = settings_named_checks(settings);
    char storage[TEXT_FOREIGN_MAX * 4 + 8];
    struct text shown = text_over(storage, sizeof storage);
    const char **list = calloc(named + 1, sizeof *list);
    for (uint32_t i = 0; list && i < named; i++)
        list[i] = settings->checks[i].name;
    const char *near = list ? names_nearest_of(list, name) : NULL;
    text_add_foreign(&shown, name, strlen(name));
    error_set(err, ERROR_MISSING, "no check named '%.200s'%s%s%s", shown.bytes, near ? "; did you mean '" : "",
              near ? near : "", near ? "'?" : "");
    free(list);
}

static void tell_calculated(const struct settings *settings, const struct check_settings *check, struct error *err)
{
    const struct group_settings *group = &check->how.group;
    char storage[400];
    struct text children = text_over(storage, sizeof storage);
    for (uint32_t i = 0; i < group->child_count; i++)
        text_addf(&children, " %s", settings->checks[group->children[i]].name);
    error_set(err, ERROR_CONFLICT, "check '%s' is calculated; probe what it is made of:%s", check->name,
              children.bytes);
}

uint32_t look_find_check(const struct settings *settings, const char *name, struct error *err)
{
    for (uint32_t i = 0; i < settings_named_checks(settings); i++) {
        const struct check_settings *check = &settings->checks[i];
        if (strcmp(check->name, name) != 0)
            continue;
        if (check_kind_probes(check->kind))
            return i;
        if (check->kind == CHECK_HEARTBEAT)
            error_set(err, ERROR_CONFLICT, "check '%s' waits for heartbeats: there is nothing to look at", name);
        else
            tell_calculated(settings, check, err);
        return ID_NONE;
    }
    tell_unknown(settings, name, err);
    return ID_NONE;
}

/* ---- the look ---- */

static void on_done(struct op op, const struct probe_report *report, void *ctx)
{
    struct look *look = ctx;
    (void)op;
    look->done(report, look->ctx);
}

/* A check that names $RECORD or $TARGET speaks of the first target there, as the daemon's own looks do. */
static uint32_t target_there(const struct settings *settings, uint32_t check, const struct spot *spot)
{
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct watch_settings *watch = &settings->watches[i];
        if (watch->check == check && spot_is(spot, settings, &watch->address, watch->name))
            return watch->target;
    }
    return ID_NONE;
}

static void prepare(struct look *look, const struct settings *settings, uint32_t check, const struct spot *spot)
{
    bool named = spot->address.family == ADDRESS_NONE;
    look->check = settings->checks[check];
    look->name = (struct name_settings){.name = spot->name, .text = spot->text};
    look->watch = (struct watch_settings){
        .address = spot->address, .name = named ? 0 : ID_NONE, .target = target_there(settings, check, spot)};
    look->settings = *settings;
    look->settings.checks = &look->check;
    look->settings.check_count = 1;
    look->settings.watches = &look->watch;
    look->settings.watch_count = 1;
    look->settings.names = &look->name;
    look->settings.name_count = named ? 1 : 0;
    look->settings.users = NULL;
    look->settings.user_count = 0;
    look->settings.safety.connectivity = (struct connectivity_settings){.watch_count = 0};
    look->settings.daemon.probe_concurrency = 0;
}

struct look *look_new(struct loop *loop, const struct settings *settings, uint32_t check, const struct spot *spot,
                      look_done_fn *done, void *ctx, struct error *err)
{
    struct look *look = calloc(1, sizeof *look);
    if (!look) {
        error_set(err, ERROR_SYSTEM, "memory is out: no probe can be made");
        return NULL;
    }
    prepare(look, settings, check, spot);
    look->done = done;
    look->ctx = ctx;
    look->prober = prober_new(loop, &look->settings, on_done, look, err);
    if (look->prober) {
        prober_start(look->prober, (struct op){.subject = 0, .ticket = 1}, loop_refresh(loop));
        return look;
    }
    look_free(look);
    return NULL;
}

void look_free(struct look *look)
{
    if (!look)
        return;
    prober_free(look->prober);
    free(look);
}

struct probe_report look_counted(const struct check_settings *check, const struct probe_report *report)
{
    struct probe_report counted = *report;
    if (check->invert)
        watch_invert(&counted);
    return counted;
}
