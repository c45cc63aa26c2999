/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io that probe.
 * What:  the server as a child on a pipe, and the usual way from settings to reports.
 */
#include "lab.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SERVER "tests/hostile/http_server.py"

static struct {
    pid_t pid;
    int leash; /* the server ends when this is closed */
    uint32_t count;
    char names[LAB_MAX][40];
    uint16_t ports[LAB_MAX];
    char ca[128], visitor[128];
} server;

static pid_t spawn(int *ret_input, int *ret_output)
{
    int input[2], output[2];
    assert_int_equal(access(SERVER, R_OK), 0); /* tests run from the top of the tree */
    assert_int_equal(pipe(input), 0);
    assert_int_equal(pipe(output), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(input[0], 0);
        dup2(output[1], 1);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        execl("/usr/bin/python3", "python3", SERVER, (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    *ret_input = input[1];
    *ret_output = output[0];
    return pid;
}

void hostile_start(void)
{
    int output;
    server.pid = spawn(&server.leash, &output);
    FILE *lines = fdopen(output, "r");
    assert_non_null(lines);
    char name[40], value[128];
    bool ready = false;
    while (!ready && fscanf(lines, "%39s", name) == 1) {
        ready = strcmp(name, "ready") == 0;
        if (ready)
            break;
        assert_int_equal(fscanf(lines, "%127s", value), 1);
        char *place = strcmp(name, "ca") == 0 ? server.ca : strcmp(name, "visitor") == 0 ? server.visitor : NULL;
        if (place) {
            memcpy(place, value, sizeof(value));
            continue;
        }
        assert_true(server.count < LAB_MAX);
        memcpy(server.names[server.count], name, sizeof(name));
        server.ports[server.count++] = (uint16_t)strtoul(value, NULL, 10);
    }
    assert_true(ready);
    fclose(lines);
}

void hostile_stop(void)
{
    close(server.leash);
    waitpid(server.pid, NULL, 0);
}

uint16_t hostile_port(const char *name)
{
    for (uint32_t i = 0; i < server.count; i++)
        if (strcmp(server.names[i], name) == 0)
            return server.ports[i];
    fail_msg("the hostile server has no behaviour '%s'", name);
    return 0;
}

const char *hostile_ca(void)
{
    return server.ca;
}

const char *hostile_visitor(const char *ending)
{
    static char paths[2][sizeof(server.visitor) + 8];
    char *path = paths[strcmp(ending, ".key") == 0];
    snprintf(path, sizeof(paths[0]), "%s%s", server.visitor, ending);
    return path;
}

/* ---- the lab ---- */

static const struct status_range usual[] = {{200, 399}};

static void on_wake(void *ctx)
{
    struct lab *lab = ctx;
    if (lab->on_wake)
        lab->on_wake(lab);
}

static void on_gap(uint32_t length_ms, void *ctx)
{
    (void)length_ms;
    ((struct lab *)ctx)->gaps++;
}

static void on_limit(struct timer *timer)
{
    struct lab *lab = CONTAINER_OF(timer, struct lab, limit);
    lab->limit_came = true;
    loop_stop(lab->loop);
}

static void on_done(struct op op, const struct probe_report *report, void *ctx)
{
    struct lab *lab = ctx;
    uint32_t watch = op.subject;
    assert_false(lab->answered[watch]);
    lab->answered[watch] = true;
    lab->reports[watch] = *report;
    lab->ended[watch] = loop_now(lab->loop);
    lab->order[lab->done++ % LAB_MAX] = watch;
    if (lab->on_report)
        lab->on_report(lab, watch);
    if (lab->done == lab->stop_after)
        loop_stop(lab->loop);
}

struct lab *lab_new(void)
{
    static struct lab lab;
    lab_close(&lab); /* a test that failed left it open */
    memset(&lab, 0, sizeof(lab));
    lab.settings.checks = lab.checks;
    lab.settings.watches = lab.watches;
    lab.limit.fire = on_limit;
    return &lab;
}

static uint32_t add(struct lab *lab, const char *address)
{
    uint32_t number = lab->settings.check_count++;
    assert_true(number < LAB_MAX);
    lab->settings.watch_count++;
    lab->watches[number].check = number;
    assert_true(address_parse(address, &lab->watches[number].address, NULL));
    lab->checks[number] = (struct check_settings){.name = "web",
                                                  .expect = {.statuses = usual, .status_count = 1},
                                                  .interval_ms = 10000,
                                                  .interval_changing_ms = 10000,
                                                  .connect_ms = 1500,
                                                  .response_ms = 1500,
                                                  .body_ms = 1500,
                                                  .total_ms = 1500,
                                                  .rise = 3,
                                                  .fall = 3};
    return number;
}

uint32_t lab_add_http(struct lab *lab, const char *url, const char *behaviour, const char *address)
{
    uint32_t number = add(lab, address);
    struct http_settings *http = &lab->checks[number].how.http;
    lab->checks[number].kind = CHECK_HTTP;
    http->port = hostile_port(behaviour);
    http->secure = strncmp(url, "https", 5) == 0;
    http->host = "www.example.com";
    http->tls.verify = true;
    http->tls.ca = hostile_ca();
    /* "%u" in the URL is the port */
    const char *place = strstr(url, "%u");
    assert_non_null(place);
    int length = snprintf(lab->urls[number], sizeof(lab->urls[number]), "%.*s%u%s", (int)(place - url), url,
                          (unsigned)http->port, place + 2);
    assert_in_range(length, 1, sizeof(lab->urls[number]) - 1);
    http->url = lab->urls[number];
    return number;
}

uint32_t lab_add_tls(struct lab *lab, const char *behaviour, const char *address)
{
    uint32_t number = add(lab, address);
    lab->checks[number].kind = CHECK_TLS;
    lab->checks[number].how.tls = (struct tls_check_settings){
        .port = hostile_port(behaviour), .tls = {.verify = true, .ca = hostile_ca(), .sni = "www.example.com"}};
    return number;
}

uint32_t lab_add_tcp(struct lab *lab, const char *behaviour, const char *address)
{
    uint32_t number = add(lab, address);
    lab->checks[number].kind = CHECK_TCP;
    lab->checks[number].how.tcp.port = hostile_port(behaviour);
    return number;
}

uint32_t lab_add(struct lab *lab, enum check_kind kind, const char *address)
{
    uint32_t number = add(lab, address);
    lab->checks[number].kind = kind;
    return number;
}

void lab_expect(struct lab *lab, uint32_t watch, const char *contains)
{
    lab->checks[watch].expect.contains = contains;
    lab->checks[watch].expect.contains_length = strlen(contains);
}

void lab_open(struct lab *lab)
{
    struct error err = {0};
    struct loop_handlers handlers = {.wake = on_wake, .gap = on_gap, .ctx = lab};
    lab->loop = loop_new(&handlers, &err);
    if (lab->loop)
        lab->prober = prober_new(lab->loop, &lab->settings, on_done, lab, &err);
    if (!lab->prober)
        fail_msg("%s", err.text);
}

void lab_start(struct lab *lab, uint32_t watch)
{
    lab->answered[watch] = false;
    lab->asked++;
    prober_start(lab->prober, (struct op){watch, lab->asked}, loop_refresh(lab->loop));
}

void lab_run(struct lab *lab, int64_t most_ms)
{
    lab->limit_came = false;
    lab->stop_after = lab->asked;
    loop_timer_set(lab->loop, &lab->limit, loop_refresh(lab->loop) + most_ms);
    if (lab->done < lab->stop_after)
        loop_run(lab->loop);
    loop_timer_stop(lab->loop, &lab->limit);
    assert_false(lab->limit_came);
}

void lab_probe_all(struct lab *lab, int64_t most_ms)
{
    for (uint32_t i = 0; i < lab->settings.watch_count; i++)
        lab_start(lab, i);
    lab_run(lab, most_ms);
}

void lab_close(struct lab *lab)
{
    prober_free(lab->prober);
    loop_free(lab->loop);
    lab->prober = NULL;
    lab->loop = NULL;
}

uint32_t open_descriptors(void)
{
    uint32_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

uint32_t resident_kb(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
    fclose(file);
    return (uint32_t)(pages * (unsigned long)sysconf(_SC_PAGESIZE) / 1024);
}
