/* SPDX-License-Identifier: MIT */
/*
 * Where: doc, with the tables of repointctl and of the daemon's options.
 * What:  synopsis, commands and options of the manual pages.
 */
#include "app/options.h"
#include "ctl/rows.h"
#include "doc/parts.h"
#include "doc/roff.h"

void part_synopsis(FILE *out)
{
    for (size_t i = 0; i < command_count; i++) {
        fputs(".Nm\n", out);
        roff_usage(out, command_rows[i].name);
        fputc(' ', out);
        roff_usage(out, command_rows[i].arguments);
        fputc('\n', out);
    }
}

void part_commands(FILE *out)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command_row *row = &command_rows[i];
        fputs(".It ", out);
        roff_usage(out, row->name);
        fputc(' ', out);
        roff_usage(out, row->arguments);
        fputc('\n', out);
        roff_sentence(out, row->summary);
        roff_sentence(out, row->details);
    }
}

/* Who takes an option, where that is neither everybody nor nobody: named, or those who do not. */
static void put_takers(FILE *out, enum option_bit bit)
{
    size_t takers = 0;
    for (size_t i = 0; i < command_count; i++)
        takers += (command_rows[i].options & bit) != 0;
    if (takers == 0 || takers == command_count)
        return;
    bool named = takers <= command_count / 2;
    const char *before = named ? "Of " : "Of all commands but ";
    for (size_t i = 0; i < command_count; i++)
        if (((command_rows[i].options & bit) != 0) == named) {
            fputs(before, out);
            roff_usage(out, command_rows[i].name);
            before = ", ";
        }
    fputs(".\n", out);
}

void part_options(FILE *out)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        fputs(".It ", out);
        if (row->letter)
            fprintf(out, "\\fB\\-%c\\fP, ", row->letter);
        fputs("\\fB\\-\\-", out);
        roff_plain(out, row->name);
        fputs("\\fP", out);
        if (row->value && row->value[0] != '[')
            fputc(' ', out);
        roff_usage(out, row->value ? row->value : "");
        fputc('\n', out);
        roff_sentence(out, row->help);
        put_takers(out, row->bit);
    }
}

void part_daemon_options(FILE *out)
{
    const char *form, *help;
    for (size_t i = 0; options_row(i, &form, &help); i++) {
        fputs(".It ", out);
        roff_usage(out, form);
        fputc('\n', out);
        roff_sentence(out, help);
    }
}
