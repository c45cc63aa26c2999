/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside whoever writes into the state directory.
 * What:  tries again what could not be written.
 * Why:   a file that is made empty, or a line that fits into a page that is there, can be written on a full disk as
 *        well: that there is room is believed after a page was written, and all files were.
 */
#include "app/keeper.h"

#include "app/effects.h"
#include "app/override_book.h"
#include "io/history.h"
#include "io/notifier.h"

static bool directory_is_there(struct keeper *keeper)
{
    struct error err;
    if (state_is_there(keeper->state, &err))
        return true;
    if (!state_return(keeper->state, &err))
        return false;
    keeper->moved = true;
    return true;
}

/* What is wrong still was told already. */
static void try_again(struct keeper *keeper)
{
    struct hands *hands = keeper->hands;
    struct report *report = hands->report;
    struct error err = {0};
    bool good = true;
    if (!directory_is_there(keeper) || !state_has_room(keeper->state, &err))
        return;
    if (!in_flight_try_again(hands->in_flight, &err)) {
        report_state_unwritable(report, STATE_PART_IN_FLIGHT, err.text, KEEPER_COST_IN_FLIGHT);
        good = false;
    }
    if ((keeper->moved || report->unwritable[STATE_PART_OVERRIDES]) && !override_book_save(keeper->book, &err)) {
        report_state_unwritable(report, STATE_PART_OVERRIDES, err.text, KEEPER_COST_OVERRIDES);
        good = false;
    }
    if (!history_try_again(hands->history, &err)) {
        report_state_unwritable(report, STATE_PART_HISTORY, err.text, KEEPER_COST_HISTORY);
        good = false;
    }
    if (keeper->notifiers && !notifiers_try_again(keeper->notifiers, &err)) {
        report_state_unwritable(report, STATE_PART_NOTIFICATIONS, err.text, KEEPER_COST_NOTIFICATIONS);
        good = false;
    }
    if (!good)
        return;
    keeper->moved = false;
    report_state_written(report);
}

void keeper_look(struct keeper *keeper)
{
    struct error err = {0};
    if (!state_is_there(keeper->state, &err))
        report_state_unwritable(keeper->hands->report, STATE_PART_IN_FLIGHT, err.text, KEEPER_COST_IN_FLIGHT);
}

mono_ms keeper_deadline(struct keeper *keeper, mono_ms now)
{
    if (!report_state_problem(keeper->hands->report))
        keeper->again = MONO_NEVER;
    else if (keeper->again == MONO_NEVER)
        keeper->again = mono_after(now, KEEPER_AGAIN_MS);
    return keeper->again;
}

void keeper_wake(struct keeper *keeper, mono_ms now)
{
    if (keeper->again > now)
        return;
    keeper->again = MONO_NEVER;
    try_again(keeper);
}
