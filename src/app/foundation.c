/* SPDX-License-Identifier: MIT */
/*
 * Where: app, laid by app before any room is built.
 * What:  the log, the configuration, the state and runtime directories: all that can refuse a start.
 * Why:   the order is the one in which a mistake is cheapest: a bad file is found before a directory is touched.
 */
#include "app/foundation.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define COMPLAINTS_MOST 50 /* in the log, as on a terminal */

uint32_t foundation_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024;
    rlim_t former = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        limit.rlim_cur = former;
    return limit.rlim_cur > UINT32_MAX ? UINT32_MAX : (uint32_t)limit.rlim_cur;
}

/* Nothing runs yet, so there is no notice for it: one line, and the exit code says the rest. */
int foundation_refuse(enum exit_code code, const struct error *err)
{
    log_write(&(struct log_record){.level = LOG_LEVEL_ERROR, .message = err->text});
    return (int)code;
}

/* The journal was asked for and is not there: the log goes where it goes without one, and says so. */
static void tell_no_journal(const struct error *err)
{
    char storage[512];
    struct text message = text_over(storage, sizeof storage);
    text_addf(&message, "the journal takes no lines (%s); the log goes to stderr as logfmt", err->text);
    log_write(&(struct log_record){.level = LOG_LEVEL_WARNING, .message = message.bytes});
}

static int open_journal(struct foundation *base, const struct app_options *options)
{
    enum journal_format format = options->format;
    struct error err = {0};
    if (!format)
        format = journal_stream_is_stderr(options->environment.journal_stream) ? JOURNAL_NATIVE : JOURNAL_LOGFMT;
    base->journal = journal_new(format, NULL, &err);
    bool missing = !base->journal && format == JOURNAL_NATIVE;
    struct error without = {0};
    if (missing)
        base->journal = journal_new(JOURNAL_LOGFMT, NULL, &without);
    if (options->level)
        log_set_level(options->level);
    if (missing && base->journal)
        tell_no_journal(&err);
    return base->journal ? EXIT_CODE_OK : EXIT_CODE_SYSTEM;
}

static void log_complaint(const struct complaint *complaint)
{
    char storage[1024];
    struct text message = text_over(storage, sizeof storage);
    text_add(&message, complaint->file);
    if (complaint->line)
        text_addf(&message, ":%u:%u", (unsigned)complaint->line, (unsigned)complaint->column);
    bool error = complaint->level == COMPLAINT_ERROR;
    text_addf(&message, ": %s: %s", error ? "error" : "warning", complaint->message);
    enum log_level level = error ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING;
    log_write(&(struct log_record){.level = level, .event = "config", .message = message.bytes});
}

/*
 * On a terminal a refused file is shown with its lines, as --check-config does; in the journal each complaint is a
 * record.
 */
static void tell_complaints(const struct complaints *complaints, bool refused, bool native)
{
    if (refused && !native) {
        complaints_print(complaints, false, stderr);
        return;
    }
    uint32_t count = complaints_errors(complaints) + complaints_warnings(complaints);
    for (uint32_t i = 0; i < count && i < COMPLAINTS_MOST; i++)
        log_complaint(complaints_get(complaints, i));
    if (count <= COMPLAINTS_MOST)
        return;
    char storage[128];
    struct text message = text_over(storage, sizeof storage);
    text_addf(&message, "%" PRIu32 " more complaints about the configuration are not listed", count - COMPLAINTS_MOST);
    log_write(&(struct log_record){.level = LOG_LEVEL_WARNING, .event = "config", .message = message.bytes});
}

void foundation_tell_complaints(const struct complaints *complaints)
{
    tell_complaints(complaints, false, true);
}

struct config *foundation_load(const struct app_options *options, struct complaints *complaints)
{
    const struct config_environment environment = {
        .credentials_directory = options->environment.credentials_directory,
        .purpose = CONFIG_FOR_START,
        .open_files_most = foundation_open_files(),
    };
    struct config *config = calloc(1, sizeof *config);
    if (!config)
        abort();
    if (!config_load(options->config_path, &environment, config, complaints)) {
        free(config);
        return NULL;
    }
    if (options->dry_run)
        config->settings.safety.dry_run = true;
    return config;
}

void foundation_unload(struct config *config)
{
    config_done(config);
    free(config);
}

static int load_config(struct foundation *base, const struct app_options *options)
{
    struct complaints *complaints = complaints_new();
    base->config = foundation_load(options, complaints);
    if (base->config && !options->level)
        log_set_level(base->config->settings.daemon.log_level);
    tell_complaints(complaints, !base->config, journal_is_native(base->journal));
    complaints_free(complaints);
    (void)malloc_trim(0); /* the tree of the files is gone, and was larger than what is kept for years */
    return base->config ? EXIT_CODE_OK : EXIT_CODE_CONFIG;
}

/* systemd may name several, with colons between; the first is ours. */
static const char *first_directory(const char *list, const char *otherwise, char *storage, size_t capacity)
{
    if (!list || !list[0])
        return otherwise;
    struct text text = text_over(storage, capacity);
    text_add_bytes(&text, list, strcspn(list, ":"));
    return text.truncated ? otherwise : text.bytes;
}

const char *foundation_state_directory(const struct daemon_settings *daemon, const struct app_environment *environment,
                                       char *storage, size_t capacity)
{
    if (daemon->state_directory)
        return daemon->state_directory;
    return first_directory(environment->state_directory, PROTOCOL_STATE_DIRECTORY, storage, capacity);
}

static int open_directories(struct foundation *base, const struct app_options *options)
{
    char storage[4096];
    struct error err = {0};
    const struct daemon_settings *daemon = &base->config->settings.daemon;
    const char *path = foundation_state_directory(daemon, &options->environment, storage, sizeof storage);
    switch (state_open(path, &base->state, &err)) {
    case STATE_OPENED:
        break;
    case STATE_UNUSABLE:
        return foundation_refuse(EXIT_CODE_SYSTEM, &err);
    case STATE_TAKEN:
        return foundation_refuse(EXIT_CODE_TAKEN, &err);
    }
    base->owner = daemon->owner;
    if (!daemon->has_owner && !state_owner(base->state, &base->owner, &base->fresh_owner, &err))
        return foundation_refuse(EXIT_CODE_SYSTEM, &err);
    path = daemon->runtime_directory;
    if (!path)
        path = first_directory(options->environment.runtime_directory, PROTOCOL_RUNTIME_DIRECTORY, storage,
                               sizeof storage);
    struct text runtime = text_over(base->runtime_directory, sizeof base->runtime_directory);
    text_add(&runtime, path);
    return state_make_runtime_directory(path, &err) ? EXIT_CODE_OK : foundation_refuse(EXIT_CODE_UNAVAILABLE, &err);
}

int foundation_lay(struct foundation *base, const struct app_options *options)
{
    int code = open_journal(base, options);
    if (code == EXIT_CODE_OK)
        code = load_config(base, options);
    if (code == EXIT_CODE_OK)
        code = open_directories(base, options);
    return code;
}

void foundation_done(struct foundation *base)
{
    state_close(base->state);
    foundation_unload(base->config);
    journal_free(base->journal);
}
