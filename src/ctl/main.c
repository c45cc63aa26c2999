/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, the top of repointctl.
 * What:  the command line, read by the tables of rows.h, and its usage errors.
 * Why:   what is not in the tables is not there: a slip is guessed, and ends before the daemon hears of it.
 */
#include "app/protocol.h"
#include "base/names.h"
#include "base/text.h"
#include "ctl/complete.h"
#include "ctl/help.h"
#include "ctl/rows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    const char *names[64] = {NULL};
    for (size_t i = 0; i < command_count; i++)
        names[i] = command_rows[i].name;
    return complain("unknown command", word, "", names_nearest_of(names, word));
}

static int complain_about_option(const char *word)
{
    const char *names[64] = {NULL};
    for (size_t i = 0; i < option_count; i++)
        names[i] = option_rows[i].name;
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
        assert(value != NULL); /* its row says that it takes one */
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
    case OPTION_TO:
        invocation->to = value;
        break;
    case OPTION_FOR:
        invocation->duration = value;
        break;
    case OPTION_REASON:
        invocation->reason = value;
        break;
    case OPTION_WATCH:
        invocation->watch = value ? value : "2s";
        break;
    case OPTION_FOLLOW:
        invocation->follow = true;
        break;
    case OPTION_SINCE:
        invocation->since = value;
        break;
    case OPTION_TIMEOUT:
        invocation->timeout = value;
        break;
    case OPTION_FORCE:
        invocation->force = true;
        break;
    case OPTION_TEST:
        invocation->test = true;
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
    const struct option_row *row = rows_find_option(word, equals ? (size_t)(equals - word) : strlen(word));
    if (!row)
        return complain_about_option(word);
    bool may = row->value && row->value[0] == '[';
    const char *value = equals ? equals + 1 : row->value && !may ? next : NULL;
    if (!row->value && equals)
        return complain("no value is taken by option", word, "", NULL);
    if (row->value && !may && !value)
        return complain("no value is given to option", word, "", NULL);
    *ret_used = row->value && !may && !equals;
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

/* EXIT_CODE_OK: the command may have it. */
static int judge_words(const struct reading *reading, const struct command_row *row)
{
    for (size_t i = 0; i < option_count; i++)
        if (reading->given & option_rows[i].bit & ~row->options)
            return complain("that command does not take option", option_rows[i].name, "", NULL);
    uint32_t count = reading->invocation.argument_count;
    if (count < row->least || count > row->most) {
        fprintf(stderr, "repointctl: usage: repointctl %s %s\n", row->name, row->arguments);
        return EXIT_CODE_USAGE;
    }
    return EXIT_CODE_OK;
}

static int run_command(const struct reading *reading)
{
    const struct command_row *row = rows_find(reading->command);
    if (!row)
        return complain_about_command(reading->command);
    if (reading->given & OPTION_HELP) {
        help_print_command(row);
        return finish();
    }
    int code = judge_words(reading, row);
    if (code != EXIT_CODE_OK)
        return row->run == command_check ? command_check_usage() : code;
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

/* To a monitor 2 says that all is lost: so what check is not understood with ends otherwise. */
static int finish_usage(int code, int argc, char **argv)
{
    for (int i = 1; i < argc && code == EXIT_CODE_USAGE; i++)
        if (strcmp(argv[i], "check") == 0)
            return command_check_usage();
    return code;
}

static int run(struct reading *reading, int argc, char **argv)
{
    int code = read_words(reading, argc, argv);
    if (code != EXIT_CODE_OK)
        return finish_usage(code, argc, argv);
    if (reading->given & OPTION_VERSION) {
        help_print_version();
        return finish();
    }
    if (reading->command)
        return run_command(reading);
    if (reading->given & OPTION_HELP) {
        help_print();
        return finish();
    }
    fputs("repointctl: no command; see repointctl --help\n", stderr);
    return EXIT_CODE_USAGE;
}

int main(int argc, char **argv)
{
    static struct reading reading;
    char storage[4096];
    const char *no_color = getenv("NO_COLOR");
    reading.invocation.socket = default_socket(storage);
    reading.invocation.color = no_color && no_color[0] ? COLOR_NEVER : COLOR_AUTO;
    if (argc > 1 && strcmp(argv[1], COMPLETE_WORD) == 0)
        return complete_command(reading.invocation.socket, (uint32_t)argc - 2, argv + 2);
    return run(&reading, argc, argv);
}
