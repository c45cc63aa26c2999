/* SPDX-License-Identifier: MIT */
/*
 * Where: units of core/verify and core/record_verify. Faults 78, 79.
 * What:  the rhythm of the rounds; what answers mean; who lags behind is told and never written about.
 */
#include "door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

static struct endpoint endpoints[2] = {{{ADDRESS_V4, {127, 0, 0, 1}}, 53}, {{ADDRESS_V4, {192, 0, 2, 53}}, 53}};

/* ---- rounds ---- */

struct rounds {
    struct verify verify;
    struct verify_place places[3];
    struct verify_answer answers[3];
    struct verify_report report;
    struct rrset set;
    uint8_t storage[16];
};

static struct rounds *rounds_of(struct rounds *rounds, mono_ms now)
{
    *rounds = (struct rounds){.report = {.count = 2, .answers = rounds->answers}};
    struct rrset_builder builder = rrset_builder_over(RRTYPE_A, 30, rounds->storage, sizeof(rounds->storage));
    const struct address address = {.family = ADDRESS_V4, .bytes = {198, 51, 100, 1}};
    rrset_add_address(&builder, &address);
    assert_true(rrset_pack(&builder, &rounds->set));
    verify_init(&rounds->verify, rounds->places, 3);
    for (uint32_t i = 0; i < 3; i++)
        rounds->answers[i] = (struct verify_answer){.endpoint = {{ADDRESS_V4, {192, 0, 2, (uint8_t)(53 + i)}}, 53},
                                                    .answered = true,
                                                    .aa = true,
                                                    .sets = {rounds->set}};
    verify_begin(&rounds->verify, false, now);
    return rounds;
}

static enum verify_news ask(struct rounds *rounds, uint32_t ticket, mono_ms now)
{
    verify_asked(&rounds->verify, ticket, now);
    return verify_done(&rounds->verify, ticket, &rounds->report, &rounds->set, 1, now);
}

static void test_rounds_come_close_then_each_minute(void **state)
{
    (void)state;
    static const mono_ms wanted_s[] = {0, 1, 3, 8, 13, 18, 23, 28, 30, 35, 40, 45, 50, 55, 60, 120, 180};
    struct rounds rounds;
    rounds_of(&rounds, 0);
    rounds.answers[1].aa = false;
    for (size_t i = 0; i < ARRAY_COUNT(wanted_s); i++) {
        assert_int_equal(verify_deadline(&rounds.verify), wanted_s[i] * SECOND);
        enum verify_news news = ask(&rounds, 1, wanted_s[i] * SECOND);
        assert_int_equal(news, wanted_s[i] == 30 ? VERIFY_LAGS : VERIFY_SAME);
    }
}

static void test_answers_that_came_late_do_not_hasten_the_next_round(void **state)
{
    (void)state;
    struct rounds rounds;
    rounds_of(&rounds, 0);
    rounds.answers[1].aa = false;
    verify_asked(&rounds.verify, 1, 0);
    assert_int_equal(verify_deadline(&rounds.verify), MONO_NEVER);
    assert_int_equal(verify_done(&rounds.verify, 1, &rounds.report, &rounds.set, 1, 5000), VERIFY_SAME);
    assert_in_range(verify_deadline(&rounds.verify), 5001, 6000);
}

static void test_all_have_to_serve_exactly_it_with_authority(void **state)
{
    (void)state;
    struct rounds rounds;
    rounds_of(&rounds, 1000);
    rounds.answers[0].answered = false;
    assert_int_equal(ask(&rounds, 1, 1000), VERIFY_SAME);
    assert_int_equal(verify_serving(&rounds.verify), 1);
    rounds.answers[0].answered = true;
    rounds.answers[0].sets[0].count = 0;
    assert_int_equal(ask(&rounds, 2, 2000), VERIFY_SAME);
    rounds.answers[0].sets[0] = rounds.set;
    rounds.answers[0].sets[0].ttl_s = 7; /* caches may have counted down */
    rounds.answers[0].serial = 1;        /* shown, not judged */
    rounds.answers[0].has_serial = true;
    assert_int_equal(ask(&rounds, 3, 3500), VERIFY_IS_ALL);
    assert_int_equal(rounds.verify.state, VERIFY_SERVED);
    assert_int_equal(verify_deadline(&rounds.verify), MONO_NEVER);
    assert_int_equal(rounds.places[0].after_ms, 2500);
    assert_int_equal(rounds.places[0].since, 3500);
    assert_int_equal(rounds.places[0].serial, 1);
    assert_int_equal(rounds.places[1].after_ms, 0);
}

static void test_one_that_ceases_to_serve_does_not(void **state)
{
    (void)state;
    struct rounds rounds;
    rounds_of(&rounds, 0);
    rounds.answers[1].aa = false;
    ask(&rounds, 1, 0);
    assert_true(rounds.places[0].serves);
    rounds.answers[0].aa = false;
    rounds.answers[1].aa = true;
    assert_int_equal(ask(&rounds, 2, 1000), VERIFY_SAME);
    assert_false(rounds.places[0].serves);
    assert_true(rounds.places[1].serves);
}

static void test_an_answer_counts_once_and_a_new_change_voids_it(void **state)
{
    (void)state;
    struct rounds rounds;
    rounds_of(&rounds, 0);
    verify_asked(&rounds.verify, 5, 0);
    assert_int_equal(verify_done(&rounds.verify, 4, &rounds.report, &rounds.set, 1, 1), VERIFY_STALE);
    assert_int_equal(verify_done(&rounds.verify, 0, &rounds.report, &rounds.set, 1, 1), VERIFY_STALE);
    verify_begin(&rounds.verify, false, 100);
    assert_int_equal(verify_done(&rounds.verify, 5, &rounds.report, &rounds.set, 1, 101), VERIFY_STALE);
    assert_int_equal(verify_deadline(&rounds.verify), 100);
    assert_int_equal(ask(&rounds, 6, 100), VERIFY_IS_ALL);
    assert_int_equal(verify_done(&rounds.verify, 6, &rounds.report, &rounds.set, 1, 101), VERIFY_STALE);
}

/* `ns`: name servers come and go, the known ones keep their history, and there is room for no more than that. */
static void test_name_servers_come_and_go(void **state)
{
    (void)state;
    struct rounds rounds;
    rounds_of(&rounds, 0);
    rounds.answers[2].aa = false;
    rounds.report.count = 3;
    ask(&rounds, 1, 0);
    assert_int_equal(rounds.verify.count, 3);
    const struct verify_answer kept = rounds.answers[1];
    rounds.answers[0] = kept; /* one went; one that is new has come; the order is another one */
    rounds.answers[1].endpoint.address.bytes[3] = 99;
    rounds.answers[1].aa = false;
    rounds.report.count = 2;
    assert_int_equal(ask(&rounds, 2, 1000), VERIFY_SAME);
    assert_int_equal(rounds.verify.count, 2);
    assert_int_equal(rounds.places[0].endpoint.address.bytes[3], 54);
    assert_int_equal(rounds.places[0].since, 0);
    assert_int_equal(rounds.places[1].endpoint.address.bytes[3], 99);
    assert_false(rounds.places[1].serves);
    rounds.report.count = 0;
    assert_int_equal(ask(&rounds, 3, 3000), VERIFY_SAME);
    assert_int_equal(rounds.verify.count, 0);
}

static void test_room_follows_the_server(void **state)
{
    (void)state;
    struct server_settings server = {.verify_count = 2};
    assert_int_equal(verify_room(&server), 2);
    server.verify_ns = true;
    assert_int_equal(verify_room(&server), VERIFY_PLACES_MAX);
    struct verify verify;
    verify_init(&verify, NULL, 0);
    verify_begin(&verify, false, 5);
    assert_int_equal(verify.state, VERIFY_NONE);
    assert_int_equal(verify_deadline(&verify), MONO_NEVER);
}

/* ---- a record ---- */

static struct door *asked(void)
{
    struct site *site = site_new();
    site->servers[0].verify = endpoints;
    site->servers[0].verify_count = 2;
    return door_open(site, true);
}

/* Until the primary is down and has been left. */
static mono_ms fail_over(struct door *door)
{
    door->verdicts[0] = VERDICT_FAIL;
    while (door_told(door, NOTICE_FAILOVER) == 0 && door->now < HOUR)
        door_run(door, door->now + 10);
    return door->now;
}

/* After a start everybody is asked once, and where all is well nothing is said. */
static void test_a_quiet_start_is_one_round(void **state)
{
    (void)state;
    struct door *door = asked();
    door_run(door, HOUR);
    assert_in_range(door->look_count, 1, 2); /* the adoption begins anew */
    assert_int_equal(door_told(door, NOTICE_SERVED) + door_told(door, NOTICE_NOT_SERVED), 0);
    assert_int_equal(door_record(door, 0)->verify.state, VERIFY_SERVED);
    assert_int_equal(verify_serving(&door_record(door, 0)->verify), 2);
    door_close(door);
}

static void test_a_change_is_asked_for_and_told_when_all_serve_it(void **state)
{
    (void)state;
    struct door *door = asked();
    door_run(door, 2 * MINUTE);
    door->places[1] = PLACE_LAGS;
    const uint32_t looks = door->look_count;
    const mono_ms changed = fail_over(door);
    door_run(door, changed + 5 * SECOND);
    assert_int_equal(door_told(door, NOTICE_SERVED), 0);
    door->places[1] = PLACE_SERVES;
    door_run(door, changed + 20 * SECOND);
    assert_int_equal(door_told(door, NOTICE_SERVED), 1);
    const struct notice *served = door_last(door, NOTICE_SERVED);
    assert_int_equal(served->count, 2);
    assert_int_equal(served->threshold, 2);
    assert_int_equal(served->change, door_last(door, NOTICE_FAILOVER)->change);
    assert_int_equal(served->serial, door_last(door, NOTICE_FAILOVER)->serial);
    assert_int_equal(door->look_count - looks, 4); /* 0, 1, 3, 8 */
    assert_int_equal(door_told(door, NOTICE_NOT_SERVED), 0);
    assert_in_range(door_record(door, 0)->verify.places[1].after_ms, 7 * SECOND, 9 * SECOND);
    assert_true(door_record(door, 0)->verify.places[0].after_ms < SECOND);
    door_close(door);
}

/* Faults 78, 79: after 30 s, after 5 min, hourly; no message because of it; and when it serves at last. */
static void test_who_lags_is_told_and_nothing_is_sent(void **state)
{
    (void)state;
    struct door *door = asked();
    door_run(door, 2 * MINUTE);
    door->places[1] = PLACE_LAGS;
    const mono_ms changed = fail_over(door);
    const uint32_t sent = door->send_count;
    door_run(door, changed + 29 * SECOND);
    assert_int_equal(door_told(door, NOTICE_NOT_SERVED), 0);
    door_run(door, changed + 31 * SECOND);
    assert_int_equal(door_told(door, NOTICE_NOT_SERVED), 1);
    const struct notice *lags = door_last(door, NOTICE_NOT_SERVED);
    assert_int_equal(lags->endpoint.address.bytes[3], 53);
    assert_true(lags->answered && lags->authoritative);
    assert_string_equal(lags->detail, "192.0.2.99");
    assert_int_equal(lags->count, 1);
    assert_int_equal(lags->threshold, 2);
    assert_false(lags->repeated);
    assert_in_range(lags->duration_ms, 30 * SECOND, 31 * SECOND);
    door_run(door, changed + 5 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NOT_SERVED), 1);
    door_run(door, changed + 7 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NOT_SERVED), 2);
    assert_true(door_last(door, NOTICE_NOT_SERVED)->repeated);
    door_run(door, changed + 3 * HOUR);
    assert_in_range(door_told(door, NOTICE_NOT_SERVED), 4, 5);
    assert_int_equal(door->send_count, sent);
    door->places[1] = PLACE_SERVES;
    door_run(door, changed + 3 * HOUR + 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_SERVED), 1);
    door_close(door);
}

static void test_how_it_lags_is_told(void **state)
{
    (void)state;
    static const struct {
        enum door_place place;
        bool answered, authoritative;
        const char *detail;
    } rows[] = {{PLACE_IS_SILENT, false, true, "timeout"},
                {PLACE_IS_LAME, true, false, "198.51.100.1"},
                {PLACE_HAS_NOTHING, true, true, ""}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct door *door = asked();
        door_run(door, 2 * MINUTE);
        door->places[1] = rows[i].place;
        const mono_ms changed = fail_over(door);
        door_run(door, changed + 31 * SECOND);
        const struct notice *lags = door_last(door, NOTICE_NOT_SERVED);
        assert_int_equal(lags->answered, rows[i].answered);
        assert_int_equal(lags->authoritative, rows[i].authoritative);
        assert_string_equal(lags->detail, rows[i].detail);
        door_close(door);
    }
}

static void test_without_a_known_name_server_that_is_told(void **state)
{
    (void)state;
    struct door *door = asked();
    door->no_places = true;
    door_run(door, 2 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_NOT_SERVED), 1);
    assert_int_equal(door_last(door, NOTICE_NOT_SERVED)->endpoint.address.family, ADDRESS_NONE);
    assert_int_equal(door_last(door, NOTICE_NOT_SERVED)->threshold, 0);
    door_close(door);
}

/* What is not ours is nobody's to look after; when it is ours again it is looked at again. */
static void test_a_record_that_is_not_ours_is_not_asked_for(void **state)
{
    (void)state;
    struct door *door = asked();
    door_run(door, 2 * MINUTE);
    const struct marker ours = door->names[0].marker;
    door_hold(door, 0, "203.0.113.7", &ours); /* somebody changed it */
    door_run(door, 20 * MINUTE);
    assert_int_equal(door_told(door, NOTICE_FOREIGN_CHANGE) > 0, true);
    assert_int_equal(door_record(door, 0)->verify.state, VERIFY_NONE);
    const uint32_t looks = door->look_count;
    door_run(door, 40 * MINUTE);
    assert_int_equal(door->look_count, looks);
    door_hold(door, 0, "192.0.2.1", &ours);
    door_run(door, 60 * MINUTE);
    assert_int_equal(door->look_count, looks + 1);
    assert_int_equal(door_record(door, 0)->verify.state, VERIFY_SERVED);
    door_close(door);
}

static void test_nothing_is_asked_while_stopping(void **state)
{
    (void)state;
    struct door *door = asked();
    door_run(door, 2 * MINUTE);
    door->places[1] = PLACE_LAGS;
    (void)fail_over(door);
    door_event(door, &(const struct event){.kind = EVENT_STOPPING});
    const uint32_t looks = door->look_count;
    door_run(door, door->now + MINUTE);
    assert_int_equal(door->look_count, looks);
    assert_true(engine_is_idle(door->engine));
    door_close(door);
}

static void test_an_answer_nobody_asked_for_is_dropped(void **state)
{
    (void)state;
    struct door *door = asked();
    door_run(door, 2 * MINUTE);
    const uint64_t dropped = engine_stats(door->engine)->answers_dropped;
    const struct verify_report report = {.count = 0};
    door_event(door, &(const struct event){.kind = EVENT_VERIFY_DONE, .op = {0, 77}, .is.verify = &report});
    door_event(door, &(const struct event){.kind = EVENT_VERIFY_DONE, .op = {9, 77}, .is.verify = &report});
    assert_int_equal(engine_stats(door->engine)->answers_dropped, dropped + 2);
    assert_int_equal(door_record(door, 0)->verify.count, 2);
    door_close(door);
}

static void test_an_answer_to_a_former_round_says_nothing(void **state)
{
    (void)state;
    struct door *door = asked();
    door_run(door, 2 * MINUTE);
    door->places[1] = PLACE_LAGS;
    (void)fail_over(door);
    const struct verify *verify = &door_record(door, 0)->verify;
    while (verify->state != VERIFY_ASKED)
        door_run(door, door->now + 1);
    const struct verify_report report = {.count = 0};
    const struct op op = {.subject = 0, .ticket = verify->ticket - 1};
    door_event(door, &(const struct event){.kind = EVENT_VERIFY_DONE, .op = op, .is.verify = &report});
    assert_int_equal(verify->state, VERIFY_ASKED);
    assert_int_equal(verify->count, 2);
    door_close(door);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounds_come_close_then_each_minute),
        cmocka_unit_test(test_answers_that_came_late_do_not_hasten_the_next_round),
        cmocka_unit_test(test_all_have_to_serve_exactly_it_with_authority),
        cmocka_unit_test(test_one_that_ceases_to_serve_does_not),
        cmocka_unit_test(test_an_answer_counts_once_and_a_new_change_voids_it),
        cmocka_unit_test(test_name_servers_come_and_go),
        cmocka_unit_test(test_room_follows_the_server),
        cmocka_unit_test(test_a_quiet_start_is_one_round),
        cmocka_unit_test(test_a_change_is_asked_for_and_told_when_all_serve_it),
        cmocka_unit_test(test_who_lags_is_told_and_nothing_is_sent),
        cmocka_unit_test(test_how_it_lags_is_told),
        cmocka_unit_test(test_without_a_known_name_server_that_is_told),
        cmocka_unit_test(test_a_record_that_is_not_ours_is_not_asked_for),
        cmocka_unit_test(test_nothing_is_asked_while_stopping),
        cmocka_unit_test(test_an_answer_nobody_asked_for_is_dropped),
        cmocka_unit_test(test_an_answer_to_a_former_round_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
