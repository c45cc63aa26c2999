/* SPDX-License-Identifier: MIT */
/*
 * What: an operator at a door.
 */
#include "operator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60000

void operator_lay(struct door *door, struct override override)
{
    if (override.until == 0)
        override.until = MONO_NEVER;
    const struct event event = {.kind = EVENT_OVERRIDE, .is.override = &override};
    door_event(door, &event);
}

void operator_force(struct door *door, uint32_t target, mono_ms until)
{
    operator_lay(door, (struct override){.id = 1, .kind = OVERRIDE_FAILOVER, .target = target, .until = until});
}

void operator_hold(struct door *door, uint32_t record, mono_ms until)
{
    operator_lay(door, (struct override){.id = 2, .kind = OVERRIDE_HOLD, .record = record, .until = until});
}

void operator_drain(struct door *door, const char *address)
{
    struct override override = {.id = 3, .kind = OVERRIDE_DRAIN, .record = ID_NONE};
    assert_true(address_parse(address, &override.address, NULL));
    operator_lay(door, override);
}

void operator_release(struct door *door, uint32_t id)
{
    const struct event event = {.kind = EVENT_RELEASE, .is.released = id};
    door_event(door, &event);
}

void operator_ask(struct door *door, enum command_kind kind)
{
    const struct command command = {.kind = kind, .number = 50 + door->reply_count};
    const struct event event = {.kind = EVENT_COMMAND, .is.command = &command};
    door_event(door, &event);
}

struct door *operator_door(struct site *site)
{
    struct door *door = door_quiet(site);
    door_run(door, MINUTE);
    assert_int_equal(door->send_count, 0);
    return door;
}

void operator_check_reply(const struct door *door, uint32_t count, enum command_result result, const char *detail)
{
    assert_int_equal(door->reply_count, count);
    assert_int_equal(door->reply.number, 49 + count);
    assert_int_equal(door->reply.result, result);
    if (strstr(door->reply.detail, detail) == NULL)
        fail_msg("\"%s\" says nothing of \"%s\"", door->reply.detail, detail);
}
