/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under main.
 * What:  one look without a daemon, in a loop of its own.
 */
#include "app/probe_once.h"

#include "app/look.h"
#include "app/protocol.h"
#include "app/render_probe.h"
#include "io/loop.h"

#include <stdio.h>

struct occasion {
    struct loop *loop;
    const struct check_settings *check;
    struct spot spot;
    int code;
};

static int code_of(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return EXIT_CODE_OK;
    case VERDICT_FAIL:
        return EXIT_CODE_FAILED;
    case VERDICT_LOCAL:
        break;
    }
    return EXIT_CODE_UNREACHED;
}

static void on_done(const struct probe_report *report, void *ctx)
{
    struct occasion *occasion = ctx;
    render_probe(occasion->check, &occasion->spot, report, loop_wall_ms(), stdout);
    occasion->code = code_of(look_counted(occasion->check, report).verdict);
    loop_stop(occasion->loop);
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_signal(int number, void *ctx)
{
    (void)number;
    struct occasion *occasion = ctx;
    loop_stop(occasion->loop);
}

static int run(struct occasion *occasion, const struct settings *settings, uint32_t check)
{
    struct error err = {0};
    struct loop_handlers handlers = {.wake = on_wake, .signal = on_signal, .ctx = occasion};
    struct look *look = NULL;
    occasion->loop = loop_new(&handlers, &err);
    if (occasion->loop)
        look = look_new(occasion->loop, settings, check, &occasion->spot, on_done, occasion, &err);
    if (look)
        loop_run(occasion->loop);
    else
        fprintf(stderr, "repointd: %s\n", err.text);
    look_free(look);
    loop_free(occasion->loop);
    return occasion->code;
}

int probe_once(const struct settings *settings, const char *check_name, const char *address_text)
{
    struct error err = {0};
    struct occasion occasion = {.code = EXIT_CODE_UNREACHED};
    uint32_t check = look_find_check(settings, check_name, &err);
    if (check == ID_NONE) {
        fprintf(stderr, "repointd: %s\n", err.text);
        return EXIT_CODE_USAGE;
    }
    if (!spot_read(address_text, &occasion.spot, &err)) {
        fprintf(stderr, "repointd: --probe: %s\n", err.text);
        return EXIT_CODE_USAGE;
    }
    occasion.check = &settings->checks[check];
    render_probe_head(occasion.check, &occasion.spot, stdout);
    fflush(stdout);
    return run(&occasion, settings, check);
}
