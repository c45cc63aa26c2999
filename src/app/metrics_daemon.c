/* SPDX-License-Identifier: MIT */
/*
 * Where: app, inside metrics.
 * What:  of the daemon as a whole, of this process, and of checks.
 */
#include "app/metrics_rows.h"

#include "base/version.h"
#include "core/gate.h"
#include "io/dns_packet.h"
#include "io/http.h"

#include <string.h>

/* ---- the daemon ---- */

/* "libcurl 7.88.1": the number alone. */
static void label_library(struct metric_paper *paper, const char *key, void (*library)(struct text *))
{
    char storage[64];
    struct text words = text_over(storage, sizeof storage);
    library(&words);
    const char *blank = strrchr(words.bytes, ' ');
    metric_label(paper, key, blank ? blank + 1 : words.bytes);
}

static void tell_build(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_label(paper, "version", REPOINTD_VERSION);
    label_library(paper, "curl", http_library);
    label_library(paper, "ldns", dns_packet_library);
    label_library(paper, "libev", loop_library);
    metric_uint(paper, NULL, NULL, 1);
}

static void tell_start(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_ms(paper, NULL, NULL, paper->sources.started_wall_ms);
}

static void tell_reload(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_uint(paper, NULL, NULL, !paper->view.config_is_old);
}

static void tell_loaded(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_ms(paper, NULL, NULL, paper->view.loaded_wall_ms);
}

static void tell_connectivity(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_uint(paper, NULL, NULL, gate_is_open(engine_gate(paper->view.engine)));
}

static void tell_late(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_uint(paper, NULL, NULL, engine_stats(paper->view.engine)->probes_late);
}

static void tell_lines_lost(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_uint(paper, NULL, NULL, paper->sources.counters->lines_lost);
}

static void tell_state_writable(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    bool writable = true;
    for (uint32_t part = 0; part < STATE_PART_COUNT; part++)
        writable = writable && !paper->sources.report->unwritable[part];
    metric_uint(paper, NULL, NULL, writable);
}

static void tell_lag(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    metric_ms(paper, NULL, NULL, paper->loop_late_ms);
}

/* ---- the process; what the kernel does not tell is left out ---- */

static void tell_known(struct metric_paper *paper, int64_t number)
{
    if (number >= 0)
        metric_int(paper, NULL, NULL, number);
}

static void tell_cpu(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    if (paper->process.cpu_us >= 0)
        metric_us(paper, NULL, NULL, paper->process.cpu_us);
}

static void tell_resident(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    tell_known(paper, paper->process.resident_octets);
}

static void tell_virtual(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    tell_known(paper, paper->process.virtual_octets);
}

static void tell_open_files(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    tell_known(paper, paper->process.open_files);
}

static void tell_open_files_most(struct metric_paper *paper, uint32_t one)
{
    (void)one;
    tell_known(paper, paper->process.open_files_most);
}

/* ---- checks ---- */

/* "ok" is there from the beginning, so that a share can be reckoned; of the others those that happened. */
static void tell_probes(struct metric_paper *paper, uint32_t index)
{
    const struct check_settings *check = &paper->view.settings->checks[index];
    if (!check_kind_probes(check->kind))
        return;
    metric_label(paper, "check", check->name);
    const uint64_t *probes = paper->sources.counters->checks[index].probes;
    for (uint32_t reason = 0; reason < REASON_COUNT; reason++)
        if (reason == REASON_OK || probes[reason] > 0)
            metric_uint(paper, "reason", reason_name((enum reason)reason), probes[reason]);
}

static void tell_latency(struct metric_paper *paper, uint32_t index)
{
    const struct check_settings *check = &paper->view.settings->checks[index];
    if (!check_kind_probes(check->kind))
        return;
    metric_label(paper, "check", check->name);
    metric_histogram(paper, &paper->sources.counters->checks[index].latency, &histogram_of_seconds);
}

static const struct metric_row rows[] = {
    {"repointd_build_info", METRIC_GAUGE, OVER_ONE, tell_build, "Always 1; which versions this is built of."},
    {"repointd_start_time_seconds", METRIC_GAUGE, OVER_ONE, tell_start, "When the daemon started, since 1970."},
    {"repointd_config_last_reload_successful", METRIC_GAUGE, OVER_ONE, tell_reload,
     "0 while the file is one that was refused, and an older configuration is in force."},
    {"repointd_config_last_reload_success_timestamp_seconds", METRIC_GAUGE, OVER_ONE, tell_loaded,
     "When the configuration in force was read, since 1970."},
    {"repointd_connectivity_ok", METRIC_GAUGE, OVER_ONE, tell_connectivity,
     "0 while no reference of safety.connectivity is known to answer, and nothing is decided."},
    {"repointd_probes_late_total", METRIC_COUNTER, OVER_ONE, tell_late, "Probes that could not start on time."},
    {"repointd_log_lines_lost_total", METRIC_COUNTER, OVER_ONE, tell_lines_lost,
     "Lines of the log that the journal did not take."},
    {"repointd_state_writable", METRIC_GAUGE, OVER_ONE, tell_state_writable,
     "0 while a file of the state directory could not be written."},
    {"repointd_loop_lag_seconds", METRIC_GAUGE, OVER_ONE, tell_lag,
     "Worst lateness of the event loop since the last scrape."},
    {"process_cpu_seconds_total", METRIC_COUNTER, OVER_ONE, tell_cpu, "User and system time spent by this process."},
    {"process_resident_memory_bytes", METRIC_GAUGE, OVER_ONE, tell_resident, "Resident memory."},
    {"process_virtual_memory_bytes", METRIC_GAUGE, OVER_ONE, tell_virtual, "Virtual memory."},
    {"process_open_fds", METRIC_GAUGE, OVER_ONE, tell_open_files, "Open file descriptors."},
    {"process_max_fds", METRIC_GAUGE, OVER_ONE, tell_open_files_most, "The limit of open file descriptors."},
    {"process_start_time_seconds", METRIC_GAUGE, OVER_ONE, tell_start, "When the process started, since 1970."},
    {"repointd_probes_total", METRIC_COUNTER, OVER_CHECKS, tell_probes, "Probes by how they ended."},
    {"repointd_probe_latency_seconds", METRIC_HISTOGRAM, OVER_CHECKS, tell_latency, "How long probes took."},
};
const struct metric_table metrics_of_daemon = {rows, ARRAY_COUNT(rows)};
