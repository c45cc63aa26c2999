/* SPDX-License-Identifier: MIT */
/*
 * Where: tests; libFuzzer, and each `make check` over the corpus.
 * What:  io/in_flight over a file of any content: it is read or put aside, whatever is given fits the records, and what
 *        is said afterwards is what the next process finds. Faults 103, 104.
 */
#include "../unit/io/in_flight_world.h"
#include "io/in_flight.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct state *state;
static char root[64];
static uint32_t given;
static struct marker last;

static void clean_up(void)
{
    int directory = state_directory(state);
    (void)unlinkat(directory, IN_FLIGHT_FILE, 0);
    (void)unlinkat(directory, IN_FLIGHT_FILE ".damaged", 0);
    state_close(state);
    (void)rmdir(root);
}

static void give(const struct restore *restore, void *ctx)
{
    (void)ctx;
    assert(restore->record < world.record_count);
    const struct record_settings *record = &world.records[restore->record];
    assert(plan_is_message(restore->plan));
    assert(restore->target == ID_NONE || restore->target < record->target_count);
    for (uint32_t i = 0; i < record->type_count; i++) {
        assert(restore->plan->publish[i].length <= record->room[i]);
        assert(restore->plan->expect[i].length <= record->room[i]);
        assert(restore->plan->publish[i].type == record->types[i]);
    }
    given++;
    last = restore->plan->fresh;
}

static struct in_flight *start(void)
{
    struct error warning = {.code = ERROR_NONE};
    struct in_flight *in_flight = in_flight_open(state, &world, &warning);
    given = 0;
    in_flight_restore(in_flight, give, NULL);
    assert(!warning.code || given == 0);
    return in_flight;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    if (!state) {
        world_set_up();
        bool quick = access("/dev/shm", W_OK) == 0;
        (void)snprintf(root, sizeof root, "%s/repointd-fuzz-state.XXXXXX", quick ? "/dev/shm" : "/tmp");
        bool made = mkdtemp(root) && state_open(root, &state, &err) == STATE_OPENED;
        assert(made);
        (void)atexit(clean_up);
    }
    int fd = openat(state_directory(state), IN_FLIGHT_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t written = write(fd, data, size);
    assert(written == (ssize_t)size);
    close(fd);

    struct in_flight *in_flight = start();
    struct plan plan = world_plan(41);
    in_flight_save(in_flight, 1, NULL, 0);
    in_flight_save(in_flight, 0, &(struct restore){.record = 0, .plan = &plan, .target = 1}, 1);
    bool saved = in_flight_flush(in_flight, 0, &err);
    assert(saved);
    in_flight_close(in_flight);
    in_flight = start();
    assert(given == 1 && marker_equal(&last, &plan.fresh));
    in_flight_close(in_flight);
    return 0;
}
