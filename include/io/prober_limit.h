/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROBER_LIMIT_H
#define REPOINTD_IO_PROBER_LIMIT_H

/*
 * Where: io, for prober alone; its neighbour prober_concurrency_auto is for the config check too.
 */

#include "model/settings.h"

#include <stdint.h>

/* probe-concurrency, or what auto comes to, as far as this process may open files. At least 1. */
uint32_t prober_limit(const struct settings *settings);

#endif
