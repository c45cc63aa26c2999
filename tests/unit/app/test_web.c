/* SPDX-License-Identifier: MIT */
/*
 * Where: units of app/web.
 * What:  for which names one is answered: no name that a stranger can let lead here (DNS rebinding). Fault 132.
 */
#include "app/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_which_hosts_are_ours(void **state)
{
    (void)state;
    static const char *const names[] = {"status.example.com", "Gw1.example.net"};
    static const struct web_settings settings = {.names = names, .name_count = 2};
    static const struct {
        const char *host;
        uint16_t status;
    } rows[] = {
        {"127.0.0.1", 0},
        {"127.0.0.1:9530", 0},
        {"198.51.100.7:9530", 0},
        {"[::1]:9530", 0},
        {"[2001:db8::1]", 0},
        {"::1", 0},
        {"localhost", 0},
        {"LocalHost:9530", 0},
        {"localhost.", 0},
        {"gw1", 0},
        {"GW1:9530", 0},
        {"status.example.com:80", 0},
        {"gw1.example.net.", 0},
        {"gw1.example.com", 421},
        {"evil.example", 421},
        {"localhost.evil.example", 421},
        {"127.0.0.1.evil.ex", 421},
        {"xstatus.example.com", 421},
        {"2130706433", 421},
        {"0x7f.1", 421},
        {"", 400},
        {":9530", 400},
        {"gw1:0", 400},
        {"gw1:99999", 400},
        {"gw1:9530:1]", 421},
        {NULL, 400},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (web_judge_host(rows[i].host, &settings, "gw1") != rows[i].status)
            fail_msg("%s: %u", rows[i].host ? rows[i].host : "(none)",
                     (unsigned)web_judge_host(rows[i].host, &settings, "gw1"));
    assert_int_equal(web_judge_host("", &settings, ""), 400);
    assert_int_equal(web_judge_host("gw1", &settings, ""), 421);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_hosts_are_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
