/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_APP_FIXTURE_H
#define REPOINTD_TESTS_APP_FIXTURE_H

/* A small house for the units of app: two records in one zone, one of them with both families and a label. */

#include "core/message.h"
#include "model/settings.h"

/*
 * record 0: www.example.com, A and AAAA, primary fra1 (192.0.2.10, 2001:db8::10), secondary 198.51.100.20
 * record 1: db.example.com, A, primary 192.0.2.30, secondary 198.51.100.30 without a check
 * watches and values have the same numbers, 0 to 3; value 4 is the unchecked one.
 */
extern const struct settings fixture_settings;

/* A notice as the core would make it: nothing meant, nothing known. */
struct notice fixture_notice(enum notice_kind kind, uint32_t record);

#endif
