/* SPDX-License-Identifier: MIT */
/*
 * Where: units of config/config, files and join; rules CFG-1, CFG-2, CFG-7, CFG-10.
 * What:  the smallest useful file whole; includes; what check and start make of a key that cannot be read; who frees
 *        what.
 */
#include "reading.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "key \"ddns\" { algorithm hmac-sha256; secret \"VFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFQ=\"; };\n"

static const char smallest[] =
    "servers:\n  ns1:\n    address: 127.0.0.1\n    zones: [example.com]\n    key: {file: ddns.key}\n"
    "checks:\n  web:\n    http: http://www.example.com/healthz\n"
    "records:\n  www.example.com:\n    check: web\n    primary: 192.0.2.250\n"
    "    secondary: 198.51.100.76\n";

static void check_smallest_server(const struct settings *settings)
{
    const struct server_settings *server = &settings->servers[0];
    assert_int_equal(settings->server_count, 1);
    assert_string_equal(server->name, "ns1");
    assert_int_equal(server->address_count, 1);
    assert_int_equal(server->addresses[0].port, 53);
    assert_int_equal(server->source4.family, ADDRESS_NONE);
    assert_int_equal(server->source6.family, ADDRESS_NONE);
    assert_int_equal(server->timeout_ms, 3000);
    assert_int_equal(server->retry_first_ms, 1000);
    assert_int_equal(server->retry_most_ms, 30000);
    assert_int_equal(server->audit_ms, 300000);
    assert_int_equal(server->batch, 64);
    assert_int_equal(server->key.algorithm, TSIG_HMAC_SHA256);
    assert_int_equal(server->key.secret_length, 32);
    assert_memory_equal(server->key.secret, "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT", 32);
    assert_int_equal(server->key.name.length, 6);
    assert_memory_equal(server->key.name.wire, "\4ddns", 6);
}

static void check_smallest_check(const struct settings *settings)
{
    const struct check_settings *check = &settings->checks[0];
    assert_int_equal(settings->check_count, 1);
    assert_string_equal(check->name, "web");
    assert_int_equal(check->kind, CHECK_HTTP);
    assert_string_equal(check->how.http.url, "http://www.example.com/healthz");
    assert_string_equal(check->how.http.host, "www.example.com");
    assert_int_equal(check->how.http.port, 80);
    assert_false(check->how.http.secure);
    assert_true(check->how.http.tls.verify);
    assert_null(check->how.http.tls.ca);
    assert_null(check->how.http.tls.sni);
    assert_int_equal(check->expect.status_count, 1);
    assert_int_equal(check->expect.statuses[0].least, 200);
    assert_int_equal(check->expect.statuses[0].most, 399);
    assert_null(check->expect.contains);
    assert_int_equal(check->interval_ms, 10000);
    assert_int_equal(check->interval_changing_ms, 10000);
    assert_false(check->phased);
    assert_int_equal(check->total_ms, 4000);
    assert_int_equal(check->connect_ms, 4000);
    assert_int_equal(check->rise, 3);
    assert_int_equal(check->fall, 3);
    assert_int_equal(check->jitter_permille, 100);
}

static void check_smallest_record(const struct settings *settings)
{
    const struct record_settings *record = &settings->records[0];
    assert_int_equal(settings->record_count, 1);
    assert_string_equal(record->id, "www.example.com");
    assert_memory_equal(record->owner.wire, "\3www\7example\3com", 17);
    assert_memory_equal(record->marker.wire, "\11_repointd\3www\7example\3com", 27);
    assert_int_equal(record->zone, 0);
    assert_int_equal(record->ttl_s, 30);
    assert_int_equal(record->target_count, 2);
    assert_int_equal(record->fallback, ID_NONE);
    assert_int_equal(record->type_count, 1);
    assert_int_equal(record->types[0], RRTYPE_A);
    assert_int_equal(record->room[0], 6);
    assert_int_equal(record->fail_back, FAIL_BACK_AUTO);
    assert_int_equal(record->fail_back_ms, 60000);
    assert_int_equal(record->fail_back_most_ms, 3600000);
    assert_int_equal(record->flap_window_ms, 3600000);
    assert_int_equal(record->switches_most, 6);
    assert_int_equal(record->all_down, ALL_DOWN_KEEP);
    assert_int_equal(record->publish, PUBLISH_ALL);
    assert_true(record->adopt && !record->create && record->verify_failover && record->enabled);
}

static void test_the_smallest_useful_file_is_whole(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    folder_write(&folder, "ddns.key", KEY, 0600);
    for (int purpose = CONFIG_FOR_CHECK; purpose <= CONFIG_FOR_START; purpose++) {
        struct reading reading = read_path(folder_write(&folder, "r.yaml", smallest, 0644),
                                           (enum config_purpose)purpose, NULL);
        assert_true(reading.good);
        assert_int_equal(complaints_warnings(reading.complaints), 0);
        const struct settings *settings = &reading.config.settings;
        check_smallest_server(settings);
        check_smallest_check(settings);
        check_smallest_record(settings);
        assert_false(settings->safety.dry_run);
        assert_int_equal(settings->safety.start_grace_ms, 30000);
        assert_int_equal(settings->daemon.log_level, LOG_LEVEL_INFO);
        assert_int_equal(settings->daemon.probe_concurrency, 0);
        assert_false(settings->daemon.has_owner);
        assert_null(settings->daemon.contact);
        assert_null(settings->daemon.state_directory);
        assert_int_equal(reading.config.origins == NULL, purpose == CONFIG_FOR_START);
        reading_done(&reading);
    }
    folder_remove(&folder);
}

static void test_nothing_at_all_is_a_configuration(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "# nothing\n", "servers:\nchecks:\nrecords:\n",
                                        "servers: {}\nrecords: ~\n"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct reading reading = read_well(texts[i]);
        assert_int_equal(reading.config.settings.record_count, 0);
        assert_int_equal(reading.config.settings.user_count, 0);
        reading_done(&reading);
    }
    config_done(NULL);
    struct config empty = {.arena = NULL};
    config_done(&empty);
}

/* ---- include ---------------------------------------------------------------------------------------------------- */

static void test_includes_are_read_in_the_order_of_their_names(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    folder_write(&folder, "ddns.key", KEY, 0600);
    folder_write(&folder, "c.d/b.yaml", "checks:\n  b: {tcp: 2}\ninclude: more/x.yaml\n", 0644);
    folder_write(&folder, "c.d/a.yaml", "checks:\n  a: {tcp: 1}\nsafety: {dry-run: on}\n", 0644);
    folder_write(&folder, "c.d/Z.yaml", "checks:\n  z: {tcp: 3}\n", 0644);
    folder_write(&folder, "c.d/.hidden.yaml", "nonsense", 0644);
    folder_write(&folder, "c.d/a.yaml~", "nonsense", 0644);
    folder_write(&folder, "c.d/more/x.yaml",
                 "servers:\n  ns1: {address: 127.0.0.1, zones: [example.com], key: {file: ../../ddns.key}}\n", 0644);
    struct reading reading = read_path(
        folder_write(&folder, "r.yaml",
                     "include: [c.d/*.yaml, 'none.d/*.yaml', 'c.d/*.yml']\nchecks:\n  main: {tcp: 9}\n", 0644),
        CONFIG_FOR_START, NULL);
    assert_true(reading.good);
    const struct settings *settings = &reading.config.settings;
    static const char *const names[] = {"main", "z", "a", "b"}; /* bytewise: capitals first */
    assert_int_equal(settings->check_count, ARRAY_COUNT(names));
    for (uint32_t i = 0; i < ARRAY_COUNT(names); i++)
        assert_string_equal(settings->checks[i].name, names[i]);
    assert_int_equal(settings->server_count, 1);
    assert_true(settings->safety.dry_run);
    assert_int_equal(complaints_files(reading.complaints), 5);
    reading_done(&reading);
    folder_remove(&folder);
}

static void assert_path_complaint(const char *path, const char *words)
{
    struct reading reading = read_path(path, CONFIG_FOR_CHECK, NULL);
    if (reading.good || find_complaint(&reading, words) == NULL) {
        char *text = printed(reading.complaints, false);
        fail_msg("wanted %s, got\n%s", words, text);
    }
    reading_done(&reading);
}

static void test_what_cannot_be_included_is_told(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    assert_path_complaint(folder_path(&folder, "nothing.yaml"), "cannot be read: No such file or directory");
    assert_path_complaint(folder.path, "cannot be read: Is a directory");
    assert_path_complaint(folder_write(&folder, "a.yaml", "include: missing.yaml\n", 0644),
                          "missing.yaml' cannot be read: No such file");
    assert_path_complaint(folder_write(&folder, "b.yaml", "include: b.yaml\n", 0644), "is included twice");
    folder_write(&folder, "e.yaml", "include: d.yaml\n", 0644);
    assert_path_complaint(folder_write(&folder, "d.yaml", "include: e.yaml\n", 0644), "is included twice");
    for (unsigned i = 0; i < 10; i++) {
        char name[16], text[32];
        snprintf(name, sizeof(name), "n%u.yaml", i);
        snprintf(text, sizeof(text), "include: n%u.yaml\n", i + 1);
        folder_write(&folder, name, text, 0644);
    }
    assert_path_complaint(folder_path(&folder, "n0.yaml"), "more than 8 levels deep");
    assert_complaint("include: x.yaml\n", 1, 10, "'include' is not possible here");
    folder_remove(&folder);
}

/* Names in a file that cannot be read are not missing through the fault of those who use them. */
static void test_a_broken_file_brings_no_complaints_about_its_names(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    folder_write(&folder, "ddns.key", KEY, 0600);
    folder_write(&folder, "broken.yaml", "checks:\n\tweb: {tcp: 80}\n", 0644);
    struct reading reading = read_path(folder_write(&folder, "r.yaml",
                                                    "include: broken.yaml\nrecords:\n  www.example.com: {check: web, "
                                                    "primary: 192.0.2.1, secondary: 192.0.2.2}\n",
                                                    0644),
                                       CONFIG_FOR_CHECK, NULL);
    assert_false(reading.good);
    assert_int_equal(complaints_errors(reading.complaints), 1);
    reading_done(&reading);
    folder_remove(&folder);
}

static void test_a_folder_with_a_pattern_in_its_name_is_a_folder(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    folder_write(&folder, "a[b]*/x.yaml", "checks: {x: {tcp: 1}}\n", 0644);
    struct reading reading = read_path(folder_write(&folder, "a[b]*/r.yaml", "include: x*.yaml\n", 0644),
                                       CONFIG_FOR_CHECK, NULL);
    assert_true(reading.good);
    assert_int_equal(reading.config.settings.check_count, 1);
    reading_done(&reading);
    folder_remove(&folder);
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static void assert_key(const struct folder *folder, const char *key, enum config_purpose purpose,
                       const char *credentials, const char *words, enum complaint_level level)
{
    char text[1024];
    snprintf(text, sizeof(text), "servers:\n  ns1: {address: 127.0.0.1, zones: [example.com], key: %s}\n", key);
    struct reading reading = read_path(folder_write(folder, "k.yaml", text, 0644), purpose, credentials);
    if (words == NULL) {
        assert_true(reading.good);
        assert_int_equal(complaints_warnings(reading.complaints), 0);
        assert_int_equal(reading.config.settings.servers[0].key.secret_length, 32);
    } else {
        const struct complaint *complaint = find_complaint(&reading, words);
        assert_non_null(complaint);
        assert_int_equal(complaint->level, level);
        assert_int_equal(reading.good, level == COMPLAINT_WARNING);
    }
    reading_done(&reading);
}

static void test_credentials_come_from_their_directory(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    folder_write(&folder, "creds/ddns", KEY, 0400);
    char directory[128];
    snprintf(directory, sizeof(directory), "%s/creds", folder.path);
    assert_key(&folder, "{credential: ddns}", CONFIG_FOR_START, directory, NULL, COMPLAINT_ERROR);
    assert_key(&folder, "{credential: ddns}", CONFIG_FOR_CHECK, directory, NULL, COMPLAINT_ERROR);
    assert_key(&folder, "{credential: ddns}", CONFIG_FOR_CHECK, NULL, "is not checked here", COMPLAINT_WARNING);
    assert_key(&folder, "{credential: ddns}", CONFIG_FOR_START, NULL, "$CREDENTIALS_DIRECTORY is not set",
               COMPLAINT_ERROR);
    assert_key(&folder, "{credential: ddn}", CONFIG_FOR_CHECK, directory, "No such file or directory", COMPLAINT_ERROR);
    assert_key(&folder, "{credential: ../creds/ddns}", CONFIG_FOR_CHECK, directory, "is not a credential's name",
               COMPLAINT_ERROR);
    assert_key(&folder, "{credential: ..}", CONFIG_FOR_CHECK, directory, "is not a credential's name", COMPLAINT_ERROR);
    folder_remove(&folder);
}

static void test_a_key_that_may_not_be_read_is_a_warning_at_check_and_an_error_at_start(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip(); /* root alone can become somebody who may not read */
    struct folder folder = folder_new();
    assert_int_equal(chmod(folder.path, 0777), 0);
    folder_write(&folder, "ddns.key", KEY, 0600);
    assert_int_equal(seteuid(65534), 0);
    assert_key(&folder, "{file: ddns.key}", CONFIG_FOR_CHECK, NULL, "not checked here", COMPLAINT_WARNING);
    unlink(folder_path(&folder, "k.yaml"));
    assert_key(&folder, "{file: ddns.key}", CONFIG_FOR_START, NULL, "Permission denied", COMPLAINT_ERROR);
    unlink(folder_path(&folder, "k.yaml"));
    assert_key(&folder, "{file: no.key}", CONFIG_FOR_CHECK, NULL, "No such file or directory", COMPLAINT_ERROR);
    assert_int_equal(seteuid(0), 0);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_smallest_useful_file_is_whole),
        cmocka_unit_test(test_nothing_at_all_is_a_configuration),
        cmocka_unit_test(test_includes_are_read_in_the_order_of_their_names),
        cmocka_unit_test(test_what_cannot_be_included_is_told),
        cmocka_unit_test(test_a_broken_file_brings_no_complaints_about_its_names),
        cmocka_unit_test(test_a_folder_with_a_pattern_in_its_name_is_a_folder),
        cmocka_unit_test(test_credentials_come_from_their_directory),
        cmocka_unit_test(test_a_key_that_may_not_be_read_is_a_warning_at_check_and_an_error_at_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
