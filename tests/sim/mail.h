/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_MAIL_H
#define REPOINTD_SIM_MAIL_H

/*
 * Where: the simulator, between the engine's batches and the name servers.
 * What:  an UPDATE message as RFC 2136 has it, written from the members of a batch; what io/dns_packet does in the
 *        daemon.
 */

#include "server.h"

/* Fills `message` with copies; its lists and members belong to it from then on. */
void mail_write(struct world *world, struct message *message, uint32_t zone, const struct batch_view *batch);
void mail_done(struct message *message);

/* Octets of the message by the sizes of RFC 1035 without compression, TSIG included. */
uint32_t mail_octets(const struct world *world, const struct message *message);

#endif
