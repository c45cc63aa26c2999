/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/probe_kind.
 * What:  which gear is built for which kinds, and that each is taken down once.
 */
#include "io/probe_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void on_wake(void *ctx)
{
    (void)ctx;
}

/* Whichever stands first: so that a CA bundle is parsed once. */
static void test_http_and_tls_have_one_gear(void **state)
{
    (void)state;
    const struct check_settings tls = {.name = "tls", .kind = CHECK_TLS, .how.tls = {.port = 443}};
    const struct check_settings http = {
        .name = "http", .kind = CHECK_HTTP, .how.http = {.url = "http://www.example.com/", .host = "www.example.com"}};
    const struct check_settings lists[][2] = {{tls, http}, {http, tls}, {tls, tls}};
    const struct loop_handlers handlers = {.wake = on_wake};
    struct error err;
    struct loop *loop = loop_new(&handlers, &err);
    struct connector *connector = connector_new(loop, 4, &err);
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        const struct settings settings = {.checks = lists[i], .check_count = 2};
        const struct probe_site site = {loop, &settings, connector, 4};
        void *gear[PROBE_KINDS] = {NULL};
        assert_true(probe_gear_open(&site, gear, &err));
        assert_non_null(gear[CHECK_TLS]);
        assert_ptr_equal(gear[CHECK_HTTP], gear[CHECK_TLS]);
        assert_null(gear[CHECK_TCP]);
        probe_gear_close(gear);
    }
    connector_free(connector);
    loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_http_and_tls_have_one_gear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
