/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/options.
 * What:  what a command line means, and which ones are refused. What is said then goes to a file that is read back.
 */
#include "app/options.h"

#include "app/protocol.h"
#include "base/attributes.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS_MAX 8

static char complaint[1024];

/* Parses one command line, its words divided by blanks; the complaint is kept. */
static bool parse(const char *line, struct options *ret)
{
    static char copy[256];
    char *argv[WORDS_MAX + 2] = {"repointd"};
    int argc = 1;
    (void)snprintf(copy, sizeof copy, "%s", line);
    for (char *rest = copy, *word; argc <= WORDS_MAX && (word = strsep(&rest, " "));)
        if (*word)
            argv[argc++] = word;
    optind = 0; /* glibc: begin anew */
    FILE *said = tmpfile();
    assert_non_null(said);
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0 && dup2(fileno(said), STDERR_FILENO) >= 0);
    bool good = options_parse(argc, argv, ret);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    rewind(said);
    complaint[fread(complaint, 1, sizeof complaint - 1, said)] = '\0';
    fclose(said);
    assert_int_equal(good, complaint[0] == '\0');
    return good;
}

static struct options parsed(const char *line)
{
    struct options options;
    if (!parse(line, &options))
        fail_msg("%s: %s", line, complaint);
    return options;
}

static void refused(const char *line, const char *part)
{
    struct options options;
    if (parse(line, &options))
        fail_msg("'%s' was taken", line);
    if (!strstr(complaint, part) || strncmp(complaint, "repointd: ", 10) != 0 || !strchr(complaint, '\n') ||
        strchr(complaint, '\n')[1] != '\0')
        fail_msg("'%s' says '%s', which lacks '%s' or is not one line", line, complaint, part);
}

static void test_nothing_means_run(void **state)
{
    (void)state;
    struct options options = parsed("");
    assert_int_equal(options.mode, MODE_RUN);
    assert_string_equal(options.config_path, PROTOCOL_CONFIG_PATH);
    assert_int_equal(options.format, 0);
    assert_int_equal(options.level, 0);
    assert_false(options.dry_run || options.strict);
}

static void test_file_is_taken_in_each_form(void **state)
{
    (void)state;
    static const char *const lines[] = {"-c x.yaml",
                                        "-cx.yaml",
                                        "--config x.yaml",
                                        "--config=x.yaml",
                                        "-t x.yaml",
                                        "-t -c x.yaml",
                                        "-c x.yaml -t",
                                        "--check-config x.yaml",
                                        "-tc x.yaml",
                                        "--strict -t x.yaml",
                                        "--check-config=x.yaml",
                                        "x.yaml -t",
                                        "--dump-config -c x.yaml",
                                        "--print-schema -c x.yaml"};
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        assert_string_equal(parsed(lines[i]).config_path, "x.yaml");
    assert_int_equal(parsed("-t x.yaml").mode, MODE_CHECK);
    assert_true(parsed("-t --strict").strict);
    assert_string_equal(parsed("-t").config_path, PROTOCOL_CONFIG_PATH);
}

static void test_modes(void **state)
{
    (void)state;
    assert_int_equal(parsed("--dump-config").mode, MODE_DUMP);
    assert_int_equal(parsed("--print-schema").mode, MODE_SCHEMA);
    assert_int_equal(parsed("-V").mode, MODE_VERSION);
    assert_int_equal(parsed("--help").mode, MODE_HELP);
    struct options options = parsed("--probe web 192.0.2.10 -c x.yaml");
    assert_int_equal(options.mode, MODE_PROBE);
    assert_string_equal(options.probe_check, "web");
    assert_string_equal(options.probe_address, "192.0.2.10");
    assert_string_equal(options.config_path, "x.yaml");
    assert_true(parsed("--dry-run").dry_run);
    assert_int_equal(parsed("--plan -c x.yaml").mode, MODE_PLAN);
    assert_int_equal(parsed("--check-live --strict -c x.yaml").mode, MODE_LIVE);
}

static void test_log_words(void **state)
{
    (void)state;
    assert_int_equal(parsed("--log-format=journal").format, JOURNAL_NATIVE);
    assert_int_equal(parsed("--log-format logfmt").format, JOURNAL_LOGFMT);
    assert_int_equal(parsed("--log-format=stderr").format, JOURNAL_STDERR);
    assert_int_equal(parsed("--log-level=error").level, LOG_LEVEL_ERROR);
    assert_int_equal(parsed("--log-level=warning").level, LOG_LEVEL_WARNING);
    assert_int_equal(parsed("--log-level=notice").level, LOG_LEVEL_NOTICE);
    assert_int_equal(parsed("--log-level=info").level, LOG_LEVEL_INFO);
    assert_int_equal(parsed("--log-level=debug").level, LOG_LEVEL_DEBUG);
}

static void test_mistakes_are_told_in_one_line(void **state)
{
    (void)state;
    refused("--log-level=warn", "unknown log level 'warn'; there are error, warning, notice, info and debug");
    refused("--log-level=crit", "'crit'");
    refused("--log-format=json", "unknown log format 'json'; there are journal, logfmt and stderr");
    refused("--dry-runn", "did you mean '--dry-run'?");
    refused("--nonsense", "unknown option '--nonsense'");
    refused("-x", "unknown option '-x'");
    refused("-tx", "unknown option '-x'");
    refused("-c", "no argument given");
    refused("--config", "no argument given");
    refused("--dry-run=yes", "no argument is taken");
    refused("x.yaml", "unexpected argument 'x.yaml'");
    refused("-t x.yaml y.yaml", "unexpected argument 'y.yaml'");
    refused("-t x.yaml -c y.yaml", "given twice");
    refused("-c x.yaml -c y.yaml", "given twice");
    refused("-t --dump-config", "only one");
    refused("--probe web", "no address");
    refused("--probe web 192.0.2.1 192.0.2.2", "unexpected argument '192.0.2.2'");
    refused("--strict", "--strict");
    refused("--plan --check-live", "only one");
    refused("--plan x.yaml", "unexpected argument 'x.yaml'");
    refused("--plan --strict", "--strict");
}

static void test_help_fits_a_terminal(void **state)
{
    (void)state;
    char help[4096];
    FILE *out = fmemopen(help, sizeof help, "w");
    assert_non_null(out);
    options_print_help(out);
    assert_int_equal(fclose(out), 0);
    unsigned lines = 0;
    for (char *rest = help, *line; (line = strsep(&rest, "\n")) && rest; lines++)
        if (strlen(line) > 79)
            fail_msg("too wide: %s", line);
    assert_in_range(lines, 10, 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_means_run),
        cmocka_unit_test(test_file_is_taken_in_each_form),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_log_words),
        cmocka_unit_test(test_mistakes_are_told_in_one_line),
        cmocka_unit_test(test_help_fits_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
