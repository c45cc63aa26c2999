/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_places.
 * What:  the name servers of a zone as its update server tells them: found, left out, kept, bounded. Fault 80 of
 *        docs/faults.md. NS sets of real servers are asked for in 101.
 */
#include "forge.h"
#include "impostor.h"
#include "io/dns_places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HOPELESS_MS 20000

/* ns1 … nsN.fo.test with 192.0.2.1 … N; ns1 has 2001:db8::1 besides. What is not of fo.test is refused unsigned. */
struct manners {
    uint32_t names;
    bool has_stranger;    /* the set names ns.other.test first */
    bool refuses, forges; /* the question for the NS: REFUSED, signed; or answered unsigned */
};

static struct manners manners;
static struct impostor *impostor;
static struct loop *loop;
static struct dns_places *places;
static struct zone_settings zone;
static struct server_settings server;
static struct settings settings;
static uint8_t zone_name[DNAME_WIRE_MAX];
static struct endpoint addresses[2], listed[2], found[VERIFY_PLACES_MAX];
static struct timer hopeless;
static uint32_t ready_count;

/* ---- the update server ---- */

static void add_servers(struct forge *forge)
{
    static const char stranger[] = "\2ns\5other\4test";
    if (manners.has_stranger)
        forge_record(forge, 1, "fo.test", WIRE_TYPE_NS, WIRE_CLASS_IN, 30, stranger, sizeof stranger);
    for (uint32_t i = 1; i <= manners.names; i++) {
        char name[64];
        int length = snprintf(name, sizeof name, "%cns%u%cfo%ctest", i < 10 ? 3 : 4, (unsigned)i, 2, 4);
        forge_record(forge, 1, "fo.test", WIRE_TYPE_NS, WIRE_CLASS_IN, 30, name, (size_t)length + 1);
    }
}

static void add_address(struct forge *forge, const char *name, uint16_t type)
{
    unsigned number;
    uint8_t v4[4] = {192, 0, 2, 0}, v6[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};
    if (sscanf(name, "ns%u.fo.test", &number) != 1)
        return;
    v4[3] = (uint8_t)number;
    if (type == RRTYPE_A)
        forge_record(forge, 1, name, type, WIRE_CLASS_IN, 30, v4, sizeof v4);
    if (type == RRTYPE_AAAA && number == 1)
        forge_record(forge, 1, name, type, WIRE_CLASS_IN, 30, v6, sizeof v6);
}

static void answer(const uint8_t *request, size_t length, struct forge *forge)
{
    struct wire_message walked;
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    char text[DNAME_TEXT_MAX];
    bool walks = wire_walk(request, length, &walked, NULL) &&
                 wire_read_name(request, length, walked.question_at, false, storage, &name);
    if (!walks || !walked.has_tsig)
        abort();
    dname_format(&name, text);
    bool names = walked.question_type == WIRE_TYPE_NS, strange = strstr(text, "other") != NULL;
    forge_header(forge, walked.id, names && manners.refuses ? 0x8005 : strange ? 0x8005 : 0x8400);
    forge_question(forge, text, walked.question_type);
    if (names && !manners.refuses)
        add_servers(forge);
    else if (!names && !strange)
        add_address(forge, text, walked.question_type);
    if (strange || (names && manners.forges))
        return;
    struct key_settings key = forge_key("repointd", TSIG_HMAC_SHA256);
    struct tsig_state mac = impostor_mac(request, &walked);
    struct forge_tsig tsig = forge_tsig(&key, &mac, time(NULL));
    forge_sign(forge, &tsig);
}

/* Questions come one after the other, so that one bench does. */
static void serve(int fd, uint32_t index, void *ctx)
{
    static _Thread_local struct forge forge;
    static _Thread_local uint8_t request[65535];
    int32_t length;
    (void)index;
    (void)ctx;
    while ((length = impostor_read(fd, request)) >= 0) {
        answer(request, (size_t)length, &forge);
        if (!impostor_write(fd, forge.bytes, forge.length))
            return;
    }
}

/* ---- who asks ---- */

static void on_ready(uint32_t index, void *ctx)
{
    (void)ctx;
    assert_int_equal(index, 0);
    ready_count++;
    loop_stop(loop);
}

static void on_hopeless(struct timer *timer)
{
    (void)timer;
    fail_msg("the look does not end");
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

static int set_up(void **state)
{
    (void)state;
    struct error err;
    manners = (struct manners){.names = 2};
    ready_count = 0;
    loop = loop_new(&(struct loop_handlers){.wake = on_wake}, &err);
    impostor = impostor_start(serve, NULL);
    addresses[0] = impostor_endpoint(impostor);
    server = (struct server_settings){.name = "ns",
                                      .addresses = addresses,
                                      .address_count = 1,
                                      .key = forge_key("repointd", TSIG_HMAC_SHA256),
                                      .verify = listed,
                                      .verify_ns = true,
                                      .timeout_ms = 3000};
    settings = (struct settings){.zones = &zone, .servers = &server, .zone_count = 1, .server_count = 1};
    hopeless.fire = on_hopeless;
    if (!loop || !dname_parse("fo.test", zone_name, &zone.name, NULL))
        return -1;
    loop_refresh(loop);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dns_places_free(places);
    places = NULL;
    loop_free(loop);
    impostor_stop(impostor);
    return 0;
}

static void open_places(void)
{
    places = dns_places_new(loop, &settings, on_ready, NULL);
    assert_non_null(places);
}

static uint32_t look(void)
{
    dns_places_look(places, 0);
    dns_places_look(places, 0); /* one is under way */
    uint32_t before = ready_count;
    loop_timer_set(loop, &hopeless, loop_refresh(loop) + HOPELESS_MS);
    loop_run(loop);
    loop_timer_stop(loop, &hopeless);
    assert_int_equal(ready_count, before + 1);
    assert_true(dns_places_are_fresh(places, 0));
    return dns_places_of(places, 0, found);
}

static void assert_place(uint32_t i, const char *wanted, uint16_t port)
{
    char text[ADDRESS_TEXT_MAX];
    address_format(&found[i].address, text);
    assert_string_equal(text, wanted);
    assert_int_equal(found[i].port, port);
}

/* ---- the tests ---- */

static void test_servers_are_found_with_all_their_addresses(void **state)
{
    (void)state;
    open_places();
    assert_false(dns_places_are_fresh(places, 0));
    assert_int_equal(dns_places_of(places, 0, found), 0);
    assert_int_equal(look(), 3);
    assert_place(0, "192.0.2.1", 53);
    assert_place(1, "2001:db8::1", 53);
    assert_place(2, "192.0.2.2", 53);
}

static void test_who_is_listed_comes_first_and_once(void **state)
{
    (void)state;
    listed[0] = (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 2}}, .port = 53};
    listed[1] = (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {192, 0, 2, 1}}, .port = 5353};
    server.verify_count = 2;
    open_places();
    assert_int_equal(look(), 4);
    assert_place(0, "192.0.2.2", 53);
    assert_place(1, "192.0.2.1", 5353);
    assert_place(2, "192.0.2.1", 53);
    assert_place(3, "2001:db8::1", 53);
}

static void test_nothing_is_looked_for_without_ns(void **state)
{
    (void)state;
    server.verify_ns = false;
    server.verify_count = 1;
    open_places();
    assert_true(dns_places_are_fresh(places, 0));
    assert_int_equal(dns_places_of(places, 0, found), 1);
    assert_int_equal(impostor_connections(impostor), 0);
}

static void test_names_of_other_zones_are_left_out(void **state)
{
    (void)state;
    manners.has_stranger = true;
    open_places();
    assert_int_equal(look(), 3);
    assert_place(0, "192.0.2.1", 53);
}

static void test_what_was_found_outlives_a_look_that_fails(void **state)
{
    (void)state;
    open_places();
    assert_int_equal(look(), 3);
    manners.refuses = true;
    assert_int_equal(look(), 3);
    manners = (struct manners){.names = 1};
    assert_int_equal(look(), 2);
    manners = (struct manners){.names = 0};
    assert_int_equal(look(), 0);
}

static void test_an_unsigned_set_is_not_believed(void **state)
{
    (void)state;
    manners.forges = true;
    open_places();
    assert_int_equal(look(), 0);
}

static void test_the_next_address_is_asked(void **state)
{
    (void)state;
    struct impostor *gone = impostor_start(serve, NULL);
    addresses[1] = addresses[0];
    addresses[0] = impostor_endpoint(gone);
    server.address_count = 2;
    impostor_stop(gone);
    open_places();
    assert_int_equal(look(), 3);
}

static void test_there_is_an_end_to_them(void **state)
{
    (void)state;
    manners.names = VERIFY_PLACES_MAX + 3;
    open_places();
    assert_int_equal(look(), VERIFY_PLACES_MAX);
}

static void test_a_look_may_be_left_behind(void **state)
{
    (void)state;
    open_places();
    dns_places_look(places, 0);
    dns_places_free(places);
    places = NULL;
    assert_int_equal(ready_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_servers_are_found_with_all_their_addresses),
        TEST(test_who_is_listed_comes_first_and_once),
        TEST(test_nothing_is_looked_for_without_ns),
        TEST(test_names_of_other_zones_are_left_out),
        TEST(test_what_was_found_outlives_a_look_that_fails),
        TEST(test_an_unsigned_set_is_not_believed),
        TEST(test_the_next_address_is_asked),
        TEST(test_there_is_an_end_to_them),
        TEST(test_a_look_may_be_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
