/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_TXN_CASE_H
#define REPOINTD_TESTS_TXN_CASE_H

/*
 * Where: unit tests of core/transaction.
 * What:  one transaction of www.example.com (primary 192.0.2.1, secondary 198.51.100.1), a wish, and a server whose
 *        reads and answers the test gives. Time is in milliseconds and moves only by the test's word.
 */

#include "core/transaction.h"
#include "site.h"

#define CASE_OWNER UINT64_C(0x4be1c0de77aa0912)
#define PRIMARY    "192.0.2.1"
#define SECONDARY  "198.51.100.1"
#define STRANGER   "203.0.113.5"

struct txn_case {
    struct site *site;
    struct txn txn;
    struct random random;
    struct wish wish;
    mono_ms now, gap_at;
    uint8_t storage[512];
    char reply[DETAIL_TEXT_MAX];
};

int txn_case_setup(void **state); /* unread; the first read is due at 1000, and it is 1000 */
int txn_case_teardown(void **state);

/* The marker of ours with this epoch as a stranger would have read it. */
struct marker case_marker(uint64_t epoch);

void case_want(struct txn_case *c, uint32_t target, const char *addresses); /* ID_NONE: as it is */

/* Each gives the step that follows. */
struct txn_step case_consider(struct txn_case *c);
struct txn_step case_seen(struct txn_case *c, const struct observed *seen);
struct txn_step case_reads(struct txn_case *c, const char *addresses, const struct marker *marker); /* trustworthy */
struct txn_step case_read_fails(struct txn_case *c, enum outcome outcome);
struct txn_step case_answer(struct txn_case *c, enum outcome outcome);

/* Reads the primary under our marker of epoch 12: idle, in sync, belief fresh. */
void case_settle(struct txn_case *c);

/* … and has a switch to the secondary under way. */
void case_send_switch(struct txn_case *c);

/* … and its answer is lost: being resolved. */
void case_lose_switch(struct txn_case *c);

/* The marker that the message in hand would leave. */
struct marker case_fresh(const struct txn_case *c);

/* The step has stopped it by this condition, until the next audit. */
void case_assert_stopped(const struct txn_case *c, struct txn_step step, enum condition condition);

/* The next thing is a read after some wait: moves time there and asks for it. Returns the wait. */
int64_t case_wait_and_read(struct txn_case *c);

#endif
