/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under scenario.
 * What:  what a story expects: the truth in the zone, and what was told, sent and counted.
 */

#include "story.h"

#include <inttypes.h>
#include <string.h>

static void expect_zone(struct story *story)
{
    struct contents wanted, now;
    char text[200];
    uint32_t record = find_record(story, 2);
    if (record == ID_NONE || !read_contents(story, 3, &wanted))
        return;
    contents_now(&story->world, record, &now);
    contents_format(&now, text, sizeof text);
    if (!contents_same_addresses(&wanted, &now))
        complain(story, "expected %s in the zone, there is %s", story->words[3], text);
}

static void expect_marker(struct story *story)
{
    struct contents now;
    uint32_t record = find_record(story, 2);
    if (record == ID_NONE)
        return;
    contents_now(&story->world, record, &now);
    bool is_ours = now.form == MARKER_FORM_ONE && now.marker.owner == story->world.owner;
    bool is_others = now.form == MARKER_FORM_ONE && !is_ours;
    bool as_wanted = is_word(story, 3, "ours")     ? is_ours
                     : is_word(story, 3, "others") ? is_others
                                                   : is_word(story, 3, "nothing") && now.form == MARKER_FORM_NONE;
    if (!as_wanted)
        complain(story, "the marker is not as expected");
}

static void expect_count(struct story *story, uint32_t place, uint64_t counted)
{
    uint64_t wanted;
    const char *word = place < story->word_count ? story->words[place] : "";
    if (strcmp(word, "once") == 0)
        wanted = 1;
    else if (strcmp(word, "never") == 0)
        wanted = 0;
    else if (!read_number(story, place, &wanted))
        return;
    if (counted != wanted)
        complain(story, "expected %" PRIu64 " %s, counted %" PRIu64, wanted, story->words[1], counted);
}

static void expect_replied(struct story *story)
{
    static const char *const words[] = {
        [COMMAND_DONE] = "done", [COMMAND_REFUSED] = "refused", [COMMAND_FAILED] = "failed"};
    for (enum command_result result = COMMAND_DONE; result <= COMMAND_FAILED; result++)
        if (is_word(story, 2, words[result])) {
            expect_count(story, 3, story->world.operators.replies[result]);
            return;
        }
    refuse(story, 2);
}

void step_expect(struct story *story)
{
    const struct counters *now = &story->world.counters;
    if (is_word(story, 1, "in-zone")) {
        expect_zone(story);
    } else if (is_word(story, 1, "marked")) {
        expect_marker(story);
    } else if (is_word(story, 1, "serial")) {
        expect_count(story, 2, story->world.servers.serials[0] - story->serial);
    } else if (is_word(story, 1, "sends")) {
        expect_count(story, 2, now->sends - story->counted.sends);
    } else if (is_word(story, 1, "replied")) {
        expect_replied(story);
    } else if (is_word(story, 1, "told")) {
        for (enum notice_kind kind = 1; kind < NOTICE_CORE_COUNT; kind++)
            if (is_word(story, 2, notice_name(kind))) {
                expect_count(story, 3, now->told[kind] - story->counted.told[kind]);
                return;
            }
        refuse(story, 2);
    } else {
        refuse(story, 1);
    }
}
