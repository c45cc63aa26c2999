/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of check; over settings alone.
 * What:  how often each address is asked by all checks together.
 * Why:   each check looks harmless alone. A host behind many names may be asked for each of them, and whoever runs it
 *        should hear of that from the file and not from its owner.
 */
#include "config/check.h"

#include "base/names.h"

#include <inttypes.h>
#include <stdlib.h>

#define MINUTE_MS     60000u
#define SCALE         1000u /* probes a minute are counted in thousandths: 1h is 16 of them */
#define RUDE_A_MINUTE 120u

/* One look at one address, with what it takes to sort by address without asking anybody. */
struct share {
    const struct watch_settings *watch;
    uint32_t interval_ms;
};

static int by_address(const void *a, const void *b)
{
    return address_compare(&((const struct share *)a)->watch->address, &((const struct share *)b)->watch->address);
}

/* What other people's hosts get: not this one, and not the references, which have an interval of their own. */
static uint32_t collect(const struct settings *settings, struct share *shares)
{
    const uint32_t named = settings_named_checks(settings);
    uint32_t count = 0;
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        const struct watch_settings *watch = &settings->watches[i];
        const struct check_settings *check = &settings->checks[watch->check];
        if (watch->check < named && check_kind_probes(check->kind) && check->interval_ms != 0 &&
            watch->address.family != ADDRESS_NONE && !address_is_loopback(&watch->address))
            shares[count++] = (struct share){.watch = watch, .interval_ms = check->interval_ms};
    }
    return count;
}

static uint64_t rate_of(const struct share *share)
{
    return (uint64_t)MINUTE_MS * SCALE / share->interval_ms;
}

/* An address and what it gets; `most` is the share that gives it most. */
struct sum {
    uint64_t rate;
    const struct share *most;
    uint32_t checks;
};

/* The shares of one address, which begin at `first`. */
static struct sum add_up(const struct share *shares, uint32_t count, uint32_t first)
{
    struct sum sum = {.most = &shares[first]};
    for (uint32_t i = first; i < count && by_address(&shares[i], &shares[first]) == 0; i++) {
        sum.rate += rate_of(&shares[i]);
        sum.checks++;
        if (shares[i].interval_ms < sum.most->interval_ms)
            sum.most = &shares[i];
    }
    return sum;
}

static void complain(const struct config_origins *origins, const struct sum *worst, uint32_t others,
                     struct complaints *complaints)
{
    char address[ADDRESS_TEXT_MAX], more[64] = "";
    struct text out = text_over(more, sizeof(more));
    bool own = false;
    address_format(&worst->most->watch->address, address);
    if (others > 0)
        text_addf(&out, ", and so do %" PRIu32 " other address%s", others, others == 1 ? "" : "es");
    complaints_add(complaints, COMPLAINT_WARNING,
                   origins_check_pair(origins, worst->most->watch->check, "interval", "http", &own),
                   "%s gets %" PRIu64 " probes a minute from %" PRIu32 " checks together%s; a longer 'interval', here "
                   "or elsewhere, is kinder to it",
                   address, (worst->rate + SCALE / 2) / SCALE, worst->checks, more);
}

void check_rates(const struct settings *settings, const struct config_origins *origins, struct complaints *complaints)
{
    struct share *shares = calloc(settings->watch_count + (size_t)1, sizeof(*shares));
    if (shares == NULL)
        abort();
    uint32_t count = collect(settings, shares), rude = 0;
    struct sum worst = {.rate = 0};
    qsort(shares, count, sizeof(*shares), by_address);
    for (uint32_t i = 0; i < count;) {
        struct sum sum = add_up(shares, count, i);
        i += sum.checks;
        if (sum.rate <= (uint64_t)RUDE_A_MINUTE * SCALE)
            continue;
        rude++;
        if (sum.rate > worst.rate)
            worst = sum;
    }
    if (rude > 0)
        complain(origins, &worst, rude - 1, complaints);
    free(shares);
}
