/* SPDX-License-Identifier: MIT */
/*
 * Where: core; a part of engine.
 * What:  adds up what a configuration needs, takes it in one block, and puts everybody in their places.
 * Why:   after this nothing is allocated, so no hour of trouble can fail for want of memory. The block is laid out by
 *        one function that runs twice: first to measure, then to place.
 */

#include "core/engine_parts.h"

#include <stdlib.h>

/* Hands out pieces of one block; while `bytes` is NULL it only measures. */
struct block {
    uint8_t *bytes;
    size_t used;
};

static void *take(struct block *block, size_t count, size_t size)
{
    block->used = (block->used + 15U) & ~(size_t)15U;
    void *piece = block->bytes == NULL ? NULL : block->bytes + block->used;
    block->used += count * size;
    return piece;
}

/* Members of the largest target, or of the largest calculated watch. */
static uint32_t most_members(const struct settings *settings)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < settings->target_count; i++)
        most = settings->targets[i].value_count > most ? settings->targets[i].value_count : most;
    for (uint32_t i = 0; i < settings->watch_count; i++)
        most = settings->watches[i].child_count > most ? settings->watches[i].child_count : most;
    return most;
}

static uint32_t most_targets(const struct settings *settings)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < settings->record_count; i++)
        most = settings->records[i].target_count > most ? settings->records[i].target_count : most;
    return most;
}

static uint32_t most_room(const struct settings *settings, uint32_t type)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < settings->record_count; i++)
        most = settings->records[i].room[type] > most ? settings->records[i].room[type] : most;
    return most;
}

static void lay_shared(struct context *ctx, struct block *block, const struct settings *settings)
{
    ctx->watches = take(block, settings->watch_count, sizeof(*ctx->watches));
    ctx->trusted_from = take(block, settings->watch_count, sizeof(*ctx->trusted_from));
    ctx->records = take(block, settings->record_count, sizeof(*ctx->records));
    ctx->told = take(block, settings->value_count, sizeof(*ctx->told));
    ctx->drained = take(block, settings->value_count, 1);
    overrides_init(&ctx->overrides, take(block, OVERRIDES_MAX, sizeof(struct override)));
    ctx->batches = take(block, settings->zone_count, sizeof(*ctx->batches));
    ctx->servers = take(block, settings->server_count, sizeof(*ctx->servers));
    ctx->clock_skew = take(block, settings->server_count, sizeof(*ctx->clock_skew));
    ctx->links = take(block, settings->record_count, sizeof(*ctx->links));
    ctx->batch_members = take(block, ctx->batch_room, sizeof(*ctx->batch_members));
    ctx->members = take(block, most_members(settings), sizeof(struct health *));
    ctx->wanted = take(block, most_members(settings), 1);
    ctx->sound = take(block, most_targets(settings), sizeof(*ctx->sound));
    ctx->targets_drained = take(block, most_targets(settings), 1);
    ctx->scratch[0] = take(block, most_room(settings, 0), 1);
    ctx->scratch[1] = take(block, most_room(settings, 1), 1);
}

static void lay_schedule(struct schedule *schedule, struct block *block, uint32_t ids)
{
    void *storage = take(block, schedule_size(ids), 1);
    if (block->bytes != NULL)
        schedule_init(schedule, storage, ids);
}

static void lay_record(struct context *ctx, struct block *block, uint32_t index, mono_ms now)
{
    const struct record_settings *record = &ctx->settings->records[index];
    struct tally *targets = take(block, record->target_count, sizeof(*targets));
    mono_ms *times = take(block, flap_room(record), sizeof(*times));
    uint32_t size = belief_storage_size(record);
    if (ctx->settings->safety.foreign_change == FOREIGN_CHANGE_RESTORE)
        size += belief_restore_size(record);
    uint8_t *storage = take(block, size, 1);
    uint32_t room = verify_room(&ctx->settings->servers[ctx->settings->zones[record->zone].server]);
    struct verify_place *places = take(block, room, sizeof(*places));
    if (block->bytes == NULL)
        return;
    record_init(&ctx->records[index], ctx, index, targets, times, storage, now);
    verify_init(&ctx->records[index].verify, places, room);
}

static struct engine *lay_out(struct block *block, struct context *ctx, mono_ms now)
{
    const struct settings *settings = ctx->settings;
    struct engine *engine = take(block, 1, sizeof(*engine));
    lay_shared(ctx, block, settings);
    lay_schedule(&ctx->watches_due, block, settings->watch_count);
    lay_schedule(&ctx->records_due, block, settings->record_count);
    lay_schedule(&ctx->zones_due, block, settings->zone_count);
    for (uint32_t i = 0; i < settings->record_count; i++)
        lay_record(ctx, block, i, now);
    return engine;
}

/* Watches of one interval share a rhythm: they are spread evenly over it. */
struct rhythm {
    uint32_t interval_ms, of, nth;
};

static struct rhythm *rhythm_of(struct rhythm *rhythms, uint32_t interval_ms)
{
    while (rhythms->interval_ms != 0 && rhythms->interval_ms != interval_ms)
        rhythms++;
    rhythms->interval_ms = interval_ms;
    return rhythms;
}

static void start_watches(struct context *ctx, struct rhythm *rhythms, uint64_t seed, mono_ms now)
{
    const struct settings *settings = ctx->settings;
    uint32_t tick_ms = watch_tick_ms(settings);
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct check_settings *check = &settings->checks[settings->watches[i].check];
        if (check_kind_probes(check->kind))
            rhythm_of(rhythms, check->interval_ms)->of++;
    }
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct check_settings *check = &settings->checks[settings->watches[i].check];
        struct rhythm *rhythm = check_kind_probes(check->kind) ? rhythm_of(rhythms, check->interval_ms) : NULL;
        if (rhythm == NULL)
            watch_init_idle(&ctx->watches[i], settings, i, now);
        else
            watch_init(&ctx->watches[i], settings, i, rhythm->nth++, rhythm->of, tick_ms, seed, now);
        ctx->trusted_from[i] = INT64_MIN;
        schedule_set(&ctx->watches_due, i, watch_deadline(&ctx->watches[i]));
    }
}

/* Members of the largest message of a zone that has so many records. */
static uint32_t room_of(const struct settings *settings, uint32_t zone, uint32_t records)
{
    uint32_t batch = settings->servers[settings->zones[zone].server].batch;
    uint32_t room = records < batch ? records : batch;
    return room > 0 ? room : 1;
}

/* How many records each zone has. */
static uint32_t count_records(const struct settings *settings, uint32_t *counts)
{
    uint32_t room = 0;
    for (uint32_t i = 0; i < settings->record_count; i++)
        counts[settings->records[i].zone]++;
    for (uint32_t i = 0; i < settings->zone_count; i++)
        room += room_of(settings, i, counts[i]);
    return room;
}

static void start_zones(struct context *ctx, const uint32_t *counts)
{
    struct batch_member *members = ctx->batch_members;
    const struct settings *settings = ctx->settings;
    for (uint32_t i = 0; i < settings->server_count; i++)
        batch_server_init(&ctx->servers[i]);
    for (uint32_t i = 0; i < settings->zone_count; i++) {
        uint32_t server = settings->zones[i].server;
        uint32_t room = room_of(settings, i, counts[i]);
        batch_init(&ctx->batches[i], i, &settings->servers[server], &ctx->servers[server], ctx->links, members, room);
        members += room;
    }
    for (uint32_t i = 0; i < settings->record_count; i++)
        schedule_set(&ctx->records_due, i, record_deadline(&ctx->records[i]));
}

struct engine *engine_new(const struct settings *settings, uint64_t owner, uint64_t seed, mono_ms now,
                          struct error *err)
{
    struct context ctx = {.settings = settings,
                          .owner = owner,
                          .random = random_from_seed(seed),
                          .started_at = now,
                          .gap_at = INT64_MIN,
                          .opened_at = INT64_MIN,
                          .late_told_at = INT64_MIN,
                          .switched_at = MONO_NEVER};
    struct block block = {.bytes = NULL, .used = 0};
    gate_init(&ctx.gate, settings->safety.connectivity.watch_count, now);
    struct rhythm *rhythms = calloc(settings->check_count + 1, sizeof(*rhythms));
    uint32_t *counts = calloc(settings->zone_count + 1, sizeof(*counts));
    if (counts != NULL) {
        ctx.batch_room = count_records(settings, counts);
        (void)lay_out(&block, &ctx, now);
        block.bytes = calloc(1, block.used);
    }
    if (block.bytes == NULL || rhythms == NULL) {
        free(block.bytes);
        free(rhythms);
        free(counts);
        error_set(err, ERROR_LIMIT, "no memory for %u records and %u watches: %zu octets", settings->record_count,
                  settings->watch_count, block.used);
        return NULL;
    }
    block.used = 0;
    struct engine *engine = lay_out(&block, &ctx, now);
    start_watches(&ctx, rhythms, seed, now);
    start_zones(&ctx, counts);
    free(rhythms);
    free(counts);
    engine->context = ctx;
    return engine;
}

void engine_free(struct engine *engine)
{
    free(engine);
}
