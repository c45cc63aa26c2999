/* SPDX-License-Identifier: MIT */
/*
 * See plan_case.h.
 */

#include "plan_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

int plan_case_setup(void **state)
{
    struct plan_case *f = calloc(1, sizeof(*f));
    f->site = site_new();
    belief_init(&f->belief, &f->site->records[0], OWNER, f->storage);
    *state = f;
    return 0;
}

int plan_case_teardown(void **state)
{
    struct plan_case *f = *state;
    site_free(f->site);
    free(f);
    return 0;
}

struct marker plan_case_marker(uint64_t epoch)
{
    return (struct marker){.owner = OWNER, .epoch = epoch, .nonce = 1000 + epoch};
}

void plan_case_want(struct plan_case *f, const char *addresses)
{
    f->wanted_sets[0] = site_set(f->site, RRTYPE_A, 30, addresses);
    f->wanted = f->wanted_sets;
}

void plan_case_believe(struct plan_case *f, const char *addresses, uint64_t epoch)
{
    struct marker marker = plan_case_marker(epoch);
    struct observed seen = site_seen(f->site, addresses, &marker);
    belief_learn(&f->belief, &seen, plan_current_target(&f->site->settings, &f->site->records[0], seen.sets), 1);
}

struct plan plan_case_of(struct plan_case *f, const struct observed *seen)
{
    return plan_make(&f->site->settings, &f->site->records[0], seen, &f->belief, f->wanted, 77);
}

struct plan plan_case_upon(struct plan_case *f, const char *addresses, uint64_t epoch)
{
    struct marker marker = plan_case_marker(epoch);
    struct observed seen = site_seen(f->site, addresses, epoch == 0 ? NULL : &marker);
    return plan_case_of(f, &seen);
}

void plan_case_stops(struct plan plan, enum condition condition)
{
    assert_int_equal(plan.kind, PLAN_STOP);
    assert_int_equal(plan.condition, condition);
}

void plan_case_send(struct plan_case *f, struct plan plan, uint32_t target, bool doubt)
{
    belief_intend(&f->belief, &plan, target);
    f->belief.pending.sent = true;
    f->belief.pending.in_doubt = doubt;
}
