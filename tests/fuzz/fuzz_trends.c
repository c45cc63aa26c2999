/* SPDX-License-Identifier: MIT */
/*
 * Where: tests; libFuzzer, and each `make check` over the corpus.
 * What:  app/trends_file over a file of any content: it is read or put aside; no hour has more than its seconds; what
 *        is saved afterwards is read again and is the same. Faults 103, 104.
 */
#include "app/trends.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LAST_HOUR 490100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct check_settings check = {.name = "web", .kind = CHECK_HTTP};
static const struct watch_settings watch = {
    .name = ID_NONE, .target = ID_NONE, .address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 10}}};
static const struct target_settings targets[] = {{.role = "primary"}, {.role = "second ary"}};
static const struct record_settings record = {.id = "www.example.com", .target_count = 2};
static const struct settings settings = {.checks = &check,
                                         .watches = &watch,
                                         .targets = targets,
                                         .records = &record,
                                         .check_count = 1,
                                         .watch_count = 1,
                                         .target_count = 2,
                                         .record_count = 1};
static struct state *state;
static char root[64];

static void clean_up(void)
{
    (void)unlinkat(state_directory(state), TRENDS_FILE, 0);
    (void)unlinkat(state_directory(state), TRENDS_FILE ".damaged", 0);
    state_close(state);
    (void)rmdir(root);
}

static struct trends *load(bool *ret_good)
{
    struct error warning = {.code = ERROR_NONE};
    struct trends *trends = trends_new(&settings);
    trends_load(trends, state, &warning);
    *ret_good = warning.code == ERROR_NONE;
    return trends;
}

static void compare(const struct trends *one, const struct trends *other)
{
    for (uint32_t target = 0; target < 2; target++)
        for (uint32_t hour = LAST_HOUR - TRENDS_HOURS - 200; hour <= LAST_HOUR; hour++) {
            struct trend_hour a = trends_hour(one, target, hour), b = trends_hour(other, target, hour);
            assert(a.up_s + a.down_s <= TRENDS_HOUR_S);
            assert(a.up_s == b.up_s && a.down_s == b.down_s);
        }
    for (uint32_t minute = LAST_HOUR * 60 - 120; minute <= LAST_HOUR * 60; minute++)
        assert(trends_minute_us(one, 0, TREND_TOTAL, minute) == trends_minute_us(other, 0, TREND_TOTAL, minute));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    bool good, again;
    if (!state) {
        bool quick = access("/dev/shm", W_OK) == 0;
        (void)snprintf(root, sizeof root, "%s/repointd-fuzz-trends.XXXXXX", quick ? "/dev/shm" : "/tmp");
        bool made = mkdtemp(root) && state_open(root, &state, &err) == STATE_OPENED;
        assert(made);
        (void)atexit(clean_up);
    }
    int fd = openat(state_directory(state), TRENDS_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t written = write(fd, data, size);
    assert(written == (ssize_t)size);
    close(fd);

    struct trends *first = load(&good);
    bool saved = trends_save(first, state, true, &err);
    assert(saved);
    struct trends *second = load(&again);
    assert(again);
    compare(first, second);
    trends_free(first);
    trends_free(second);
    return 0;
}
