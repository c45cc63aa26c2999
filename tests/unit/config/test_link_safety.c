/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/link_safety and of what guards a record, by way of small files.
 * What:  references of connectivity; foreign-change; ownership; who is asked whether a change is served.
 */
#include "reading.h"

static const char BLOCK[] = SERVER "checks: {web: {tcp: 80}}\n"
                                   "records:\n"
                                   "  a.example.com: {check: web, primary: 192.0.2.1, secondary: 192.0.2.2}\n"
                                   "safety:\n"
                                   "  connectivity:\n"
                                   "    tcp: ['192.0.2.1:80', '[2001:db8::53]:53', '192.0.2.3:80', '192.0.2.1:53']\n";

/* They stand behind all others, so that whoever walks the file's own finds the same as before. */
static void test_references_are_watches_of_checks_of_our_own(void **state)
{
    (void)state;
    struct reading reading = read_well(BLOCK);
    const struct settings *settings = &reading.config.settings;
    const struct connectivity_settings *connectivity = &settings->safety.connectivity;
    assert_int_equal(settings->check_count, 3);
    assert_int_equal(settings_named_checks(settings), 1);
    assert_int_equal(connectivity->watch_first, 2);
    assert_int_equal(connectivity->watch_count, 4);
    assert_int_equal(settings->watch_count, 6);
    static const uint32_t checks[] = {1, 2, 1, 2};
    static const uint16_t ports[] = {80, 53, 80, 53};
    for (uint32_t i = 0; i < 4; i++) {
        const struct watch_settings *watch = &settings->watches[2 + i];
        const struct check_settings *check = &settings->checks[watch->check];
        assert_int_equal(watch->check, checks[i]);
        assert_int_equal(watch->user_count, 0);
        assert_int_equal(check->kind, CHECK_TCP);
        assert_int_equal(check->how.tcp.port, ports[i]);
        assert_string_equal(check->name, "connectivity");
        assert_int_equal(check->interval_ms, 5000);
        assert_int_equal(check->interval_changing_ms, 5000);
        assert_int_equal(check->total_ms, 2000);
        assert_int_equal(check->connect_ms, 2000);
        assert_int_equal(check->rise, 1);
        assert_int_equal(check->fall, 1);
        assert_int_equal(check->jitter_permille, 0);
    }
    assert_int_equal(settings->watches[3].address.family, ADDRESS_V6);
    assert_int_equal(settings->watches[0].user_count, 1);
    reading_done(&reading);
}

static void test_without_a_block_there_are_no_references(void **state)
{
    (void)state;
    struct reading reading = read_well(SERVER "checks: {web: {tcp: 80}}\n");
    const struct settings *settings = &reading.config.settings;
    assert_int_equal(settings->safety.connectivity.watch_count, 0);
    assert_int_equal(settings_named_checks(settings), settings->check_count);
    assert_int_equal(settings->safety.foreign_change, FOREIGN_CHANGE_HOLD);
    reading_done(&reading);
}

static void test_what_may_be_restored_and_goes_without_a_marker(void **state)
{
    (void)state;
    struct reading reading = read_text(
        SERVER "checks: {web: {tcp: 80}}\n"
               "records:\n"
               "  a.example.com: {check: web, primary: 192.0.2.1, secondary: 192.0.2.2, ownership: none}\n"
               "  b.example.com: {check: web, primary: 192.0.2.1, secondary: 192.0.2.2}\n"
               "safety: {foreign-change: restore}\n");
    assert_true(reading.good);
    assert_non_null(find_complaint(&reading, "'foreign-change: restore' does nothing for 'a.example.com'"));
    const struct settings *settings = &reading.config.settings;
    assert_int_equal(settings->records[0].ownership, OWNERSHIP_NONE);
    assert_int_equal(settings->records[1].ownership, OWNERSHIP_MARKER);
    assert_int_equal(settings->safety.foreign_change, FOREIGN_CHANGE_RESTORE);
    reading_done(&reading);
}

/*
 *   verify               asked
 *   not written          where updates go
 *   a list               that, and with `ns` the name servers of the zone too
 *   ns                   those alone
 *   []                   nobody
 */
static void test_who_is_asked_whether_it_is_served(void **state)
{
    (void)state;
    static const struct {
        const char *verify;
        uint32_t count;
        uint16_t last_port;
        bool ns;
    } rows[] = {
        {"", 2, 5353, false},
        {", verify: [192.0.2.53, '127.0.0.1:5300']", 2, 5300, false},
        {", verify: [192.0.2.53, ns]", 1, 53, true},
        {", verify: ns", 0, 0, true},
        {", verify: []", 0, 0, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[512];
        struct text out = text_over(text, sizeof(text));
        text_addf(&out,
                  "servers: {ns1: {address: [127.0.0.1, '127.0.0.1:5353'], zones: [example.com], "
                  "key: {credential: k}%s}}\n",
                  rows[i].verify);
        struct reading reading = read_well(text);
        const struct server_settings *server = &reading.config.settings.servers[0];
        assert_int_equal(server->verify_count, rows[i].count);
        assert_int_equal(server->verify_ns, rows[i].ns);
        if (rows[i].count > 0)
            assert_int_equal(server->verify[rows[i].count - 1].port, rows[i].last_port);
        reading_done(&reading);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references_are_watches_of_checks_of_our_own),
        cmocka_unit_test(test_without_a_block_there_are_no_references),
        cmocka_unit_test(test_what_may_be_restored_and_goes_without_a_marker),
        cmocka_unit_test(test_who_is_asked_whether_it_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
