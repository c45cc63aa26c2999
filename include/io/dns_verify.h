/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_DNS_VERIFY_H
#define REPOINTD_IO_DNS_VERIFY_H

/*
 * Where: io, behind EFFECT_VERIFY.
 * What:  asks every server of `verify` what it says about a record, and tells all answers of a round together.
 * Why:   after a change only the name servers that the world asks can show that it is served. Nothing is ever written
 *        on account of an answer from here, so it need not be signed.
 *
 * No server address is asked more than 200 questions a second, whatever changes at a time; whoever has to wait has one
 * place to wait in.
 */

#include "base/error.h"
#include "core/message.h"
#include "io/loop.h"
#include "model/settings.h"

struct dns_verify;

/* The report and its sets die with the call. */
typedef void dns_verify_done_fn(struct op op, const struct verify_report *report, void *ctx);

/* `settings` is borrowed. NULL with err: memory is out. */
struct dns_verify *dns_verify_new(struct loop *loop, const struct settings *settings, dns_verify_done_fn *done,
                                  void *ctx, struct error *err);
void dns_verify_free(struct dns_verify *verify); /* whatever is under way ends without a callback; NULL is fine */

/*
 * One round over the servers of op.subject, a record; never answered from inside the call. A second one for the same
 * record takes the place of the first, which is then never answered.
 */
void dns_verify_start(struct dns_verify *verify, struct op op);

#endif
