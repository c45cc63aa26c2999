/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_PACE_H
#define REPOINTD_IO_DNS_PACE_H

/*
 * Where: io, in dns_verify.
 * What:  when a name server may be asked again, so that nobody is asked more than 200 questions a second.
 */

#include "base/time.h"
#include "model/address.h"

#include <stdint.h>

#define DNS_PACE_QUESTION_MS 5
#define DNS_PACE_MAX         256 /* addresses that are remembered; of more the one that rests longest is forgotten */

/* Zeroed is fresh. */
struct dns_pace {
    uint32_t count;
    struct {
        struct endpoint peer;
        mono_ms next;
    } items[DNS_PACE_MAX];
};

/* Takes the time of so many questions to this server; gives the instant at which they may be asked. */
mono_ms dns_pace_take(struct dns_pace *pace, const struct endpoint *peer, uint32_t questions, mono_ms now);

#endif
