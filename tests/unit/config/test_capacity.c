/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config as a whole; rule CFG-15.
 * What:  10,000 records load, and the time is told. Ten times the records take about ten times as long and not a
 *        hundred times: that is asserted, for a walk over all in a walk over all would be slow on any machine.
 */
#include "reading.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *text_of(uint32_t records)
{
    size_t capacity = 1024 + (size_t)records * 256;
    struct text out = text_over(malloc(capacity), capacity);
    text_add(&out, SERVER "checks:\n");
    for (uint32_t i = 0; i < 20; i++)
        text_addf(&out, "  web%u: {http: 'http://www%u.example.com/', interval: 1m}\n", i, i);
    text_add(&out, "records:\n");
    for (uint32_t i = 0; i < records; i++)
        text_addf(&out,
                  "  host%u.example.com:\n    check: web%u\n    primary: {address: [10.%u.%u.%u, 'fd00::%x:%x'], "
                  "label: one}\n"
                  "    secondary: {address: [172.%u.%u.%u, 'fd01::%x:%x'], label: two}\n    ttl: 15s\n",
                  i, i % 20, i >> 16, i >> 8 & 255, i & 255, i >> 16, i & 65535, 16 + (i >> 16), i >> 8 & 255, i & 255,
                  i >> 16, i & 65535);
    assert_false(out.truncated);
    return out.bytes;
}

static double seconds_for(uint32_t records)
{
    struct timespec from, to;
    char *text = text_of(records);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    struct reading reading = read_text(text);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    assert_true(reading.good);
    assert_int_equal(reading.config.settings.record_count, records);
    assert_int_equal(reading.config.settings.watch_count, 4 * records);
    reading_done(&reading);
    free(text);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    print_message("# %u records: %.3f s of CPU\n", records, seconds);
    return seconds;
}

static void test_the_time_grows_with_the_records(void **state)
{
    (void)state;
    double few = seconds_for(1000), many = seconds_for(10000);
    assert_true(many < 40 * few + 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_time_grows_with_the_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
