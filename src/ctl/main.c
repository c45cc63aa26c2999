/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, the top of repointctl.
 * What:  --help and --version; for everything else it says that the daemon of this version cannot be asked yet.
 * Why:   packages, completion and habits can rest on the name already, and a script learns by the exit code what it
 *        needs to know: 3, no daemon that would answer.
 */
#include "app/protocol.h"
#include "base/version.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "usage: repointctl [--help | --version]\n"
                           "Speaks with a running repointd through its control socket.\n\n"
                           "This version of repointd has no control socket yet. Until it has:\n"
                           "  systemctl status repointd         what it does now, in a line\n"
                           "  journalctl -u repointd            what it did, and why\n"
                           "  systemctl kill -s USR1 repointd   its counters, into the journal\n"
                           "  repointd --probe CHECK ADDRESS    one probe, step by step\n\n"
                           "  -h, --help     prints this\n"
                           "  -V, --version  prints the version\n\n"
                           "Exit status: 0 done, 3 no daemon that could answer.\n";

static int print(const char *words)
{
    return fputs(words, stdout) >= 0 && fflush(stdout) == 0 ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return print(help);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return print("repointctl " REPOINTD_VERSION "\n");
    fprintf(stderr, "repointctl: this version of repointd has no control socket yet, so it cannot be asked; see "
                    "repointctl --help\n");
    return EXIT_CODE_UNREACHED;
}
