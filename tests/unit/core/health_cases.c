/* SPDX-License-Identifier: MIT */
/*
 * Where: unit tests of core/health and core/tally.
 * What:  see health_cases.h.
 */

#include "health_cases.h"

struct check_settings check_of(uint16_t rise, uint16_t fall)
{
    return (struct check_settings){.interval_ms = 10000,
                                   .interval_changing_ms = 10000,
                                   .total_ms = 4000,
                                   .rise = rise,
                                   .fall = fall,
                                   .jitter_permille = 100};
}

bool observe(struct health *health, const struct check_settings *check, enum verdict verdict, mono_ms started)
{
    return health_observe(health, check, verdict, started, started + 100);
}

struct health health_up(const struct check_settings *check, mono_ms started)
{
    struct health health = {0};
    observe(&health, check, VERDICT_PASS, started);
    return health;
}

struct health health_down(const struct check_settings *check, mono_ms started)
{
    struct health health = {0};
    for (int n = 0; n < check->fall; n++)
        observe(&health, check, VERDICT_FAIL, started + n * 10000);
    return health;
}
