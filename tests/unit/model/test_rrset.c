/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/rrset.
 * What:  sets are sorted and free of doubles whatever the order they came in; room to the octet; comparisons; the text.
 */
#include "model/rrset.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A set with storage of its own. */
struct set {
    uint8_t storage[4096];
    struct rrset rrset;
};

/* Of addresses in text, ended by NULL; whether they are IPv4 follows from the type. */
static void set_of(struct set *set, enum rrtype type, const char *const *addresses)
{
    struct rrset_builder builder = rrset_builder_over(type, 60, set->storage, sizeof(set->storage));
    for (; *addresses != NULL; addresses++) {
        struct address address;
        assert_true(address_parse(*addresses, &address, NULL));
        rrset_add_address(&builder, &address);
    }
    assert_true(rrset_pack(&builder, &set->rrset));
}

#define SET(set, type, ...) set_of(set, type, (const char *const[]){__VA_ARGS__, NULL})

static void assert_shown(const struct rrset *set, const char *expected)
{
    char storage[2000];
    struct text text = text_over(storage, sizeof(storage));
    rrset_format(set, &text);
    assert_string_equal(storage, expected);
}

static void test_pack_sorts_and_drops_doubles(void **state)
{
    (void)state;
    struct set set;
    SET(&set, RRTYPE_A, "192.0.2.3", "192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3", "10.0.0.1");
    assert_shown(&set.rrset, "A 10.0.0.1 192.0.2.1 192.0.2.2 192.0.2.3");
    assert_int_equal(set.rrset.count, 4);
    assert_int_equal(set.rrset.length, 4 * RRSET_MEMBER_SIZE(4));
    assert_int_equal(set.rrset.ttl_s, 60);
    assert_ptr_equal(set.rrset.packed, set.storage);
    SET(&set, RRTYPE_AAAA, "2001:db8::2", "2001:db8::1", "2001:db8::2");
    assert_shown(&set.rrset, "AAAA 2001:db8::1 2001:db8::2");
}

static void test_pack_writes_lengths_big_endian(void **state)
{
    (void)state;
    uint8_t storage[400], rdata[300];
    memset(rdata, 7, sizeof(rdata));
    struct rrset_builder builder = rrset_builder_over(RRTYPE_TXT, 60, storage, sizeof(storage));
    struct rrset set;
    rrset_add(&builder, rdata, 300);
    assert_true(rrset_pack(&builder, &set));
    assert_int_equal(set.length, 302);
    assert_int_equal(set.packed[0], 1);
    assert_int_equal(set.packed[1], 44);
}

/* Members of many lengths, larger than what is moved at a time as well, in every order: always the same bytes. */
static void test_pack_gives_the_same_bytes_in_any_order(void **state)
{
    (void)state;
    static const uint16_t lengths[] = {0, 1, 1, 4, 63, 64, 65, 130, 200, 4};
    enum { COUNT = sizeof(lengths) / sizeof(lengths[0]) };
    uint8_t rdata[COUNT][200], first[2048], other[2048];
    for (size_t i = 0; i < COUNT; i++)
        memset(rdata[i], (int)(i * 37 % 5), sizeof(rdata[i]));
    size_t order[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        order[i] = i;
    struct random random = random_from_seed(5);
    struct rrset expected = {.count = 0};
    for (int round = 0; round < 500; round++) {
        struct rrset_builder builder = rrset_builder_over(RRTYPE_TXT, 60, round == 0 ? first : other, sizeof(first));
        for (size_t i = 0; i < COUNT; i++)
            rrset_add(&builder, rdata[order[i]], lengths[order[i]]);
        rrset_add(&builder, rdata[order[3]], lengths[order[3]]); /* one twice */
        struct rrset set;
        assert_true(rrset_pack(&builder, &set));
        if (round == 0)
            expected = set;
        assert_int_equal(set.count, COUNT);
        assert_true(rrset_same_data(&set, &expected));
        for (size_t i = COUNT - 1; i > 0; i--) {
            size_t with = random_below(&random, i + 1), kept = order[i];
            order[i] = order[with];
            order[with] = kept;
        }
    }
    uint16_t offset = 0, length = 0, before_length = 0;
    const uint8_t *member = NULL, *before = NULL;
    while (rrset_next(&expected, &offset, &member, &length)) {
        if (before != NULL) {
            int by_bytes = memcmp(before, member, before_length < length ? before_length : length);
            assert_true(by_bytes < 0 || (by_bytes == 0 && before_length < length));
        }
        before = member;
        before_length = length;
    }
}

static void test_pack_says_when_something_did_not_fit(void **state)
{
    (void)state;
    uint8_t storage[2 * RRSET_MEMBER_SIZE(4)];
    static const uint8_t one[4] = {1}, two[4] = {2}, three[4] = {3};
    struct rrset_builder builder = rrset_builder_over(RRTYPE_A, 60, storage, sizeof(storage));
    struct rrset set = {.count = 99};
    rrset_add(&builder, two, 4);
    rrset_add(&builder, one, 4);
    assert_true(rrset_pack(&builder, &set));
    assert_int_equal(set.count, 2);
    set.count = 99;
    rrset_add(&builder, three, 4);
    assert_false(rrset_pack(&builder, &set));
    assert_int_equal(set.count, 99);
    rrset_add(&builder, three, 0); /* once something is missing it stays missing */
    assert_false(rrset_pack(&builder, &set));

    builder = rrset_builder_over(RRTYPE_A, 60, storage, sizeof(storage) - 1);
    rrset_add(&builder, one, 4);
    rrset_add(&builder, two, 4);
    assert_false(rrset_pack(&builder, &set));
}

static void test_the_largest_member_fits(void **state)
{
    (void)state;
    static uint8_t storage[UINT16_MAX], rdata[UINT16_MAX];
    struct rrset_builder builder = rrset_builder_over(RRTYPE_TXT, 60, storage, UINT16_MAX);
    struct rrset set;
    rrset_add(&builder, rdata, UINT16_MAX - 2);
    assert_true(rrset_pack(&builder, &set));
    assert_int_equal(set.length, UINT16_MAX);
    uint16_t offset = 0, length = 0;
    const uint8_t *member = NULL;
    assert_true(rrset_next(&set, &offset, &member, &length));
    assert_int_equal(length, UINT16_MAX - 2);
    assert_false(rrset_next(&set, &offset, &member, &length));
    builder = rrset_builder_over(RRTYPE_TXT, 60, storage, UINT16_MAX);
    rrset_add(&builder, rdata, UINT16_MAX - 1);
    assert_false(rrset_pack(&builder, &set));
}

static void test_empty_set_is_absent(void **state)
{
    (void)state;
    uint8_t storage[8];
    struct rrset_builder builder = rrset_builder_over(RRTYPE_AAAA, 60, storage, sizeof(storage));
    struct rrset set;
    assert_true(rrset_pack(&builder, &set));
    assert_int_equal(set.count, 0);
    assert_int_equal(set.length, 0);
    assert_null(set.packed);
    assert_shown(&set, "no AAAA");
    uint16_t offset = 0, length = 0;
    const uint8_t *member = NULL;
    assert_false(rrset_next(&set, &offset, &member, &length));
}

static void test_copy_wants_room(void **state)
{
    (void)state;
    struct set set;
    uint8_t storage[64];
    SET(&set, RRTYPE_A, "192.0.2.1", "192.0.2.2");
    struct rrset copy = {.count = 99};
    assert_false(rrset_copy(&set.rrset, storage, (uint16_t)(set.rrset.length - 1), &copy));
    assert_int_equal(copy.count, 99);
    assert_true(rrset_copy(&set.rrset, storage, set.rrset.length, &copy));
    assert_ptr_equal(copy.packed, storage);
    assert_true(rrset_same_data(&copy, &set.rrset));
    assert_int_equal(copy.ttl_s, 60);

    const struct rrset absent = {.type = RRTYPE_A};
    assert_true(rrset_copy(&absent, storage, 0, &copy));
    assert_int_equal(copy.count, 0);
    assert_null(copy.packed);
}

static void test_same_data_leaves_out_the_ttl(void **state)
{
    (void)state;
    struct set a, b, shorter, other, longer;
    SET(&a, RRTYPE_A, "192.0.2.1", "192.0.2.2");
    SET(&b, RRTYPE_A, "192.0.2.2", "192.0.2.1");
    SET(&shorter, RRTYPE_A, "192.0.2.1");
    SET(&other, RRTYPE_A, "192.0.2.1", "192.0.2.3");
    SET(&longer, RRTYPE_AAAA, "2001:db8::1");
    b.rrset.ttl_s = 5;
    assert_true(rrset_same_data(&a.rrset, &b.rrset));
    assert_false(rrset_same_data(&a.rrset, &shorter.rrset));
    assert_false(rrset_same_data(&a.rrset, &other.rrset));
    const struct rrset absent = {.type = RRTYPE_A}, absent_too = {.type = RRTYPE_A, .ttl_s = 9},
                       absent_other = {.type = RRTYPE_AAAA};
    assert_true(rrset_same_data(&absent, &absent_too));
    assert_false(rrset_same_data(&absent, &absent_other));
    assert_false(rrset_same_data(&absent, &a.rrset));

    static const uint8_t first[6] = {0, 4, 1, 2, 3, 4},
                         second[6] = {0, 1, 1, 0, 1, 2}; /* as many octets, other members */
    const struct rrset one = {.type = RRTYPE_TXT, .count = 1, .length = 6, .packed = first};
    const struct rrset two = {.type = RRTYPE_TXT, .count = 2, .length = 6, .packed = second};
    const struct rrset one_short = {.type = RRTYPE_TXT, .count = 1, .length = 3, .packed = second};
    assert_false(rrset_same_data(&one, &two));
    assert_false(rrset_same_data(&one, &one_short));
}

static void test_subset_wants_each_member(void **state)
{
    (void)state;
    struct set whole, first, middle, last, none, both, six;
    SET(&whole, RRTYPE_A, "192.0.2.1", "192.0.2.2", "192.0.2.3");
    SET(&first, RRTYPE_A, "192.0.2.1");
    SET(&middle, RRTYPE_A, "192.0.2.2");
    SET(&last, RRTYPE_A, "192.0.2.3", "192.0.2.1");
    SET(&none, RRTYPE_A, "192.0.2.4");
    SET(&both, RRTYPE_A, "192.0.2.0", "192.0.2.1");
    SET(&six, RRTYPE_AAAA, "2001:db8::1");
    const struct rrset absent = {.type = RRTYPE_A};
    assert_true(rrset_is_subset(&whole.rrset, &whole.rrset));
    assert_true(rrset_is_subset(&first.rrset, &whole.rrset));
    assert_true(rrset_is_subset(&middle.rrset, &whole.rrset));
    assert_true(rrset_is_subset(&last.rrset, &whole.rrset));
    assert_true(rrset_is_subset(&absent, &whole.rrset));
    assert_true(rrset_is_subset(&absent, &absent));
    assert_false(rrset_is_subset(&none.rrset, &whole.rrset));
    assert_false(rrset_is_subset(&both.rrset, &whole.rrset));
    assert_false(rrset_is_subset(&whole.rrset, &first.rrset));
    assert_false(rrset_is_subset(&first.rrset, &absent));
    assert_false(rrset_is_subset(&six.rrset, &whole.rrset));
}

static void test_format_shows_strange_rdata_harmlessly(void **state)
{
    (void)state;
    static const uint8_t packed[] = {0, 3, 'a', 0x1b, '\\'};
    struct rrset set = {.type = RRTYPE_A, .count = 1, .length = sizeof(packed), .packed = packed};
    assert_shown(&set, "A a\\x1b\\x5c");
    set.type = RRTYPE_AAAA;
    assert_shown(&set, "AAAA a\\x1b\\x5c");
    set.type = RRTYPE_TXT;
    assert_shown(&set, "TXT a\\x1b\\x5c");
}

static void test_types_have_names(void **state)
{
    (void)state;
    assert_string_equal(rrtype_name(RRTYPE_A), "A");
    assert_string_equal(rrtype_name(RRTYPE_CNAME), "CNAME");
    assert_string_equal(rrtype_name(RRTYPE_SOA), "SOA");
    assert_string_equal(rrtype_name(RRTYPE_TXT), "TXT");
    assert_string_equal(rrtype_name(RRTYPE_AAAA), "AAAA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack_sorts_and_drops_doubles),
        cmocka_unit_test(test_pack_writes_lengths_big_endian),
        cmocka_unit_test(test_pack_gives_the_same_bytes_in_any_order),
        cmocka_unit_test(test_pack_says_when_something_did_not_fit),
        cmocka_unit_test(test_the_largest_member_fits),
        cmocka_unit_test(test_empty_set_is_absent),
        cmocka_unit_test(test_copy_wants_room),
        cmocka_unit_test(test_same_data_leaves_out_the_ttl),
        cmocka_unit_test(test_subset_wants_each_member),
        cmocka_unit_test(test_format_shows_strange_rdata_harmlessly),
        cmocka_unit_test(test_types_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
