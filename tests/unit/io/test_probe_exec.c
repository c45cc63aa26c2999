/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/probe_exec, with the prober above it and child below, with real programs.
 * What:  words, exit codes, the first line, the limit of programs, and that nobody else waits for them. Section 4.6 of
 *        docs/faults.md; fault 14.
 */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SHELL(script)                             \
    {                                             \
        "/bin/sh", "-c", script, "$ADDRESS", NULL \
    }

static const struct record_settings record = {.id = "www.example.com"};
static const struct target_settings targets[] = {{.role = "primary"}, {.role = "secondary"}};

static uint32_t add(struct lab *lab, const char *const *argv, const char *address)
{
    uint32_t number = lab_add(lab, CHECK_EXEC, address);
    lab->checks[number].how.exec.argv = argv;
    while (argv[lab->checks[number].how.exec.argc])
        lab->checks[number].how.exec.argc++;
    lab->watches[number].target = ID_NONE;
    return number;
}

static void test_exec_is_judged_as_plugins_are(void **state)
{
    (void)state;
    static const struct {
        const char *argv[5];
        enum reason reason;
        const char *detail;
    } rows[] = {
        {SHELL("echo OK - all well; exit 0"), REASON_OK, "exit 0: OK - all well"},
        {SHELL("echo; echo '  WARNING - slow'; echo more; exit 1"), REASON_OK, "exit 1: WARNING - slow"},
        {SHELL("echo CRITICAL >&2; exit 2"), REASON_EXEC_STATUS, "exit 2: CRITICAL"},
        {SHELL("exit 3"), REASON_EXEC_STATUS, "exit 3"},
        {SHELL("exit 127"), REASON_EXEC_STATUS, "exit 127"},
        {SHELL("kill -SEGV $$"), REASON_EXEC_SIGNAL, "ended by signal 11 (Segmentation fault)"},
        {SHELL("printf '\\033[31mred\\n'; exit 2"), REASON_EXEC_STATUS, "exit 2: \\x1b[31mred"},
        {SHELL("echo first; exec sleep 1000"), REASON_EXEC_TIMEOUT, "no end within 1500ms"},
        {{"/nonexistent", NULL}, REASON_LOCAL_ERROR, "cannot start /nonexistent: No such file or directory"},
        {SHELL("echo $0"), REASON_OK, "exit 0: 127.0.0.1"},
    };
    struct lab *lab = lab_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        add(lab, rows[i].argv, "127.0.0.1");
    lab_open(lab);
    uint32_t before = open_descriptors(), wrong = 0;
    lab_probe_all(lab, 10000);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (lab->reports[i].reason == rows[i].reason && strcmp(lab->reports[i].detail, rows[i].detail) == 0)
            continue;
        printf("# row %zu: %s \"%s\"\n", i, reason_name(lab->reports[i].reason), lab->reports[i].detail);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    lab_probe_all(lab, 10000); /* and who was killed has been reaped by then */
    assert_in_range(open_descriptors(), 0, before + 1);
    lab_close(lab);
}

/* A $ that no word follows is a $; a look that is not for one target has neither record nor target. */
static void test_exec_fills_in_its_words(void **state)
{
    (void)state;
    static const char *const argv[] = {"/bin/echo", "$CHECK", "-H$ADDRESS", "$RECORD:$TARGET:", "$", "$$ADDRESS", NULL};
    struct lab *lab = lab_new();
    lab->settings.records = &record;
    lab->settings.targets = targets;
    for (uint32_t i = 0; i < 3; i++)
        add(lab, argv, i == 1 ? "2001:db8::1" : "192.0.2.1");
    lab->checks[1].per_target = lab->checks[2].per_target = true;
    lab->watches[1].target = 1;
    lab->watches[0].target = 1; /* of a check that is not for one target: it means nothing */
    lab_open(lab);
    lab_probe_all(lab, 10000);
    assert_string_equal(lab->reports[0].detail, "exit 0: web -H192.0.2.1 :: $ $192.0.2.1");
    assert_string_equal(lab->reports[1].detail, "exit 0: web -H2001:db8::1 www.example.com:secondary: $ $2001:db8::1");
    assert_string_equal(lab->reports[2].detail, "exit 0: web -H192.0.2.1 :: $ $192.0.2.1");
    lab_close(lab);
}

/* Eight may run where so few are configured: the ninth waits, and a look of another kind does not. */
static void test_exec_waits_for_its_like_alone(void **state)
{
    (void)state;
    enum { PROGRAMS = 20, AT_ONCE = 8 };
    static const char *const argv[] = {"/bin/sleep", "0.3", NULL};
    struct lab *lab = lab_new();
    for (uint32_t i = 0; i < PROGRAMS; i++)
        lab->checks[add(lab, argv, "192.0.2.1")].interval_ms = 1000000;
    uint32_t other = lab_add(lab, CHECK_TCP, "127.255.255.255"); /* ends at once */
    lab->checks[other].how.tcp.port = 1;
    lab_open(lab);
    for (uint32_t i = 0; i <= PROGRAMS; i++)
        lab_start(lab, i);
    lab_run(lab, 10000);
    assert_int_equal(lab->order[0], other);
    int64_t first = lab->ended[0];
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        assert_int_equal(lab->reports[i].reason, REASON_OK);
        first = lab->ended[i] < first ? lab->ended[i] : first;
    }
    uint32_t late = 0;
    for (uint32_t i = 0; i < PROGRAMS; i++)
        late += lab->reports[i].started >= first;
    assert_int_equal(late, PROGRAMS - AT_ONCE);
    lab_close(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exec_is_judged_as_plugins_are),
        cmocka_unit_test(test_exec_fills_in_its_words),
        cmocka_unit_test(test_exec_waits_for_its_like_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
