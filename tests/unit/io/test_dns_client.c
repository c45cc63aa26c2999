/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_client, and of dns_line and dns_flight under it.
 * What:  who goes on which line, what becomes of neighbours when one ends, and that everything asked is answered once.
 *        Faults 49, 50, 60, 66, 67, 73, 76 of docs/faults.md; S9, S14 of docs/simulator.md.
 */
#include "client_fixture.h"
#include "impostor.h"
#include "nameserver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void test_read_is_whole(void **state)
{
    (void)state;
    struct nameserver b = {0};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    client_read(7);
    assert_int_equal(fixture->reads, 0);
    client_run_until(1);
    assert_int_equal(fixture->last_read.outcome, OUTCOME_ACCEPTED);
    assert_true(fixture->last_read.has_answer && fixture->last_read.verified);
    assert_true(fixture->seen.authenticated && fixture->seen.aa && !fixture->seen.beside && !fixture->seen.occluded);
    assert_int_equal(fixture->seen.sets[0].count, 1);
    assert_memory_equal(fixture->seen.sets[0].packed, "\0\4\xc0\0\2\1", 6);
    assert_int_equal(fixture->seen.sets[1].count, 0);
    assert_int_equal(fixture->seen.form, MARKER_FORM_NONE);
    assert_true(fixture->seen.has_serial);
    assert_int_equal(fixture->seen.serial, 7);
    assert_int_equal(fixture->read_tickets[7], 1);
    assert_int_equal(atomic_load(&b.questions), 4);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_answers_may_come_in_any_order(void **state)
{
    (void)state;
    struct nameserver b = {.reverse = 8};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    for (uint32_t i = 0; i < 6; i++)
        client_read(i);
    client_run_until(6);
    assert_int_equal(fixture->accepted, 6);
    assert_int_equal(impostor_connections(impostor), 1);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_many_reads_share_few_lines(void **state)
{
    (void)state;
    struct nameserver b = {0};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 10000);
    for (uint32_t i = 0; i < CLIENT_RECORDS; i++)
        client_read(i);
    client_run_until(CLIENT_RECORDS);
    assert_int_equal(fixture->accepted, CLIENT_RECORDS);
    assert_true(impostor_connections(impostor) <= SERVER_IN_FLIGHT_MAX);
    client_tear_down();
    impostor_stop(impostor);
}

/*
 * As a server with a bound on the questions of a connection does: each line ends some reads, the rest go on by another.
 */
static void test_reads_outlive_their_line(void **state)
{
    (void)state;
    struct nameserver b = {.close_after = 6};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 10000);
    for (uint32_t i = 0; i < 20; i++)
        client_read(i);
    client_run_until(20);
    assert_int_equal(fixture->accepted, 20);
    assert_true(impostor_connections(impostor) >= 14);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_bad_answer_spoils_its_own_read_alone(void **state)
{
    (void)state;
    struct nameserver b = {.unsigned_nth = 10};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 10000);
    for (uint32_t i = 0; i < 20; i++)
        client_read(i);
    client_run_until(20);
    assert_int_equal(fixture->accepted, 19);
    assert_int_equal(fixture->outcomes[OUTCOME_UNKNOWN], 1);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_updates_have_a_line_each_and_four_lines(void **state)
{
    (void)state;
    struct nameserver b = {.serve_updates_slowly = true};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 10000);
    for (uint32_t i = 0; i < CLIENT_ZONES; i++)
        client_send(i);
    client_run_until(CLIENT_ZONES);
    assert_int_equal(fixture->sends_accepted, CLIENT_ZONES);
    assert_int_equal(atomic_load(&b.updates), CLIENT_ZONES);
    assert_int_equal(atomic_load(&b.most_on_one_line), 1);
    assert_true(atomic_load(&b.updates_open_most) <= SERVER_IN_FLIGHT_MAX);
    assert_true(atomic_load(&b.updates_open_most) > 1);
    client_tear_down();
    impostor_stop(impostor);
}

/* The read that proves a switch costs one round trip, not two. */
static void test_read_back_takes_the_line_of_its_update(void **state)
{
    (void)state;
    struct nameserver b = {0};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    fixture->read_after_send = true;
    client_send(0);
    client_run_until(2);
    assert_int_equal(fixture->sends_accepted, 1);
    assert_int_equal(fixture->accepted, 1);
    assert_int_equal(impostor_connections(impostor), 1);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_line_without_work_is_closed(void **state)
{
    (void)state;
    struct nameserver b = {0};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    for (uint32_t i = 1; i <= 3; i++) {
        client_read(0);
        client_run_until(i);
        client_run_for(30);
        assert_int_equal(impostor_connections(impostor), i);
    }
    client_tear_down();
    impostor_stop(impostor);
}

static struct endpoint dead_end(void)
{
    struct nameserver b = {0};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    struct endpoint endpoint = impostor_endpoint(impostor);
    impostor_stop(impostor);
    return endpoint;
}

static void test_nobody_there_is_told_to_all_at_once(void **state)
{
    (void)state;
    client_set_up(dead_end(), 3000);
    mono_ms start = loop_refresh(fixture->loop);
    for (uint32_t i = 0; i < CLIENT_RECORDS; i++)
        client_read(i);
    for (uint32_t i = 0; i < CLIENT_ZONES; i++)
        client_send(i);
    client_run_until(CLIENT_RECORDS + CLIENT_ZONES);
    assert_int_equal(fixture->outcomes[OUTCOME_NOT_SENT], CLIENT_RECORDS);
    assert_int_equal(fixture->last_send.outcome, OUTCOME_NOT_SENT);
    assert_false(fixture->last_send.has_answer);
    assert_non_null(strstr(fixture->last_send.detail, "Connection refused"));
    assert_true(loop_refresh(fixture->loop) - start < 3000);
    client_tear_down();
}

/* Those on the line had an octet out: unknown. Those who waited for longer than the timeout had not. */
static void test_silence_is_told_to_all_who_waited(void **state)
{
    (void)state;
    struct nameserver b = {.silent_from = 1, .silent_updates = true};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 200);
    mono_ms start = loop_refresh(fixture->loop);
    for (uint32_t i = 0; i < CLIENT_RECORDS; i++)
        client_read(i);
    for (uint32_t i = 0; i < CLIENT_ZONES; i++)
        client_send(i);
    client_run_until(CLIENT_RECORDS + CLIENT_ZONES);
    assert_int_equal(fixture->accepted + fixture->sends_accepted, 0);
    assert_true(fixture->outcomes[OUTCOME_UNKNOWN] + fixture->outcomes[OUTCOME_NOT_SENT] == CLIENT_RECORDS);
    assert_non_null(strstr(fixture->last_read.detail, "within 200ms"));
    assert_true(loop_refresh(fixture->loop) - start < 3000);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_update_is_never_sent_again(void **state)
{
    (void)state;
    struct nameserver b = {.close_at_update = true};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 1000);
    for (uint32_t i = 0; i < CLIENT_ZONES; i++)
        client_send(i);
    client_run_until(CLIENT_ZONES);
    assert_int_equal(fixture->last_send.outcome, OUTCOME_UNKNOWN);
    assert_int_equal(fixture->sends_accepted, 0);
    assert_int_equal(atomic_load(&b.updates), CLIENT_ZONES);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_newer_read_takes_the_place_of_a_waiting_one(void **state)
{
    (void)state;
    struct nameserver b = {0};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 3000);
    client_read(5);
    client_read(5);
    client_read(5);
    client_run_until(1);
    client_run_for(50);
    assert_int_equal(fixture->reads, 1);
    assert_int_equal(fixture->read_tickets[5], 3);
    assert_int_equal(atomic_load(&b.questions), 4);
    client_tear_down();
    impostor_stop(impostor);
}

static void test_cancelled_is_silent(void **state)
{
    (void)state;
    struct nameserver b = {.silent_from = 30};
    struct impostor *impostor = impostor_start(nameserver_serve, &b);
    client_set_up(impostor_endpoint(impostor), 1000);
    for (uint32_t i = 0; i < CLIENT_RECORDS; i++)
        client_read(i);
    for (uint32_t i = 0; i < CLIENT_ZONES; i++)
        client_send(i);
    client_run_for(100);
    uint32_t before = fixture->reads + fixture->sends;
    dns_client_cancel_all(fixture->client);
    client_run_for(100);
    assert_int_equal(fixture->reads + fixture->sends, before);
    b.silent_from = 0;
    client_read(0); /* and it goes on afterwards */
    client_run_until(before + 1);
    assert_int_equal(fixture->last_read.outcome, OUTCOME_ACCEPTED);
    client_tear_down();
    impostor_stop(impostor);
}

/* What does not fit a message is not sent, and ends as a batch that has to be halved. */
static void test_update_too_large_is_refused(void **state)
{
    (void)state;
    client_set_up(dead_end(), 1000);
    enum { MEMBERS = 4000 };
    static uint8_t packed[MEMBERS * 6];
    struct rrset_builder builder = rrset_builder_over(RRTYPE_A, 30, packed, sizeof packed);
    for (uint32_t i = 0; i < MEMBERS; i++) {
        const uint8_t rdata[4] = {10, 0, (uint8_t)(i >> 8), (uint8_t)i};
        rrset_add(&builder, rdata, sizeof rdata);
    }
    struct plan plan = {.kind = PLAN_ASSERT};
    assert_true(rrset_pack(&builder, &plan.expect[0]));
    struct batch_member member = {.record = 0, .plan = &plan};
    struct batch_view batch = {.zone = 0, .count = 1, .members = &member};
    dns_client_send(fixture->client, (struct op){.subject = 0, .ticket = 1}, &batch);
    assert_int_equal(fixture->sends, 0);
    client_run_until(1);
    assert_int_equal(fixture->last_send.outcome, OUTCOME_BUG);
    assert_false(fixture->last_send.has_answer);
    assert_non_null(strstr(fixture->last_send.detail, "does not fit"));
    client_tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_is_whole),
        cmocka_unit_test(test_answers_may_come_in_any_order),
        cmocka_unit_test(test_many_reads_share_few_lines),
        cmocka_unit_test(test_reads_outlive_their_line),
        cmocka_unit_test(test_bad_answer_spoils_its_own_read_alone),
        cmocka_unit_test(test_updates_have_a_line_each_and_four_lines),
        cmocka_unit_test(test_read_back_takes_the_line_of_its_update),
        cmocka_unit_test(test_line_without_work_is_closed),
        cmocka_unit_test(test_nobody_there_is_told_to_all_at_once),
        cmocka_unit_test(test_silence_is_told_to_all_who_waited),
        cmocka_unit_test(test_update_is_never_sent_again),
        cmocka_unit_test(test_newer_read_takes_the_place_of_a_waiting_one),
        cmocka_unit_test(test_cancelled_is_silent),
        cmocka_unit_test(test_update_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
