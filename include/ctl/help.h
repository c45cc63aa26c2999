/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_HELP_H
#define REPOINTD_CTL_HELP_H

/*
 * Where: ctl, under main.
 * What:  what --help and --version print to stdout, out of the tables of rows.h.
 */

#include "ctl/rows.h"

void help_print(void);
void help_print_command(const struct command_row *row);
void help_print_version(void);

#endif
