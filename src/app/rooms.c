/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under app and reload.
 * What:  built bottom-up, taken down top-down.
 */
#include "app/rooms.h"

#include <errno.h>
#include <sys/random.h>

bool rooms_build(struct rooms *rooms, struct loop *loop, const struct settings *settings, uint64_t owner,
                 const struct rooms_handlers *handlers, struct error *err)
{
    uint64_t seed;
    *rooms = (struct rooms){.prober = NULL};
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        error_set_errno(err, errno, "cannot take random numbers from the kernel");
        return false;
    }
    void *ctx = handlers->ctx;
    if (!(rooms->prober = prober_new(loop, settings, handlers->probe_done, ctx, err)) ||
        !(rooms->dns = dns_client_new(loop, settings, handlers->read_done, handlers->send_done, ctx, err)) ||
        !(rooms->verify = dns_verify_new(loop, settings, handlers->verify_done, ctx, err)))
        return false;
    mono_ms now = loop_refresh(loop);
    rooms->engine = engine_new(settings, owner, seed, now, err);
    if (!rooms->engine)
        return false;
    pulse_init(&rooms->pulse, settings, prober_concurrency(rooms->prober), now);
    return true;
}

void rooms_take_down(struct rooms *rooms)
{
    pulse_done(&rooms->pulse);
    engine_free(rooms->engine);
    dns_verify_free(rooms->verify);
    dns_client_free(rooms->dns);
    prober_free(rooms->prober);
    *rooms = (struct rooms){.prober = NULL};
}
