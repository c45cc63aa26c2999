/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_BASE_VERSION_H
#define REPOINTD_BASE_VERSION_H

/* The one place that knows it: --version of both programs, the started line, the probes' User-Agent. */

#define REPOINTD_VERSION "0.1"

#endif
