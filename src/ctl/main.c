/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, the top of repointctl.
 * What:  the tables of commands and of options; the command line, the help and the usage errors come from them.
 * Why:   a command is a row: what is not in the table is not there, and what is in it cannot be without help. Commands
 *        of later versions are known by name, so that a script learns that it is the version and not a slip.
 */
#include "app/protocol.h"
#include "base/attributes.h"
#include "base/names.h"
#include "base/text.h"
#include "base/version.h"
#include "ctl/client.h"
#include "ctl/command.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_bit {
    OPTION_SOCKET = 1,
    OPTION_JSON = 2,
    OPTION_NO_WAIT = 4,
    OPTION_COLOR = 8,
    OPTION_ALL = 16,
    OPTION_EXPECT = 32,
    OPTION_OWNER = 64,
    OPTION_EPOCH = 128,
    OPTION_HELP = 256,
    OPTION_VERSION = 512
};

#define EVERYWHERE (OPTION_SOCKET | OPTION_JSON | OPTION_COLOR | OPTION_HELP)
#define CHANGING   (EVERYWHERE | OPTION_NO_WAIT)

struct option_row {
    enum option_bit bit;
    const char *name, *value; /* value NULL: takes none */
    char letter;
    const char *help;
};

static const struct option_row options[] = {
    {OPTION_EXPECT, "expect", "SET", 0, "the addresses that stand there, commas or blanks between"},
    {OPTION_OWNER, "owner", "O", 0, "the owner in the marker that is replaced, 16 hex digits"},
    {OPTION_EPOCH, "epoch", "E", 0, "the epoch in that marker"},
    {OPTION_ALL, "all", NULL, 0, "every record whose marker carries that owner"},
    {OPTION_NO_WAIT, "no-wait", NULL, 0, "returns as soon as the daemon has taken it"},
    {OPTION_JSON, "json", NULL, 0, "prints the daemon's answer as it is"},
    {OPTION_COLOR, "color", "WHEN", 0, "auto (on a terminal, unless NO_COLOR is set), always, never"},
    {OPTION_SOCKET, "socket", "PATH", 0, "the daemon's socket [$RUNTIME_DIRECTORY/control.sock, else"},
    {OPTION_HELP, "help", NULL, 'h', "prints this"},
    {OPTION_VERSION, "version", NULL, 'V', "prints the version, and those of the libraries"},
};

struct command_row {
    const char *name, *arguments, *summary;
    const char *details;
    unsigned options;
    uint32_t least, most; /* arguments */
    int (*run)(const struct invocation *invocation);
};

static const struct command_row commands[] = {
    {"status", "[NAME...]", "one row a record: what answers, and why",
     "Capitals mean: not the first target. IN DNS says whether the zone holds what it\n"
     "should. The last line counts, and tells whether this host sees anything at all.\n",
     EVERYWHERE, 0, ARGUMENTS_MOST, command_status},
    {"adopt", "NAME --expect SET", "marks a record as ours, as it stands",
     "SET is exactly what stands there; if it is something else by then, nothing is\n"
     "done. The addresses are left as they are. It ends foreign, foreign-change,\n"
     "unowned, partial, rollback, clone, inconsistent and conflict.\n",
     CHANGING | OPTION_EXPECT, 1, 1, command_adopt},
    {"take-over", "NAME --owner O --epoch E | --all --owner O", "replaces another owner's marker",
     "Only if the marker still is the one that is named: repointctl status shows it.\n"
     "The other daemon writes it no more. --all is for a lost state directory: every\n"
     "record whose marker carries the former owner id, each with the epoch read.\n",
     CHANGING | OPTION_OWNER | OPTION_EPOCH | OPTION_ALL, 0, 1, command_take_over},
    {"disown", "NAME", "removes our marker, leaves the record as it is",
     "It is watched from then on and not written; repointctl adopt takes it back.\n", CHANGING, 1, 1, command_disown},
};

/* Of versions to come. */
static const char *const later[] = {"targets",  "explain",  "history", "events",    "probe",   "plan",      "verify",
                                    "failover", "failback", "drain",   "hold",      "release", "overrides", "heartbeat",
                                    "notify",   "metrics",  "reload",  "log-level", "check",   "wait"};

/* ---- help ---- */

static void print_options(unsigned bits)
{
    for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
        const struct option_row *row = &options[i];
        char form[64];
        if (!(bits & row->bit))
            continue;
        (void)snprintf(form, sizeof form, "%s--%s%s%s",
                       row->letter == 'h'   ? "-h, "
                       : row->letter == 'V' ? "-V, "
                                            : "",
                       row->name, row->value ? " " : "", row->value ? row->value : "");
        printf("  %-15s %s\n", form, row->help);
        if (row->bit == OPTION_SOCKET)
            printf("  %-15s %s]\n", "", PROTOCOL_RUNTIME_DIRECTORY "/" PROTOCOL_SOCKET);
    }
}

static void print_exit_codes(void)
{
    fputs("\nExit status: 0 done, 1 refused or failed, 2 usage, 3 no daemon was reached.\n", stdout);
}

static void print_help(void)
{
    fputs("usage: repointctl COMMAND [OPTION]...\n"
          "Speaks with the running repointd. root and the members of its group may.\n\n",
          stdout);
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\n", stdout);
    print_options(CHANGING | OPTION_VERSION);
    fputs("\nrepointctl COMMAND --help tells more.\n", stdout);
    print_exit_codes();
}

static void print_command_help(const struct command_row *row)
{
    printf("usage: repointctl %s %s\n%s\n", row->name, row->arguments, row->details);
    print_options(row->options);
    print_exit_codes();
}

static void print_version(void)
{
    char storage[128];
    struct text text = text_over(storage, sizeof storage);
    client_library(&text);
    printf("repointctl " REPOINTD_VERSION "\n%s, jansson %s\n", text.bytes, jansson_version_str());
}

static int finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_CODE_OK;
    perror("repointctl: cannot write to stdout");
    return EXIT_CODE_FAILED;
}

/* ---- the command line ---- */

static int complain(const char *what, const char *word, const char *prefix, const char *near)
{
    fprintf(stderr, "repointctl: %s '%s'", what, word);
    if (near)
        fprintf(stderr, "; did you mean '%s%s'?\n", prefix, near);
    else
        fputs("; see repointctl --help\n", stderr);
    return EXIT_CODE_USAGE;
}

static int complain_about_command(const char *word)
{
    const char *names[ARRAY_COUNT(commands) + 1] = {NULL};
    for (size_t i = 0; i < ARRAY_COUNT(later); i++)
        if (strcmp(later[i], word) == 0) {
            fprintf(stderr, "repointctl: '%s' is not yet supported in this version\n", word);
            return EXIT_CODE_USAGE;
        }
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        names[i] = commands[i].name;
    return complain("unknown command", word, "", names_nearest_of(names, word));
}

static const struct option_row *find_option(const char *word, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
        bool by_letter = length == 2 && word[1] != '-' && word[1] == options[i].letter;
        bool by_name = length > 2 && strlen(options[i].name) == length - 2 && strncmp(word, "--", 2) == 0 &&
                       memcmp(word + 2, options[i].name, length - 2) == 0;
        if (by_letter || by_name)
            return &options[i];
    }
    return NULL;
}

static int complain_about_option(const char *word)
{
    const char *names[ARRAY_COUNT(options) + 1] = {NULL};
    for (size_t i = 0; i < ARRAY_COUNT(options); i++)
        names[i] = options[i].name;
    return complain("unknown option", word, "--",
                    strncmp(word, "--", 2) == 0 ? names_nearest_of(names, word + 2) : NULL);
}

static bool set_option(struct invocation *invocation, enum option_bit bit, const char *value)
{
    switch (bit) {
    case OPTION_SOCKET:
        invocation->socket = value;
        break;
    case OPTION_JSON:
        invocation->json = true;
        break;
    case OPTION_NO_WAIT:
        invocation->no_wait = true;
        break;
    case OPTION_COLOR:
        invocation->color = strcmp(value, "auto") == 0     ? COLOR_AUTO
                            : strcmp(value, "always") == 0 ? COLOR_ALWAYS
                            : strcmp(value, "never") == 0  ? COLOR_NEVER
                                                           : 0;
        return invocation->color != 0;
    case OPTION_ALL:
        invocation->all = true;
        break;
    case OPTION_EXPECT:
        invocation->expect = value;
        break;
    case OPTION_OWNER:
        invocation->owner = value;
        break;
    case OPTION_EPOCH:
        invocation->epoch = value;
        break;
    case OPTION_HELP:
    case OPTION_VERSION:
        break;
    }
    return true;
}

struct reading {
    struct invocation invocation;
    const char *command; /* NULL: none yet */
    unsigned given;      /* enum option_bit */
};

/* One word that begins with a dash; *ret_used says that the next one is its value. */
static int take_option(struct reading *reading, const char *word, const char *next, bool *ret_used)
{
    const char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    const struct option_row *row = find_option(word, equals ? (size_t)(equals - word) : strlen(word));
    if (!row)
        return complain_about_option(word);
    const char *value = equals ? equals + 1 : row->value ? next : NULL;
    if (!row->value && equals)
        return complain("no value is taken by option", word, "", NULL);
    if (row->value && !value)
        return complain("no value is given to option", word, "", NULL);
    *ret_used = row->value && !equals;
    reading->given |= row->bit;
    if (set_option(&reading->invocation, row->bit, value))
        return EXIT_CODE_OK;
    return complain("--color is auto, always or never, and not", value, "", NULL);
}

static int read_words(struct reading *reading, int argc, char **argv)
{
    bool only_arguments = false;
    for (int i = 1; i < argc; i++) {
        bool used = false;
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && argv[i][0] == '-' && argv[i][1]) {
            int code = take_option(reading, argv[i], argv[i + 1], &used);
            if (code != EXIT_CODE_OK)
                return code;
        } else if (!reading->command) {
            reading->command = argv[i];
        } else if (reading->invocation.argument_count < ARGUMENTS_MOST) {
            reading->invocation.arguments[reading->invocation.argument_count++] = argv[i];
        } else {
            return complain("too many arguments, the last of them", argv[i], "", NULL);
        }
        i += used ? 1 : 0;
    }
    return EXIT_CODE_OK;
}

static int run_command(const struct reading *reading)
{
    const struct command_row *row = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        if (strcmp(commands[i].name, reading->command) == 0)
            row = &commands[i];
    if (!row)
        return complain_about_command(reading->command);
    if (reading->given & OPTION_HELP) {
        print_command_help(row);
        return finish();
    }
    for (size_t i = 0; i < ARRAY_COUNT(options); i++)
        if (reading->given & options[i].bit & ~row->options)
            return complain("that command does not take option", options[i].name, "", NULL);
    uint32_t count = reading->invocation.argument_count;
    if (count < row->least || count > row->most) {
        fprintf(stderr, "repointctl: usage: repointctl %s %s\n", row->name, row->arguments);
        return EXIT_CODE_USAGE;
    }
    return row->run(&reading->invocation);
}

/* systemd may name several directories, with colons between; the first is the daemon's. */
static const char *default_socket(char storage[4096])
{
    const char *directory = getenv("RUNTIME_DIRECTORY");
    struct text path = text_over(storage, 4096);
    if (directory && directory[0])
        text_add_bytes(&path, directory, strcspn(directory, ":"));
    else
        text_add(&path, PROTOCOL_RUNTIME_DIRECTORY);
    text_add(&path, "/" PROTOCOL_SOCKET);
    return path.bytes;
}

int main(int argc, char **argv)
{
    static struct reading reading;
    char storage[4096];
    const char *no_color = getenv("NO_COLOR");
    reading.invocation.socket = default_socket(storage);
    reading.invocation.color = no_color && no_color[0] ? COLOR_NEVER : COLOR_AUTO;
    int code = read_words(&reading, argc, argv);
    if (code != EXIT_CODE_OK)
        return code;
    if (reading.given & OPTION_VERSION) {
        print_version();
        return finish();
    }
    if (reading.command)
        return run_command(&reading);
    if (reading.given & OPTION_HELP) {
        print_help();
        return finish();
    }
    fputs("repointctl: no command; see repointctl --help\n", stderr);
    return EXIT_CODE_USAGE;
}
