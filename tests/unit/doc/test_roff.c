/* SPDX-License-Identifier: MIT */
/*
 * Where: units of doc/roff.
 * What:  words of the tables stay words: no request, no escape, no hyphen that cannot be copied.
 */
#include "doc/roff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *written(void (*write)(FILE *out, const char *words), const char *words)
{
    static char storage[512];
    FILE *out = fmemopen(storage, sizeof storage, "w");
    write(out, words);
    fputc('\0', out);
    fclose(out);
    return storage;
}

static void test_sentences_begin_large_and_end(void **state)
{
    (void)state;
    assert_string_equal(written(roff_sentence, "how long at most [120s]"), "How long at most [120s].\n");
    assert_string_equal(written(roff_sentence, "One line.\n"), "One line.\n");
    assert_string_equal(written(roff_sentence, "one\nthing. And another"), "One thing.\nAnd another.\n");
    assert_string_equal(written(roff_sentence, "`ns` for all"), "\\fBns\\fP for all.\n");
    assert_string_equal(written(roff_sentence, "marker: a TXT"), "marker: a TXT.\n");
}

static void test_nothing_is_taken_for_a_request_or_an_escape(void **state)
{
    (void)state;
    assert_string_equal(written(roff_sentence, ".so /etc/passwd"), "\\&.so /etc/passwd.\n");
    assert_string_equal(written(roff_sentence, "\\r\\n ends a line"), "\\er\\en ends a line.\n");
    assert_string_equal(written(roff_plain, "'br"), "\\&'br");
}

static void test_usage_has_fixed_words_bold_and_the_others_slanted(void **state)
{
    (void)state;
    assert_string_equal(written(roff_usage, "[NAME...] --watch[=TIME]"),
                        "[\\fINAME\\fP...] \\fB\\-\\-watch\\fP[=\\fITIME\\fP]");
    assert_string_equal(written(roff_usage, "CHECK up|down"), "\\fICHECK\\fP \\fBup\\fP|\\fBdown\\fP");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences_begin_large_and_end),
        cmocka_unit_test(test_nothing_is_taken_for_a_request_or_an_escape),
        cmocka_unit_test(test_usage_has_fixed_words_bold_and_the_others_slanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
