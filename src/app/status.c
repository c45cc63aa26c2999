/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between the engine's summary and io/supervisor.
 * What:  the words of the status line. Pure, so that a test can read all of them.
 */
#include "app/status.h"

#include "app/wording.h"

#include <inttypes.h>

static void add_some(struct text *out, uint32_t count, const char *what, const struct settings *settings,
                     uint32_t example)
{
    if (count == 0)
        return;
    text_addf(out, ", %" PRIu32 " %s", count, what);
    if (example < settings->record_count)
        text_addf(out, " (%s%s)", settings->records[example].id, count > 1 ? ", ..." : "");
}

/* Above all else: what follows is then what was, and nothing of it changes. */
static void add_gate(struct text *out, const struct engine_summary *summary)
{
    if (summary->references == 0 || summary->gate == GATE_OPEN)
        return;
    if (summary->gate == GATE_CLOSED)
        text_addf(out, "CUT OFF, 0 of %" PRIu32 " references answer: all decisions frozen; ", summary->references);
    else
        text_addf(out, "none of %" PRIu32 " references is known to answer: nothing is decided; ", summary->references);
}

void status_format(const struct settings *settings, const struct engine_summary *summary, mono_ms now, struct text *out)
{
    if (settings->record_count == 0) {
        text_add(out, "no records configured");
        return;
    }
    add_gate(out, summary);
    wording_add_count(out, settings->record_count, "record");
    text_addf(out, ": %" PRIu32 " primary", summary->on_first);
    add_some(out, summary->failed_over, "failed over", settings, summary->failed_over_record);
    add_some(out, summary->forced, "forced", settings, ID_NONE);
    add_some(out, summary->held, "held", settings, ID_NONE);
    add_some(out, summary->stopped, "not written", settings, summary->stopped_record);
    add_some(out, settings->record_count - summary->records, "off", settings, ID_NONE);
    if (summary->unread > 0)
        text_addf(out, "; dns: %" PRIu32 " not read yet", summary->unread);
    else if (summary->pending > 0)
        text_addf(out, "; dns: %" PRIu32 " pending", summary->pending);
    else
        text_add(out, "; dns ok");
    if (summary->changed_at != MONO_NEVER) {
        text_add(out, "; last change ");
        text_add_duration(out, now - summary->changed_at);
        text_add(out, " ago");
    }
    wording_add_bare(out, settings);
    if (settings->safety.dry_run)
        text_add(out, "; dry run");
}
