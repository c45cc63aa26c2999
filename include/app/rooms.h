/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_ROOMS_H
#define REPOINTD_APP_ROOMS_H

/*
 * Where: app; between the loop, which lasts, and a configuration, which may be followed by another.
 * What:  everything that is built for one configuration and goes with it.
 */

#include "app/pulse.h"
#include "base/error.h"
#include "core/engine.h"
#include "io/dns_client.h"
#include "io/dns_verify.h"
#include "io/loop.h"
#include "io/prober.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct rooms {
    struct prober *prober;
    struct dns_client *dns;
    struct dns_verify *verify;
    struct engine *engine;
    struct pulse pulse;
};

/* Whose the answers are. */
struct rooms_handlers {
    probe_done_fn *probe_done;
    dns_read_done_fn *read_done;
    dns_send_done_fn *send_done;
    dns_verify_done_fn *verify_done;
    void *ctx;
};

/* `settings` are borrowed. False with err: what was built is taken down by rooms_take_down. */
NODISCARD bool rooms_build(struct rooms *rooms, struct loop *loop, const struct settings *settings, uint64_t owner,
                           const struct rooms_handlers *handlers, struct error *err);

/* Zeroed rooms are fine. What is under way is cancelled, and nobody hears of it. */
void rooms_take_down(struct rooms *rooms);

#endif
