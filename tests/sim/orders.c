/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, behind orders.h.
 * What:  all orders, one after the other, shared out among processes: each begins the world anew.
 */

#include "hand.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- all of them ---- */

struct orders_board {
    uint64_t done, violated, stopped, digest;
    struct order first;
    char invariant[8];
};

/* The next order, of those whose first two choices are this worker's. */
static bool advance(struct order *order, bool skips)
{
    for (uint32_t turn = skips && order->depth > 2 ? 2 : order->depth; turn-- > 0;) {
        if (++order->choices[turn] < order->options[turn]) {
            memset(order->choices + turn + 1, 0, order->depth - turn - 1);
            return true;
        }
        order->choices[turn] = 0;
    }
    return false;
}

static bool is_mine(const struct order *order, uint32_t worker, uint32_t workers)
{
    return (order->choices[0] * 7u + order->choices[1] + order->root) % workers == worker;
}

static void work(struct orders_board *board, uint32_t depth, uint32_t worker, uint32_t workers)
{
    static struct hand hand;
    for (enum root root = 0; root < ROOT_COUNT; root++) {
        struct order order = {.root = root, .depth = depth};
        bool mine;
        do {
            hand_play(&hand, &order, TRACE_OFF);
            mine = is_mine(&order, worker, workers);
            bool is_bad = hand.world.violation.is_set;
            if (mine) {
                __atomic_fetch_add(&board->done, 1, __ATOMIC_RELAXED);
                __atomic_fetch_add(&board->stopped, hand.world.safety.ledgers[0].is_stopped, __ATOMIC_RELAXED);
                __atomic_fetch_xor(&board->digest, hand.world.safety.digest, __ATOMIC_RELAXED);
            }
            if (mine && is_bad && __atomic_fetch_add(&board->violated, 1, __ATOMIC_RELAXED) == 0) {
                board->first = order;
                snprintf(board->invariant, sizeof board->invariant, "%s", hand.world.violation.invariant);
            }
            world_done(&hand.world);
        } while (__atomic_load_n(&board->violated, __ATOMIC_RELAXED) == 0 && advance(&order, !mine));
    }
}

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

int orders_run(uint32_t depth, uint32_t workers)
{
    struct orders_board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int died = 0, status;
    if (board == MAP_FAILED)
        return 1;
    printf("1..1\n");
    fflush(stdout);
    for (uint32_t w = 0; w < workers; w++)
        if (fork() == 0) {
            work(board, depth, w, workers);
            _exit(0);
        }
    for (uint32_t w = 0; w < workers; w++)
        died += wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    bool is_good = board->violated == 0 && died == 0;
    printf("%sok 1 - %" PRIu64 " orders of %u events\n# %" PRIu64 " end with something that a person has to look at, "
           "digest %016" PRIx64 "\n",
           is_good ? "" : "not ", board->done, depth, board->stopped, board->digest);
    if (died > 0)
        printf("# a worker died\n");
    if (board->violated == 0)
        return !is_good;
    char text[ORDERS_DEPTH + 2] = {digits[board->first.root]};
    for (uint32_t turn = 0; turn < depth; turn++)
        text[1 + turn] = digits[board->first.choices[turn]];
    printf("# %s: seed 0x%s\n#   to see all of it: sim --order %s --trace\n", board->invariant, text, text);
    return 1;
}

int orders_tell(const char *text, enum trace_mode trace)
{
    static struct hand hand;
    struct order order = {.depth = (uint32_t)strlen(text) - 1};
    if (order.depth == 0 || order.depth > ORDERS_DEPTH)
        return 2;
    for (uint32_t i = 0; i <= order.depth; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit)
            return 2;
        if (i == 0)
            order.root = (enum root)(digit - digits);
        else
            order.choices[i - 1] = (uint8_t)(digit - digits);
    }
    hand_play(&hand, &order, trace);
    bool is_bad = hand.world.violation.is_set;
    if (is_bad && trace == TRACE_RING)
        trace_print_ring(&hand.world.trace);
    printf("# order %s: %s%s%s\n", text, is_bad ? hand.world.violation.invariant : "nothing is violated",
           is_bad ? " violated: " : "", is_bad ? hand.world.violation.text : "");
    world_done(&hand.world);
    return is_bad;
}
