/* SPDX-License-Identifier: MIT */
/*
 * See command_case.h.
 */

#include "command_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

int command_setup(void **state)
{
    *state = door_open(site_of(1, 1, false), true);
    return 0;
}

int command_teardown(void **state)
{
    door_close(*state);
    return 0;
}

struct marker command_marker(uint64_t owner, uint64_t epoch)
{
    return (struct marker){.owner = owner, .epoch = epoch, .nonce = 7000 + epoch};
}

static void say(struct door *door, struct command command, const char *expect)
{
    command.number = 40 + door->reply_count;
    command.expect[0] = site_set(door->site, RRTYPE_A, 30, expect);
    const struct event event = {.kind = EVENT_COMMAND, .is.command = &command};
    door_event(door, &event);
    door->site->used = 0;
}

void command_adopt(struct door *door, const char *expect)
{
    say(door, (struct command){.kind = COMMAND_ADOPT}, expect);
}

void command_take_over(struct door *door, uint64_t owner, uint64_t epoch)
{
    say(door, (struct command){.kind = COMMAND_TAKE_OVER, .owner = owner, .epoch = epoch}, "");
}

void command_disown(struct door *door)
{
    say(door, (struct command){.kind = COMMAND_DISOWN}, "");
}

void command_assert_replied(const struct door *door, enum command_result result, const char *detail, uint32_t messages)
{
    assert_int_equal(door->reply_count, 1);
    assert_int_equal(door->reply.number, 40);
    assert_int_equal(door->reply.result, result);
    if (detail != NULL && strstr(door->reply.detail, detail) == NULL)
        fail_msg("\"%s\" says nothing of \"%s\"", door->reply.detail, detail);
    assert_int_equal(door->send_count, messages);
    assert_int_equal(door_record(door, 0)->command, 0);
}

void command_begin(struct door *door, const char *addresses, const struct marker *marker)
{
    door_hold(door, 0, addresses, marker);
    door_run(door, 50000);
    assert_int_equal(door->send_count, 0);
}
