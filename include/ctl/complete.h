/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_COMPLETE_H
#define REPOINTD_CTL_COMPLETE_H

/*
 * Where: ctl, under main; asked by conf/bash-completion/repointctl.
 * What:  repointctl --complete WORD...: what could stand in the place of the last word, one a line.
 * Why:   the words are read by the tables of rows.h, so that a new command is completed without a line for it here.
 *        Whatever goes wrong, it is silent and short: somebody waits at the key.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json_t;

/* The daemon's answer, borrowed; NULL where there is none. */
typedef const struct json_t *complete_status_fn(void *ctx);

/*
 * `words` are those after the name of the program; the last one is being typed and may be "". `status` is called only
 * where names are wanted.
 */
void complete_words(const char *const *words, uint32_t count, complete_status_fn *status, void *ctx, FILE *out);

/* The same of the running daemon. `socket` is the one that holds unless a word says otherwise. */
int complete_command(const char *socket, uint32_t count, char **words);

/* Whether a word of a usage line, as NAME, is known here: what can stand for it, or that nothing can. */
bool complete_knows(const char *word, size_t length);

#endif
