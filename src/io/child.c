/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under whoever runs a program of the user's.
 * What:  posix_spawn, a pipe, and a descriptor of the process that becomes readable when it has ended.
 * Why:   posix_spawn shares our memory until the program begins, so a large daemon starts one as fast as a small one.
 *        The group is killed while its leader has not been reaped: so long its number cannot be another's. Who was
 *        given up on stays in the list until the kernel tells its end: nothing is left behind unreaped.
 */
#include "io/child.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define FREE_WAIT_MS    1000
#define OCTETS_A_TURN   65536
#define LINGERING_TIMES 2 /* those that were killed and do not go (a dead disk) may be as many again as may run */

struct child {
    struct children *children;
    pid_t pid;           /* 0: it was not started */
    int process, output; /* descriptors; -1: none */
    ev_io ended, said;
    struct timer failed;
    struct child_result result;
    child_done_fn *done; /* NULL: given up */
    void *ctx;
    struct child *next, **link;
    char bytes[CHILD_OUTPUT_MAX];
};

struct children {
    struct loop *loop;
    uint32_t most, count; /* the lingering included */
    struct child *list;
};

/* ---- start ------------------------------------------------------------------------------------------------------- */

static char *const environment[] = {CHILD_PATH, CHILD_LANG, NULL};

/* What it is given; `input` -1: nothing to read. 0 or errno. */
static int set_actions(posix_spawn_file_actions_t *actions, int input, int output)
{
    int failed = input < 0 ? posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
                           : posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    return failed ? failed : posix_spawn_file_actions_addchdir_np(actions, "/");
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawnattr_setflags(attributes,
                                          POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    failed = failed ? failed : posix_spawnattr_setpgroup(attributes, 0);
    failed = failed ? failed : posix_spawnattr_setsigmask(attributes, &none);
    return failed ? failed : posix_spawnattr_setsigdefault(attributes, &all);
}

static int spawn(const struct child_order *order, int input, int output, pid_t *ret_pid)
{
    char *const *words = order->environment ? order->environment : environment;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = set_actions(&actions, input, output);
        failed = failed ? failed : set_attributes(&attributes);
        failed = failed ? failed : posix_spawn(ret_pid, order->argv[0], &actions, &attributes, order->argv, words);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Our end alone does not wait: a program may rely on writing being finished when it is done. */
static int open_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    int failed = errno;
    close(ends[0]);
    close(ends[1]);
    return failed;
}

/* A file in memory: a pipe would have to be fed, and a program that reads nothing would hold it up. 0 or errno. */
static int open_input(const struct child_order *order, int *ret)
{
    *ret = -1;
    if (!order->input)
        return 0;
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0)
        return errno;
    ssize_t written = write(fd, order->input, order->input_length);
    int failed = written < 0 ? errno : written != (ssize_t)order->input_length ? ENOSPC : 0;
    if (!failed && lseek(fd, 0, SEEK_SET) != 0)
        failed = errno;
    if (failed)
        close(fd);
    else
        *ret = fd;
    return failed;
}

/* 0, or errno; then nothing of it is left. */
static int begin(struct child *child, const struct child_order *order)
{
    int ends[2], input;
    if (child->children->count > child->children->most * LINGERING_TIMES)
        return EAGAIN;
    int failed = open_input(order, &input);
    if (failed)
        return failed;
    failed = open_pipe(ends);
    if (!failed) {
        failed = spawn(order, input, ends[1], &child->pid);
        close(ends[1]); /* and its number is free for the next one, where descriptors are short */
    } else {
        ends[0] = -1;
    }
    if (input >= 0)
        close(input);
    if (!failed) {
        child->process = pidfd_open(child->pid, 0);
        failed = child->process < 0 ? errno : 0;
        if (failed) {
            kill(-child->pid, SIGKILL);
            waitpid(child->pid, NULL, 0);
        }
    }
    if (!failed)
        child->output = ends[0];
    else if (ends[0] >= 0)
        close(ends[0]);
    return failed;
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void hear(struct child *child)
{
    char beyond[4096];
    for (size_t heard = 0; child->output >= 0 && heard < OCTETS_A_TURN;) {
        size_t kept = child->result.output_length, room = CHILD_OUTPUT_MAX - kept;
        ssize_t got = room > 0 ? read(child->output, child->bytes + kept, room)
                               : read(child->output, beyond, sizeof beyond);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            ev_io_stop(loop_ev(child->children->loop), &child->said);
            close(child->output);
            child->output = -1;
            return;
        }
        child->result.output_length += room > 0 ? (size_t)got : 0;
        heard += (size_t)got;
    }
}

static void on_said(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    (void)events;
    hear(CONTAINER_OF(watcher, struct child, said));
}

static void drop(struct child *child)
{
    struct children *children = child->children;
    ev_io_stop(loop_ev(children->loop), &child->said);
    ev_io_stop(loop_ev(children->loop), &child->ended);
    loop_timer_stop(children->loop, &child->failed);
    if (child->output >= 0)
        close(child->output);
    if (child->process >= 0)
        close(child->process);
    *child->link = child->next;
    if (child->next)
        child->next->link = child->link;
    children->count--;
    free(child);
}

static void finish(struct child *child)
{
    child->result.output = child->bytes;
    if (child->done)
        child->done(&child->result, child->ctx);
    drop(child);
}

/* Reaps it; false: it has not ended. Where somebody else has reaped it, nobody knows how it ended. */
static bool reap(struct child *child)
{
    siginfo_t info = {0};
    if (waitid(P_PIDFD, (id_t)child->process, &info, WEXITED | WNOHANG) != 0)
        child->result.sys_errno = errno;
    else if (info.si_pid == 0)
        return false;
    else if (info.si_code == CLD_EXITED)
        child->result.exit_status = info.si_status;
    else
        child->result.signal = info.si_status;
    return true;
}

static void on_ended(struct ev_loop *ev, ev_io *watcher, int events)
{
    (void)ev;
    (void)events;
    struct child *child = CONTAINER_OF(watcher, struct child, ended);
    kill(-child->pid, SIGKILL); /* what it has left behind */
    hear(child);
    if (reap(child))
        finish(child);
}

static void on_failed(struct timer *timer)
{
    finish(CONTAINER_OF(timer, struct child, failed));
}

/* ---- the face ---------------------------------------------------------------------------------------------------- */

struct child *child_start(struct children *children, char *const *argv, child_done_fn *done, void *ctx)
{
    return child_run(children, &(struct child_order){.argv = argv}, done, ctx);
}

struct child *child_run(struct children *children, const struct child_order *order, child_done_fn *done, void *ctx)
{
    struct child *child = calloc(1, sizeof *child);
    if (!child)
        return NULL;
    *child = (struct child){.children = children,
                            .process = -1,
                            .output = -1,
                            .failed = {.fire = on_failed},
                            .done = done,
                            .ctx = ctx,
                            .next = children->list,
                            .link = &children->list};
    if (child->next)
        child->next->link = &child->next;
    children->list = child;
    children->count++;
    child->result.sys_errno = begin(child, order);
    ev_io_init(&child->said, on_said, child->output, EV_READ);
    ev_io_init(&child->ended, on_ended, child->process, EV_READ);
    if (child->result.sys_errno) {
        loop_timer_set(children->loop, &child->failed, loop_now(children->loop));
    } else {
        ev_io_start(loop_ev(children->loop), &child->said);
        ev_io_start(loop_ev(children->loop), &child->ended);
    }
    return child;
}

void child_cancel(struct child *child)
{
    child->done = NULL;
    if (child->process < 0) {
        drop(child);
        return;
    }
    kill(-child->pid, SIGKILL);
    ev_io_stop(loop_ev(child->children->loop), &child->said);
    if (child->output >= 0)
        close(child->output);
    child->output = -1;
}

struct children *children_new(struct loop *loop, uint32_t most, struct error *err)
{
    struct children *children = calloc(1, sizeof *children);
    signal(SIGCHLD, SIG_DFL); /* where whoever started us had it ignored, the kernel would keep no ends for us */
    if (children)
        *children = (struct children){.loop = loop, .most = most};
    else
        error_set(err, ERROR_SYSTEM, "out of memory for programs");
    return children;
}

/* A process that hangs in the kernel is left to whoever reaps after us. */
void children_free(struct children *children)
{
    if (!children)
        return;
    for (struct child *child = children->list; child; child = child->next)
        if (child->process >= 0)
            kill(-child->pid, SIGKILL);
    mono_ms end = mono_after(loop_refresh(children->loop), FREE_WAIT_MS);
    for (struct child *child = children->list, *next; child; child = next) {
        next = child->next;
        struct pollfd ended = {.fd = child->process, .events = POLLIN};
        mono_ms left = end - loop_refresh(children->loop);
        while (child->process >= 0 && left > 0 && poll(&ended, 1, (int)left) < 0 && errno == EINTR)
            left = end - loop_refresh(children->loop);
        if (child->process >= 0)
            (void)reap(child);
        drop(child);
    }
    free(children);
}
