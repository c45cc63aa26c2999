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
