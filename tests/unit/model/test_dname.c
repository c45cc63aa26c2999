/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/dname.
 * What:  names in and out, their lengths to the octet, and what lies within what.
 */
#include "model/dname.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A name with storage of its own. */
struct name {
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname dname;
};

static void name_of(const char *text, struct name *name)
{
    struct error err = {.code = ERROR_NONE};
    if (!dname_parse(text, name->storage, &name->dname, &err))
        fail_msg("%s", err.text);
    assert_ptr_equal(name->dname.wire, name->storage);
}

static void assert_wire(const char *text, const char *wire, size_t length)
{
    struct name name;
    name_of(text, &name);
    assert_int_equal(name.dname.length, length);
    assert_memory_equal(name.dname.wire, wire, length);
}

static void test_parse_gives_lower_case_wire_form(void **state)
{
    (void)state;
    assert_wire(".", "", 1);
    assert_wire("com", "\3com", 5);
    assert_wire("www.example.com", "\3www\7example\3com", 17);
    assert_wire("WwW.eXample.COM.", "\3www\7example\3com", 17);
    assert_wire("_repointd.a-1.*", "\11_repointd\3a-1\1*", 17);
    assert_wire("a\\.b.c", "\3a.b\1c", 7);
    assert_wire("\\065\\\\\\000\\255", "\4a\\\0\377", 6);
    assert_wire("@[`{/", "\5@[`{/", 7); /* the neighbours of the letters stay as they are */
}

static void assert_no_name(const char *text, const char *words)
{
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name = {.length = 99};
    struct error err = {.code = ERROR_NONE};
    assert_false(dname_parse(text, storage, &name, &err));
    assert_int_equal(name.length, 99);
    assert_int_equal(err.code, ERROR_SYNTAX);
    if (strstr(err.text, words) == NULL)
        fail_msg("%s", err.text);
}

static void test_parse_refuses_what_is_no_name(void **state)
{
    (void)state;
    assert_no_name("", "the name '' is empty");
    assert_no_name("..", "the name '..' has an empty label");
    assert_no_name(".com", "empty label");
    assert_no_name("www..com", "empty label");
    assert_no_name("com..", "empty label");
    assert_no_name("www example.com", "xn-- form");
    assert_no_name("w\tw", "the name 'w\\x09w' has a blank, a control character");
    assert_no_name("b\xc3\xbc"
                   "cher.example",
                   "xn-- form");
    assert_no_name("a\x7f", "xn-- form");
    assert_no_name("a\\", "ends in a backslash");
    assert_no_name("a\\\n", "write \\DDD");
    assert_no_name("a\\\xc3", "write \\DDD");
    assert_no_name("a\\\x7f", "write \\DDD");
    assert_no_name("a\\1", "less than three digits");
    assert_no_name("a\\12", "less than three digits");
    assert_no_name("a\\12x", "less than three digits");
    assert_no_name("a\\256", "above \\255");
}

static void test_labels_have_63_octets_at_the_most(void **state)
{
    (void)state;
    char text[70];
    memset(text, 'a', sizeof(text));
    text[63] = '\0';
    struct name name;
    name_of(text, &name);
    assert_int_equal(name.dname.length, 65);
    assert_int_equal(name.dname.wire[0], 63);
    text[63] = 'a';
    text[64] = '\0';
    assert_no_name(text, "has a label of more than 63 octets");
    text[63] = '.';
    text[64] = 'b';
    text[65] = '\0';
    name_of(text, &name);
    assert_int_equal(name.dname.length, 67);
}

static void put(char *text, size_t at, const char *words)
{
    memcpy(text + at, words, strlen(words) + 1);
}

/* Three labels of 63 and one of 61 make 255 octets; one more is too many, be it a letter, a label or an escape. */
static void test_names_have_255_octets_at_the_most(void **state)
{
    (void)state;
    char text[300];
    memset(text, 'a', sizeof(text));
    text[63] = text[127] = text[191] = '.';
    text[253] = '\0';
    struct name name;
    name_of(text, &name);
    assert_int_equal(name.dname.length, DNAME_WIRE_MAX);
    put(text, 253, ".");
    name_of(text, &name);
    assert_int_equal(name.dname.length, DNAME_WIRE_MAX);
    put(text, 253, "a");
    assert_no_name(text, "is longer than 255 octets");
    put(text, 253, ".a");
    assert_no_name(text, "is longer than 255 octets");
    put(text, 252, ".a");
    assert_no_name(text, "is longer than 255 octets");
    put(text, 253, "\\097");
    assert_no_name(text, "is longer than 255 octets");
}

static void assert_shown(const char *text, const char *expected)
{
    struct name name;
    char shown[DNAME_TEXT_MAX];
    name_of(text, &name);
    dname_format(&name.dname, shown);
    assert_string_equal(shown, expected);
}

static void test_format_escapes_what_is_not_plain(void **state)
{
    (void)state;
    assert_shown(".", ".");
    assert_shown("WWW.Example.com.", "www.example.com");
    assert_shown("_repointd.*.a-z.09", "_repointd.*.a-z.09");
    assert_shown("a\\.b.c", "a\\.b.c");
    assert_shown("a\\032\\007\\255\\127~!", "a\\032\\007\\255\\127\\~\\!");
    const struct dname upper = {.wire = (const uint8_t *)"\2aZ", .length = 4}; /* not ours, but harmless to show */
    char shown[DNAME_TEXT_MAX];
    dname_format(&upper, shown);
    assert_string_equal(shown, "aZ");
}

static void test_format_has_room_for_the_worst_name(void **state)
{
    (void)state;
    uint8_t wire[DNAME_WIRE_MAX];
    memset(wire, 0, sizeof(wire));
    wire[0] = wire[64] = wire[128] = 63;
    wire[192] = 61;
    const struct dname name = {.wire = wire, .length = sizeof(wire)};
    char shown[DNAME_TEXT_MAX];
    dname_format(&name, shown);
    assert_int_equal(strlen(shown), 250 * 4 + 3);
    struct name back;
    name_of(shown, &back);
    assert_true(dname_equal(&back.dname, &name));
}

static void test_equal_compares_all_octets(void **state)
{
    (void)state;
    struct name a, b, c, d;
    name_of("www.example.com", &a);
    name_of("WWW.example.com.", &b);
    name_of("wwx.example.com", &c);
    name_of("www.example", &d);
    assert_true(dname_equal(&a.dname, &b.dname));
    assert_false(dname_equal(&a.dname, &c.dname));
    assert_false(dname_equal(&a.dname, &d.dname));
}

static void assert_within(const char *text, const char *zone_text, bool expected)
{
    struct name name, zone;
    name_of(text, &name);
    name_of(zone_text, &zone);
    if (dname_is_within(&name.dname, &zone.dname) != expected)
        fail_msg("%s in %s", text, zone_text);
}

static void test_within_goes_by_labels(void **state)
{
    (void)state;
    assert_within("www.example.com", "example.com", true);
    assert_within("example.com", "example.com", true);
    assert_within("com", "example.com", false);
    assert_within("www.example.org", "example.com", false);
    assert_within("notexample.com", "example.com", false);
    assert_within("a\\007example.com", "example.com", false); /* the zone's octets, but in the middle of a label */
    assert_within("www.example.com", ".", true);
    assert_within(".", ".", true);
    assert_within(".", "com", false);
}

static void test_label_count_leaves_out_the_root(void **state)
{
    (void)state;
    struct name name;
    name_of(".", &name);
    assert_int_equal(dname_label_count(&name.dname), 0);
    name_of("com", &name);
    assert_int_equal(dname_label_count(&name.dname), 1);
    name_of("a.b.c.example.com", &name);
    assert_int_equal(dname_label_count(&name.dname), 5);
}

static void test_prepend_label_goes_in_front(void **state)
{
    (void)state;
    struct name name, expected;
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname marker;
    name_of("www.example.com", &name);
    name_of("_repointd.www.example.com", &expected);
    assert_true(dname_prepend_label("_Repointd", &name.dname, storage, &marker));
    assert_true(dname_equal(&marker, &expected.dname));
    assert_true(dname_is_within(&marker, &name.dname));
    assert_true(dname_prepend_label("_repointd", &name.dname, name.storage, &marker)); /* in place as well */
    assert_true(dname_equal(&marker, &expected.dname));
}

static void test_prepend_label_knows_when_it_is_too_long(void **state)
{
    (void)state;
    char text[300];
    memset(text, 'a', sizeof(text));
    text[63] = text[127] = text[191] = '.';
    text[243] = '\0'; /* 245 octets */
    struct name name;
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname marker = {.length = 99};
    name_of(text, &name);
    assert_true(dname_prepend_label("_repointd", &name.dname, storage, &marker));
    assert_int_equal(marker.length, DNAME_WIRE_MAX);
    put(text, 243, "a");
    name_of(text, &name);
    marker.length = 99;
    assert_false(dname_prepend_label("_repointd", &name.dname, storage, &marker));
    assert_int_equal(marker.length, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_gives_lower_case_wire_form),
        cmocka_unit_test(test_parse_refuses_what_is_no_name),
        cmocka_unit_test(test_labels_have_63_octets_at_the_most),
        cmocka_unit_test(test_names_have_255_octets_at_the_most),
        cmocka_unit_test(test_format_escapes_what_is_not_plain),
        cmocka_unit_test(test_format_has_room_for_the_worst_name),
        cmocka_unit_test(test_equal_compares_all_octets),
        cmocka_unit_test(test_within_goes_by_labels),
        cmocka_unit_test(test_label_count_leaves_out_the_root),
        cmocka_unit_test(test_prepend_label_goes_in_front),
        cmocka_unit_test(test_prepend_label_knows_when_it_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
