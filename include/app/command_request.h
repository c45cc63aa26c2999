/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_COMMAND_REQUEST_H
#define REPOINTD_APP_COMMAND_REQUEST_H

/*
 * Where: app, behind commands.
 * What:  the hostile JSON of a request to one typed command, or the sentence that says what is wrong with it.
 */

#include "base/attributes.h"
#include "base/error.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_ADDRESSES_MOST 256
#define COMMAND_WORDS_MAX      256

struct command_request {
    struct command command; /* but for its number; views `storage` */
    bool all;               /* take-over: every record whose marker carries `command.owner` */
    bool no_wait;
    char words[COMMAND_WORDS_MAX]; /* as it would be typed, sanitised: "adopt www.example.com --expect 192.0.2.1" */
    uint8_t storage[2][COMMAND_ADDRESSES_MOST * 18];
};

enum command_request_verdict { COMMAND_REQUEST_GOOD = 1, COMMAND_REQUEST_BAD, COMMAND_REQUEST_NO_RECORD };

/* `words` is filled in as far as the request could be read; `err` is told unless it is GOOD. */
enum command_request_verdict command_request_read(const struct settings *settings, enum command_kind kind,
                                                  const char *body, size_t length, struct command_request *ret,
                                                  struct error *err);

/* The record with this id, else the only one that manages this name; ID_NONE with err. */
uint32_t command_find_record(const struct settings *settings, const char *name, struct error *err);

const char *command_kind_name(enum command_kind kind); /* "take-over" */

/* Of a request that has nothing else to say: he does not wait. What is no such object says nothing. */
bool command_request_no_wait(const char *body, size_t length);

#endif
