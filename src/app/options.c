/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under main.
 * What:  one row an option: getopt's table, the help and the suggestions come from it.
 * Why:   usage errors are told in our words, with the nearest option named; getopt's own are silenced.
 */
#include "app/options.h"

#include "app/protocol.h"
#include "base/names.h"

#include <getopt.h>
#include <string.h>

enum option_id {
    OPTION_CONFIG = 256,
    OPTION_CHECK,
    OPTION_STRICT,
    OPTION_DUMP,
    OPTION_SCHEMA,
    OPTION_PROBE,
    OPTION_DRY_RUN,
    OPTION_FORMAT,
    OPTION_LEVEL,
    OPTION_VERSION,
    OPTION_HELP,
    OPTION_PLAN,
    OPTION_LIVE
};

struct option_row {
    enum option_id id;
    const char *name;
    char letter; /* 0: none */
    int argument;
    const char *form; /* how the help shows it */
    const char *help;
};

static const struct option_row rows[] = {
    {OPTION_CONFIG, "config", 'c', required_argument, "-c, --config FILE",
     "the configuration [" PROTOCOL_CONFIG_PATH "]"},
    {OPTION_CHECK, "check-config", 't', optional_argument, "-t, --check-config [FILE]",
     "says all that is wrong with it, and ends"},
    {OPTION_LIVE, "check-live", 0, no_argument, "    --check-live",
     "also reads and rehearses an update of each record"},
    {OPTION_STRICT, "strict", 0, no_argument, "    --strict", "with either: warnings are errors"},
    {OPTION_DUMP, "dump-config", 0, no_argument, "    --dump-config", "prints it merged, with defaults and origins"},
    {OPTION_SCHEMA, "print-schema", 0, no_argument, "    --print-schema", "prints its JSON Schema, draft 7"},
    {OPTION_PROBE, "probe", 0, required_argument, "    --probe CHECK ADDRESS",
     "probes once, says how it went, changes nothing"},
    {OPTION_PLAN, "plan", 0, no_argument, "    --plan", "looks once, prints for nsupdate what it would send"},
    {OPTION_DRY_RUN, "dry-run", 0, no_argument, "    --dry-run", "decides and says everything, sends no update"},
    {OPTION_FORMAT, "log-format", 0, required_argument, "    --log-format WORD",
     "journal, logfmt, or stderr (with <N> in front)"},
    {OPTION_LEVEL, "log-level", 0, required_argument, "    --log-level WORD", "error, warning, notice, info or debug"},
    {OPTION_VERSION, "version", 'V', no_argument, "-V, --version", "prints the version, and those of the libraries"},
    {OPTION_HELP, "help", 'h', no_argument, "-h, --help", "prints this"},
};

struct choice {
    const char *word;
    int value;
};

static const struct choice formats[] = {
    {"journal", JOURNAL_NATIVE}, {"logfmt", JOURNAL_LOGFMT}, {"stderr", JOURNAL_STDERR}, {NULL, 0}};
static const struct choice levels[] = {{"error", LOG_LEVEL_ERROR},   {"warning", LOG_LEVEL_WARNING},
                                       {"notice", LOG_LEVEL_NOTICE}, {"info", LOG_LEVEL_INFO},
                                       {"debug", LOG_LEVEL_DEBUG},   {NULL, 0}};

static bool complain(const char *format, const char *what, const char *near)
{
    fputs("repointd: ", stderr);
    fprintf(stderr, "%s '%s'", format, what);
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near);
    fputs(near ? "\n" : "; see repointd --help\n", stderr);
    return false;
}

static bool choose(const struct choice *choices, const char *what, const char *word, int *ret)
{
    for (const struct choice *choice = choices; choice->word; choice++)
        if (strcmp(choice->word, word) == 0) {
            *ret = choice->value;
            return true;
        }
    fprintf(stderr, "repointd: unknown %s '%s'; there are", what, word);
    for (const struct choice *choice = choices; choice->word; choice++)
        fprintf(stderr, "%s %s", choice == choices ? "" : choice[1].word ? "," : " and", choice->word);
    fputs("\n", stderr);
    return false;
}

static bool complain_about_option(int result, char **argv)
{
    const char *given = optind > 1 ? argv[optind - 1] : "";
    if (result == ':')
        return complain("no argument given to option", given, NULL);
    if (optopt > 0 && optopt < OPTION_CONFIG && strncmp(given, "--", 2) != 0) {
        char letter[3] = {'-', (char)optopt, '\0'};
        return complain("unknown option", letter, NULL);
    }
    const char *names[ARRAY_COUNT(rows) + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        names[count++] = rows[i].name;
    if (optopt >= OPTION_CONFIG)
        return complain("no argument is taken by option", given, NULL);
    const char *near = strncmp(given, "--", 2) == 0 ? names_nearest_of(names, given + 2) : NULL;
    char with_dashes[32];
    if (near)
        (void)snprintf(with_dashes, sizeof with_dashes, "--%s", near);
    return complain("unknown option", given, near ? with_dashes : NULL);
}

/* What is done instead of running; only one of them goes at a time. */
static bool set_mode(struct options *options, enum options_mode mode)
{
    if (options->mode != MODE_RUN && options->mode != mode)
        return complain("only one of check-config, check-live, dump-config, print-schema, probe, plan, version and "
                        "help goes at a time, "
                        "and there is more than",
                        "one", NULL);
    options->mode = mode;
    return true;
}

static bool take_file(const char **place, const char *file)
{
    if (*place && strcmp(*place, file) != 0)
        return complain("the configuration is given twice, the second time as", file, NULL);
    *place = file;
    return true;
}

static bool take(struct options *options, enum option_id id, const char *argument, const char **file)
{
    int value = 0;
    switch (id) {
    case OPTION_CONFIG:
        return take_file(file, argument);
    case OPTION_CHECK:
        return set_mode(options, MODE_CHECK) && (!argument || take_file(file, argument));
    case OPTION_STRICT:
        options->strict = true;
        return true;
    case OPTION_DUMP:
        return set_mode(options, MODE_DUMP);
    case OPTION_SCHEMA:
        return set_mode(options, MODE_SCHEMA);
    case OPTION_PROBE:
        options->probe_check = argument;
        return set_mode(options, MODE_PROBE);
    case OPTION_DRY_RUN:
        options->dry_run = true;
        return true;
    case OPTION_FORMAT:
        if (!choose(formats, "log format", argument, &value))
            return false;
        options->format = (enum journal_format)value;
        return true;
    case OPTION_LEVEL:
        if (!choose(levels, "log level", argument, &value))
            return false;
        options->level = (enum log_level)value;
        return true;
    case OPTION_VERSION:
        return set_mode(options, MODE_VERSION);
    case OPTION_HELP:
        return set_mode(options, MODE_HELP);
    case OPTION_PLAN:
        return set_mode(options, MODE_PLAN);
    case OPTION_LIVE:
        return set_mode(options, MODE_LIVE);
    }
    return false;
}

/* -t may be followed by its file, --probe is by the address; nothing else takes a word without a dash. */
static bool take_words(struct options *options, int count, char **words, const char **file)
{
    int used = 0;
    if (options->mode == MODE_CHECK && count > 0 && !take_file(file, words[used++]))
        return false;
    if (options->mode == MODE_PROBE) {
        if (count == 0)
            return complain("no address is given to probe with check", options->probe_check, NULL);
        options->probe_address = words[used++];
    }
    if (used < count)
        return complain("unexpected argument", words[used], NULL);
    if (options->strict && options->mode != MODE_CHECK && options->mode != MODE_LIVE)
        return complain("only --check-config and --check-live take option", "--strict", NULL);
    return true;
}

bool options_parse(int argc, char **argv, struct options *ret)
{
    struct option table[ARRAY_COUNT(rows) + 1] = {{0}};
    char letters[3 * ARRAY_COUNT(rows) + 2] = ":";
    size_t used = 1;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        table[i] = (struct option){.name = rows[i].name, .has_arg = rows[i].argument, .val = (int)rows[i].id};
        if (rows[i].letter)
            letters[used++] = rows[i].letter;
        if (rows[i].letter && rows[i].argument == required_argument)
            letters[used++] = ':';
    }
    *ret = (struct options){.mode = MODE_RUN};
    const char *file = NULL;
    opterr = 0;
    for (int result; (result = getopt_long(argc, argv, letters, table, NULL)) != -1;) {
        if (result == '?' || result == ':')
            return complain_about_option(result, argv);
        for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
            if (result < OPTION_CONFIG && result == rows[i].letter)
                result = (int)rows[i].id;
        if (!take(ret, (enum option_id)result, optarg, &file))
            return false;
    }
    if (!take_words(ret, argc - optind, argv + optind, &file))
        return false;
    ret->config_path = file ? file : PROTOCOL_CONFIG_PATH;
    return true;
}

bool options_row(size_t n, const char **ret_form, const char **ret_help)
{
    if (n >= ARRAY_COUNT(rows))
        return false;
    *ret_form = rows[n].form + strspn(rows[n].form, " ");
    *ret_help = rows[n].help;
    return true;
}

void options_print_help(FILE *out)
{
    fputs("usage: repointd [OPTION]...\n"
          "Probes the targets of DNS records; when the one that is published dies, moves\n"
          "the record to the next by a signed dynamic update. Runs in the foreground.\n\n",
          out);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        fprintf(out, "  %-27s%s\n", rows[i].form, rows[i].help);
    fputs("\nThe log goes to the journal where stderr leads there, else to stderr as logfmt.\n"
          "SIGTERM and SIGINT stop it and leave DNS as it is; SIGUSR1 logs its counters.\n"
          "Exit status: 0 stopped, 2 usage, 69 runtime directory or port, 71 system or\n"
          "state directory, 75 another repointd holds the state directory, 78\n"
          "configuration.\n",
          out);
}
