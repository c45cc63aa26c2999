/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between commands and look.
 * What:  a few slots, each with the look that runs in it and who waits for it.
 */
#include "app/looks.h"

#include "app/commands.h"
#include "app/protocol.h"
#include "app/render_explain.h"
#include "app/render_probe.h"
#include "io/loop.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the answer ---- */

static json_t *text_of(const struct look_slot *slot, const struct probe_report *report, int64_t wall_ms)
{
    char *words = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&words, &length);
    if (!out)
        return NULL;
    render_probe_head(slot->check, &slot->spot, out);
    render_probe(slot->check, &slot->spot, report, wall_ms, out);
    json_t *text = fclose(out) == 0 ? json_string(words) : NULL;
    free(words);
    return text;
}

static void on_done(const struct probe_report *report, void *ctx)
{
    struct look_slot *slot = ctx;
    const struct probe_report counted = look_counted(slot->check, report);
    const struct view view = {.now = loop_now(slot->loop), .wall_ms = loop_wall_ms()};
    const char *state = render_probe_state(counted.verdict);
    answer_object(slot->api, slot->ticket, 200,
                  json_pack("{s:i, s:s, s:s, s:o, s:o, s:o}", "version", PROTOCOL_VERSION, "check", slot->check->name,
                            "address", slot->spot.text, "state", render_json_text(state), "result",
                            render_explain_result(&view, &counted), "text", text_of(slot, report, view.wall_ms)));
    slot->ticket = 0;
    loop_timer_set(slot->loop, &slot->timer, loop_now(slot->loop));
}

static void end(struct look_slot *slot, uint16_t status, const char *why)
{
    if (slot->ticket)
        answer_error(slot->api, slot->ticket, status, why);
    loop_timer_stop(slot->loop, &slot->timer);
    look_free(slot->look);
    slot->look = NULL;
    slot->ticket = 0;
}

static void on_time(struct timer *timer)
{
    end(CONTAINER_OF(timer, struct look_slot, timer), 504, "no verdict within 60s: that check may take longer");
}

/* ---- the request ---- */

static const char *parameter(const struct api_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->parameter_count; i++)
        if (strcmp(request->parameters[i].name, name) == 0)
            return request->parameters[i].value;
    return NULL;
}

static struct look_slot *find_free(struct looks *looks)
{
    for (uint32_t i = 0; i < LOOKS_MOST; i++)
        if (!looks->slots[i].look)
            return &looks->slots[i];
    return NULL;
}

static void begin(struct commands *commands, struct look_slot *slot, uint32_t check, uint32_t ticket)
{
    const struct settings *settings = commands->errands.settings;
    struct error err = {0};
    slot->loop = commands->loop;
    slot->api = commands->errands.api;
    slot->ticket = ticket;
    slot->check = &settings->checks[check];
    slot->timer = (struct timer){.fire = on_time};
    slot->look = look_new(slot->loop, settings, check, &slot->spot, on_done, slot, &err);
    if (slot->look)
        loop_timer_set(slot->loop, &slot->timer, mono_after(loop_now(slot->loop), LOOKS_WAIT_MS));
    else
        end(slot, 503, err.text);
}

void looks_request(struct commands *commands, const struct api_request *request, mono_ms now)
{
    struct api *api = commands->errands.api;
    const char *name = parameter(request, "check"), *address = parameter(request, "address");
    struct look_slot *slot = find_free(&commands->looks);
    struct error err = {0};
    (void)now;
    if (!name || !address) {
        answer_error(api, request->ticket, 400, "probe is for one check at one place: ?check=NAME&address=ADDRESS");
        return;
    }
    uint32_t check = look_find_check(commands->errands.settings, name, &err);
    if (check == ID_NONE)
        answer_error(api, request->ticket, err.code == ERROR_MISSING ? 404 : 409, err.text);
    else if (!slot)
        answer_error(api, request->ticket, 503, "too many probes by hand are under way: try again in a moment");
    else if (!spot_read(address, &slot->spot, &err))
        answer_error(api, request->ticket, 400, err.text);
    else
        begin(commands, slot, check, request->ticket);
}

void looks_abandon(struct looks *looks, const char *why)
{
    for (uint32_t i = 0; i < LOOKS_MOST; i++)
        if (looks->slots[i].look)
            end(&looks->slots[i], 503, why);
}
