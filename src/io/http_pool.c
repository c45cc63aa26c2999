/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http.
 * What:  idle easy handles, found by their check, or else the one that rested longest.
 * Why:   the pool follows what is really in flight: the most of the last two spans of ten seconds. A bad hour of
 *        silent targets makes many handles; a minute later they are gone.
 */

#include "io/http_handle.h"
#include "io/http_options.h"

#include <assert.h>
#include <stddef.h>

#define SPAN_MS 10000

static void leave_idle(struct http_pool *pool, struct http_handle *handle)
{
    *handle->link = handle->next;
    if (handle->next)
        handle->next->link = handle->link;
    *(handle->older ? &handle->older->newer : &pool->oldest) = handle->newer;
    *(handle->newer ? &handle->newer->older : &pool->newest) = handle->older;
    handle->next = handle->older = handle->newer = NULL;
    handle->link = NULL;
}

static void join_idle(struct http_pool *pool, struct http_handle *handle)
{
    struct http_handle **head = &handle->look->idle;
    handle->next = *head;
    handle->link = head;
    if (handle->next)
        handle->next->link = &handle->next;
    *head = handle;
    handle->older = pool->newest;
    handle->newer = NULL;
    *(pool->newest ? &pool->newest->newer : &pool->oldest) = handle;
    pool->newest = handle;
}

static void destroy(struct http_pool *pool, struct http_handle *handle)
{
    leave_idle(pool, handle);
    http_handle_free(handle);
    pool->count--;
}

/*
 * In this order: an idle one of this check, a new one while the pool may grow, the one that rested longest, a new
 * one.
 */
static struct http_handle *find(struct http_pool *pool, struct http_look *look)
{
    struct http_handle *handle = look->idle;
    uint32_t usual = pool->peak > pool->peak_before ? pool->peak : pool->peak_before;
    if (!handle && pool->count >= usual)
        handle = pool->oldest;
    if (handle) {
        leave_idle(pool, handle);
        return handle;
    }
    handle = http_handle_new();
    if (handle)
        pool->count++;
    return handle;
}

struct http_handle *http_pool_take(struct http_pool *pool, struct http_look *look)
{
    struct http_handle *handle = find(pool, look);
    if (!handle)
        return NULL;
    if (handle->look != look && !http_handle_set_look(handle, look)) {
        http_handle_free(handle);
        pool->count--;
        return NULL;
    }
    pool->in_use++;
    if (pool->in_use > pool->peak)
        pool->peak = pool->in_use;
    return handle;
}

void http_pool_put(struct http_pool *pool, struct http_handle *handle, int64_t now_ms)
{
    assert(pool->in_use > 0);
    pool->in_use--;
    if (handle->hop.count > 0 && !http_handle_set_look(handle, handle->look)) {
        http_handle_free(handle);
        pool->count--;
        return;
    }
    join_idle(pool, handle);
    if (now_ms >= pool->span_until) {
        pool->peak_before = pool->peak;
        pool->peak = pool->in_use;
        pool->span_until = now_ms + SPAN_MS;
    }
    uint32_t usual = pool->peak > pool->peak_before ? pool->peak : pool->peak_before;
    while (pool->count > usual && pool->oldest && pool->count > pool->in_use + 1)
        destroy(pool, pool->oldest);
}

void http_pool_done(struct http_pool *pool)
{
    assert(pool->in_use == 0);
    while (pool->oldest)
        destroy(pool, pool->oldest);
}
