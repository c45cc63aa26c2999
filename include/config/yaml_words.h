/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CONFIG_YAML_WORDS_H
#define REPOINTD_CONFIG_YAML_WORDS_H

/*
 * Where: config, beside the tree.
 * What:  what libyaml found, in words for the person who wrote the file.
 */

/* `problem` as libyaml has it (NULL: it has none); the characters before and at the place, NUL where there is none. */
const char *yaml_words(const char *problem, char before, char at);

#endif
