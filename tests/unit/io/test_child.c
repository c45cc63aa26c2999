/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/child, with real programs.
 * What:  what a program is given, what is heard of it, and that nothing of it is left: no process, no zombie, no
 *        descriptor. Section 4.6 of docs/faults.md; fault 14.
 */
#include "io/child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SHELL "/bin/sh"

struct world {
    struct loop *loop;
    struct children *children;
    struct timer limit, look;
    bool limit_came;
    uint32_t done, wanted;
    struct child_result result; /* the last one */
    char output[CHILD_OUTPUT_MAX + 1];
    pid_t watched; /* until it is gone */
};

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_limit(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, limit);
    world->limit_came = true;
    loop_stop(world->loop);
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) != 0 && errno == ESRCH;
}

static void on_look(struct timer *timer)
{
    struct world *world = CONTAINER_OF(timer, struct world, look);
    if (is_gone(world->watched))
        loop_stop(world->loop);
    else
        loop_timer_set(world->loop, timer, loop_now(world->loop) + 10);
}

static void on_done(const struct child_result *result, void *ctx)
{
    struct world *world = ctx;
    world->result = *result;
    memcpy(world->output, result->output, result->output_length);
    world->output[result->output_length] = '\0';
    if (++world->done == world->wanted)
        loop_stop(world->loop);
}

static struct world *world_new(uint32_t most)
{
    static struct world world;
    struct error err;
    struct loop_handlers handlers = {.wake = on_wake};
    world = (struct world){.limit = {.fire = on_limit}, .look = {.fire = on_look}};
    world.loop = loop_new(&handlers, &err);
    world.children = children_new(world.loop, most, &err);
    assert_non_null(world.loop);
    assert_non_null(world.children);
    return &world;
}

static void run(struct world *world)
{
    world->limit_came = false;
    loop_timer_set(world->loop, &world->limit, loop_refresh(world->loop) + 10000);
    loop_run(world->loop);
    loop_timer_stop(world->loop, &world->limit);
    assert_false(world->limit_came);
}

static void wait_until_gone(struct world *world, pid_t pid)
{
    world->watched = pid;
    loop_timer_set(world->loop, &world->look, loop_refresh(world->loop));
    run(world);
}

static bool has_children(void)
{
    return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

static void world_free(struct world *world)
{
    children_free(world->children);
    loop_free(world->loop);
    assert_false(has_children());
}

static struct child *start(struct world *world, char *const *argv)
{
    struct child *child = child_start(world->children, argv, on_done, world);
    assert_non_null(child);
    return child;
}

static struct child *start_shell(struct world *world, const char *script)
{
    char *const argv[] = {SHELL, "-c", (char *)(uintptr_t)script, "name", "first $HOME", NULL};
    return start(world, argv);
}

/* Runs a script to its end. */
static const char *said(struct world *world, const char *script)
{
    start_shell(world, script);
    world->wanted = world->done + 1;
    run(world);
    assert_int_equal(world->result.sys_errno, 0);
    return world->output;
}

static uint32_t open_descriptors(void)
{
    uint32_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void test_child_tells_how_it_ended(void **state)
{
    (void)state;
    struct world *world = world_new(4);
    static const struct {
        const char *script;
        int status, signal;
        const char *output;
    } table[] = {
        {"exit 0", 0, 0, ""},
        {"echo up", 0, 0, "up\n"},
        {"echo warning; exit 1", 1, 0, "warning\n"},
        {"echo one >&2; echo two; exit 2", 2, 0, "one\ntwo\n"},
        {"exit 255", 255, 0, ""},
        {"kill -KILL $$", 0, SIGKILL, ""},
        {"echo dying; kill -TERM $$", 0, SIGTERM, "dying\n"},
        {"printf '%s' \"$0 $1\"", 0, 0, "name first $HOME"},
    };
    uint32_t before = open_descriptors();
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        assert_string_equal(said(world, table[i].script), table[i].output);
        assert_int_equal(world->result.exit_status, table[i].status);
        assert_int_equal(world->result.signal, table[i].signal);
        assert_int_equal(open_descriptors(), before);
    }
    assert_false(has_children());
    world_free(world);
}

/* Nothing of ours but what the contract says. */
static void test_child_is_given_little(void **state)
{
    (void)state;
    struct world *world = world_new(4);
    int ours[3] = {open("/dev/null", O_RDWR), open("/dev/null", O_RDWR), open("/dev/null", O_RDWR)}; /* no CLOEXEC */
    assert_true(ours[0] >= 0 && ours[1] >= 0 && ours[2] >= 0);
    setenv("SECRET", "x", 1);
    signal(SIGPIPE, SIG_IGN);
    sigset_t blocked, former;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGHUP);
    sigprocmask(SIG_BLOCK, &blocked, &former);

    char *const env[] = {"/usr/bin/env", NULL};
    start(world, env);
    world->wanted = 1;
    run(world);
    assert_string_equal(world->output, CHILD_PATH "\n" CHILD_LANG "\n");
    /* the last one is what ls itself reads from */
    char *const fds[] = {"/bin/ls", "/proc/self/fd", NULL};
    start(world, fds);
    world->wanted = 2;
    run(world);
    assert_string_equal(world->output, "0\n1\n2\n3\n");
    char *const signals[] = {"/bin/grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status", NULL};
    start(world, signals);
    world->wanted = 3;
    run(world);
    unsigned long long mine = ~(3ull << 31); /* 32 and 33 are the C library's own */
    const char *ignored = strstr(world->output, "SigIgn:");
    assert_non_null(ignored);
    assert_true((strtoull(world->output + strlen("SigBlk:"), NULL, 16) & mine) == 0);
    assert_true((strtoull(ignored + strlen("SigIgn:"), NULL, 16) & mine) == 0);
    assert_string_equal(said(world, "pwd; readlink /proc/self/fd/0; cat"), "/\n/dev/null\n");
    assert_string_equal(said(world, "read -r pid name state parent group rest </proc/self/stat; "
                                    "[ $pid = $group ] && echo own"),
                        "own\n");

    sigprocmask(SIG_SETMASK, &former, NULL);
    unsetenv("SECRET");
    for (int i = 0; i < 3; i++)
        close(ours[i]);
    world_free(world);
}

static void test_child_that_says_too_much_is_heard_in_part(void **state)
{
    (void)state;
    struct world *world = world_new(4);
    const char *output = said(world, "yes 0123456789abcde | head -c 3000000; exit 3");
    assert_int_equal(world->result.exit_status, 3);
    assert_int_equal(strlen(output), CHILD_OUTPUT_MAX);
    assert_memory_equal(output, "0123456789abcde\n0123", 20);
    world_free(world);
}

static void test_child_that_cannot_start_is_told_later(void **state)
{
    (void)state;
    struct world *world = world_new(4);
    char *const nothing[] = {"/nonexistent/program", NULL}, *const text[] = {"/etc/passwd", NULL};
    uint32_t before = open_descriptors();
    start(world, nothing);
    assert_int_equal(world->done, 0);
    world->wanted = 1;
    run(world);
    assert_int_equal(world->result.sys_errno, ENOENT);
    start(world, text);
    world->wanted = 2;
    run(world);
    assert_int_equal(world->result.sys_errno, EACCES);
    struct rlimit limit, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){3, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    start_shell(world, "exit 0");
    world->wanted = 3;
    run(world);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(world->result.sys_errno, EMFILE);
    assert_int_equal(open_descriptors(), before);
    child_cancel(start(world, nothing));
    assert_string_equal(said(world, "echo again"), "again\n");
    assert_int_equal(world->done, 4);
    world_free(world);
}

/* The group is killed whole, at the limit and when its leader has ended. */
static void test_child_leaves_nobody_behind(void **state)
{
    (void)state;
    struct world *world = world_new(4);
    char path[] = "/tmp/repointd-child.XXXXXX", script[128];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    uint32_t before = open_descriptors();

    snprintf(script, sizeof script, "sleep 1000 & echo $!; exit 1");
    pid_t left = (pid_t)strtoul(said(world, script), NULL, 10);
    assert_int_equal(world->result.exit_status, 1);
    assert_true(left > 1);
    wait_until_gone(world, left);

    snprintf(script, sizeof script, "sleep 1000 & echo $! >%s; echo ready; trap '' TERM; wait", path);
    struct child *child = start_shell(world, script);
    pid_t inner = 0;
    for (int i = 0; i < 1000 && inner <= 1; i++) {
        char number[16] = {0};
        loop_timer_set(world->loop, &world->limit, loop_refresh(world->loop) + 10);
        loop_run(world->loop);
        if (pread(fd, number, sizeof number - 1, 0) > 0 && strchr(number, '\n'))
            inner = (pid_t)strtoul(number, NULL, 10);
    }
    assert_true(inner > 1 && !is_gone(inner));
    uint32_t done = world->done;
    child_cancel(child);
    wait_until_gone(world, inner);
    for (int i = 0; i < 1000 && has_children(); i++) {
        loop_timer_set(world->loop, &world->limit, loop_refresh(world->loop) + 10);
        loop_run(world->loop);
    }
    assert_false(has_children());
    assert_int_equal(world->done, done);
    assert_int_equal(open_descriptors(), before);
    unlink(path);
    close(fd);
    world_free(world);
}

static void test_child_ends_with_us(void **state)
{
    (void)state;
    struct world *world = world_new(8);
    for (uint32_t i = 0; i < 8; i++)
        start_shell(world, "exec sleep 1000");
    child_cancel(start_shell(world, "exec sleep 1000"));
    world_free(world); /* and no zombie is left */
    assert_int_equal(world->done, 0);
}

/* Those that were killed and do not go are counted: they may not become more and more. */
static void test_children_are_bounded(void **state)
{
    (void)state;
    struct world *world = world_new(1);
    for (uint32_t i = 0; i < 2; i++)
        child_cancel(start_shell(world, "exec sleep 1000"));
    start_shell(world, "exit 0");
    world->wanted = 1;
    run(world);
    assert_int_equal(world->result.sys_errno, EAGAIN);
    /* How soon the kernel has ended those that were killed is its own affair. */
    for (uint32_t i = 0; i < 10000 && world->result.sys_errno == EAGAIN; i++) {
        start_shell(world, "echo room");
        world->wanted = world->done + 1;
        run(world);
    }
    assert_int_equal(world->result.sys_errno, 0);
    assert_string_equal(world->output, "room\n");
    world_free(world);
}

/* Whoever started us may have had SIGCHLD ignored; then the kernel keeps no ends for anybody. */
static void test_children_end_where_their_signal_was_ignored(void **state)
{
    (void)state;
    char *argv[] = {SHELL, "-c", "exit 3", NULL};
    signal(SIGCHLD, SIG_IGN);
    struct world *world = world_new(4);
    world->wanted = 1;
    assert_non_null(child_start(world->children, argv, on_done, world));
    run(world);
    assert_int_equal(world->result.sys_errno, 0);
    assert_int_equal(world->result.exit_status, 3);
    world_free(world);
    signal(SIGCHLD, SIG_DFL);
}

/* As a hook of a notifier: more than a pipe would hold, and nobody has to read it. */
static void test_child_may_be_given_more(void **state)
{
    (void)state;
    struct world *world = world_new(4);
    static char much[200000];
    memset(much, 'x', sizeof much);
    char *const environment[] = {"A=1 2", "B=", CHILD_PATH, NULL};
    char *const argv[] = {SHELL, "-c", "echo \"$A|$B|${LANG-none}\"; wc -c", NULL};
    const struct child_order order = {
        .argv = argv, .environment = environment, .input = much, .input_length = sizeof much};
    world->wanted = 1;
    assert_non_null(child_run(world->children, &order, on_done, world));
    run(world);
    assert_string_equal(world->output, "1 2||none\n200000\n");
    char *const deaf[] = {"/bin/true", NULL};
    world->wanted = 2;
    assert_non_null(child_run(world->children, &(struct child_order){.argv = deaf, .input = much, .input_length = 9},
                              on_done, world));
    run(world);
    assert_int_equal(world->result.exit_status, 0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_child_tells_how_it_ended),
        cmocka_unit_test(test_child_is_given_little),
        cmocka_unit_test(test_child_may_be_given_more),
        cmocka_unit_test(test_child_that_says_too_much_is_heard_in_part),
        cmocka_unit_test(test_child_that_cannot_start_is_told_later),
        cmocka_unit_test(test_child_leaves_nobody_behind),
        cmocka_unit_test(test_child_ends_with_us),
        cmocka_unit_test(test_children_are_bounded),
        cmocka_unit_test(test_children_end_where_their_signal_was_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
