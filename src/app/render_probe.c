/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind probe_once and looks.
 * What:  phases, certificate and verdict in lines.
 */
#include "app/render_probe.h"

#include "app/look.h"
#include "app/wording.h"

#include <time.h>

static void print_latency(int64_t latency_us, FILE *out)
{
    char storage[32];
    struct text text = text_over(storage, sizeof storage);
    wording_add_latency(&text, latency_us);
    fprintf(out, "%s", text.bytes);
}

/*
 * One line a phase that was reached, and one for the phase in which it ended badly. A verdict on a whole answer
 * (status, body) ends in no phase. Returns false once the rest was not reached.
 */
static bool print_phase(const char *name, int32_t at_us, const struct probe_report *report, FILE *out)
{
    if (at_us >= 0) {
        fprintf(out, "  %-13s", name);
        print_latency(at_us, out);
        fprintf(out, "\n");
        return true;
    }
    fprintf(out, "  %-13sFAILED", name);
    if (report->phases.total_us >= 0) {
        fprintf(out, " after ");
        print_latency(report->phases.total_us, out);
    }
    fprintf(out, ": %s\n", report->detail[0] ? report->detail : reason_sentence(report->reason));
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
static void print_certificate(const struct probe_report *report, int64_t wall_ms, FILE *out)
{
    char day[32], storage[48];
    struct tm parts;
    struct text span = text_over(storage, sizeof storage);
    time_t end = (time_t)report->certificate_end_s;
    int64_t left_s = report->certificate_end_s - wall_ms / 1000;
    if (report->certificate_end_s == 0 || !gmtime_r(&end, &parts) ||
        strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        return;
    text_add_duration(&span, (left_s < 0 ? -left_s : left_s) * 1000);
    fprintf(out, "  %-13s%s %s (%s%s%s)\n", "certificate", left_s < 0 ? "ended" : "ends", day, left_s < 0 ? "" : "in ",
            span.bytes, left_s < 0 ? " ago" : "");
}

static void print_phases(const struct check_settings *check, const struct spot *spot, const struct probe_report *report,
                         FILE *out)
{
    const struct phase_times *phases = &report->phases;
    unsigned steps = steps_of(check);
    if (spot->address.family == ADDRESS_NONE && !print_phase("resolve", phases->resolve_us, report, out))
        return;
    if ((steps & STEP_CONNECT) && !print_phase("connect", phases->connect_us, report, out))
        return;
    /* a redirect may lead into TLS */
    if (((steps & STEP_TLS) || phases->tls_us >= 0) && !print_phase("tls", phases->tls_us, report, out))
        return;
    if ((steps & STEP_ANSWER) && !print_phase("answer", phases->first_byte_us, report, out))
        return;
    if (is_told(check, report))
        return;
    fprintf(out, "  %-13s", check->kind == CHECK_HTTP ? "whole" : "end");
    print_latency(phases->total_us, out);
    if (report->detail[0])
        fprintf(out, ": %s", report->detail);
    else if (report->code)
        fprintf(out, ": HTTP %u", (unsigned)report->code);
    fprintf(out, "\n");
}

const char *render_probe_state(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "up";
    case VERDICT_FAIL:
        return "down";
    case VERDICT_LOCAL:
        break;
    }
    return NULL;
}

void render_probe(const struct check_settings *check, const struct spot *spot, const struct probe_report *report,
                  int64_t wall_ms, FILE *out)
{
    const struct probe_report counted = look_counted(check, report);
    const char *state = render_probe_state(counted.verdict);
    print_phases(check, spot, report, out);
    print_certificate(report, wall_ms, out);
    fprintf(out, "%-15s%s (%s).  Nothing was changed.\n", "verdict", state ? state : "none, this host could not ask",
            reason_name(counted.reason));
}

/* ---- the head ---- */

static void print_arguments(const struct exec_settings *exec, FILE *out)
{
    fputs("run", out);
    for (uint32_t i = 0; i < exec->argc; i++)
        fprintf(out, " %s", exec->argv[i]);
    fputs("\n", out);
}

static void print_place(const char *before, const struct spot *spot, uint16_t port, FILE *out)
{
    bool colons = spot->address.family == ADDRESS_V6;
    fprintf(out, "%s%s%s%s:%u", before, colons ? "[" : "", spot->text, colons ? "]" : "", (unsigned)port);
}

static void print_dns(const struct dns_check_settings *dns, const struct spot *spot, FILE *out)
{
    char name[DNAME_TEXT_MAX];
    dname_format(&dns->query, name);
    print_place("ask ", spot, dns->port, out);
    fprintf(out, " for %s %s\n", name, check_dns_type_name(dns->type));
}

void render_probe_head(const struct check_settings *check, const struct spot *spot, FILE *out)
{
    const struct http_settings *http = &check->how.http;
    fprintf(out, "check %s: ", check->name);
    switch (check->kind) {
    case CHECK_HTTP:
        fprintf(out, "%s %s", http->method ? http->method : "GET", http->url);
        print_place(" via ", spot, http->port, out);
        break;
    case CHECK_TCP:
        print_place("connect to ", spot, check->how.tcp.port, out);
        break;
    case CHECK_TLS:
        print_place("TLS to ", spot, check->how.tls.port, out);
        break;
    case CHECK_DNS:
        print_dns(&check->how.dns, spot, out);
        return;
    case CHECK_PING:
        fprintf(out, "ping %s", spot->text);
        break;
    case CHECK_EXEC:
        print_arguments(&check->how.exec, out);
        return;
    case CHECK_HEARTBEAT:
    case CHECK_ALL_OF:
    case CHECK_ANY_OF:
    case CHECK_AT_LEAST:
        break; /* look_find_check has refused them */
    }
    fputs("\n", out);
}
