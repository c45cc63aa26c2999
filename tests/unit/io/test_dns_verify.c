/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of io/dns_verify.
 * What:  rounds over servers that answer, lie first, refuse or are silent; and records that wait for each other. Faults
 *        58, 59, 65, 78, 79 of docs/faults.md. Large answers and NS sets are asked of real servers in 100-102.
 */
#include "forge.h"
#include "io/dns_verify.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define RECORDS     100
#define HOPELESS_MS 30000

enum manner { HONEST = 1, LIES_FIRST, ONLY_LIES, SILENT, REFUSES, WITHOUT_AUTHORITY };

/* A name server for datagrams, with a thread of its own. */
struct udp_server {
    enum manner manner;
    int fd;
    struct endpoint endpoint;
    pthread_t thread;
    atomic_uint asked;
};

static void answer(const uint8_t *request, size_t length, uint16_t flags, struct forge *ret)
{
    uint16_t type = wire_get16(request + length - 4);
    ret->length = 0;
    forge_put(ret, request, length);
    wire_put16(ret->bytes + 2, flags);
    if (type == RRTYPE_A)
        forge_record(ret, 1, "www.fo.test", type, WIRE_CLASS_IN, 30, "\xc0\0\2\1", 4);
    if (type == RRTYPE_SOA)
        forge_record(ret, 1, "fo.test", type, WIRE_CLASS_IN, 30, "\0\0\0\0\0\7\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 22);
}

static void lie(struct udp_server *server, const uint8_t *request, size_t length, const struct sockaddr_in *to)
{
    static _Thread_local struct forge forge;
    for (int kind = 0; kind < 6; kind++) {
        answer(request, length, kind == 1 ? 0x0400 : kind == 2 ? 0xa400 : 0x8400, &forge);
        if (kind == 0)
            forge.bytes[0] ^= 0x55; /* another id */
        if (kind == 3)
            forge.bytes[WIRE_HEADER_SIZE + 1] = 'x'; /* another question */
        if (kind == 4)
            forge.length = 20;
        if (kind == 5)
            wire_put16(forge.bytes + 4, 0); /* no question */
        sendto(server->fd, forge.bytes, forge.length, 0, (const struct sockaddr *)to, sizeof *to);
    }
}

static void *serve(void *ctx)
{
    static _Thread_local struct forge forge;
    struct udp_server *server = ctx;
    uint8_t request[512];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t got;
    while ((got = recvfrom(server->fd, request, sizeof request, 0, (struct sockaddr *)&from, &size)) > 1) {
        atomic_fetch_add(&server->asked, 1);
        if (server->manner == SILENT)
            continue;
        if (server->manner == LIES_FIRST || server->manner == ONLY_LIES)
            lie(server, request, (size_t)got, &from);
        if (server->manner == ONLY_LIES)
            continue;
        answer(request, (size_t)got,
               server->manner == REFUSES             ? 0x8005
               : server->manner == WITHOUT_AUTHORITY ? 0x8000
                                                     : 0x8400,
               &forge);
        sendto(server->fd, forge.bytes, forge.length, 0, (struct sockaddr *)&from, size);
    }
    return NULL;
}

static struct udp_server servers[3];
static struct endpoint endpoints[3];
static struct loop *loop;
static struct dns_verify *verify;
static struct record_settings records[RECORDS];
static struct zone_settings zone;
static struct server_settings settings_server;
static struct settings settings;
static uint8_t names[3][DNAME_WIRE_MAX];
static struct timer hopeless;
static uint32_t done_count, wanted, last_ticket[RECORDS];
static struct verify_report last;
static struct verify_answer answers[VERIFY_PLACES_MAX];
static uint8_t first_member[VERIFY_PLACES_MAX][8];

static void start_server(uint32_t index, enum manner manner)
{
    struct udp_server *server = &servers[index];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->manner = manner;
    atomic_store(&server->asked, 0);
    server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &size), 0);
    endpoints[index] = (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {127, 0, 0, 1}},
                                         .port = ntohs(address.sin_port)};
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop_server(uint32_t index)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    to.sin_port = htons(endpoints[index].port);
    sendto(servers[index].fd, "", 1, 0, (struct sockaddr *)&to, sizeof to);
    pthread_join(servers[index].thread, NULL);
    close(servers[index].fd);
}

static void on_done(struct op op, const struct verify_report *report, void *ctx)
{
    (void)ctx;
    last = *report;
    last_ticket[op.subject] = op.ticket;
    for (uint32_t i = 0; i < report->count; i++) {
        answers[i] = report->answers[i];
        if (answers[i].sets[0].count > 0)
            memcpy(first_member[i], answers[i].sets[0].packed, 6);
    }
    if (++done_count == wanted)
        loop_stop(loop);
}

static void on_hopeless(struct timer *timer)
{
    (void)timer;
    fail_msg("%u rounds of %u ended", done_count, wanted);
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

static int set_up(void **state)
{
    (void)state;
    struct loop_handlers handlers = {.wake = on_wake};
    struct error err;
    loop = loop_new(&handlers, &err);
    settings_server = (struct server_settings){.name = "ns", .verify = endpoints, .timeout_ms = 2000};
    bool good = loop && dname_parse("fo.test", names[0], &zone.name, NULL) &&
                dname_parse("www.fo.test", names[1], &records[0].owner, NULL);
    records[0].type_count = 2;
    records[0].types[0] = RRTYPE_A;
    records[0].types[1] = RRTYPE_AAAA;
    for (uint32_t i = 1; i < RECORDS; i++)
        records[i] = records[0];
    settings = (struct settings){.records = records,
                                 .zones = &zone,
                                 .servers = &settings_server,
                                 .record_count = RECORDS,
                                 .zone_count = 1,
                                 .server_count = 1};
    hopeless.fire = on_hopeless;
    done_count = 0;
    return good ? 0 : -1;
}

static void open_over(uint32_t server_count)
{
    struct error err;
    settings_server.verify_count = server_count;
    verify = dns_verify_new(loop, &settings, on_done, NULL, &err);
    assert_non_null(verify);
}

static int tear_down(void **state)
{
    (void)state;
    dns_verify_free(verify);
    verify = NULL;
    loop_free(loop);
    return 0;
}

static void ask(uint32_t record, uint32_t ticket)
{
    dns_verify_start(verify, (struct op){.subject = record, .ticket = ticket});
}

static void run_until(uint32_t count)
{
    wanted = count;
    loop_timer_set(loop, &hopeless, loop_refresh(loop) + HOPELESS_MS);
    loop_run(loop);
    loop_timer_stop(loop, &hopeless);
}

static void assert_serves(uint32_t i)
{
    assert_true(answers[i].answered);
    assert_true(answers[i].aa);
    assert_int_equal(answers[i].sets[0].count, 1);
    assert_memory_equal(first_member[i], "\0\4\xc0\0\2\1", 6);
    assert_int_equal(answers[i].sets[1].type, RRTYPE_AAAA);
    assert_int_equal(answers[i].sets[1].count, 0);
    assert_true(answers[i].has_serial);
    assert_int_equal(answers[i].serial, 7);
    assert_string_equal(answers[i].detail, "");
}

static void test_round_asks_every_server(void **state)
{
    (void)state;
    start_server(0, HONEST);
    start_server(1, LIES_FIRST);
    start_server(2, REFUSES);
    open_over(3);
    ask(0, 1);
    run_until(1);
    assert_int_equal(last.count, 3);
    assert_serves(0);
    assert_serves(1); /* it listened on */
    assert_false(answers[2].answered);
    assert_non_null(strstr(answers[2].detail, "answered REFUSED"));
    assert_int_equal(answers[2].endpoint.port, endpoints[2].port);
    for (uint32_t i = 0; i < 3; i++) {
        stop_server(i);
        assert_int_equal(atomic_load(&servers[i].asked), 3); /* A, AAAA, SOA */
    }
}

static void test_round_waits_for_the_deadline_and_no_longer(void **state)
{
    (void)state;
    settings_server.timeout_ms = 200;
    start_server(0, SILENT);
    start_server(1, ONLY_LIES);
    start_server(2, WITHOUT_AUTHORITY);
    open_over(3);
    mono_ms start = loop_refresh(loop);
    ask(0, 1);
    run_until(1);
    assert_in_range(loop_refresh(loop) - start, 200, 1500);
    assert_false(answers[0].answered);
    assert_non_null(strstr(answers[0].detail, "no answer from 127.0.0.1"));
    assert_false(answers[1].answered);
    assert_true(answers[2].answered);
    assert_false(answers[2].aa);
    assert_non_null(strstr(answers[2].detail, "AA=0"));
    for (uint32_t i = 0; i < 3; i++)
        stop_server(i);
}

static void test_closed_port_is_told_at_once(void **state)
{
    (void)state;
    start_server(0, HONEST);
    stop_server(0);
    open_over(1);
    mono_ms start = loop_refresh(loop);
    ask(0, 1);
    run_until(1);
    assert_in_range(loop_refresh(loop) - start, 0, 1000);
    assert_false(answers[0].answered);
    assert_non_null(strstr(answers[0].detail, "Connection refused"));
}

static void test_round_without_servers_ends_too(void **state)
{
    (void)state;
    open_over(0);
    ask(0, 1);
    assert_int_equal(done_count, 0); /* not from inside the call */
    run_until(1);
    assert_int_equal(last.count, 0);
}

/* Each is asked, none too early: 100 records of 3 questions at 200 a second take 1.5 s. */
static void test_many_records_wait_for_their_turn(void **state)
{
    (void)state;
    start_server(0, HONEST);
    open_over(1);
    mono_ms start = loop_refresh(loop);
    for (uint32_t i = 0; i < RECORDS; i++)
        ask(i, 1000 + i);
    run_until(RECORDS);
    assert_in_range(loop_refresh(loop) - start, 1400, 6000);
    for (uint32_t i = 0; i < RECORDS; i++)
        assert_int_equal(last_ticket[i], 1000 + i);
    stop_server(0);
    assert_int_equal(atomic_load(&servers[0].asked), 3 * RECORDS);
}

static void test_second_round_takes_the_place_of_the_first(void **state)
{
    (void)state;
    settings_server.timeout_ms = 300;
    start_server(0, SILENT);
    open_over(1);
    ask(0, 1);
    ask(0, 2); /* it waits still */
    ask(1, 7);
    run_until(2);
    assert_int_equal(last_ticket[0], 2);
    ask(0, 3);
    ask(1, 8);
    run_until(4);
    ask(0, 4); /* one that is under way when everything ends */
    assert_int_equal(last_ticket[0], 3);
    assert_int_equal(last_ticket[1], 8);
    stop_server(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_round_asks_every_server),          TEST(test_round_waits_for_the_deadline_and_no_longer),
        TEST(test_closed_port_is_told_at_once),      TEST(test_round_without_servers_ends_too),
        TEST(test_many_records_wait_for_their_turn), TEST(test_second_round_takes_the_place_of_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
