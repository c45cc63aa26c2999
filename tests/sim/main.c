/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator's top: `build/sim`.
 * What:  arguments; seeds shared out to as many processes as there are processors; what failed is run again with its
 *        trace.
 * Why:   a seed runs without any trace, so it is fast, and since it always runs the same way the trace can be had
 *        afterwards. A process that dies on an assertion takes one seed with it, and that one is known.
 */

#include "answers.h"
#include "bench.h"
#include "memory.h"
#include "orders.h"
#include "scenario.h"
#include "sweep.h"
#include "world.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MAX  64
#define FAILURES_MAX 16
#define SHOWN_MAX    3
#define HANGS_S      60
#define TWICE_EACH   16 /* every so manieth seed runs twice, for S21, and another one for S14 */

struct arguments {
    const char *program;
    uint64_t seeds, first, seed;
    bool has_seed, is_endless, is_traced, is_hushed, tells_faults, stops_at_first;
    int64_t days;
    uint32_t workers;
    uint32_t bench_records, bench_zones;
    const char *scenario, *order, *sweep;
    uint32_t orders; /* their depth; 0: none */
};

struct failure {
    uint64_t seed;
    char invariant[8];
};

/* What the workers share. */
struct board {
    uint64_t next, done, failed, digest, steps, probes, sends, switches, hushed;
    uint64_t fault_begins[FAULT_COUNT], told[NOTICE_CORE_COUNT];
    uint64_t running[WORKERS_MAX]; /* the seed that a worker has under way */
    uint32_t is_running[WORKERS_MAX];
    uint32_t failures;
    struct failure failure[FAILURES_MAX];
};

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add_up(struct board *board, const struct world *world)
{
    __atomic_fetch_add(&board->done, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&board->steps, world->counters.steps, __ATOMIC_RELAXED);
    __atomic_fetch_add(&board->probes, world->counters.probes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&board->sends, world->counters.sends, __ATOMIC_RELAXED);
    __atomic_fetch_add(&board->switches, world->counters.switches, __ATOMIC_RELAXED);
    __atomic_fetch_xor(&board->digest, world->safety.digest + world->seed * 0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < FAULT_COUNT; i++)
        __atomic_fetch_add(&board->fault_begins[i], world->counters.fault_begins[i], __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < NOTICE_CORE_COUNT; i++)
        __atomic_fetch_add(&board->told[i], world->counters.told[i], __ATOMIC_RELAXED);
}

static void note_failure(struct board *board, uint64_t seed, const char *invariant)
{
    __atomic_fetch_add(&board->failed, 1, __ATOMIC_RELAXED);
    uint32_t place = __atomic_fetch_add(&board->failures, 1, __ATOMIC_RELAXED);
    if (place >= FAILURES_MAX)
        return;
    board->failure[place].seed = seed;
    snprintf(board->failure[place].invariant, sizeof board->failure[place].invariant, "%s", invariant);
}

static uint64_t run_seed(struct world *world, uint64_t seed, int64_t days, enum trace_mode trace, bool is_hushed)
{
    world_of_seed(world, seed, days * DAY_MS, trace);
    world->is_hushed = is_hushed;
    world_run(world, world->end);
    if (!world->violation.is_set)
        safety_at_end(world);
    return world->safety.digest;
}

/* The same again at other places of memory: of the world, of the heap and of the stack. */
static uint64_t run_elsewhere(uint64_t seed, int64_t days)
{
    static struct world world;
    volatile char ballast[1232] = {0};
    void *block = malloc(4000);
    uint64_t digest = run_seed(&world, seed, days, TRACE_OFF, false) + (uint64_t)ballast[0];
    world_done(&world);
    free(block);
    return digest;
}

/* S14: the same once more, with silence in the place of each answer that cannot be believed. */
static uint64_t decide_in_silence(uint64_t seed, int64_t days, uint64_t *hushed)
{
    static struct world world;
    run_seed(&world, seed, days, TRACE_OFF, true);
    uint64_t decided = world.safety.decided;
    __atomic_fetch_add(hushed, world.counters.hushed, __ATOMIC_RELAXED);
    world_done(&world);
    return decided;
}

static void work(const struct arguments *arguments, struct board *board, uint32_t worker)
{
    static struct world world;
    for (;;) {
        uint64_t nth = __atomic_fetch_add(&board->next, 1, __ATOMIC_RELAXED);
        if ((!arguments->is_endless && nth >= arguments->seeds) ||
            __atomic_load_n(&board->failures, __ATOMIC_RELAXED) >= (arguments->stops_at_first ? 1 : FAILURES_MAX))
            return;
        uint64_t seed = arguments->first + nth;
        board->running[worker] = seed;
        board->is_running[worker] = 1;
        const struct itimerval most = {.it_value.tv_sec = HANGS_S * arguments->days};
        setitimer(ITIMER_PROF, &most, NULL); /* a core that does not come back is found, however busy the machine is */
        uint64_t digest = run_seed(&world, seed, arguments->days, TRACE_OFF, false), decided = world.safety.decided;
        add_up(board, &world);
        if (world.violation.is_set)
            note_failure(board, seed, world.violation.invariant);
        bool is_good = !world.violation.is_set;
        world_done(&world);
        if (is_good && seed % TWICE_EACH == 0 && run_elsewhere(seed, arguments->days) != digest)
            note_failure(board, seed, "S21");
        if (is_good && seed % TWICE_EACH == 8 && decide_in_silence(seed, arguments->days, &board->hushed) != decided)
            note_failure(board, seed, "S14");
        board->is_running[worker] = 0;
    }
}

/* ---- one seed, told ---- */

static void tell_violation(const struct world *world)
{
    char clock[CLOCK_TEXT_MAX];
    clock_format(world->violation.at - world->began, clock);
    printf("# %s violated: %s\n", world->violation.invariant, world->violation.text);
    printf("#   seed 0x%" PRIx64 ", step %" PRIu64 ", virtual time %s\n", world->seed, world->violation.step, clock);
}

static int tell_seed(const struct arguments *arguments, uint64_t seed, enum trace_mode trace)
{
    static struct world world;
    uint64_t digest = run_seed(&world, seed, arguments->days, trace, arguments->is_hushed);
    bool is_bad = world.violation.is_set;
    if (is_bad) {
        printf("# the last %d events and effects:\n", TRACE_LINES);
        trace_print_ring(&world.trace);
        tell_violation(&world);
    }
    printf("# seed 0x%" PRIx64 ": %" PRIu64 " steps, %" PRIu64 " probes, %" PRIu64 " messages, %" PRIu64
           " switches, digest %016" PRIx64 "\n",
           seed, world.counters.steps, world.counters.probes, world.counters.sends, world.counters.switches, digest);
    world_done(&world);
    return is_bad;
}

/* In a process of its own, which may die. */
static void replay(const struct arguments *arguments, const struct failure *failure)
{
    printf("# ---- seed 0x%" PRIx64 ": %s\n", failure->seed, failure->invariant);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        tell_seed(arguments, failure->seed, TRACE_RING);
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    if (child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status))
        printf("#   it died of signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
    printf("#   to see all of it: %s --seed 0x%" PRIx64 " --days %" PRId64 " --trace\n", arguments->program,
           failure->seed, arguments->days);
}

/* ---- many seeds ---- */

static pid_t start_worker(const struct arguments *arguments, struct board *board, uint32_t worker)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever stops the program means all of it */
        work(arguments, board, worker);
        _exit(0);
    }
    return child;
}

static void tell_progress(const struct arguments *arguments, const struct board *board, double began)
{
    double took = seconds() - began;
    printf("# %" PRIu64 " seeds, %" PRIu64 " failed, %.0f seed-days a minute\n", board->done, board->failed,
           (double)board->done * (double)arguments->days * 60 / took);
    fflush(stdout);
}

/* Waits for all; a worker that died is noted with its seed, and another one goes on with the rest. */
static void supervise(const struct arguments *arguments, struct board *board, double began)
{
    pid_t children[WORKERS_MAX];
    uint32_t alive = arguments->workers;
    for (uint32_t w = 0; w < arguments->workers; w++)
        children[w] = start_worker(arguments, board, w);
    double told = seconds();
    while (alive > 0) {
        int status;
        pid_t child = waitpid(-1, &status, arguments->is_endless ? WNOHANG : 0);
        if (child == 0) {
            if (seconds() - told > 10) {
                tell_progress(arguments, board, began);
                told = seconds();
            }
            nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
            continue;
        }
        uint32_t w = 0;
        while (w < arguments->workers && children[w] != child)
            w++;
        if (w == arguments->workers)
            continue;
        if (WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0)) {
            note_failure(board, board->running[w], "death");
            __atomic_fetch_add(&board->done, 1, __ATOMIC_RELAXED);
            children[w] = start_worker(arguments, board, w);
            continue;
        }
        children[w] = 0;
        alive--;
    }
}

static void tell_faults(const struct board *board)
{
    for (uint32_t i = 0; i < FAULT_COUNT; i++)
        printf("#   fault %-16s %8" PRIu64 "\n", fault_name(i), board->fault_begins[i]);
    for (uint32_t i = 1; i < NOTICE_CORE_COUNT; i++)
        printf("#   told %-18s %8" PRIu64 "\n", notice_name(i), board->told[i]);
}

static int run_seeds(const struct arguments *arguments)
{
    struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED) {
        fprintf(stderr, "sim: no shared memory: %s\n", strerror(errno));
        return 1;
    }
    double began = seconds();
    supervise(arguments, board, began);
    double took = seconds() - began;
    printf("1..1\n%sok 1 - %" PRIu64 " seeds x %" PRId64 " day%s, from 0x%" PRIx64 "\n", board->failed ? "not " : "",
           board->done, arguments->days, arguments->days == 1 ? "" : "s", arguments->first);
    printf("# %.0f seed-days a minute (%.1f s, %u workers), %" PRIu64 " steps, %" PRIu64 " probes, %" PRIu64
           " messages, %" PRIu64 " switches, digest %016" PRIx64 "\n",
           (double)board->done * (double)arguments->days * 60 / took, took, arguments->workers, board->steps,
           board->probes, board->sends, board->switches, board->digest);
    if (arguments->tells_faults) {
        tell_faults(board);
        printf("#   answers put to silence for S14 %" PRIu64 "\n", board->hushed);
    }
    uint32_t known = board->failures < FAILURES_MAX ? board->failures : FAILURES_MAX;
    for (uint32_t i = 0; i < known; i++)
        printf("# %s: seed 0x%" PRIx64 "\n", board->failure[i].invariant, board->failure[i].seed);
    for (uint32_t i = 0; i < known && i < SHOWN_MAX && !arguments->stops_at_first; i++)
        replay(arguments, &board->failure[i]);
    return board->failed != 0;
}

/* ---- arguments ---- */

static const char usage[] =
    "usage: sim [--seeds N|endless] [--from SEED] [--days N] [--workers N] [--faults] [--stop-at-first]\n"
    "       sim --seed SEED [--days N] [--hushed] [--trace]\n"
    "       sim --scenario FILE [--trace]\n"
    "       sim --orders DEPTH; sim --order ORDER [--trace]\n"
    "       sim --sweep coarse|whole\n"
    "       sim --answers FILE\n"
    "       sim --bench-records N\n";

static uint64_t number(const char *text)
{
    char *end;
    errno = 0;
    unsigned long long value = text ? strtoull(text, &end, 0) : 0;
    if (!text || errno || end == text || *end) {
        fprintf(stderr, "sim: '%s' is not a number\n%s", text ? text : "", usage);
        exit(2);
    }
    return value;
}

static bool is_option(const char *text, const char *option)
{
    return strcmp(text, option) == 0;
}

int main(int argc, char **argv)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct arguments arguments = {.program = argv[0],
                                  .seeds = 300,
                                  .first = 1,
                                  .days = 1,
                                  .workers = processors < 1             ? 1
                                             : processors > WORKERS_MAX ? WORKERS_MAX
                                                                        : (uint32_t)processors};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (is_option(argv[i], "--trace")) {
            arguments.is_traced = true;
        } else if (is_option(argv[i], "--hushed")) {
            arguments.is_hushed = true;
        } else if (is_option(argv[i], "--stop-at-first")) {
            arguments.stops_at_first = true;
        } else if (is_option(argv[i], "--faults")) {
            arguments.tells_faults = true;
        } else if (is_option(argv[i], "--orders")) {
            arguments.orders = (uint32_t)number(argv[++i]) % (ORDERS_DEPTH + 1);
        } else if (is_option(argv[i], "--order") && value) {
            arguments.order = argv[++i];
        } else if (is_option(argv[i], "--sweep") && value) {
            arguments.sweep = argv[++i];
        } else if (is_option(argv[i], "--answers") && value) {
            return answers_run(value);
        } else if (is_option(argv[i], "--scenario") && value) {
            arguments.scenario = argv[++i];
        } else if (is_option(argv[i], "--seeds") && value && is_option(value, "endless")) {
            arguments.is_endless = true;
            i++;
        } else if (is_option(argv[i], "--seeds")) {
            arguments.seeds = number(argv[++i]);
        } else if (is_option(argv[i], "--from")) {
            arguments.first = number(argv[++i]);
        } else if (is_option(argv[i], "--days")) {
            arguments.days = (int64_t)number(argv[++i]);
        } else if (is_option(argv[i], "--workers")) {
            arguments.workers = (uint32_t)number(argv[++i]) % (WORKERS_MAX + 1);
        } else if (is_option(argv[i], "--bench-records")) {
            arguments.bench_records = (uint32_t)number(argv[++i]);
        } else if (is_option(argv[i], "--seed")) {
            arguments.seed = number(argv[++i]);
            arguments.has_seed = true;
        } else {
            fputs(usage, stderr);
            return 2;
        }
    }
    if (arguments.scenario)
        return scenario_run(arguments.scenario, arguments.is_traced ? TRACE_ALL : TRACE_RING);
    if (arguments.order)
        return orders_tell(arguments.order, arguments.is_traced ? TRACE_ALL : TRACE_RING);
    if (arguments.orders)
        return orders_run(arguments.orders, arguments.workers);
    if (arguments.sweep)
        return sweep_run(is_option(arguments.sweep, "whole"));
    if (arguments.bench_records)
        return bench_run(arguments.bench_records);
    if (arguments.has_seed)
        return tell_seed(&arguments, arguments.seed, arguments.is_traced ? TRACE_ALL : TRACE_RING);
    return run_seeds(&arguments);
}
