/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_OFFICE_H
#define REPOINTD_TESTS_OFFICE_H

/*
 * Where: unit tests of core/batch.
 * What:  one zone of a thousand records, and a server that takes all of a message or nothing.
 */

#include "core/batch.h"

#define OFFICE_RECORDS 1000

struct office {
    struct server_settings settings;
    struct batch_server server;
    struct batch zone;
    struct batch_link links[OFFICE_RECORDS];
    struct batch_member members[OFFICE_RECORDS];
    struct random random;
    struct plan plan;
    enum outcome bad[OFFICE_RECORDS]; /* what the server says to a message with this one in it; 0: it is good */
    bool hints;                       /* UNKNOWN is an unsigned BADKEY, as Knot says it */
    bool done[OFFICE_RECORDS];        /* its change was accepted, or it was refused alone */
    uint32_t messages, alone;
    mono_ms now;
};

/* For cmocka. */
int office_setup(void **state);
int office_teardown(void **state);

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, office_setup, office_teardown)

/* All as at the beginning. */
void office_renew(struct office *o);

/* These want to leave dead targets. */
void office_join(struct office *o, uint32_t from, uint32_t below);

/* Makes and seals the next message. Its size; 0: none may be made. */
uint32_t office_make(struct office *o);

/* Its answer; who was neither accepted nor alone joins again, as after a read that shows no change. */
void office_tell(struct office *o, enum outcome outcome);

/* Messages, judged by `bad`, until none may be made. */
void office_run(struct office *o);

/* The first `count` are done, and nobody waits. */
void office_check_all_done(const struct office *o, uint32_t count);

#endif
