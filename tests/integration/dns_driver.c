/* SPDX-License-Identifier: MIT */
/*
 * Where: tests; spoken to by the DNS stories of this folder.
 * What:  io/dns_client alone against a real name server. Commands come on standard input, one a line, and each answers
 *        with one line.
 * Why:   every transaction of the protocol can be tried on a server before, and apart from, anything that decides.
 *
 *   dns_driver ZONE NAME TYPES KEY-NAME ALGORITHM SECRET-IN-HEX TIMEOUT-MS ADDRESS:PORT…
 *
 *   read
 *   KIND EXPECT PUBLISH OLD FRESH     assert, adopt, create, switch, ttl, fence, rehearse, disown, take-over; addresses
 *                                     with commas, a host name (of TYPES c), or -; markers EPOCH:NONCE or
 *                                     EPOCH:NONCE:OWNER or -; bare:KIND is without markers
 *   ttl-is SECONDS                    what is published from now on carries this TTL
 *   verify                            what each server says when it is asked without a signature
 *   flood N                           N reads at once, of as many records that look the same
 *   bench N ADDRESS ADDRESS MARKER    N switches to and fro, each read back; tells the median
 */
#include "io/dns_client.h"
#include "io/dns_verify.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OWNER         0x4be1c0de77aa0912u
#define ADDRESSES_MAX 8
#define BENCH_MAX     10000
#define FLOOD_MAX     2000

struct driver {
    struct settings settings;
    struct record_settings records[FLOOD_MAX]; /* all the same */
    struct zone_settings zone;
    struct server_settings server;
    struct endpoint addresses[ADDRESSES_MAX];
    uint8_t zone_name[DNAME_WIRE_MAX], owner_name[DNAME_WIRE_MAX], marker_name[DNAME_WIRE_MAX],
        key_name[DNAME_WIRE_MAX];
    uint8_t secret[64];
    struct loop *loop;
    struct dns_client *client;
    struct dns_verify *verify;
    uint32_t ticket, ttl_s;
    struct plan plan;
    uint8_t packed[4][256];
    struct dns_report report;
    bool quiet;
    uint32_t flood_open, flood_accepted;
};

static void die(const char *words)
{
    fprintf(stderr, "dns_driver: %s\n", words);
    exit(2);
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void print_report(const char *what, const struct dns_report *report)
{
    printf("%s %s rcode=%u verified=%d tsig-error=%u skew=%d", what, outcome_name(report->outcome), report->rcode,
           report->verified, report->tsig_error, report->skew_s);
}

static bool is_of_flood(struct driver *driver, const struct dns_report *report)
{
    if (driver->flood_open == 0)
        return false;
    driver->flood_accepted += report->outcome == OUTCOME_ACCEPTED;
    if (--driver->flood_open == 0)
        loop_stop(driver->loop);
    return true;
}

static void on_read(struct op op, const struct dns_report *report, const struct observed *seen, void *ctx)
{
    struct driver *driver = ctx;
    if (is_of_flood(driver, report))
        return;
    assert(op.ticket == driver->ticket);
    driver->report = *report;
    loop_stop(driver->loop);
    if (driver->quiet)
        return;
    print_report("read", report);
    if (seen) {
        char storage[1024];
        struct text sets = text_over(storage, sizeof storage);
        for (uint32_t i = 0; i < driver->records[0].type_count; i++) {
            text_add(&sets, i ? ", " : "");
            rrset_format(&seen->sets[i], &sets);
            if (seen->sets[i].count)
                text_addf(&sets, " ttl %u", seen->sets[i].ttl_s);
        }
        printf(" sets=(%s) marker=", sets.bytes);
        if (seen->form == MARKER_FORM_ONE)
            printf("%llu:%llx", (unsigned long long)seen->marker.epoch, (unsigned long long)seen->marker.nonce);
        else
            printf("%s", seen->form == MARKER_FORM_NONE ? "none" : "foreign");
        if (seen->is_signed)
            printf(" signatures=%s for=%lld", seen->signatures_good ? "good" : "bad",
                   (long long)(seen->signed_until_s ? seen->signed_until_s - time(NULL) : 0));
        printf(" cname=%d occluded=%d trusted=%d serial=%u", seen->beside, seen->occluded,
               seen->authenticated && seen->aa, seen->serial);
    }
    printf(" detail=%s\n", report->detail);
}

static void on_send(struct op op, const struct dns_report *report, void *ctx)
{
    struct driver *driver = ctx;
    assert(op.ticket == driver->ticket);
    driver->report = *report;
    loop_stop(driver->loop);
    if (driver->quiet)
        return;
    print_report("send", report);
    printf(" detail=%s\n", report->detail);
}

static void start_read(struct driver *driver)
{
    dns_client_read(driver->client, (struct op){.subject = 0, .ticket = ++driver->ticket});
    loop_run(driver->loop);
}

static void flood(struct driver *driver, uint32_t count)
{
    assert(count > 0 && count <= FLOOD_MAX);
    driver->flood_open = count;
    driver->flood_accepted = 0;
    mono_ms start = loop_refresh(driver->loop);
    for (uint32_t i = 0; i < count; i++)
        dns_client_read(driver->client, (struct op){.subject = i, .ticket = ++driver->ticket});
    loop_run(driver->loop);
    printf("flood %u: %u accepted, %u other, took %lld ms\n", count, driver->flood_accepted,
           count - driver->flood_accepted, (long long)(loop_refresh(driver->loop) - start));
}

static void on_verify(struct op op, const struct verify_report *report, void *ctx)
{
    struct driver *driver = ctx;
    assert(op.ticket == driver->ticket);
    loop_stop(driver->loop);
    printf("verify %u", report->count);
    for (uint32_t i = 0; i < report->count; i++) {
        const struct verify_answer *answer = &report->answers[i];
        char storage[1024];
        struct text sets = text_over(storage, sizeof storage);
        for (uint32_t k = 0; k < driver->records[0].type_count; k++) {
            text_add(&sets, k ? ", " : "");
            rrset_format(&answer->sets[k], &sets);
        }
        printf("; answered=%d aa=%d sets=(%s) serial=%u detail=%s", answer->answered, answer->aa, sets.bytes,
               answer->serial, answer->detail);
    }
    printf("\n");
}

static void start_verify(struct driver *driver)
{
    struct error err;
    driver->server.verify = driver->addresses;
    driver->server.verify_count = driver->server.address_count;
    if (!driver->verify)
        driver->verify = dns_verify_new(driver->loop, &driver->settings, on_verify, driver, &err);
    if (!driver->verify)
        die(err.text);
    dns_verify_start(driver->verify, (struct op){.subject = 0, .ticket = ++driver->ticket});
    loop_run(driver->loop);
}

static void start_send(struct driver *driver)
{
    struct batch_member member = {.record = 0, .plan = &driver->plan};
    struct batch_view batch = {.zone = 0, .count = 1, .members = &member};
    dns_client_send(driver->client, (struct op){.subject = 0, .ticket = ++driver->ticket}, &batch);
    loop_run(driver->loop);
}

/* The addresses of each managed type, into storage `first` and `first + 1`. */
static void parse_sets(struct driver *driver, const char *words, uint32_t first, struct rrset sets[2])
{
    for (uint32_t i = 0; i < driver->records[0].type_count; i++) {
        struct rrset_builder builder = rrset_builder_over(driver->records[0].types[i], driver->ttl_s,
                                                          driver->packed[first + i], sizeof driver->packed[0]);
        char copy[512], *rest = NULL;
        snprintf(copy, sizeof copy, "%s", words);
        for (char *word = strtok_r(copy, ",", &rest); word && strcmp(word, "-") != 0;
             word = strtok_r(NULL, ",", &rest)) {
            uint8_t storage[DNAME_WIRE_MAX];
            struct rdata rdata;
            if (!rdata_parse(word, storage, &rdata, NULL))
                die("no address");
            if (rdata.type == builder.type)
                rrset_add_rdata(&builder, &rdata);
        }
        if (!rrset_pack(&builder, &sets[i]))
            die("too many addresses");
    }
}

static struct marker parse_marker(const char *words)
{
    unsigned long long epoch = 0, nonce = 0, owner = OWNER;
    if (sscanf(words, "%llu:%llx:%llx", &epoch, &nonce, &owner) < 2)
        die("a marker is EPOCH:NONCE or EPOCH:NONCE:OWNER");
    return (struct marker){.owner = owner, .epoch = epoch, .nonce = nonce};
}

static void send_words(struct driver *driver, char words[5][256])
{
    enum plan_kind kind = PLAN_ASSERT;
    bool bare = strncmp(words[0], "bare:", 5) == 0;
    while (kind <= PLAN_TAKE_OVER && strcmp(plan_kind_name(kind), words[0] + (bare ? 5 : 0)) != 0)
        kind++;
    if (kind > PLAN_TAKE_OVER)
        die("no such kind of plan");
    driver->plan = (struct plan){.kind = kind, .bare = bare};
    parse_sets(driver, words[1], 0, driver->plan.expect);
    parse_sets(driver, words[2], 2, driver->plan.publish);
    driver->plan.has_old = strcmp(words[3], "-") != 0;
    if (driver->plan.has_old)
        driver->plan.old = parse_marker(words[3]);
    if (strcmp(words[4], "-") != 0)
        driver->plan.fresh = parse_marker(words[4]);
    start_send(driver);
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void bench(struct driver *driver, uint32_t rounds, const char *one, const char *other, const char *marker)
{
    static int64_t took_us[BENCH_MAX];
    assert(rounds > 0 && rounds <= BENCH_MAX);
    driver->plan = (struct plan){.kind = PLAN_SWITCH, .has_old = true, .old = parse_marker(marker)};
    driver->quiet = true;
    for (uint32_t i = 0; i < rounds; i++) {
        parse_sets(driver, i % 2 ? other : one, 0, driver->plan.expect);
        parse_sets(driver, i % 2 ? one : other, 2, driver->plan.publish);
        driver->plan.fresh = marker_next(&driver->plan.old, OWNER, i + 1);
        (void)loop_refresh(driver->loop);
        int64_t start_us = loop_now_us(driver->loop);
        start_send(driver);
        if (driver->report.outcome != OUTCOME_ACCEPTED)
            die(driver->report.detail);
        start_read(driver);
        if (driver->report.outcome != OUTCOME_ACCEPTED)
            die(driver->report.detail);
        (void)loop_refresh(driver->loop);
        took_us[i] = loop_now_us(driver->loop) - start_us;
        driver->plan.old = driver->plan.fresh;
    }
    driver->quiet = false;
    qsort(took_us, rounds, sizeof took_us[0], by_size);
    printf("bench %u switches with read-back: median %lld us, p99 %lld us, last marker %llu:%llx\n", rounds,
           (long long)took_us[rounds / 2], (long long)took_us[rounds * 99 / 100],
           (unsigned long long)driver->plan.old.epoch, (unsigned long long)driver->plan.old.nonce);
}

static struct dname name_of(const char *text, uint8_t storage[DNAME_WIRE_MAX])
{
    struct dname name;
    struct error err;
    if (!dname_parse(text, storage, &name, &err))
        die(err.text);
    return name;
}

static void parse_key(struct driver *driver, char **arguments)
{
    struct key_settings *key = &driver->server.key;
    key->name = name_of(arguments[0], driver->key_name);
    key->algorithm = TSIG_HMAC_MD5;
    while (key->algorithm < TSIG_HMAC_SHA512 && strcmp(tsig_algorithm_name(key->algorithm), arguments[1]) != 0)
        key->algorithm++;
    size_t digits = strlen(arguments[2]);
    assert(digits / 2 <= sizeof driver->secret);
    for (size_t i = 0; i < digits / 2; i++) {
        unsigned octet = 0;
        if (sscanf(arguments[2] + 2 * i, "%2x", &octet) != 1)
            die("the secret is not in hex");
        driver->secret[i] = (uint8_t)octet;
    }
    key->secret = driver->secret;
    key->secret_length = (uint16_t)(digits / 2);
}

static void parse_types(struct record_settings *record, const char *words)
{
    record->type_count = 0;
    if (strchr(words, '4'))
        record->types[record->type_count++] = RRTYPE_A;
    if (strchr(words, '6'))
        record->types[record->type_count++] = RRTYPE_AAAA;
    if (strchr(words, 'c'))
        record->types[record->type_count++] = RRTYPE_CNAME;
}

static void set_up(struct driver *driver, int count, char **arguments)
{
    if (count < 8 || count - 7 > ADDRESSES_MAX)
        die("ZONE NAME TYPES KEY-NAME ALGORITHM SECRET-IN-HEX TIMEOUT-MS ADDRESS:PORT…");
    driver->ttl_s = 30;
    driver->zone.name = name_of(arguments[0], driver->zone_name);
    driver->records[0].owner = name_of(arguments[1], driver->owner_name);
    if (!dname_prepend_label(MARKER_LABEL, &driver->records[0].owner, driver->marker_name, &driver->records[0].marker))
        die("the name is too long");
    parse_types(driver->records, arguments[2]);
    parse_key(driver, arguments + 3);
    driver->server.name = "ns";
    driver->server.timeout_ms = (uint32_t)strtoul(arguments[6], NULL, 10);
    driver->server.addresses = driver->addresses;
    for (int i = 7; i < count; i++) {
        char *colon = strrchr(arguments[i], ':');
        assert(colon);
        *colon = '\0';
        struct endpoint *peer = &driver->addresses[driver->server.address_count++];
        if (!address_parse(arguments[i], &peer->address, NULL))
            die("no address");
        peer->port = (uint16_t)strtoul(colon + 1, NULL, 10);
    }
    for (size_t i = 1; i < FLOOD_MAX; i++)
        driver->records[i] = driver->records[0];
    driver->settings = (struct settings){.records = driver->records,
                                         .zones = &driver->zone,
                                         .servers = &driver->server,
                                         .record_count = FLOOD_MAX,
                                         .zone_count = 1,
                                         .server_count = 1};
    struct loop_handlers handlers = {.wake = on_wake};
    struct error err;
    driver->loop = loop_new(&handlers, &err);
    driver->client = driver->loop ? dns_client_new(driver->loop, &driver->settings, on_read, on_send, driver, &err)
                                  : NULL;
    if (!driver->client)
        die(err.text);
}

int main(int argc, char **argv)
{
    static struct driver driver;
    set_up(&driver, argc - 1, argv + 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    char line[1024], words[5][256];
    while (fgets(line, sizeof line, stdin)) {
        int count = sscanf(line, "%255s %255s %255s %255s %255s", words[0], words[1], words[2], words[3], words[4]);
        if (count == 1 && strcmp(words[0], "read") == 0)
            start_read(&driver);
        else if (count == 1 && strcmp(words[0], "verify") == 0)
            start_verify(&driver);
        else if (count == 1 && strcmp(words[0], "verify-ns") == 0)
            driver.server.verify_ns = true; /* before the first verify */
        else if (count == 2 && strcmp(words[0], "flood") == 0)
            flood(&driver, (uint32_t)strtoul(words[1], NULL, 10));
        else if (count == 2 && strcmp(words[0], "ttl-is") == 0)
            driver.ttl_s = (uint32_t)strtoul(words[1], NULL, 10);
        else if (count == 5 && strcmp(words[0], "bench") == 0)
            bench(&driver, (uint32_t)strtoul(words[1], NULL, 10), words[2], words[3], words[4]);
        else if (count == 5)
            send_words(&driver, words);
        else
            die("no such command");
    }
    dns_verify_free(driver.verify);
    dns_client_free(driver.client);
    loop_free(driver.loop);
    return 0;
}
