/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_SPARES_H
#define REPOINTD_IO_SPARES_H

/*
 * Where: io; what http gives libcurl instead of malloc.
 * What:  the five functions of the C library that give and take memory, with their contracts, for one thread. What
 *        is given back is kept by size for whoever asks next, up to SPARES_KEPT_MAX octets in all.
 */

#include <stddef.h>

#define SPARES_KEPT_MAX ((size_t)4 << 20)

void *spares_malloc(size_t size); /* NULL: there is no memory */
void *spares_calloc(size_t count, size_t size);
void *spares_realloc(void *bytes, size_t size);
char *spares_strdup(const char *words);
void spares_free(void *bytes);

/* Gives all that is kept to the system. */
void spares_drop(void);

/* Octets that are kept now. */
size_t spares_kept(void);

#endif
