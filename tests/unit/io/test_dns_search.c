/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_client, and of dns_flight under it.
 * What:  a name that is there only since a wildcard stands for it is told from one that exists, by questions alone.
 *        Fault 89 of docs/faults.md; RFC 4592 2.2.1.
 */
#include "client_fixture.h"
#include "impostor.h"
#include "nameserver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define READ_QUESTIONS   4
#define SEARCH_QUESTIONS 6

/* Reads record 0 once, which has to end well, and gives the number of questions. */
static uint32_t read_once(struct nameserver *b)
{
    client_read(0);
    client_run_until(fixture->reads + 1);
    assert_int_equal(fixture->last_read.outcome, OUTCOME_ACCEPTED);
    assert_int_equal(fixture->seen.form, MARKER_FORM_NONE);
    assert_int_equal(fixture->seen.sets[0].count, 1);
    assert_int_equal(fixture->read_tickets[0], fixture->ticket);
    return atomic_load(&b->questions);
}

/*
 *   at the marker's name   below "*.NAME"   below "*.APEX"   what it is
 *   NXDOMAIN               -                -                a name
 *   there                  NXDOMAIN         NXDOMAIN         a name with a neighbour of the marker, or "*.NAME"
 *   there                  there            NXDOMAIN         a wildcard
 *   there                  there            there            a server that never says NXDOMAIN (RFC 9824)
 */
static void test_wildcard_is_told_from_a_name(void **state)
{
    (void)state;
    static const struct {
        bool marker, below, control, occluded;
        uint32_t questions;
    } rows[] = {
        {false, true, false, false, READ_QUESTIONS},
        {true, false, false, false, READ_QUESTIONS + SEARCH_QUESTIONS},
        {true, true, false, true, READ_QUESTIONS + SEARCH_QUESTIONS},
        {true, true, true, false, READ_QUESTIONS + SEARCH_QUESTIONS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nameserver b = {.has_marker_name = rows[i].marker,
                               .has_name_below_wildcard = rows[i].below,
                               .has_name_below_control = rows[i].control};
        struct impostor *impostor = impostor_start(nameserver_serve, &b);
        client_set_up(impostor_endpoint(impostor), 3000);
        assert_int_equal(read_once(&b), rows[i].questions);
        assert_int_equal(fixture->seen.occluded, rows[i].occluded);
        client_tear_down();
        impostor_stop(impostor);
    }
}

/* The next read asks anew, and no more than it has to. */
static void test_next_read_is_none_of_search(void **state)
{
    (void)state;
    struct nameserver b = {.has_marker_name = true, .has_name_below_wildcard = true};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    assert_int_equal(read_once(&b), READ_QUESTIONS + SEARCH_QUESTIONS);
    assert_true(fixture->seen.occluded);
    b.has_marker_name = false;
    assert_int_equal(read_once(&b), 2 * READ_QUESTIONS + SEARCH_QUESTIONS);
    assert_false(fixture->seen.occluded);
    client_tear_down();
    impostor_stop(impostor);
}

/* Without a marker to be, its name is asked for all the same. */
static void test_record_without_marker_is_searched_too(void **state)
{
    (void)state;
    struct nameserver b = {.has_marker_name = true, .has_name_below_wildcard = true};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    fixture->records[0].ownership = OWNERSHIP_NONE;
    assert_int_equal(read_once(&b), READ_QUESTIONS + SEARCH_QUESTIONS);
    assert_true(fixture->seen.occluded);
    client_tear_down();
    impostor_stop(impostor);
}

/* The apex exists, whatever stands beside its marker; and there are names that have no room for more labels. */
static void test_some_names_are_not_searched(void **state)
{
    (void)state;
    struct nameserver b = {.has_marker_name = true, .has_name_below_wildcard = true};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    struct record_settings *record = &fixture->records[0];
    record->owner = fixture->zones[0].name;
    assert_int_equal(read_once(&b), READ_QUESTIONS);
    assert_false(fixture->seen.occluded);

    char text[DNAME_WIRE_MAX] = "";
    for (size_t labels = 0; labels < 117; labels++) /* 234 octets, and 9 of the zone: with the marker's label 253 */
        memcpy(text + 2 * labels, "a.", 2);
    memcpy(text + 234, "fo.test", sizeof "fo.test");
    assert_true(dname_parse(text, fixture->owner_name, &record->owner, NULL));
    assert_true(dname_prepend_label(MARKER_LABEL, &record->owner, fixture->marker_name, &record->marker));
    assert_int_equal(read_once(&b), 2 * READ_QUESTIONS + SEARCH_QUESTIONS);
    memmove(text + 2, text, strlen(text) + 1); /* 255 */
    text[0] = 'b';
    text[1] = '.';
    assert_true(dname_parse(text, fixture->owner_name, &record->owner, NULL));
    assert_true(dname_prepend_label(MARKER_LABEL, &record->owner, fixture->marker_name, &record->marker));
    assert_int_equal(read_once(&b), 3 * READ_QUESTIONS + SEARCH_QUESTIONS);
    assert_false(fixture->seen.occluded);
    client_tear_down();
    impostor_stop(impostor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wildcard_is_told_from_a_name),
        cmocka_unit_test(test_next_read_is_none_of_search),
        cmocka_unit_test(test_record_without_marker_is_searched_too),
        cmocka_unit_test(test_some_names_are_not_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
