/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  check and wait: for monitors and scripts.
 * Why:   a monitor shows the first line of stdout and knows four codes: whatever goes wrong is said there, UNKNOWN.
 */
#include "ctl/ask.h"
#include "ctl/check.h"
#include "ctl/command.h"

#include "app/protocol.h"
#include "base/parse.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define POLL_MS      500
#define WAIT_MS      120000
#define WAIT_MOST_MS (7 * 86400000ULL)

/* The status of the record that was named. */
static json_t *ask_status_of(const struct invocation *invocation, int *ret_code, struct error *err)
{
    char storage[8192];
    struct text path = text_over(storage, sizeof storage);
    struct client_answer answer;
    text_add(&path, PROTOCOL_PATH_STATUS);
    *ret_code = EXIT_CODE_FAILED;
    ask_add_parameter(&path, "name", invocation->arguments[0]);
    if (path.truncated) {
        error_set(err, ERROR_LIMIT, "that name is too long");
        return NULL;
    }
    json_t *object = ask_quietly(invocation, path.bytes, NULL, &answer, ret_code, err);
    free(answer.body);
    return object;
}

/* ---- check ---- */

static int print_check(enum check_verdict verdict, const struct text *line)
{
    return puts(line->bytes) >= 0 && ask_finish(EXIT_CODE_OK) == EXIT_CODE_OK ? (int)verdict : (int)CHECK_UNKNOWN;
}

int command_check(const struct invocation *invocation)
{
    char storage[CHECK_LINE_MAX];
    struct text line = text_over(storage, sizeof storage);
    struct error err = {0};
    int code;
    struct check *check = check_new();
    json_t *rest = ask_status_quietly(invocation, check_add, check, &code, &err);
    enum check_verdict verdict = rest ? check_judge(check, rest, &line) : check_unknown(err.text, &line);
    check_free(check);
    json_decref(rest);
    return print_check(verdict, &line);
}

int command_check_usage(void)
{
    char storage[CHECK_LINE_MAX];
    struct text line = text_over(storage, sizeof storage);
    return print_check(check_unknown("wrong usage: repointctl check [NAME]", &line), &line);
}

/* ---- wait ---- */

/* The target with this role or label; NULL: there is none. */
static const json_t *find_target(const json_t *record, const char *word)
{
    size_t index;
    json_t *target;
    json_array_foreach(json_object_get(record, "targets"), index, target)
    {
        if (strcmp(ask_string(target, "role"), word) == 0 || strcmp(ask_string(target, "label"), word) == 0)
            return target;
    }
    return NULL;
}

static int complain_about_target(const json_t *record, const char *word)
{
    size_t index;
    json_t *target;
    fprintf(stderr, "repointctl: %s has no target '%s'; it has", ask_string(record, "record"), word);
    json_array_foreach(json_object_get(record, "targets"), index, target)
        fprintf(stderr, "%s %s", index > 0 ? "," : "", ask_string(target, "role"));
    fputc('\n', stderr);
    return EXIT_CODE_FAILED;
}

static void tell_late(const json_t *record, const char *word)
{
    const char *answer = ask_string(record, "answer"), *why = ask_string(record, "why");
    fprintf(stderr, "repointctl: %s does not answer with %s yet: it answers with %s%s%s%s\n",
            ask_string(record, "record"), word, answer[0] ? answer : "nothing of ours",
            json_is_true(json_object_get(record, "in_dns")) ? "" : ", not in DNS everywhere", why[0] ? ": " : "", why);
}

/* One look. True: it is over, with *ret_code. The last one, `late`, tells what is missing. */
static bool look(const struct invocation *invocation, bool late, int *ret_code)
{
    const char *word = invocation->arguments[1];
    struct error err = {0};
    json_t *status = ask_status_of(&(struct invocation){.socket = invocation->socket,
                                                        .argument_count = 1,
                                                        .arguments = {invocation->arguments[0]}},
                                   ret_code, &err);
    if (!status) {
        fprintf(stderr, "repointctl: %s\n", err.text);
        return true;
    }
    const json_t *record = json_array_get(json_object_get(status, "records"), 0);
    const json_t *target = find_target(record, word);
    bool there = target && strcmp(ask_string(record, "answer"), ask_string(target, "role")) == 0 &&
                 json_is_true(json_object_get(record, "in_dns"));
    *ret_code = there ? EXIT_CODE_OK : EXIT_CODE_FAILED;
    if (!target)
        *ret_code = complain_about_target(record, word);
    else if (late && !there)
        tell_late(record, word);
    json_decref(status);
    return there || !target || late;
}

/* A descriptor that becomes readable then; -1: the kernel has none for us. */
static int timer_after(uint64_t delay_ms)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    const struct itimerspec at = {
        .it_value = {.tv_sec = (time_t)(delay_ms / 1000), .tv_nsec = (long)(delay_ms % 1000) * 1000000}};
    if (fd >= 0 && timerfd_settime(fd, 0, &at, NULL) != 0) {
        close(fd);
        fd = -1;
    }
    if (fd < 0)
        fprintf(stderr, "repointctl: no timer: %s\n", strerror(errno));
    return fd;
}

int command_wait(const struct invocation *invocation)
{
    uint64_t timeout_ms = WAIT_MS;
    struct error err = {0};
    int code = EXIT_CODE_FAILED;
    if (invocation->timeout &&
        (!parse_duration_ms(invocation->timeout, &timeout_ms, &err) || timeout_ms == 0 || timeout_ms > WAIT_MOST_MS))
        return ask_usage("--timeout is a time of at most 7d, as 120s or 5m");
    int timer = timer_after(timeout_ms);
    if (timer < 0)
        return code;
    for (bool late = false; !look(invocation, late, &code);) {
        struct pollfd over = {.fd = timer, .events = POLLIN};
        late = poll(&over, 1, POLL_MS) > 0;
    }
    close(timer);
    return code;
}
