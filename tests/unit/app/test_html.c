/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/html.
 * What:  nothing that comes from outside is markup.
 */
#include "app/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(const char *words, const char *wanted)
{
    struct buffer html = {.most = 4096};
    html_text(&html, words);
    buffer_add_bytes(&html, "", 1);
    assert_string_equal(html.bytes, wanted);
    buffer_done(&html);
}

static void test_markup_is_escaped(void **state)
{
    (void)state;
    assert_text("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_text("\" onmouseover='x' &amp;", "&quot; onmouseover=&#39;x&#39; &amp;amp;");
}

static void test_letters_stay(void **state)
{
    (void)state;
    assert_text("Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80",
                "Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80");
}

static void test_what_is_no_letter_is_shown_as_octets(void **state)
{
    (void)state;
    assert_text("a\xff\x62", "a\\xffb");
    assert_text("\xc3", "\\xc3");                   /* half of one at the end */
    assert_text("\xc0\xbc", "\\xc0\\xbc");          /* a '<' in two octets */
    assert_text("\xe0\x80\xbc", "\\xe0\\x80\\xbc"); /* … in three */
    assert_text("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* a surrogate */
    assert_text("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
    assert_text("\xc3<", "\\xc3&lt;");
}

static void test_controls_and_directions_are_not_passed_on(void **state)
{
    (void)state;
    assert_text("a\x1b[31m\n", "a\xef\xbf\xbd[31m\xef\xbf\xbd");
    assert_text("a\xe2\x80\xae"
                "b",
                "a\xef\xbf\xbd"
                "b");
    assert_text("a\xe2\x81\xa6"
                "b",
                "a\xef\xbf\xbd"
                "b");
}

static void test_a_segment_is_no_path(void **state)
{
    (void)state;
    struct buffer html = {.most = 4096};
    html_segment(&html, "../a b?c#d\"\xc3\xbc%www.example.com");
    buffer_add_bytes(&html, "", 1);
    assert_string_equal(html.bytes, "..%2Fa%20b%3Fc%23d%22%C3%BC%25www.example.com");
    buffer_done(&html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markup_is_escaped),
        cmocka_unit_test(test_letters_stay),
        cmocka_unit_test(test_what_is_no_letter_is_shown_as_octets),
        cmocka_unit_test(test_controls_and_directions_are_not_passed_on),
        cmocka_unit_test(test_a_segment_is_no_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
