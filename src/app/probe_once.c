/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under main.
 * What:  one probe, told step by step.
 * Why:   a person who writes a check wants to see it work before anything rests on it; so the same prober is used
 *        as by the daemon, with the configured check and one watch that is made up for the occasion.
 */
#include "app/probe_once.h"

#include "app/protocol.h"
#include "app/wording.h"
#include "base/names.h"
#include "core/watch.h"
#include "io/loop.h"
#include "io/prober.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct occasion {
    struct loop *loop;
    const struct check_settings *check;
    int code;
};

static void print_latency(int64_t latency_us)
{
    char storage[32];
    struct text text = text_over(storage, sizeof storage);
    wording_add_latency(&text, latency_us);
    printf("%s", text.bytes);
}

/*
 * One line a phase that was reached, and one for the phase in which it ended badly. A verdict on a whole answer
 * (status, body) ends in no phase. Returns false once the rest was not reached.
 */
static bool print_phase(const char *name, int32_t at_us, const struct probe_report *report)
{
    if (at_us >= 0) {
        printf("  %-13s", name);
        print_latency(at_us);
        printf("\n");
        return true;
    }
    printf("  %-13sFAILED", name);
    if (report->phases.total_us >= 0) {
        printf(" after ");
        print_latency(report->phases.total_us);
    }
    printf(": %s\n", report->detail[0] ? report->detail : reason_sentence(report->reason));
    return false;
}

/* What a look of each kind goes through. */
enum step { STEP_CONNECT = 1, STEP_TLS = 2, STEP_ANSWER = 4 };

static unsigned steps_of(const struct check_settings *check)
{
    bool talks = check->expect.contains || check->expect.not_contains || check->expect.regex;
    switch (check->kind) {
    case CHECK_HTTP:
        return STEP_CONNECT | (check->how.http.secure ? STEP_TLS : 0) | STEP_ANSWER;
    case CHECK_TCP:
        return STEP_CONNECT | (talks ? STEP_ANSWER : 0);
    case CHECK_TLS:
        return STEP_CONNECT | STEP_TLS;
    case CHECK_DNS:
    case CHECK_PING:
        return STEP_ANSWER;
    case CHECK_EXEC:
    case CHECK_HEARTBEAT:
    case CHECK_ALL_OF:
    case CHECK_ANY_OF:
    case CHECK_AT_LEAST:
        break;
    }
    return 0;
}

/* Where there is nothing more to say than that the last step was reached. */
static bool is_told(const struct check_settings *check, const struct probe_report *report)
{
    bool is_bare = steps_of(check) == STEP_CONNECT || check->kind == CHECK_PING;
    return is_bare && report->verdict == VERDICT_PASS;
}

/* Fault 32. Whether or not somebody asks for it: whoever looks by hand may want to know. */
static void print_certificate(const struct probe_report *report)
{
    char day[32], storage[48];
    struct tm parts;
    struct text span = text_over(storage, sizeof storage);
    time_t end = (time_t)report->certificate_end_s;
    int64_t left_s = report->certificate_end_s - loop_wall_ms() / 1000;
    if (report->certificate_end_s == 0 || !gmtime_r(&end, &parts) ||
        strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        return;
    text_add_duration(&span, (left_s < 0 ? -left_s : left_s) * 1000);
    printf("  %-13s%s %s (%s%s%s)\n", "certificate", left_s < 0 ? "ended" : "ends", day, left_s < 0 ? "" : "in ",
           span.bytes, left_s < 0 ? " ago" : "");
}

static void print_phases(const struct check_settings *check, const struct probe_report *report)
{
    const struct phase_times *phases = &report->phases;
    unsigned steps = steps_of(check);
    if ((steps & STEP_CONNECT) && !print_phase("connect", phases->connect_us, report))
        return;
    /* a redirect may lead into TLS */
    if (((steps & STEP_TLS) || phases->tls_us >= 0) && !print_phase("tls", phases->tls_us, report))
        return;
    if ((steps & STEP_ANSWER) && !print_phase("answer", phases->first_byte_us, report))
        return;
    if (is_told(check, report))
        return;
    printf("  %-13s", check->kind == CHECK_HTTP ? "whole" : "end");
    print_latency(phases->total_us);
    if (report->detail[0])
        printf(": %s", report->detail);
    else if (report->code)
        printf(": HTTP %u", (unsigned)report->code);
    printf("\n");
}

static int print_verdict(const struct probe_report *report)
{
    static const char *const words[] = {
        [VERDICT_PASS] = "up", [VERDICT_FAIL] = "down", [VERDICT_LOCAL] = "none, this host could not ask"};
    printf("%-15s%s (%s).  Nothing was changed.\n", "verdict", words[report->verdict], reason_name(report->reason));
    switch (report->verdict) {
    case VERDICT_PASS:
        return EXIT_CODE_OK;
    case VERDICT_FAIL:
        return EXIT_CODE_FAILED;
    case VERDICT_LOCAL:
        break;
    }
    return EXIT_CODE_UNREACHED;
}

static void on_done(struct op op, const struct probe_report *report, void *ctx)
{
    (void)op;
    struct occasion *occasion = ctx;
    struct probe_report counted = *report;
    print_phases(occasion->check, report);
    print_certificate(report);
    if (occasion->check->invert)
        watch_invert(&counted);
    occasion->code = print_verdict(&counted);
    loop_stop(occasion->loop);
}

static void on_wake(void *ctx)
{
    (void)ctx;
}

static void on_signal(int number, void *ctx)
{
    (void)number;
    struct occasion *occasion = ctx;
    loop_stop(occasion->loop);
}

static void print_arguments(const struct exec_settings *exec)
{
    printf("run");
    for (uint32_t i = 0; i < exec->argc; i++)
        printf(" %s", exec->argv[i]);
    printf("\n");
}

static const char *endpoint_in(const struct address *address, uint16_t port, char via[ENDPOINT_TEXT_MAX])
{
    struct endpoint endpoint = {.address = *address, .port = port};
    endpoint_format(&endpoint, via);
    return via;
}

static void print_dns(const struct dns_check_settings *dns, const char *via)
{
    char name[DNAME_TEXT_MAX];
    dname_format(&dns->query, name);
    printf("ask %s for %s %s\n", via, name, check_dns_type_name(dns->type));
}

static void print_head(const struct check_settings *check, const struct address *address)
{
    char via[ENDPOINT_TEXT_MAX];
    printf("check %s: ", check->name);
    switch (check->kind) {
    case CHECK_HTTP:
        printf("%s %s via %s\n", check->how.http.method ? check->how.http.method : "GET", check->how.http.url,
               endpoint_in(address, check->how.http.port, via));
        break;
    case CHECK_TCP:
        printf("connect to %s\n", endpoint_in(address, check->how.tcp.port, via));
        break;
    case CHECK_TLS:
        printf("TLS to %s\n", endpoint_in(address, check->how.tls.port, via));
        break;
    case CHECK_DNS:
        print_dns(&check->how.dns, endpoint_in(address, check->how.dns.port, via));
        break;
    case CHECK_PING:
        address_format(address, via);
        printf("ping %s\n", via);
        break;
    case CHECK_EXEC:
        print_arguments(&check->how.exec);
        break;
    case CHECK_HEARTBEAT:
    case CHECK_ALL_OF:
    case CHECK_ANY_OF:
    case CHECK_AT_LEAST:
        break; /* can_look has refused them */
    }
    fflush(stdout);
}

static const struct check_settings *find_check(const struct settings *settings, const char *name)
{
    const uint32_t named = settings_named_checks(settings);
    for (uint32_t i = 0; i < named; i++)
        if (strcmp(settings->checks[i].name, name) == 0)
            return &settings->checks[i];
    const char **list = calloc(named + 1, sizeof *list);
    if (!list)
        abort();
    for (uint32_t i = 0; i < named; i++)
        list[i] = settings->checks[i].name;
    const char *near = names_nearest_of(list, name);
    fprintf(stderr, "repointd: no check named '%s'%s%s%s\n", name, near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "");
    free(list);
    return NULL;
}

/* Nobody can look for a heartbeat, and of a calculated check only at what it is made of. */
static bool can_look(const struct settings *settings, const struct check_settings *check)
{
    if (check_kind_probes(check->kind))
        return true;
    if (check->kind == CHECK_HEARTBEAT) {
        fprintf(stderr, "repointd: check '%s' waits for heartbeats: there is nothing to look at\n", check->name);
        return false;
    }
    const struct group_settings *group = &check->how.group;
    fprintf(stderr, "repointd: check '%s' is calculated; probe what it is made of:", check->name);
    for (uint32_t i = 0; i < group->child_count; i++)
        fprintf(stderr, " %s", settings->checks[group->children[i]].name);
    fprintf(stderr, "\n");
    return false;
}

static int run(struct occasion *occasion, const struct settings *settings)
{
    struct error err = {0};
    struct loop_handlers handlers = {.wake = on_wake, .signal = on_signal, .ctx = occasion};
    struct prober *prober = NULL;
    occasion->loop = loop_new(&handlers, &err);
    if (occasion->loop)
        prober = prober_new(occasion->loop, settings, on_done, occasion, &err);
    if (prober) {
        prober_start(prober, (struct op){.subject = 0, .ticket = 1}, loop_refresh(occasion->loop));
        loop_run(occasion->loop);
    } else {
        fprintf(stderr, "repointd: %s\n", err.text);
    }
    prober_free(prober);
    loop_free(occasion->loop);
    return occasion->code;
}

int probe_once(const struct settings *settings, const char *check_name, const char *address_text)
{
    struct watch_settings watch = {.name = ID_NONE, .target = ID_NONE};
    struct error err = {0};
    struct occasion occasion = {.code = EXIT_CODE_UNREACHED, .check = find_check(settings, check_name)};
    if (!occasion.check || !can_look(settings, occasion.check))
        return EXIT_CODE_USAGE;
    if (!address_parse(address_text, &watch.address, &err)) {
        fprintf(stderr, "repointd: --probe: %s\n", err.text);
        return EXIT_CODE_USAGE;
    }
    watch.check = (uint32_t)(occasion.check - settings->checks);
    struct settings alone = *settings;
    alone.watches = &watch;
    alone.watch_count = 1;
    alone.users = NULL;
    alone.user_count = 0;
    print_head(occasion.check, &watch.address);
    return run(&occasion, &alone);
}
