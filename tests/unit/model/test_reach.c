/* SPDX-License-Identifier: MIT */
/*
 * Where: units of model/reach.
 * What:  both edges of each block, IPv4 inside IPv6, and who may send us where. Fault 25.
 */
#include "model/reach.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct address address_of(const char *text)
{
    struct address address = {.family = ADDRESS_NONE};
    assert_true(address_parse(text, &address, NULL));
    return address;
}

static const struct {
    const char *text;
    enum reach reach;
} edges[] = {
    {"0.0.0.0", REACH_NOBODY},
    {"0.255.255.255", REACH_NOBODY},
    {"1.0.0.0", REACH_WORLD},
    {"9.255.255.255", REACH_WORLD},
    {"10.0.0.0", REACH_SITE},
    {"10.255.255.255", REACH_SITE},
    {"11.0.0.0", REACH_WORLD},
    {"100.63.255.255", REACH_WORLD},
    {"100.64.0.0", REACH_SITE},
    {"100.100.100.199", REACH_SITE},
    {"100.100.100.200", REACH_NOBODY},
    {"100.127.255.255", REACH_SITE},
    {"100.128.0.0", REACH_WORLD},
    {"126.255.255.255", REACH_WORLD},
    {"127.0.0.0", REACH_HOST},
    {"127.255.255.255", REACH_HOST},
    {"128.0.0.0", REACH_WORLD},
    {"169.253.255.255", REACH_WORLD},
    {"169.254.0.0", REACH_LINK},
    {"169.254.169.253", REACH_LINK},
    {"169.254.169.254", REACH_NOBODY},
    {"169.254.170.2", REACH_NOBODY},
    {"169.254.255.255", REACH_LINK},
    {"169.255.0.0", REACH_WORLD},
    {"172.15.255.255", REACH_WORLD},
    {"172.16.0.0", REACH_SITE},
    {"172.31.255.255", REACH_SITE},
    {"172.32.0.0", REACH_WORLD},
    {"192.0.0.192", REACH_NOBODY},
    {"192.0.2.1", REACH_WORLD},
    {"192.167.255.255", REACH_WORLD},
    {"192.168.0.0", REACH_SITE},
    {"192.169.0.0", REACH_WORLD},
    {"223.255.255.255", REACH_WORLD},
    {"224.0.0.0", REACH_NOBODY},
    {"239.255.255.255", REACH_NOBODY},
    {"240.0.0.0", REACH_NOBODY},
    {"255.255.255.255", REACH_NOBODY},
    {"::", REACH_NOBODY},
    {"::1", REACH_HOST},
    {"::2", REACH_WORLD},
    {"2001:db8::1", REACH_WORLD},
    {"fbff::1", REACH_WORLD},
    {"fc00::", REACH_SITE},
    {"fd00:ec2::254", REACH_NOBODY},
    {"fd00:ec2::255", REACH_SITE},
    {"fdff::1", REACH_SITE},
    {"fe7f::1", REACH_WORLD},
    {"fe80::1", REACH_LINK},
    {"fe80::a9fe:a9fe", REACH_NOBODY},
    {"febf::1", REACH_LINK},
    {"fec0::1", REACH_SITE},
    {"ff02::1", REACH_NOBODY},
    {"::ffff:127.0.0.1", REACH_HOST},
    {"::ffff:192.0.2.1", REACH_WORLD},
    {"::fffe:127.0.0.1", REACH_WORLD},
    {"64:ff9b::a9fe:a9fe", REACH_NOBODY},
    {"64:ff9b::a00:1", REACH_SITE},
    {"64:ff9b:0:0:1::1", REACH_WORLD},
    {"2002:7f00:1::1", REACH_HOST},
    {"2002:c000:201::1", REACH_WORLD},
    {"2003:7f00:1::1", REACH_WORLD},
};

static void test_reach_has_exact_edges(void **state)
{
    (void)state;
    uint32_t wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(edges); i++) {
        struct address address = address_of(edges[i].text);
        if (reach_of(&address) == edges[i].reach)
            continue;
        printf("# %s: %d, wanted %d\n", edges[i].text, (int)reach_of(&address), (int)edges[i].reach);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void test_reach_never_comes_nearer(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool allowed;
    } table[] = {
        {"192.0.2.1", "198.51.100.1", true},
        {"192.0.2.1", "2001:db8::1", true},
        {"192.0.2.1", "10.0.0.1", false},
        {"192.0.2.1", "127.0.0.1", false},
        {"192.0.2.1", "169.254.0.1", false},
        {"10.0.0.1", "192.168.0.1", true},
        {"10.0.0.1", "192.0.2.1", true},
        {"10.0.0.1", "169.254.0.1", false},
        {"10.0.0.1", "::1", false},
        {"127.0.0.1", "127.0.0.2", true},
        {"127.0.0.1", "10.0.0.1", true},
        {"127.0.0.1", "169.254.169.254", false},
        {"169.254.0.1", "169.254.169.254", false},
        {"169.254.169.254", "169.254.169.254", true},
        {"127.0.0.1", "0.0.0.0", false},
        {"::1", "::ffff:127.0.0.1", true},
        {"2001:db8::1", "::ffff:10.0.0.1", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct address from = address_of(table[i].from), to = address_of(table[i].to);
        if (reach_allows(&from, &to) != table[i].allowed)
            fail_msg("from %s to %s", table[i].from, table[i].to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reach_has_exact_edges),
        cmocka_unit_test(test_reach_never_comes_nearer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
