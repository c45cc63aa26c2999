/* SPDX-License-Identifier: MIT */
/*
 * Where: docs/faults.md, fault 134; the door of the floor config.
 * What:  any bytes are a configuration or get at least one complaint; what loads is sound, can be printed, and what was
 *        printed loads again.
 */
#include "config/complaints.h"
#include "config/config.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct config_environment environment = {.purpose = CONFIG_FOR_CHECK, .open_files_most = 1024};

/* What the core and the prober build on without asking. */
static void check_record(const struct settings *settings, const struct record_settings *record)
{
    assert(record->zone < settings->zone_count);
    assert(dname_is_within(&record->owner, &settings->zones[record->zone].name));
    assert(record->target_count >= 1 && record->type_count >= 1 && record->type_count <= 2);
    assert(record->target_first + record->target_count <= settings->target_count);
    assert(record->fallback == ID_NONE || record->fallback == record->target_count - 1);
    assert(record->ttl_s >= 1 && record->ttl_s <= 86400 && record->switches_most >= 1);
    assert(record->fail_back != 0 && record->all_down != 0 && record->publish != 0);
    assert(record->ownership != 0);
    for (uint32_t t = 0; t < record->target_count; t++) {
        const struct target_settings *target = &settings->targets[record->target_first + t];
        assert(target->value_count >= 1 && target->least_healthy >= 1 && target->least_healthy <= target->value_count);
        assert(target->value_first + target->value_count <= settings->value_count);
    }
}

static void check_settings(const struct settings *settings)
{
    for (uint32_t i = 0; i < settings->check_count; i++) {
        const struct check_settings *check = &settings->checks[i];
        const struct group_settings *group = check_kind_is_calculated(check->kind) ? &check->how.group : NULL;
        assert(check->rise >= 1 && check->fall >= 1 && check->interval_changing_ms <= check->interval_ms);
        assert(!check_kind_probes(check->kind) ||
               (check->total_ms > 0 && check->total_ms < check->interval_changing_ms));
        assert(check->kind != CHECK_HTTP || (check->how.http.url != NULL && check->expect.status_count >= 1));
        assert(check->kind != CHECK_TCP || check->how.tcp.port != 0);
        assert(check->kind != CHECK_TLS || check->how.tls.port != 0);
        assert(check->kind != CHECK_DNS || check->how.dns.query.length > 0);
        assert(check->kind != CHECK_EXEC || (check->how.exec.argc > 0 && check->how.exec.argv[0][0] == '/'));
        assert(check->kind != CHECK_HEARTBEAT || check->how.heartbeat.silence_ms == check->interval_ms);
        assert(group == NULL || (group->least >= 1 && group->least <= group->child_count));
        for (uint32_t c = 0; group != NULL && c < group->child_count; c++)
            assert(group->children[c] < settings->check_count && group->children[c] != i);
    }
    for (uint32_t i = 0; i < settings->record_count; i++)
        check_record(settings, &settings->records[i]);
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct watch_settings *watch = &settings->watches[i];
        assert(watch->check < settings->check_count);
        assert((watch->user_count + watch->above_count >= 1) ==
               (i < settings->watch_count - settings->safety.connectivity.watch_count));
        for (uint32_t u = 0; u < watch->user_count; u++)
            assert(settings->values[settings->users[watch->user_first + u]].watch == i);
        for (uint32_t c = 0; c < watch->child_count; c++)
            assert(settings->children[watch->child_first + c] < i);
        for (uint32_t a = 0; a < watch->above_count; a++)
            assert(settings->above[watch->above_first + a] >
                   (a == 0 ? i : settings->above[watch->above_first + a - 1]));
    }
}

static void print_and_read_again(const struct config *config)
{
    char *printed = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&printed, &length);
    assert(out != NULL);
    config_dump(config, out);
    fclose(out);
    struct complaints *complaints = complaints_new();
    struct config again;
    bool good = config_read("dump", printed, length, &environment, &again, complaints);
    if (!good)
        complaints_print(complaints, false, stderr);
    assert(good);
    assert(again.settings.record_count == config->settings.record_count);
    assert(again.settings.value_count == config->settings.value_count);
    config_done(&again);
    complaints_free(complaints);
    free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct complaints *complaints = complaints_new();
    struct config config;
    bool good = config_read("fuzz", (const char *)data, size, &environment, &config, complaints);
    assert(good == (complaints_errors(complaints) == 0));
    if (good) {
        check_settings(&config.settings);
        print_and_read_again(&config);
        config_done(&config);
    }
    FILE *out = fopen("/dev/null", "w");
    assert(out != NULL);
    complaints_print(complaints, false, out);
    fclose(out);
    complaints_free(complaints);
    return 0;
}
