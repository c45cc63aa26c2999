/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside main.
 * What:  --help and --version, out of the tables.
 */
#include "ctl/help.h"

#include "base/text.h"
#include "base/version.h"
#include "ctl/client.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void print_options(unsigned bits)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        char form[64];
        if (!(bits & row->bit))
            continue;
        (void)snprintf(form, sizeof form, "%s--%s%s%s",
                       row->letter == 'h'   ? "-h, "
                       : row->letter == 'V' ? "-V, "
                                            : "",
                       row->name, row->value && row->value[0] != '[' ? " " : "", row->value ? row->value : "");
        for (const char *line = row->help, *name = form; *line; line += strspn(line, "\n"), name = "") {
            int length = (int)strcspn(line, "\n");
            printf("  %-15s %.*s\n", name, length, line);
            line += length;
        }
    }
}

static void print_exit_codes(void)
{
    fputs("\nExit status: 0 done, 1 refused or failed, 2 usage, 3 no daemon was reached.\n", stdout);
}

void help_print(void)
{
    fputs("usage: repointctl COMMAND [OPTION]...\n"
          "Speaks with the running repointd. root and the members of its group may.\n\n",
          stdout);
    size_t lines = (command_count + 1) / 2; /* two columns, each read downwards */
    for (size_t i = 0; i < lines; i++) {
        const struct command_row *left = &command_rows[i];
        if (i + lines == command_count) {
            printf("  %-10s %s\n", left->name, left->summary);
            break;
        }
        const struct command_row *right = &command_rows[i + lines];
        printf("  %-10s %-25s  %-10s %s\n", left->name, left->summary, right->name, right->summary);
    }
    fputs("\nrepointctl COMMAND --help tells more; --version is known, too.\n", stdout);
    print_exit_codes();
}

void help_print_command(const struct command_row *row)
{
    printf("usage: repointctl %s %s\n%s\n", row->name, row->arguments, row->details);
    print_options(row->options);
    if (row->run != command_check)
        print_exit_codes();
}

void help_print_version(void)
{
    char storage[128];
    struct text text = text_over(storage, sizeof storage);
    client_library(&text);
    printf("repointctl " REPOINTD_VERSION "\n%s, jansson %s\n", text.bytes, jansson_version_str());
}
