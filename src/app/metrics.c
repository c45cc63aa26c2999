/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the engine and whoever scrapes.
 * What:  walks the tables: each row's head, then its samples for one thing after the other.
 */
#include "app/metrics.h"

#include "app/metrics_rows.h"
#include "core/record.h"
#include "io/api.h"

#include <stdlib.h>
#include <string.h>

#define GROUP_OCTETS_MAX (8U << 20) /* all samples of one metric for one thing */

static const struct metric_table *const tables[] = {&metrics_of_daemon, &metrics_of_records, &metrics_of_targets,
                                                    &metrics_of_servers, &metrics_of_notifiers};

struct metrics_text {
    struct metric_paper paper;
    size_t table, row;
    uint32_t index; /* of the thing that comes next */
    size_t told;    /* of paper.out */
};

/* Records with a message that waits or is under way, by server. */
static uint32_t *count_pending(const struct view *view)
{
    const struct settings *settings = view->settings;
    uint32_t *pending = calloc((size_t)settings->server_count + 1, sizeof *pending);
    if (!pending)
        abort();
    for (uint32_t i = 0; i < settings->record_count; i++) {
        enum txn_state state = engine_record(view->engine, i)->txn.state;
        if (state == TXN_QUEUED || state == TXN_SENT)
            pending[settings->zones[settings->records[i].zone].server]++;
    }
    return pending;
}

struct metrics_text *metrics_text_new(const struct view *view, const struct metrics_sources *sources)
{
    struct metrics_text *text = calloc(1, sizeof *text);
    if (!text)
        abort();
    struct metric_paper *paper = &text->paper;
    paper->view = *view;
    paper->sources = *sources;
    paper->out.most = paper->labels.most = GROUP_OCTETS_MAX;
    paper->pending = count_pending(view);
    paper->loop_late_ms = sources->loop ? loop_take_late_ms(sources->loop) : 0;
    process_read(&paper->process);
    return text;
}

static uint32_t how_many(const struct metric_paper *paper, enum metric_over over)
{
    const struct settings *settings = paper->view.settings;
    switch (over) {
    case OVER_ONE:
        return 1;
    case OVER_CHECKS:
        return settings_named_checks(settings);
    case OVER_RECORDS:
        return settings->record_count;
    case OVER_TARGETS:
        return settings->target_count;
    case OVER_SERVERS:
        return settings->server_count;
    case OVER_ZONES:
        return settings->zone_count;
    case OVER_NOTIFIERS:
        return paper->sources.notifiers ? notifiers_count(paper->sources.notifiers) : 0;
    }
    abort();
}

static void tell_head(struct metric_paper *paper, const struct metric_row *row)
{
    static const char *const types[] = {
        [METRIC_GAUGE] = "gauge", [METRIC_COUNTER] = "counter", [METRIC_HISTOGRAM] = "histogram"};
    paper->name = row->name;
    paper->name_length = strlen(row->name);
    buffer_addf(&paper->out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, types[row->type]);
}

/* The next group, if there is one. A group that would be endless is left out, as nothing of it would be true. */
static bool tell_next(struct metrics_text *text)
{
    struct metric_paper *paper = &text->paper;
    while (text->table < ARRAY_COUNT(tables)) {
        const struct metric_table *table = tables[text->table];
        if (text->row == table->count) {
            text->table++;
            text->row = 0;
            continue;
        }
        const struct metric_row *row = &table->rows[text->row];
        if (text->index == how_many(paper, row->over)) {
            text->row++;
            text->index = 0;
            continue;
        }
        size_t length = paper->out.length;
        if (text->index == 0)
            tell_head(paper, row);
        paper->labels.length = 0;
        row->tell(paper, text->index++);
        paper->out.length = paper->out.truncated ? length : paper->out.length;
        paper->out.truncated = paper->labels.truncated = false;
        return true;
    }
    return false;
}

size_t metrics_text_next(void *metrics_text, char *bytes, size_t room)
{
    struct metrics_text *text = metrics_text;
    struct buffer *out = &text->paper.out;
    if (text->paper.view.generation && *text->paper.view.generation != text->paper.view.born)
        return API_PIECE_NONE; /* what it looks at is gone, and half a scrape would look like a whole one */
    while (out->length - text->told < room) {
        if (text->told > 0) {
            memmove(out->bytes, out->bytes + text->told, out->length - text->told);
            out->length -= text->told;
            text->told = 0;
        }
        if (!tell_next(text))
            break;
    }
    size_t length = out->length - text->told < room ? out->length - text->told : room;
    if (length > 0)
        memcpy(bytes, out->bytes + text->told, length);
    text->told += length;
    return length;
}

void metrics_text_free(void *metrics_text)
{
    struct metrics_text *text = metrics_text;
    buffer_done(&text->paper.out);
    buffer_done(&text->paper.labels);
    free(text->paper.pending);
    free(text);
}
