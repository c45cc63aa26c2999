/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/link_web.
 * What:  where the page listens; who is warned. WEB-7.
 */
#include "reading.h"

static void test_without_the_section_nobody_listens(void **state)
{
    (void)state;
    struct reading reading = read_well(SERVER "checks: {web: {tcp: 80}}\n");
    assert_int_equal(reading.config.settings.web.listen.address.family, ADDRESS_NONE);
    reading_done(&reading);
}

static void test_where_and_under_which_names(void **state)
{
    (void)state;
    struct reading reading = read_well(SERVER "web: {listen: '[::1]:9530', title: gw1, names: [a.example.com, b]}\n");
    const struct web_settings *web = &reading.config.settings.web;
    assert_int_equal(web->listen.address.family, ADDRESS_V6);
    assert_int_equal(web->listen.port, 9530);
    assert_string_equal(web->title, "gw1");
    assert_int_equal(web->name_count, 2);
    assert_string_equal(web->names[1], "b");
    reading_done(&reading);
}

static void test_who_is_warned(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool warned;
    } rows[] = {
        {SERVER "web: {listen: '127.0.0.1:9530'}\n", false},  {SERVER "web: {listen: '10.0.0.1:9530'}\n", false},
        {SERVER "web: {listen: '[fd00::1]:9530'}\n", false},  {SERVER "web: {listen: '0.0.0.0:9530'}\n", true},
        {SERVER "web: {listen: '[::]:9530'}\n", true},        {SERVER "web: {listen: '192.0.2.1:9530'}\n", true},
        {SERVER "web: {listen: '[2001:db8::1]:80'}\n", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reading reading = read_text(rows[i].text);
        assert_true(reading.good);
        assert_int_equal(find_complaint(&reading, "may be reached by everybody") != NULL, rows[i].warned);
        reading_done(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_the_section_nobody_listens),
        cmocka_unit_test(test_where_and_under_which_names),
        cmocka_unit_test(test_who_is_warned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
