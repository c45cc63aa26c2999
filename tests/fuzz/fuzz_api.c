/* SPDX-License-Identifier: MIT */
/*
 * Where: tests; libFuzzer, and each `make check` over the corpus.
 * What:  app/command_request and app/override_request over any body (the first octet says for which command) and any
 *        name: a command that can be carried out, or one sentence that a terminal and a JSON text can bear. Fault 132.
 */
#include "../unit/io/in_flight_world.h"
#include "app/command_request.h"
#include "app/override_request.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_harmless(const char *words)
{
    for (; *words; words++)
        assert(*words >= ' ' && *words <= '~');
}

static void assert_good(const struct command_request *request, enum command_kind kind)
{
    const struct command *command = &request->command;
    assert(command->kind == kind && request->words[0]);
    if (request->all) {
        assert(kind == COMMAND_TAKE_OVER && command->record == ID_NONE);
        return;
    }
    assert(command->record < world.record_count);
    const struct record_settings *record = &world.records[command->record];
    uint32_t addresses = 0;
    for (uint32_t i = 0; kind == COMMAND_ADOPT && i < record->type_count; i++) {
        assert(command->expect[i].type == record->types[i]);
        assert(command->expect[i].length <= sizeof request->storage[i]);
        addresses += command->expect[i].count;
    }
    assert(kind != COMMAND_ADOPT || addresses > 0);
    assert(kind != COMMAND_TAKE_OVER || command->epoch > 0);
}

static void try_body(enum command_kind kind, const char *body, size_t length)
{
    static struct command_request request;
    struct error err = {.code = ERROR_NONE};
    switch (command_request_read(&world, kind, body, length, &request, &err)) {
    case COMMAND_REQUEST_GOOD:
        assert_good(&request, kind);
        break;
    case COMMAND_REQUEST_BAD:
    case COMMAND_REQUEST_NO_RECORD:
        assert(err.code != ERROR_NONE && err.text[0]);
        assert_harmless(err.text);
        break;
    }
    assert_harmless(request.words);
}

/* What an override is asked for with: within its room and ended, whatever was in the body. */
static void try_override(enum override_verb verb, const char *body, size_t length)
{
    static struct override_request request;
    struct error err = {.code = ERROR_NONE};
    if (override_request_read(verb, body, length, &request, &err)) {
        assert(request.verb == verb);
        assert(request.all || request.subject[0]);
        assert(memchr(request.subject, '\0', sizeof request.subject));
        assert(memchr(request.target, '\0', sizeof request.target));
        assert(memchr(request.reason, '\0', sizeof request.reason));
    } else {
        assert(err.code != ERROR_NONE && err.text[0]);
        assert_harmless(err.text);
    }
    assert_harmless(request.words);
    (void)command_request_no_wait(body, length);
}

static void try_name(const uint8_t *data, size_t size)
{
    struct error err = {.code = ERROR_NONE};
    char *name = malloc(size + 1);
    assert(name);
    memcpy(name, data, size);
    name[size] = '\0';
    uint32_t record = command_find_record(&world, name, &err);
    assert(record < world.record_count || (record == ID_NONE && err.code != ERROR_NONE));
    assert_harmless(record == ID_NONE ? err.text : "");
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum command_kind kinds[] = {COMMAND_ADOPT, COMMAND_TAKE_OVER, COMMAND_DISOWN};
    static const enum override_verb verbs[] = {VERB_FAILOVER, VERB_FAIL_BACK, VERB_DRAIN, VERB_HOLD, VERB_RELEASE};
    if (world.record_count == 0)
        world_set_up();
    try_name(data, size);
    if (size > 0)
        try_body(kinds[data[0] % 3], (const char *)data + 1, size - 1);
    if (size > 0)
        try_override(verbs[data[0] % 5], (const char *)data + 1, size - 1);
    return 0;
}
