/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_PROCESS_H
#define REPOINTD_IO_PROCESS_H

/*
 * Where: io; for the metrics.
 * What:  what this process costs the machine, as the kernel counts it.
 */

#include <stdint.h>

/* -1: the kernel does not tell. */
struct process_facts {
    int64_t cpu_us, resident_octets, virtual_octets;
    int64_t open_files, open_files_most;
};

void process_read(struct process_facts *ret);

#endif
