/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between whoever has something to tell and base/log.
 * What:  looks up the row, finds the words, speaks the sentence, hands over the fields; and keeps a storm of lines
 *        from being one.
 * Why:   all that is said passes here once: no other file knows both a sentence and the log.
 */
#include "app/report.h"

#include "app/letters.h"
#include "app/wording.h"

#include <inttypes.h>
#include <string.h>

#define SECOND_MS   1000
#define MESSAGE_MAX 2048

static void write_line(uint32_t kind, const struct words *words, const char *message)
{
    const struct catalogue_row *row = catalogue_row(kind);
    struct log_record record = {.level = row->level,
                                .message = message,
                                .event = row->event,
                                .message_id = row->message_id,
                                .speaker = kind == NOTICE_HOOK_SAID ? "hook" : NULL};
    for (uint32_t i = 0; i < CATALOGUE_FIELDS_MAX && row->fields[i] != WORD_NONE; i++) {
        enum word word = row->fields[i];
        if (words->value[word])
            record.fields[record.field_count++] = (struct log_field){word_field(word), words->value[word]};
    }
    log_write(&record);
}

static void speak(uint32_t kind, const struct words *words)
{
    char storage[MESSAGE_MAX];
    struct text message = text_over(storage, sizeof storage);
    words_say(words, catalogue_row(kind)->sentence, &message);
    write_line(kind, words, message.bytes);
}

void report_init(struct report *report, const struct settings *settings, mono_ms now)
{
    *report = (struct report){
        .settings = settings, .window = now, .window_ms = REPORT_WINDOW_MS, .lines_most = REPORT_LINES};
}

/* ---- a storm ---- */

static bool some_unlisted(const struct report *report)
{
    for (uint32_t kind = 0; kind < NOTICE_COUNT; kind++)
        if (report->unlisted[kind])
            return true;
    return false;
}

mono_ms report_deadline(const struct report *report)
{
    return some_unlisted(report) ? mono_after(report->window, report->window_ms) : MONO_NEVER;
}

static void tell_unlisted(const struct report *report)
{
    struct words words;
    words_clear(&words);
    for (uint32_t kind = 1; kind < NOTICE_COUNT; kind++) {
        if (!report->unlisted[kind])
            continue;
        char storage[160];
        struct text message = text_over(storage, sizeof storage);
        text_addf(&message, "%" PRIu32 " %s in %" PRIu32 " s, %" PRIu32 " not listed", report->happened[kind],
                  catalogue_row(kind)->many, report->window_ms / 1000, report->unlisted[kind]);
        write_line(kind, &words, message.bytes);
    }
}

/*
 *   in the window that ends          the next one
 *   more than could be listed, and
 *   more than REPORT_LINES in all    twice as long, up to REPORT_WINDOW_STORM_MS, REPORT_LINES_STORM lines
 *   less                             a second, REPORT_LINES lines
 */
static void next_window(struct report *report, mono_ms now)
{
    uint64_t happened = 0;
    for (uint32_t kind = 1; kind < NOTICE_COUNT; kind++)
        happened += report->happened[kind];
    bool storm = some_unlisted(report) && happened > REPORT_LINES;
    uint32_t longer_ms = report->window_ms * 2 < REPORT_WINDOW_STORM_MS ? report->window_ms * 2
                                                                        : REPORT_WINDOW_STORM_MS;
    report->window_ms = storm ? longer_ms : REPORT_WINDOW_MS;
    report->lines_most = storm ? REPORT_LINES_STORM : REPORT_LINES;
    report->window = now;
    report->written = 0;
    memset(report->happened, 0, sizeof report->happened);
    memset(report->unlisted, 0, sizeof report->unlisted);
}

void report_summarise(struct report *report, mono_ms now)
{
    if (now < mono_after(report->window, report->window_ms))
        return;
    tell_unlisted(report);
    next_window(report, now);
}

/* True: this line may be written. */
static bool admit(struct report *report, uint32_t kind, mono_ms now)
{
    const struct catalogue_row *row = catalogue_row(kind);
    if (!row->one_of_many || !log_is_on(row->level))
        return true;
    report_summarise(report, now);
    report->happened[kind]++;
    if (report->written < report->lines_most) {
        report->written++;
        return true;
    }
    report->unlisted[kind]++;
    return false;
}

void report_notice(struct report *report, const struct notice *notice, mono_ms now)
{
    if (report->letters)
        letters_notice(report->letters, notice, now);
    if (!admit(report, notice->kind, now))
        return;
    struct words words;
    const char *user = notice->command && report->user_of ? report->user_of(notice->command, report->user_ctx) : NULL;
    wording_of(&words, report->settings, report->engine, notice, user);
    if (notice->kind == NOTICE_PROBES_LATE)
        words_set(&words, WORD_TEXT, "%" PRIu32, report->concurrency);
    speak(notice->kind, &words);
}

/* ---- the shell's own lines ---- */

/* "; 2 overrides and 1 unsent message taken over" */
static void add_taken_over(struct text *out, uint32_t overrides, uint32_t unsent)
{
    if (overrides == 0 && unsent == 0)
        return;
    text_add(out, "; ");
    if (overrides > 0)
        wording_add_count(out, overrides, "override");
    text_add(out, overrides > 0 && unsent > 0 ? " and " : "");
    if (unsent > 0)
        wording_add_count(out, unsent, "unsent message");
    text_add(out, " taken over");
}

void report_started(const struct report *report, uint32_t overrides, uint32_t unsent, uint64_t fresh_owner)
{
    const struct settings *settings = report->settings;
    struct words words;
    words_clear(&words);
    char storage[128];
    struct text text = text_over(storage, sizeof storage);
    wording_add_contents(&text, settings);
    wording_add_bare(&text, settings);
    add_taken_over(&text, overrides, unsent);
    words_set(&words, WORD_TEXT, "%s%s", text.bytes, settings->safety.dry_run ? "; dry run, nothing is sent" : "");
    words_set(&words, WORD_STATE, "%s",
              settings->record_count ? "every target is unknown until probed" : "no records configured");
    if (fresh_owner)
        words_set(&words, WORD_HOW, "owner id %016" PRIx64 " was made", fresh_owner);
    speak(NOTICE_STARTED, &words);
}

void report_stopped(const struct report *report)
{
    struct words words;
    words_clear(&words);
    struct engine_summary summary = {.failed_over_record = ID_NONE};
    if (report->engine)
        engine_summarise(report->engine, &summary);
    if (summary.failed_over && summary.failed_over_record != ID_NONE) {
        const char *id = report->settings->records[summary.failed_over_record].id;
        words_set(&words, WORD_TEXT, "%" PRIu32 " record%s failed over (%s%s)", summary.failed_over,
                  summary.failed_over == 1 ? " is" : "s are", id, summary.failed_over == 1 ? "" : ", ...");
    }
    speak(NOTICE_STOPPED, &words);
}

void report_reload_failed(int64_t loaded_wall_ms, int64_t age_ms, uint32_t errors, const char *first)
{
    struct words words;
    char storage[32];
    struct text at = text_over(storage, sizeof storage);
    words_clear(&words);
    wording_add_local_time(&at, loaded_wall_ms, age_ms);
    words_set(&words, WORD_COUNT_OF, "%" PRIu32 " error%s", errors, errors == 1 ? "" : "s");
    words_set(&words, WORD_PLACE, "%s", at.bytes);
    words_set(&words, WORD_TEXT, "%s", first);
    speak(NOTICE_RELOAD_FAILED, &words);
}

void report_reloaded(const char *difference, uint32_t kept)
{
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_TEXT, "%s", difference);
    words_set(&words, WORD_COUNT_OF, "%" PRIu32 " target%s", kept, kept == 1 ? "" : "s");
    speak(NOTICE_RELOADED, &words);
}

static void word_subject(struct words *words, const struct settings *settings, uint32_t record)
{
    if (record >= settings->record_count)
        return;
    const struct zone_settings *zone = &settings->zones[settings->records[record].zone];
    char name[DNAME_TEXT_MAX];
    dname_format(&zone->name, name);
    words_set(words, WORD_RECORD, "%s", settings->records[record].id);
    words_set(words, WORD_ZONE, "%s", name);
    words_set(words, WORD_SERVER, "%s", settings->servers[zone->server].name);
}

void report_command(const struct report *report, uint32_t record, const char *user, const char *text, const char *end)
{
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_USER, "%s", user);
    words_set(&words, WORD_TEXT, "%s", text);
    if (end)
        words_set(&words, WORD_STATE, "%s", end);
    word_subject(&words, report->settings, record);
    speak(NOTICE_COMMAND, &words);
}

void report_override(const struct report *report, const struct override_note *note, uint32_t record,
                     enum override_turn turn, const char *user)
{
    struct words words;
    words_clear(&words);
    char storage[OVERRIDE_NAME_MAX * 3];
    struct text text = text_over(storage, sizeof storage);
    override_note_format(note, &text);
    words_set(&words, WORD_TEXT, "%s", text.bytes);
    word_subject(&words, report->settings, record);
    if (note->target[0])
        words_set(&words, WORD_TO, "%s", note->target);
    if (note->reason[0])
        words_set(&words, WORD_OVERRIDE_REASON, "%s", note->reason);
    words_set(&words, WORD_USER, "%s", turn == OVERRIDE_RELEASED ? user : note->user);
    if (turn == OVERRIDE_KEPT)
        words_set(&words, WORD_STATE, "still in force");
    else if (turn == OVERRIDE_RELEASED)
        words_set(&words, WORD_STATE, "released by %s", user);
    uint32_t kind = turn == OVERRIDE_EXPIRED ? (uint32_t)NOTICE_OVERRIDE_ENDED : (uint32_t)NOTICE_OVERRIDE;
    if (report->letters && turn != OVERRIDE_KEPT)
        letters_override(report->letters, kind, &words, note, record);
    speak(kind, &words);
}

void report_state_written(struct report *report)
{
    memset(report->unwritable, 0, sizeof report->unwritable);
    report->state_problem[0] = '\0';
}

void report_state_unwritable(struct report *report, enum state_part part, const char *problem, const char *cost)
{
    if (report->unwritable[part])
        return;
    report->unwritable[part] = true;
    if (strcmp(report->state_problem, problem) == 0)
        return;
    struct text kept = text_over(report->state_problem, sizeof report->state_problem);
    text_add(&kept, problem);
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_TEXT, "%s", problem);
    words_set(&words, WORD_HOW, "%s", cost);
    speak(NOTICE_STATE_UNWRITABLE, &words);
}

const char *report_state_problem(const struct report *report)
{
    return report->state_problem[0] ? report->state_problem : NULL;
}

static void word_messages(struct words *words, const char *notifier, const char *why, uint32_t count, const char *verb)
{
    words_clear(words);
    words_set(words, WORD_TEXT, "%s", notifier);
    words_set(words, WORD_PROBLEM, "%s", why);
    words_set(words, WORD_COUNT_OF, "%" PRIu32 " message%s%s", count, count == 1 ? "" : "s", verb);
}

void report_notify_failed(const char *notifier, const char *why, uint32_t waiting, uint32_t next_ms)
{
    struct words words;
    char storage[64];
    struct text next = text_over(storage, sizeof storage);
    word_messages(&words, notifier, why, waiting, waiting == 1 ? " waits" : " wait");
    text_add_duration(&next, next_ms);
    words_set(&words, WORD_NEXT, "%s", next.bytes);
    speak(NOTICE_NOTIFY_FAILED, &words);
}

void report_notify_dropped(const char *notifier, uint32_t count, const char *why)
{
    struct words words;
    word_messages(&words, notifier, why, count, "");
    speak(NOTICE_NOTIFY_DROPPED, &words);
}

void report_hook_said(const char *line)
{
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_TEXT, "%s", line);
    speak(NOTICE_HOOK_SAID, &words);
}

void report_lines_lost(uint64_t count, int64_t stalled_ms)
{
    struct words words;
    words_clear(&words);
    char storage[64];
    struct text text = text_over(storage, sizeof storage);
    text_add_duration(&text, stalled_ms);
    words_set(&words, WORD_SPAN, "%s", text.bytes);
    words_set(&words, WORD_COUNT_OF, "%" PRIu64 " log line%s", count, count == 1 ? " was" : "s were");
    speak(NOTICE_LINES_LOST, &words);
}

void report_counters(const struct report *report, int64_t loop_late_ms)
{
    const struct engine_stats *stats = engine_stats(report->engine);
    struct words words;
    words_clear(&words);
    words_set(&words, WORD_TEXT,
              "probes: %" PRIu64 " asked, %" PRIu64 " done, %" PRIu64 " late (worst %" PRId64 " ms), %" PRIu64
              " by more than 20 ms, %" PRIu32 " in flight; updates: %" PRIu64 " sent, %" PRIu32 " in flight, %" PRIu64
              " switches; reads: %" PRIu64 " sent, %" PRIu32 " in flight; %" PRIu64
              " stale answers dropped; loop late by %" PRId64 " ms at worst",
              stats->probes_asked, stats->probes_done, stats->probes_late, stats->worst_late_ms, stats->probes_tardy,
              stats->probes_in_flight, stats->sends_asked, stats->sends_in_flight, stats->switches, stats->reads_asked,
              stats->reads_in_flight, stats->answers_dropped, loop_late_ms);
    speak(NOTICE_COUNTERS, &words);
}
