/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_PREVIEW_H
#define REPOINTD_CORE_PREVIEW_H

/*
 * Where: core; looked at by reports, never by decisions.
 * What:  the message that a record has to send now, and the sets that its name servers should serve.
 * Why:   what would be sent is planned by the same tables as what is sent. Nothing of the engine changes by it but the
 *        scratch that each step fills anew.
 */

#include "base/time.h"
#include "core/engine.h"
#include "core/plan.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The message that is queued or on its way; else the one that would be queued at once, if nothing but a dry run or the
 * age of what was read last stands before it. `nonce` is for the marker of one that is made up. False: there is none.
 * Its sets are good until the engine is asked for anything else.
 */
bool preview_message(struct engine *engine, uint32_t record, uint64_t nonce, mono_ms now, struct plan *ret);

/*
 * What should stand in the zone by what is decided now, by the record's types; good as long as the above. False: that
 * is not for us to say, since nothing there is known to be ours.
 */
bool preview_wanted(struct engine *engine, uint32_t record, struct rrset ret[2]);

#endif
