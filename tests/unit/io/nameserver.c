/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_client.
 * What:  see nameserver.h.
 */
#include "nameserver.h"

#include "forge.h"
#include "impostor.h"
#include "model/marker.h"

#include <assert.h>
#include <string.h>
#include <time.h>

static void note_most(atomic_uint *most, uint32_t value)
{
    uint32_t before = atomic_load(most);
    while (value > before && !atomic_compare_exchange_weak(most, &before, value))
        ;
}

struct held {
    uint8_t bytes[4096];
    size_t length;
};

static bool is_update_message(const uint8_t *request)
{
    return (request[2] >> 3 & 15) == WIRE_OPCODE_UPDATE;
}

/* False: hang up. */
static bool serve_update(int fd, const uint8_t *request, size_t length, struct nameserver *b)
{
    atomic_fetch_add(&b->updates, 1);
    note_most(&b->updates_open_most, atomic_fetch_add(&b->updates_open, 1) + 1);
    if (b->close_at_update)
        return false;
    if (b->silent_updates)
        return true;
    if (b->serve_updates_slowly) {
        struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    uint8_t answer[4096];
    size_t answer_length = impostor_answer(request, length, answer, true, true);
    atomic_fetch_sub(&b->updates_open, 1);
    return impostor_write(fd, answer, answer_length);
}

/* Whether the name is there: the marker's, that below "*.NAME", that below "*.APEX". */
static bool has_name(const struct nameserver *b, const uint8_t *request, size_t length)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    size_t end = wire_read_name(request, length, WIRE_HEADER_SIZE, true, storage, &name);
    assert(end > 0);
    const uint8_t *second = name.wire + 1 + name.wire[0];
    if (name.wire[0] != strlen(MARKER_LABEL) || second[0] != 1 || second[1] != '*')
        return b->has_marker_name;
    const uint8_t *third = second + 2;
    return third[0] == strlen("www") ? b->has_name_below_wildcard : b->has_name_below_control;
}

void nameserver_serve(int fd, uint32_t index, void *ctx)
{
    (void)index;
    struct nameserver *b = ctx;
    static _Thread_local uint8_t request[65535];
    static _Thread_local struct held held[16];
    uint32_t held_count = 0, answered = 0, updates_here = 0;
    int32_t length;
    while ((length = impostor_read(fd, request)) >= 0) {
        if (is_update_message(request)) {
            note_most(&b->most_on_one_line, ++updates_here);
            if (!serve_update(fd, request, (size_t)length, b))
                return;
            updates_here -= !b->silent_updates;
            continue;
        }
        uint32_t number = atomic_fetch_add(&b->questions, 1) + 1;
        if (b->silent_from && number >= b->silent_from)
            continue;
        struct held *own = &held[held_count++];
        own->length = impostor_answer(request, (size_t)length, own->bytes, number != b->unsigned_nth,
                                      !has_name(b, request, (size_t)length));
        if (held_count < b->reverse)
            continue;
        while (held_count > 0) {
            held_count--;
            if (!impostor_write(fd, held[held_count].bytes, held[held_count].length))
                return;
            answered++;
        }
        if (b->close_after && answered >= b->close_after)
            return;
    }
}
