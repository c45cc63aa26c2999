/* SPDX-License-Identifier: MIT */
/*
 * Where: config, at the top: text, tree, sections, links, rules, settings.
 * What:  the steps in their order, and who owns what comes out.
 * Why:   the tree is kept for --dump-config alone; a daemon that has started has no use for the text it was made from.
 */
#include "config/config.h"

#include "base/pattern.h"
#include "config/check.h"
#include "config/files.h"
#include "config/link.h"
#include "config/rows.h"

#include <stdlib.h>
#include <string.h>

static void read_daemon(const struct node *node, struct linker *linker, struct daemon_settings *ret)
{
    struct daemon_draft draft = {0};
    schema_initial(&daemon_table, &draft);
    if (node != NULL) {
        const struct owner owner = {.name = "daemon", .place = node_place(node)};
        schema_read(&daemon_table, node, &owner, &draft, linker->complaints);
    }
    *ret = draft.settings;
    ret->has_owner = draft.owner != NULL;
    ret->contact = link_copy(linker, draft.settings.contact);
    ret->state_directory = link_copy(linker, draft.settings.state_directory);
    ret->runtime_directory = link_copy(linker, draft.settings.runtime_directory);
}

#define FINGERPRINT_SEED  UINT64_C(0xcbf29ce484222325) /* FNV-1a */
#define FINGERPRINT_PRIME UINT64_C(0x100000001b3)

static uint64_t add_to_fingerprint(uint64_t print, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        print = (print ^ ((const uint8_t *)bytes)[i]) * FINGERPRINT_PRIME;
    return print;
}

static ssize_t take_bytes(void *print, const char *bytes, size_t length)
{
    *(uint64_t *)print = add_to_fingerprint(*(uint64_t *)print, bytes, length);
    return (ssize_t)length;
}

/* What --dump-config would print says all but the keys. */
static uint64_t fingerprint_of(const struct config *config)
{
    uint64_t print = FINGERPRINT_SEED;
    FILE *out = fopencookie(&print, "w", (cookie_io_functions_t){.write = take_bytes});
    if (out == NULL)
        abort();
    config_dump(config, out);
    (void)fclose(out);
    for (uint32_t i = 0; i < config->settings.server_count; i++) {
        const struct key_settings *key = &config->settings.servers[i].key;
        print = add_to_fingerprint(print, &key->algorithm, sizeof(key->algorithm));
        print = add_to_fingerprint(print, key->secret, key->secret_length);
    }
    for (uint32_t i = 0; i < config->settings.notifier_count; i++) {
        const struct notifier_settings *notifier = &config->settings.notifiers[i];
        const char *url = notifier->post.url != NULL ? notifier->post.url : "";
        print = add_to_fingerprint(print, url, strlen(url));
        print = add_to_fingerprint(print, notifier->secret, notifier->secret_length);
    }
    return print;
}

/* From the files to a configuration; `tree` is taken over. */
static bool build(const struct files *files, struct arena *tree, const struct config_environment *environment,
                  struct config *ret, struct complaints *complaints)
{
    struct config config = {.arena = arena_new(), .secrets = secrets_new()};
    config.origins = arena_take(tree, sizeof(*config.origins));
    config.origins->arena = tree;
    config.origins->sections = join_files(files, tree, complaints);
    struct linker linker = {.environment = environment,
                            .sections = &config.origins->sections,
                            .complaints = complaints,
                            .arena = config.arena,
                            .secrets = config.secrets,
                            .origins = config.origins,
                            .names_are_whole = files->whole};
    link_settings(&linker, &config.settings);
    read_daemon(config.origins->sections.daemon, &linker, &config.settings.daemon);
    config_check(&config.settings, config.origins, environment->open_files_most, complaints);
    if (complaints_errors(complaints) > 0) {
        config_done(&config);
        return false;
    }
    if (environment->purpose == CONFIG_FOR_START) {
        config.fingerprint = fingerprint_of(&config);
        arena_free(tree);
        config.origins = NULL;
    }
    *ret = config;
    return true;
}

bool config_load(const char *path, const struct config_environment *environment, struct config *ret,
                 struct complaints *complaints)
{
    *ret = (struct config){.arena = NULL};
    struct arena *tree = arena_new();
    struct files files = files_load(path, tree, complaints);
    return build(&files, tree, environment, ret, complaints);
}

bool config_read(const char *source, const char *bytes, size_t length, const struct config_environment *environment,
                 struct config *ret, struct complaints *complaints)
{
    *ret = (struct config){.arena = NULL};
    struct arena *tree = arena_new();
    struct files files = files_read(source, bytes, length, tree, complaints);
    return build(&files, tree, environment, ret, complaints);
}

void config_done(struct config *config)
{
    if (config == NULL)
        return;
    if (config->origins != NULL)
        arena_free(config->origins->arena);
    for (uint32_t i = 0; i < config->settings.check_count; i++)
        pattern_free((struct pattern *)config->settings.checks[i].expect.regex);
    secrets_free(config->secrets);
    arena_free(config->arena);
    *config = (struct config){.arena = NULL};
}
