/* SPDX-License-Identifier: MIT */
/*
 * Where: tests; loaded into the daemon by LD_PRELOAD (fault 15).
 * What:  the file $STARVED holds a number that may change at any time: 0, and nothing is different; n, and one of n
 *        allocations fails, by chance that replays.
 * Why:   a host whose memory is out fails here and there and not for ever, in libraries as well as in our own code, and
 *        no production code knows that it is being tested.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static const _Atomic uint32_t *one_of;
static uint32_t chance = 1;

__attribute__((constructor)) static void look_at_the_file(void)
{
    const char *path = getenv("STARVED");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *shared = fd >= 0 ? mmap(NULL, sizeof *one_of, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (shared != MAP_FAILED)
        one_of = shared;
}

static int fails(void)
{
    uint32_t n = one_of ? *one_of : 0;
    if (n == 0)
        return 0;
    chance = chance * 1664525 + 1013904223;
    if ((chance >> 8) % n != 0)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
