/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_PLAN_CASE_H
#define REPOINTD_TESTS_PLAN_CASE_H

/*
 * One record (primary 192.0.2.1, secondary 198.51.100.1), what is believed of it, and what is wanted. For tests of
 * core/plan.
 */

#include "core/belief.h"
#include "site.h"

#define OWNER     UINT64_C(0x4be1c0de77aa0912)
#define PRIMARY   "192.0.2.1"
#define SECONDARY "198.51.100.1"
#define STRANGER  "203.0.113.5"

struct plan_case {
    struct site *site;
    struct belief belief;
    uint8_t storage[512];
    const struct rrset *wanted; /* NULL: as it is */
    struct rrset wanted_sets[2];
};

int plan_case_setup(void **state);
int plan_case_teardown(void **state);

struct marker plan_case_marker(uint64_t epoch); /* of ours */
void plan_case_want(struct plan_case *f, const char *addresses);

/* What was read last: these addresses under our marker of this epoch. */
void plan_case_believe(struct plan_case *f, const char *addresses, uint64_t epoch);

/* The plan (with nonce 77) upon this read, or upon these addresses and our marker of this epoch; 0: no marker. */
struct plan plan_case_of(struct plan_case *f, const struct observed *seen);
struct plan plan_case_upon(struct plan_case *f, const char *addresses, uint64_t epoch);

/* A message of this kind is sent; `doubt`: nobody knows what became of it. */
void plan_case_send(struct plan_case *f, struct plan plan, uint32_t target, bool doubt);

void plan_case_stops(struct plan plan, enum condition condition);

#endif
