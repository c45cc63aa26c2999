/* SPDX-License-Identifier: MIT */
/*
 * Where: io, beside courier.
 * What:  a message to a program of the user's, or to sendmail.
 * Why:   argument list, environment and input are made anew for each try: a message that comes late says so.
 */
#include "io/delivery.h"

#include <stdlib.h>
#include <string.h>

#define SAID_LINES 20
#define MAIL_MAX   8192

/* The next line with something in it, from `at` on; false: there is none. */
static bool next_line(const struct child_result *result, size_t *at, struct text *ret)
{
    const char *output = result->output;
    size_t begin = *at, end;
    while (begin < result->output_length && strchr(" \t\r\n", output[begin]))
        begin++;
    for (end = begin; end < result->output_length && output[end] != '\n';)
        end++;
    *at = end;
    text_add_foreign(ret, output + begin, end - begin - (end > begin && output[end - 1] == '\r'));
    return end > begin;
}

static void pass_on(const struct delivery *delivery, const struct child_result *result)
{
    char storage[4 * TEXT_FOREIGN_MAX + 8];
    size_t at = 0;
    for (uint32_t lines = 0; delivery->is_hook && lines < SAID_LINES; lines++) {
        struct text line = text_over(storage, sizeof storage);
        if (!next_line(result, &at, &line))
            return;
        delivery->courier->said(line.bytes, delivery->courier->ctx);
    }
}

static void on_child(const struct child_result *result, void *ctx)
{
    struct delivery *delivery = ctx;
    struct text words = delivery_words(delivery);
    delivery->child = NULL;
    delivery->result.good = !result->sys_errno && !result->signal && result->exit_status == 0;
    if (result->sys_errno)
        text_addf(&words, "it cannot be started: %s", strerror(result->sys_errno));
    else if (result->signal)
        text_addf(&words, "ended by signal %d", result->signal);
    else
        text_addf(&words, "exit status %d", result->exit_status);
    if (!result->sys_errno && !delivery->result.good) {
        char storage[4 * TEXT_FOREIGN_MAX + 8];
        struct text line = text_over(storage, sizeof storage);
        size_t at = 0;
        if (next_line(result, &at, &line))
            text_addf(&words, ": %s", line.bytes);
    }
    if (!result->sys_errno)
        pass_on(delivery, result);
    delivery_finish(delivery);
}

static void run(struct delivery *delivery, const struct child_order *order)
{
    delivery->child = child_run(delivery->courier->children, order, on_child, delivery);
    if (delivery->child)
        return;
    struct text words = delivery_words(delivery);
    text_add(&words, "out of memory for a program");
    delivery_end_soon(delivery);
}

void delivery_run_hook(struct delivery *delivery, const struct notifier_settings *notifier, const struct letter *letter,
                       int64_t wall_ms)
{
    const char *more[] = {letter_text(letter, "event"), letter_text(letter, "record"),
                          letter_text_in(letter, "from", "target"), letter_text_in(letter, "to", "target"), NULL};
    size_t length;
    char *body = letter_json(letter, wall_ms, &length), **environment = letter_environment(letter, wall_ms);
    const char **argv = calloc(notifier->argc + ARRAY_COUNT(more), sizeof *argv);
    if (!argv)
        abort();
    memcpy(argv, notifier->argv, notifier->argc * sizeof *argv);
    memcpy(argv + notifier->argc, more, sizeof more);
    delivery->is_hook = true;
    run(delivery, &(struct child_order){
                      .argv = (char *const *)argv, .environment = environment, .input = body, .input_length = length});
    free(argv);
    free(environment);
    free(body);
}

void delivery_run_sendmail(struct delivery *delivery, const struct notifier_settings *notifier,
                           const struct letter *letter, int64_t wall_ms)
{
    char *const argv[] = {(char *)COURIER_SENDMAIL, (char *)"-t", (char *)"-oi", NULL};
    char storage[MAIL_MAX];
    struct text mail = text_over(storage, sizeof storage);
    letter_mail(letter, wall_ms, notifier->argv, &mail);
    run(delivery, &(struct child_order){.argv = argv, .input = mail.bytes, .input_length = mail.length});
}
