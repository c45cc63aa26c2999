/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under everything that shows the state.
 * What:  the questions that every view asks of a record.
 */
#include "app/view.h"

#include "app/explanation.h"
#include "core/record.h"
#include "core/watch.h"

const struct target_settings *view_target(const struct view *view, const struct record *record, uint32_t place)
{
    return &view->settings->targets[record->settings->target_first + place];
}

const struct watch *view_spokesman(const struct view *view, const struct record *record, uint32_t place)
{
    const struct target_settings *target = view_target(view, record, place);
    const struct watch *first = NULL;
    for (uint32_t i = 0; i < target->value_count; i++) {
        uint32_t index = view->settings->values[target->value_first + i].watch;
        const struct watch *watch = index == ID_NONE ? NULL : engine_watch(view->engine, index);
        if (watch && watch->health.state == record->targets[place].state)
            return watch;
        first = first ? first : watch;
    }
    return first;
}

int64_t view_streak(const struct watch *watch)
{
    if (!watch)
        return 0;
    return watch->health.fails > 0 ? -(int64_t)watch->health.streak : (int64_t)watch->health.streak;
}

const struct override_note *view_override(const struct view *view, const struct record *record)
{
    uint32_t id = record->override.forced_id ? record->override.forced_id : record->override.hold_id;
    uint32_t place = view->book && id != 0 ? override_book_find(view->book, id) : OVERRIDES_MAX;
    return place == OVERRIDES_MAX ? NULL : &view->book->notes[place];
}

/* Nothing is under way but, now and then, a look whether it is still so. */
static bool is_at_rest(const struct record *record)
{
    return record->txn.state == TXN_IDLE ||
           (record->txn.state == TXN_READING && record->decision.target == record->current);
}

/* What an operator ordered explains what is, unless it is not so. */
void view_why(const struct view *view, uint32_t index, struct text *out)
{
    const struct record *record = engine_record(view->engine, index);
    const struct override_note *note = view_override(view, record);
    if (note && record_condition(record) == CONDITION_OK && is_at_rest(record))
        override_note_why(note, out);
    else
        explanation_of(view->settings, view->engine, index, out);
}

int64_t view_wall_ms(const struct view *view, mono_ms at)
{
    return view->wall_ms - (view->now - at);
}
