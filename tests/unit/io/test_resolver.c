/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/resolver and io/resolver_answer.
 * What:  a name server on the same loop that says what it is told to: what is found, what is nothing, what is
 *        silence; one lookup a name, kept for its TTL; 1000 addresses; those that nobody may probe; resolv.conf that
 *        changes.
 *        Faults 17, 35, 36 of docs/faults.md.
 */
#include "io/resolver.h"
#include "io/resolver_answer.h"

#include <arpa/inet.h>
#include <ev.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOPELESS_MS 15000
#define NAMES       4

/* ---- the name server: a datagram for a datagram ---- */

struct manners {
    unsigned rcode4, rcode6; /* 16: silence */
    const char *v4[20], *v6[2];
    uint32_t ttl_s;
};

static struct manners manners;
static int server_fd;
static char server_address[INET_ADDRSTRLEN]; /* resolv.conf knows no ports: it is port 53 of an address of our own */
static ev_io server_io;
static uint32_t questions;

static size_t add_answer(uint8_t *reply, size_t at, const char *text, uint16_t type)
{
    struct address address;
    assert_true(address_parse(text, &address, NULL));
    uint16_t length = (uint16_t)address_length(&address);
    const uint8_t head[] = {0xc0,
                            0x0c,
                            0,
                            (uint8_t)type,
                            0,
                            1,
                            (uint8_t)(manners.ttl_s >> 24),
                            (uint8_t)(manners.ttl_s >> 16),
                            (uint8_t)(manners.ttl_s >> 8),
                            (uint8_t)manners.ttl_s,
                            0,
                            (uint8_t)length};
    memcpy(reply + at, head, sizeof head);
    memcpy(reply + at + sizeof head, address.bytes, length);
    return at + sizeof head + length;
}

static void on_question(struct ev_loop *ev, ev_io *io, int events)
{
    uint8_t reply[4096];
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    (void)ev;
    (void)events;
    ssize_t length = recvfrom(io->fd, reply, 512, 0, (struct sockaddr *)&peer, &size);
    if (length < 17)
        return;
    questions++;
    bool v6 = reply[length - 3] == 28;
    unsigned rcode = v6 ? manners.rcode6 : manners.rcode4;
    size_t at = (size_t)length;
    uint8_t count = 0;
    for (size_t i = 0; rcode == 0 && !v6 && i < ARRAY_COUNT(manners.v4) && manners.v4[i]; i++, count++)
        at = add_answer(reply, at, manners.v4[i], 1);
    for (size_t i = 0; rcode == 0 && v6 && i < ARRAY_COUNT(manners.v6) && manners.v6[i]; i++, count++)
        at = add_answer(reply, at, manners.v6[i], 28);
    reply[2] = 0x81;
    reply[3] = (uint8_t)(0x80 | rcode);
    reply[7] = count;
    if (rcode < 16)
        (void)sendto(io->fd, reply, at, 0, (struct sockaddr *)&peer, size);
}

/* ---- who asks ---- */

static struct loop *loop;
static struct resolver *resolver;
static struct settings settings;
static struct name_settings names[NAMES];
static char conf[64];
static struct resolver_answer answers[8];
static struct resolver_wait waits[8];
static uint32_t told;
static struct timer hopeless;

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_hopeless(struct timer *timer)
{
    (void)timer;
    loop_stop(loop);
}

static void on_answer(const struct resolver_answer *answer, void *ctx)
{
    answers[(struct resolver_wait *)ctx - waits] = *answer;
    if (--told == 0)
        loop_stop(loop);
}

/* A name that stands in /etc/hosts, other than that of the loopback, which the library knows by itself. */
static char hosts_name[64];

static void find_hosts_name(void)
{
    FILE *file = fopen("/etc/hosts", "r");
    char line[512], address[64], name[64];
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "%63s %63s", address, name) == 2 && address[0] != '#' && !strstr(name, "localhost"))
            (void)snprintf(hosts_name, sizeof hosts_name, "%s", name);
    if (file)
        fclose(file);
}

static void write_conf(const char *address)
{
    FILE *file = fopen(conf, "w");
    assert_non_null(file);
    fprintf(file, "nameserver %s\n", address);
    fclose(file);
}

static int set_up(void **state)
{
    (void)state;
    const char *const texts[NAMES] = {"lb1.example.org", "lb2.example.org", hosts_name, "lb4"};
    struct loop_handlers handlers = {.wake = on_wake};
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_port = htons(53),
                              .sin_addr.s_addr = htonl(0x7f350000 | ((uint32_t)getpid() & 0xffff))};
    struct error err;
    loop = loop_new(&handlers, &err);
    server_fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(server_fd, (struct sockaddr *)&own, sizeof own), 0);
    assert_non_null(inet_ntop(AF_INET, &own.sin_addr, server_address, sizeof server_address));
    ev_io_init(&server_io, on_question, server_fd, EV_READ);
    ev_io_start(loop_ev(loop), &server_io);
    (void)snprintf(conf, sizeof conf, "/tmp/test_resolver.XXXXXX");
    close(mkstemp(conf));
    write_conf(server_address);
    for (uint32_t i = 0; i < NAMES; i++)
        names[i].text = texts[i];
    settings = (struct settings){.names = names, .name_count = NAMES};
    resolver = resolver_new(loop, &settings, conf, &err);
    assert_non_null(resolver);
    questions = 0;
    memset(waits, 0, sizeof waits);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    resolver_free(resolver);
    ev_io_stop(loop_ev(loop), &server_io);
    close(server_fd);
    loop_free(loop);
    unlink(conf);
    return 0;
}

static void ask(uint32_t wait, uint32_t name)
{
    waits[wait].done = on_answer;
    waits[wait].ctx = &waits[wait];
    resolver_ask(resolver, name, &waits[wait]);
    told++;
}

static void hear(void)
{
    hopeless = (struct timer){.fire = on_hopeless};
    loop_timer_set(loop, &hopeless, loop_refresh(loop) + HOPELESS_MS);
    loop_run(loop);
    loop_timer_stop(loop, &hopeless);
    assert_int_equal(told, 0);
}

static const struct resolver_answer *answer_of(uint32_t name)
{
    ask(0, name);
    hear();
    return &answers[0];
}

static void assert_address(const struct address *address, const char *text)
{
    char shown[ADDRESS_TEXT_MAX];
    address_format(address, shown);
    assert_string_equal(shown, text);
}

/* ---- the tests ---- */

static void test_addresses_of_both_families_are_found_and_kept(void **state)
{
    (void)state;
    manners = (struct manners){.v4 = {"127.0.0.7", "127.0.0.9"}, .v6 = {"2001:db8::7"}, .ttl_s = 2};
    const struct resolver_answer *answer = answer_of(0);
    assert_int_equal(answer->outcome, RESOLVER_FOUND);
    assert_int_equal(answer->count, 3);
    assert_int_equal(questions, 2);
    assert_non_null(resolver_known(resolver, 0));
    assert_null(resolver_known(resolver, 1));
}

/* Fault 36. */
static void test_nothing_and_silence_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        unsigned rcode4, rcode6;
        enum resolver_outcome outcome;
        const char *words;
    } table[] = {
        {3, 3, RESOLVER_NOTHING, "there is no name lb1.example.org"},
        {0, 0, RESOLVER_NOTHING, "lb1.example.org has no address"},
        {2, 2, RESOLVER_SILENT, "the resolver of this host does not tell the address of lb1.example.org: "},
        {2, 0, RESOLVER_SILENT, "the resolver of this host does not tell the address of lb1.example.org: "},
        {0, 5, RESOLVER_SILENT, "the resolver of this host does not tell the address of lb1.example.org: "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        manners = (struct manners){.rcode4 = table[i].rcode4, .rcode6 = table[i].rcode6};
        (void)tear_down(NULL); /* nothing is known from the row before */
        (void)set_up(NULL);
        const struct resolver_answer *answer = answer_of(0);
        assert_int_equal(answer->outcome, table[i].outcome);
        assert_int_equal(strncmp(answer->detail, table[i].words, strlen(table[i].words)), 0);
        assert_int_equal(resolver_known(resolver, 0) != NULL, table[i].outcome == RESOLVER_NOTHING);
    }
}

/* Fault 17: after all tries, which is longer than it takes a probe to give up. */
static void test_a_server_that_says_nothing_is_silence(void **state)
{
    (void)state;
    manners = (struct manners){.rcode4 = 16, .rcode6 = 16};
    assert_int_equal(answer_of(0)->outcome, RESOLVER_SILENT);
    assert_int_equal(questions, 4);
}

static void test_one_family_is_enough(void **state)
{
    (void)state;
    manners = (struct manners){.v4 = {"127.0.0.7"}, .rcode6 = 2, .ttl_s = 30};
    assert_int_equal(answer_of(0)->outcome, RESOLVER_FOUND);
    assert_address(&answers[0].addresses[0], "127.0.0.7");
}

static void test_many_who_ask_are_one_lookup(void **state)
{
    (void)state;
    manners = (struct manners){.v4 = {"127.0.0.7"}, .ttl_s = 30};
    for (uint32_t i = 0; i < 4; i++)
        ask(i, 0);
    ask(4, 1);
    resolver_cancel(&waits[2]);
    told--;
    hear();
    assert_int_equal(questions, 4);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(answers[i].outcome, i == 2 ? 0 : RESOLVER_FOUND);
}

/* /etc/hosts: not from inside the call, and whatever a name server says. */
static void test_hosts_are_read(void **state)
{
    (void)state;
    manners = (struct manners){.rcode4 = 3, .rcode6 = 3};
    if (hosts_name[0] == '\0')
        skip();
    ask(0, 2);
    assert_int_equal(told, 1);
    hear();
    assert_int_equal(answers[0].outcome, RESOLVER_FOUND);
}

/* Fault 36: the first 16, none that cannot be probed. */
static void test_sixteen_are_used_and_none_that_cannot_be(void **state)
{
    (void)state;
    struct resolver_found found[2] = {{.answered = true}, {.answered = true}};
    struct resolver_answer answer;
    for (uint32_t i = 0; i < 1000; i++) {
        const struct address address = {.family = ADDRESS_V4, .bytes = {10, 0, (uint8_t)(i >> 8), (uint8_t)i}};
        resolver_found_add(&found[0], &address, i == 3 ? 7 : 60);
    }
    assert_int_equal(resolver_conclude("lb1", found, &answer), 7000);
    assert_int_equal(answer.count, RESOLVER_ADDRESSES_MAX);
    assert_address(&answer.addresses[1], "10.0.0.1");
    static const char *const refused[] = {"0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "fe80::1"};
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        struct address address;
        char words[128];
        assert_true(address_parse(refused[i], &address, NULL));
        memset(found, 0, sizeof found);
        found[0].answered = found[1].answered = true;
        resolver_found_add(&found[address.family == ADDRESS_V6], &address, 60);
        assert_int_equal(resolver_conclude("lb1", found, &answer), 1000);
        assert_int_equal(answer.outcome, RESOLVER_NOTHING);
        (void)snprintf(words, sizeof words, "lb1 has the address %s, which cannot be probed", refused[i]);
        assert_string_equal(answer.detail, words);
    }
}

static void test_ttls_have_bounds(void **state)
{
    (void)state;
    static const struct {
        int ttl_s;
        int64_t kept_ms;
    } table[] = {{-5, 1000}, {0, 1000}, {1, 1000}, {2, 2000}, {86400, 86400000}, {86401, 86400000}};
    const struct address address = {.family = ADDRESS_V4, .bytes = {127, 0, 0, 1}};
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        struct resolver_found found[2] = {{.answered = true}, {.answered = true}};
        struct resolver_answer answer;
        resolver_found_add(&found[0], &address, table[i].ttl_s);
        assert_int_equal(resolver_conclude("lb1", found, &answer), table[i].kept_ms);
    }
}

static void test_resolv_conf_is_followed(void **state)
{
    (void)state;
    manners = (struct manners){.v4 = {"127.0.0.7"}, .ttl_s = 30};
    write_conf("127.53.0.0");
    assert_int_equal(answer_of(0)->outcome, RESOLVER_SILENT);
    write_conf(server_address);
    assert_int_equal(answer_of(0)->outcome, RESOLVER_FOUND);
}

static void test_it_may_end_in_the_middle(void **state)
{
    (void)state;
    manners = (struct manners){.rcode4 = 16, .rcode6 = 16};
    ask(0, 0);
    ask(1, 1);
    told = 0; /* tear_down */
}

int main(void)
{
    find_hosts_name();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_addresses_of_both_families_are_found_and_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_and_silence_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_server_that_says_nothing_is_silence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_family_is_enough, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_who_ask_are_one_lookup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hosts_are_read, set_up, tear_down),
        cmocka_unit_test(test_sixteen_are_used_and_none_that_cannot_be),
        cmocka_unit_test(test_ttls_have_bounds),
        cmocka_unit_test_setup_teardown(test_resolv_conf_is_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_may_end_in_the_middle, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
