/* SPDX-License-Identifier: MIT */
/*
 * Where: io, a row of probe_kind; above child.
 * What:  fills in the words of the argument list, runs it, keeps the first line of what it says.
 * Why:   what cannot be started says something about this host and nothing about the target, so it is local; how long
 *        it may run is the prober's deadline.
 */
#include "io/probe_exec.h"

#include "io/child.h"
#include "model/probe_load.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct exec_probe {
    struct exec_gear *gear;
    struct probe_order order;
    struct child *child;     /* NULL: there was no memory for it */
    struct timer failed;     /* tells that */
    struct exec_probe *next; /* free */
};

struct exec_gear {
    struct loop *loop;
    const struct settings *settings;
    struct children *children;
    struct exec_probe *probes, *free;
    uint32_t most, touched;
};

/* ---- words ------------------------------------------------------------------------------------------------------- */

struct words {
    char address[ADDRESS_TEXT_MAX];
    const char *record, *target, *check;
};

/* Empty where nobody's target is looked at. */
static void find_words(const struct settings *settings, const struct probe_order *order, struct words *ret)
{
    *ret = (struct words){.record = "", .target = "", .check = order->check->name};
    address_format(&order->address, ret->address);
    if (!order->check->per_target || order->watch->target == ID_NONE)
        return;
    const struct target_settings *target = &settings->targets[order->watch->target];
    ret->target = target->role;
    ret->record = settings->records[target->record].id;
}

/* What stands for the word that begins at the dollar, and how long that is; NULL: it is none. */
static const char *value_at(const char *dollar, const struct words *words, size_t *ret_length)
{
    const struct {
        const char *name, *value;
    } known[] = {
        {"$ADDRESS", words->address}, {"$RECORD", words->record}, {"$TARGET", words->target}, {"$CHECK", words->check}};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        *ret_length = strlen(known[i].name);
        if (strncmp(dollar, known[i].name, *ret_length) == 0)
            return known[i].value;
    }
    return NULL;
}

/* Adds an argument with its NUL; `out` NULL: only counts. */
static size_t fill_in(const char *argument, const struct words *words, char *out)
{
    size_t length = 0, name_length = 0;
    for (const char *at = argument; *at;) {
        const char *value = *at == '$' ? value_at(at, words, &name_length) : NULL;
        size_t added = value ? strlen(value) : 1;
        if (out)
            memcpy(out + length, value ? value : at, added);
        length += added;
        at += value ? name_length : 1;
    }
    if (out)
        out[length] = '\0';
    return length + 1;
}

/* The list and what it points to in one piece, the caller's to free; NULL: memory is out. */
static char **make_arguments(const struct exec_settings *exec, const struct words *words)
{
    size_t list = (exec->argc + (size_t)1) * sizeof(char *), length = 0;
    for (uint32_t i = 0; i < exec->argc; i++)
        length += fill_in(exec->argv[i], words, NULL);
    char **arguments = malloc(list + length);
    char *at = (char *)arguments + list;
    for (uint32_t i = 0; arguments && i < exec->argc; i++) {
        arguments[i] = at;
        at += fill_in(exec->argv[i], words, at);
    }
    if (arguments)
        arguments[exec->argc] = NULL;
    return arguments;
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void put_back(struct exec_probe *probe)
{
    struct exec_gear *gear = probe->gear;
    if (probe->child)
        child_cancel(probe->child);
    loop_timer_stop(gear->loop, &probe->failed);
    *probe = (struct exec_probe){.gear = gear, .next = gear->free};
    gear->free = probe;
}

static struct phase_times times_now(const struct exec_probe *probe)
{
    struct phase_times times = PHASE_TIMES_NONE;
    times.total_us = probe_elapsed_us(probe->gear->loop, probe->order.started_us);
    return times;
}

/* The first line with something in it. */
static void first_line(const struct child_result *result, char line[CHILD_OUTPUT_MAX + 1])
{
    size_t begin = 0, end;
    while (begin < result->output_length && strchr(" \t\r\n", result->output[begin]))
        begin++;
    for (end = begin; end < result->output_length && !strchr("\r\n", result->output[end]);)
        end++;
    memcpy(line, result->output + begin, end - begin);
    line[end - begin] = '\0';
}

static void on_done(const struct child_result *result, void *ctx)
{
    struct exec_probe *probe = ctx;
    struct probe_order order = probe->order;
    struct phase_times times = times_now(probe);
    char words[CHILD_OUTPUT_MAX + 1];
    struct probe_facts facts = {.end = PROBE_COMPLETE,
                                .phase = PROBE_RUN,
                                .exit_status = result->exit_status,
                                .exit_signal = result->signal,
                                .text = words};
    if (result->sys_errno) {
        facts.end = PROBE_LOCAL;
        snprintf(words, sizeof words, "cannot start %s: %s", order.check->how.exec.argv[0],
                 strerror(result->sys_errno));
    } else {
        first_line(result, words);
    }
    probe->child = NULL;
    put_back(probe);
    order.end(&facts, &times, order.ctx);
}

static void on_failed(struct timer *timer)
{
    struct exec_probe *probe = CONTAINER_OF(timer, struct exec_probe, failed);
    on_done(&(struct child_result){.sys_errno = ENOMEM}, probe);
}

/* ---- the row ----------------------------------------------------------------------------------------------------- */

void *probe_exec_start(void *gear_of, const struct probe_order *order)
{
    struct exec_gear *gear = gear_of;
    struct exec_probe *probe = gear->free;
    if (probe) {
        gear->free = probe->next;
    } else {
        assert(gear->touched < gear->most);
        probe = &gear->probes[gear->touched++];
    }
    *probe = (struct exec_probe){.gear = gear, .order = *order, .failed = {.fire = on_failed}};
    struct words words;
    find_words(gear->settings, order, &words);
    order->phase(PROBE_RUN, order->ctx);
    char **arguments = make_arguments(&order->check->how.exec, &words);
    probe->child = arguments ? child_start(gear->children, arguments, on_done, probe) : NULL;
    free(arguments);
    if (!probe->child)
        loop_timer_set(gear->loop, &probe->failed, loop_now(gear->loop));
    return probe;
}

uint16_t probe_exec_cancel(void *probe_of, struct phase_times *ret_times)
{
    struct exec_probe *probe = probe_of;
    *ret_times = times_now(probe);
    put_back(probe);
    return 0;
}

void *probe_exec_open(const struct probe_site *site, struct error *err)
{
    struct exec_gear *gear = calloc(1, sizeof *gear);
    struct exec_probe *probes = calloc(site->most, sizeof *probes);
    struct children *children = children_new(site->loop, probe_load_programs(site->settings), err);
    if (gear && probes && children) {
        *gear = (struct exec_gear){
            .loop = site->loop, .settings = site->settings, .children = children, .probes = probes, .most = site->most};
        return gear;
    }
    free(gear);
    free(probes);
    children_free(children);
    error_set(err, ERROR_SYSTEM, "out of memory for programs");
    return NULL;
}

void probe_exec_close(void *gear_of)
{
    struct exec_gear *gear = gear_of;
    for (uint32_t i = 0; i < gear->touched; i++)
        put_back(&gear->probes[i]);
    children_free(gear->children);
    free(gear->probes);
    free(gear);
}
