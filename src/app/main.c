/* SPDX-License-Identifier: MIT */
/*
 * Where: app, the top of repointd.
 * What:  arguments and exit codes.
 * Why:   one table makes the options, their errors and the help. What the environment says is read here and handed
 *        down, so that nothing below depends on it unseen. Before the file with its secrets is opened, this process
 *        is made unreadable to others.
 */
#include "app/app.h"
#include "app/check_live.h"
#include "app/foundation.h"
#include "app/options.h"
#include "app/plan_once.h"
#include "app/probe_once.h"
#include "app/protocol.h"
#include "app/render_json.h"
#include "app/wording.h"
#include "base/version.h"
#include "config/config.h"
#include "config/tree.h"
#include "io/api.h"
#include "io/dns_packet.h"
#include "io/http.h"
#include "io/loop.h"
#include "io/resolver.h"
#include "io/tsig.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor below 3 that is closed would become a socket, and the next word on stderr a message to some server. */
static bool fill_standard_descriptors(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
    return fd >= 0;
}

static struct app_environment read_environment(void)
{
    return (struct app_environment){
        .credentials_directory = getenv("CREDENTIALS_DIRECTORY"),
        .state_directory = getenv("STATE_DIRECTORY"),
        .runtime_directory = getenv("RUNTIME_DIRECTORY"),
        .journal_stream = getenv("JOURNAL_STREAM"),
    };
}

/* What was printed has to have arrived. */
static int finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    perror("repointd: cannot write to stdout");
    return code == EXIT_CODE_OK ? EXIT_CODE_FAILED : code;
}

/* The libraries that are at work here, which need not be those it was built with. */
static void print_version(void)
{
    static void (*const libraries[])(struct text *) = {loop_library,       http_library,       resolver_library,
                                                       dns_packet_library, tsig_library,       tree_library,
                                                       api_library,        render_json_library};
    char storage[256];
    struct text text = text_over(storage, sizeof storage);
    for (size_t i = 0; i < ARRAY_COUNT(libraries); i++) {
        text_add(&text, i > 0 ? ", " : "");
        libraries[i](&text);
    }
    printf("repointd " REPOINTD_VERSION "\n%s\n", text.bytes);
}

static void print_counts(const struct settings *settings)
{
    char storage[128];
    struct text text = text_over(storage, sizeof storage);
    wording_add_contents(&text, settings);
    printf("OK: %s\n", text.bytes);
}

/* With a good configuration in hand: what was asked for. */
static int use_config(const struct options *options, const struct config *config,
                      const struct app_environment *environment)
{
    char storage[4096];
    const char *state = foundation_state_directory(&config->settings.daemon, environment, storage, sizeof storage);
    if (options->mode == MODE_PLAN)
        return plan_once(&config->settings, state);
    if (options->mode == MODE_LIVE) {
        print_counts(&config->settings);
        return check_live(&config->settings, state);
    }
    if (options->mode == MODE_CHECK)
        print_counts(&config->settings);
    else if (options->mode == MODE_DUMP)
        config_dump(config, stdout);
    else
        return probe_once(&config->settings, options->probe_check, options->probe_address);
    return EXIT_CODE_OK;
}

/* Loads the file for anything but running: no directory is touched, no packet sent. */
static int with_config(const struct options *options, const struct app_environment *environment)
{
    struct config_environment wanted = {
        .credentials_directory = environment->credentials_directory,
        .purpose = options->mode == MODE_PLAN || options->mode == MODE_LIVE ? CONFIG_FOR_START : CONFIG_FOR_CHECK,
        .open_files_most = foundation_open_files(),
    };
    struct config config;
    struct complaints *complaints = complaints_new();
    bool loaded = config_load(options->config_path, &wanted, &config, complaints);
    bool good = loaded && !(options->strict && complaints_warnings(complaints) > 0);
    if (options->mode == MODE_CHECK || options->mode == MODE_LIVE || !loaded)
        complaints_print(complaints, options->strict, stderr);
    int code = good                          ? use_config(options, &config, environment)
               : options->mode == MODE_PROBE ? EXIT_CODE_UNREACHED
                                             : EXIT_CODE_FAILED;
    if (loaded)
        config_done(&config);
    complaints_free(complaints);
    return code;
}

static int run_daemon(const struct options *options, const struct app_environment *environment)
{
    struct app_options wanted = {
        .config_path = options->config_path,
        .dry_run = options->dry_run,
        .format = options->format,
        .level = options->level,
        .environment = *environment,
    };
    return app_run(&wanted);
}

int main(int argc, char **argv)
{
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    umask(0027);
    (void)unsetenv("SSLKEYLOGFILE"); /* libcurl would write the session keys of probes there */
    if (!fill_standard_descriptors())
        return EXIT_CODE_SYSTEM;
    struct app_environment environment = read_environment();
    struct options options;
    if (!options_parse(argc, argv, &options))
        return EXIT_CODE_USAGE;
    switch (options.mode) {
    case MODE_RUN:
        return run_daemon(&options, &environment);
    case MODE_CHECK:
    case MODE_DUMP:
    case MODE_PROBE:
    case MODE_PLAN:
    case MODE_LIVE:
        return finish_output(with_config(&options, &environment));
    case MODE_SCHEMA:
        config_print_schema(stdout);
        break;
    case MODE_VERSION:
        print_version();
        break;
    case MODE_HELP:
        options_print_help(stdout);
        break;
    }
    return finish_output(EXIT_CODE_OK);
}
