/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/words and app/catalogue.
 * What:  the language of sentences, and that every row of the catalogue is spoken in it.
 */
#include "app/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char storage[2048];

static const char *said(const struct words *words, const char *sentence)
{
    struct text text = text_over(storage, sizeof storage);
    words_say(words, sentence, &text);
    return text.bytes;
}

static void test_say_puts_values_in_their_places(void **state)
{
    (void)state;
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_RECORD, "www.%s", "example.com");
    words_set(&words, WORD_STREAK, "%d", 3);
    assert_string_equal(said(&words, "%{record}: 100% of %{streak}%"), "www.example.com: 100% of 3%");
    assert_string_equal(said(&words, ""), "");
    assert_string_equal(said(&words, "plain"), "plain");
}

static void test_say_leaves_out_parts_that_lack_a_word(void **state)
{
    (void)state;
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_RECORD, "www");
    assert_string_equal(said(&words, "%{record}[ %{label}] up[; was %{lasted} for %{record}]."), "www up.");
    assert_string_equal(said(&words, "[%{record}][ %{record}]"), "www www");
    assert_string_equal(said(&words, "%{label}"), "?");
}

static void test_say_does_not_read_values_as_sentences(void **state)
{
    (void)state;
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_DETAIL, "%s", "%{record} [%n]");
    assert_string_equal(said(&words, "<%{detail}>"), "<%{record} [%n]>");
}

static void test_set_leaves_out_what_does_not_fit(void **state)
{
    (void)state;
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_DETAIL, "%*d", WORDS_ROOM - 10, 1);
    words_set(&words, WORD_RECORD, "%s", "far too long for ten bytes");
    words_set(&words, WORD_ZONE, "%s", "short");
    assert_non_null(words.value[WORD_DETAIL]);
    assert_null(words.value[WORD_RECORD]);
    assert_string_equal(words.value[WORD_ZONE], "short");
}

static void test_every_word_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (enum word a = WORD_NONE + 1; a < WORD_COUNT; a++) {
        assert_non_null(word_name(a));
        assert_int_equal(word_field(a) != NULL, a < WORD_FIELD_COUNT);
        for (enum word b = a + 1; b < WORD_COUNT; b++)
            assert_string_not_equal(word_name(a), word_name(b));
    }
}

/* words_say asserts that each word is known and each bracket has its fellow. */
static void test_every_row_can_be_said(void **state)
{
    (void)state;
    struct words empty, full;
    words_clear(&empty);
    words_clear(&full);
    for (enum word word = WORD_NONE + 1; word < WORD_COUNT; word++)
        words_set(&full, word, "<%s>", word_name(word));
    for (uint32_t notice = 1; notice < NOTICE_COUNT; notice++) {
        const struct catalogue_row *row = catalogue_row(notice);
        assert_non_null(row->event);
        assert_non_null(row->sentence);
        assert_null(strpbrk(said(&full, row->sentence), "[]"));
        assert_null(strchr(said(&full, row->sentence), '?'));
        (void)said(&empty, row->sentence);
        assert_int_equal(row->one_of_many, row->many != NULL);
    }
}

static void test_every_notice_has_an_id(void **state)
{
    (void)state;
    for (uint32_t notice = 1; notice < NOTICE_COUNT; notice++) {
        const struct catalogue_row *row = catalogue_row(notice);
        assert_non_null(row->message_id);
        assert_int_equal(strspn(row->message_id, "0123456789abcdef"), 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_say_puts_values_in_their_places),
        cmocka_unit_test(test_say_leaves_out_parts_that_lack_a_word),
        cmocka_unit_test(test_say_does_not_read_values_as_sentences),
        cmocka_unit_test(test_set_leaves_out_what_does_not_fit),
        cmocka_unit_test(test_every_word_has_a_name_of_its_own),
        cmocka_unit_test(test_every_row_can_be_said),
        cmocka_unit_test(test_every_notice_has_an_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
