/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator.
 * What:  malloc, calloc and realloc of this program count themselves while someone watches, and pass on to the C
 *        library.
 * Why:   a definition in the program takes the place of the library's for everything linked into it. Under
 *        AddressSanitizer that place is taken, and its own hooks tell the same.
 */

#include "memory.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

static bool is_watching;
static uint64_t taken;

void memory_watch(void)
{
    taken = 0;
    is_watching = true;
}

void memory_unwatch(void)
{
    is_watching = false;
}

uint64_t memory_taken(void)
{
    return taken;
}

size_t memory_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#endif

#ifdef HAS_SANITIZER

int __sanitizer_install_malloc_and_free_hooks(void (*taking)(const volatile void *, size_t),
                                              void (*giving)(const volatile void *));

static void on_malloc(const volatile void *block, size_t size)
{
    (void)block;
    (void)size;
    taken += is_watching;
}

static void on_free(const volatile void *block)
{
    (void)block;
}

__attribute__((constructor)) static void install(void)
{
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}

#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
    taken += is_watching;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    taken += is_watching;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    taken += is_watching;
    return __libc_realloc(block, size);
}

#endif
