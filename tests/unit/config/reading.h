/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_CONFIG_READING_H
#define REPOINTD_TESTS_CONFIG_READING_H

/*
 * Where: under the units of config.
 * What:  a text read to a configuration or to complaints, and a folder of files that is gone afterwards.
 */

#include "config/complaints.h"
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct reading {
    bool good;
    struct config config;
    struct complaints *complaints;
};

/*
 * A server ns1 for example.com and example.net at 127.0.0.1, whose key is a credential that nobody hands over (a
 * warning).
 */
#define SERVER \
    "servers:\n  ns1:\n    address: 127.0.0.1\n    zones: [example.com, example.net]\n    key: {credential: ddns}\n"
#define CHECK "checks:\n  web: {http: http://www.example.com/healthz}\n  smtp: {tcp: 25}\n"

struct reading read_text(const char *text);
struct reading read_path(const char *path, enum config_purpose purpose, const char *credentials_directory);
void reading_done(struct reading *reading);

/* Asserts that the text loads, with nothing but the warning of the credential. */
struct reading read_well(const char *text);

/* The first complaint whose message holds `words`; NULL if there is none. */
const struct complaint *find_complaint(const struct reading *reading, const char *words);

/* Asserts that the text is refused, with a complaint at this place that holds these words. */
void assert_complaint(const char *text, uint32_t line, uint32_t column, const char *words);

/* What complaints_print gives; to be freed. */
char *printed(const struct complaints *complaints, bool strict);

/*
 * 121 calculated checks on each other, 16 deep, each of all eight of the layer below it: the top, "all", is met with
 * the two probes below by more ways than there is time. `slow` is the interval of one of them. Valid until the next
 * call.
 */
const char *stacked_groups(const char *slow);

/* A folder of its own; files are named relative to it. */
struct folder {
    char path[64];
};
struct folder folder_new(void);
void folder_remove(const struct folder *folder);
const char *folder_write(const struct folder *folder, const char *name, const char *text, unsigned mode);
const char *folder_path(const struct folder *folder, const char *name); /* valid until the next four calls */

#endif
