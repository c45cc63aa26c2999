/* SPDX-License-Identifier: MIT */
/*
 * Where: units of ctl/check.
 * What:  CLI-11: each of the states that a monitor may meet, to its verdict and its sentence; the manual's sample to
 *        the letter.
 */
#include "ctl/check.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TARGET(role, state, reason) "{\"role\":\"" role "\",\"state\":\"" state "\",\"reason\":\"" reason "\"}"
#define UP                          TARGET("primary", "up", "ok") "," TARGET("secondary", "up", "ok")
#define DEAD_FIRST                  TARGET("primary", "down", "refused") "," TARGET("secondary", "up", "ok")
#define NEW                         TARGET("primary", "unknown", "none") "," TARGET("secondary", "unknown", "none")
#define OVERRIDE(kind, target) \
    "{\"kind\":\"" kind "\",\"target\":" target ",\"user\":\"root\",\"reason\":\"kernel | update\\n\"}"
#define RECORD(name, answer, in_dns, condition, override, targets)                                    \
    "{\"record\":\"" name "\",\"answer\":" answer ",\"in_dns\":" in_dns ",\"condition\":\"" condition \
    "\",\"why\":\"not written: REFUSED\",\"override\":" override ",\"targets\":[" targets "]}"
#define FINE      RECORD("api.example.com", "\"primary\"", "true", "ok", "null", UP)
#define CONNECTED "\"connectivity\":{\"configured\":true,\"ok\":true,\"answering\":2,\"of\":2}"
#define CUT_OFF   "\"connectivity\":{\"configured\":true,\"ok\":false,\"answering\":0,\"of\":2}"
#define STATUS(records, connectivity, starting) \
    "{\"version\":1,\"records\":[" records "]," connectivity ",\"starting\":" starting ",\"dry_run\":false}"
#define ONE(record) STATUS(record, CONNECTED, "false")

static enum check_verdict judge(const json_t *status, struct text *line)
{
    size_t index;
    json_t *record;
    struct check *check = check_new();
    json_array_foreach(json_object_get(status, "records"), index, record) check_add(record, check);
    enum check_verdict verdict = check_judge(check, status, line);
    check_free(check);
    return verdict;
}

static const struct {
    const char *status;
    enum check_verdict verdict;
    const char *words; /* the beginning of the line */
} matrix[] = {
    {ONE(FINE), CHECK_OK, "REPOINTD OK - 1 record on its first target | records=1 failed_over=0;0;1 "},
    {STATUS(RECORD("www", "null", "null", "unread", "null", NEW), CONNECTED, "true"), CHECK_OK,
     "REPOINTD OK - starting: 0 of 1 record known | "},
    {STATUS(RECORD("www", "\"secondary\"", "true", "ok", "null", DEAD_FIRST), CONNECTED, "true"), CHECK_WARNING,
     "REPOINTD WARNING - 1 of 1 record failed over: www (primary refused) | "},
    {ONE(RECORD("www", "null", "null", "unread", "null", UP)), CHECK_CRITICAL,
     "REPOINTD CRITICAL - 1 of 1 record out of step with DNS: www (not written: REFUSED) | "},
    {ONE(RECORD("www", "\"secondary\"", "true", "ok", "null", UP)), CHECK_WARNING,
     "REPOINTD WARNING - 1 of 1 record failed over: www (primary up) | "},
    {ONE(RECORD("www", "\"secondary\"", "true", "ok", OVERRIDE("failover", "\"secondary\""), UP)), CHECK_WARNING,
     "REPOINTD WARNING - 1 of 1 record forced: www (to secondary by root: kernel / update/) | "},
    {ONE(RECORD("www", "\"primary\"", "true", "ok", OVERRIDE("hold", "null"), DEAD_FIRST)), CHECK_WARNING,
     "REPOINTD WARNING - 1 of 1 record held: www (by root: kernel / update/) | "},
    {ONE(RECORD("www", "\"primary\"", "true", "ok", "null",
                TARGET("primary", "up", "ok") "," TARGET("secondary", "drained", "ok"))),
     CHECK_WARNING, "REPOINTD WARNING - 1 of 1 record with drained targets: www (primary up, secondary drained) | "},
    {ONE(RECORD("www", "\"primary\"", "true", "ok", "null",
                TARGET("primary", "down", "refused") "," TARGET("secondary", "down", "timeout-connect"))),
     CHECK_CRITICAL,
     "REPOINTD CRITICAL - 1 of 1 record without a healthy target: www (primary refused, secondary timeout-connect) | "},
    {ONE(RECORD("www", "\"primary\"", "true", "ok", OVERRIDE("hold", "null"),
                TARGET("primary", "down", "refused") "," TARGET("secondary", "drained", "ok"))),
     CHECK_CRITICAL, "REPOINTD CRITICAL - 1 of 1 record without a healthy target: "},
    {ONE(RECORD("www", "\"primary\"", "false", "ok", "null", DEAD_FIRST)), CHECK_CRITICAL,
     "REPOINTD CRITICAL - 1 of 1 record out of step with DNS: www (not written: REFUSED) | "},
    {ONE(RECORD("www", "null", "false", "foreign", "null", UP)), CHECK_CRITICAL,
     "REPOINTD CRITICAL - 1 of 1 record in need of an operator: www (foreign) | "},
    {STATUS(FINE, CUT_OFF, "false"), CHECK_CRITICAL,
     "REPOINTD CRITICAL - this host looks cut off: 0 of 2 answer | records=1 "},
    {ONE(RECORD("www", "null", "null", "off", "null", NEW)), CHECK_OK, "REPOINTD OK - 1 record on its first target | "},
    {ONE(""), CHECK_OK, "REPOINTD OK - 0 records on their first target | records=0 "},
};

static void test_every_state_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matrix / sizeof matrix[0]; i++) {
        char storage[CHECK_LINE_MAX];
        struct text line = text_over(storage, sizeof storage);
        json_t *status = json_loads(matrix[i].status, 0, NULL);
        assert_non_null(status);
        enum check_verdict verdict = judge(status, &line);
        json_decref(status);
        char begins[CHECK_LINE_MAX];
        struct text begin = text_over(begins, sizeof begins);
        text_add_bytes(&begin, line.bytes, strlen(matrix[i].words));
        assert_string_equal(begins, matrix[i].words);
        assert_int_equal(verdict, matrix[i].verdict);
        assert_null(strchr(line.bytes, '\n'));
        assert_ptr_equal(strchr(line.bytes, '|'), strrchr(line.bytes, '|'));
    }
}

static void test_the_sample(void **state)
{
    (void)state;
    char storage[CHECK_LINE_MAX];
    struct text line = text_over(storage, sizeof storage);
    json_t *status = json_loads(
        ONE(RECORD("www.example.com", "\"secondary\"", "true", "ok", "null", DEAD_FIRST) "," FINE "," RECORD(
            "mail.example.com", "\"primary\"", "true", "ok", "null",
            TARGET("primary", "up", "ok") "," TARGET(
                "secondary", "down", "timeout-connect")) "," RECORD("db.example.com", "\"secondary\"", "true", "ok",
                                                                    OVERRIDE("failover", "\"secondary\""), UP)),
        0, NULL);
    assert_int_equal(judge(status, &line), CHECK_WARNING);
    json_decref(status);
    assert_string_equal(line.bytes,
                        "REPOINTD WARNING - 1 of 4 records failed over: www.example.com (primary refused) | "
                        "records=4 failed_over=1;0;1 unhealthy=0;;0 out_of_sync=0;;0 overrides=1");
}

static void test_a_crowd_is_cut(void **state)
{
    (void)state;
    char storage[CHECK_LINE_MAX];
    struct text line = text_over(storage, sizeof storage);
    json_t *record = json_loads(RECORD("www", "\"secondary\"", "true", "ok", "null", DEAD_FIRST), 0, NULL);
    json_t *records = json_array();
    for (int i = 0; i < 1000; i++)
        json_array_append(records, record);
    json_t *status = json_pack("{s:o}", "records", records);
    json_decref(record);
    assert_int_equal(judge(status, &line), CHECK_WARNING);
    json_decref(status);
    assert_non_null(strstr(line.bytes,
                           "1000 of 1000 records failed over: www (primary refused), www (primary refused), "
                           "www (primary refused), www (primary refused), www (primary refused) and 995 "
                           "more | records=1000 failed_over=1000;0;1 "));
}

static void test_no_status_is_unknown(void **state)
{
    (void)state;
    char storage[CHECK_LINE_MAX];
    struct text line = text_over(storage, sizeof storage);
    assert_int_equal(check_unknown("no | socket\n", &line), CHECK_UNKNOWN);
    assert_string_equal(line.bytes, "REPOINTD UNKNOWN - no / socket/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_state_has_its_verdict),
        cmocka_unit_test(test_the_sample),
        cmocka_unit_test(test_a_crowd_is_cut),
        cmocka_unit_test(test_no_status_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
