/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, beside main.
 * What:  reads a story line by line and lets it happen; docs/simulator.md 7 tells the words.
 * Why:   what it does not know it refuses, with file and line: a step that is skipped would prove nothing.
 */

#include "scenario.h"

#include "story.h"
#include "tuning.h"
#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- the file ---- */

static void step_config(struct story *story)
{
    char name[64] = "";
    if (story->word_count == 2)
        snprintf(name, sizeof name, "%s", story->words[1]);
    char *ending = strstr(name, ".yaml");
    if (ending)
        *ending = '\0';
    if (story->is_set_up || !setup_by_name(&story->world.setup, name)) {
        refuse(story, 1);
        return;
    }
    story->is_set_up = true;
    story->world.chance = random_from_seed(1);
    world_prepare(&story->world, 1, story->trace);
    struct contents contents;
    contents_of_target(story->world.settings, 0, &contents);
    contents.form = MARKER_FORM_ONE;
    contents.marker = (struct marker){.owner = story->world.owner, .epoch = 7, .nonce = 0x1234};
    writer_put(&story->world, 0, &contents);
}

static void step_set(struct story *story)
{
    if (story->word_count != 3 || !tune(&story->world.setup, story->words[1], story->words[2]))
        refuse(story, 1);
    story->world.editions.edits++;
}

/* file without ROLE, file with ROLE: of the first record */
static void step_file(struct story *story)
{
    const struct settings *whole = &story->world.setup.settings;
    bool wanted = is_word(story, 1, "with");
    if (!story->world.editions.is_on || (!wanted && !is_word(story, 1, "without"))) {
        refuse(story, 1);
        return;
    }
    for (uint32_t t = 0; t < whole->records[0].target_count; t++)
        if (is_word(story, 2, whole->targets[t].role) && story->world.editions.has_target[t] != wanted) {
            edition_toggle_target(&story->world, t);
            story->world.editions.edits++;
            return;
        }
    refuse(story, 2);
}

/* zone NAME CONTENTS [ours|others|unmarked] */
static void step_zone(struct story *story)
{
    struct contents contents;
    uint32_t record = find_record(story, 1);
    if (record == ID_NONE || !read_contents(story, 2, &contents))
        return;
    contents.marker = (struct marker){.owner = story->world.owner, .epoch = 7, .nonce = 0x1234};
    if (is_word(story, 3, "ours") || is_word(story, 3, "others"))
        contents.form = MARKER_FORM_ONE;
    else if (!is_word(story, 3, "unmarked"))
        refuse(story, 3);
    if (is_word(story, 3, "others"))
        contents.marker.owner ^= 1;
    writer_put(&story->world, record, &contents);
}

static void forget(struct story *story)
{
    story->counted = story->world.counters;
    story->serial = story->world.servers.serials[0];
}

/* ---- what happens ---- */

static void step_run(struct story *story)
{
    int64_t length_ms;
    if (read_time(story, 1, &length_ms))
        world_run(&story->world, story->world.now + length_ms);
}

static bool read_mode(struct story *story, uint32_t place, enum endpoint_mode *ret)
{
    static const struct {
        const char *word;
        enum endpoint_mode mode;
    } rows[] = {{"die", ENDPOINT_DEAD}, {"return", ENDPOINT_ALIVE}};
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (is_word(story, place, rows[i].word)) {
            *ret = rows[i].mode;
            return true;
        }
    refuse(story, place);
    return false;
}

static void step_target(struct story *story)
{
    enum endpoint_mode mode;
    uint32_t target = story->word_count > 1 ? find_target(story, story->words[1]) : ID_NONE;
    if (target == ID_NONE)
        refuse(story, 1);
    else if (read_mode(story, 2, &mode))
        target_set(&story->world, target, mode);
}

static void step_address(struct story *story)
{
    enum endpoint_mode mode;
    uint32_t watch = find_watch(story, 1);
    if (watch != ID_NONE && read_mode(story, 2, &mode))
        endpoint_set(&story->world, watch, mode);
}

/* begin FAULT, end FAULT: a class of docs/simulator.md 2, by its name. */
static void turn_fault(struct story *story, uint32_t place)
{
    bool begins = is_word(story, place, "begin");
    if (!begins && !is_word(story, place, "end")) {
        refuse(story, place);
        return;
    }
    for (uint32_t class = 0; class < FAULT_COUNT && place + 1 < story->word_count; class ++)
        if (is_word(story, place + 1, fault_name(class))) {
            fault_set(&story->world, class, 0, begins);
            return;
        }
    refuse(story, place + 1);
}

static void step_server(struct story *story)
{
    uint64_t count;
    if (!is_word(story, 1, story->world.settings->servers[0].name))
        refuse(story, 1);
    else if (!is_word(story, 2, "lose-answers"))
        turn_fault(story, 2);
    else if (read_number(story, 3, &count))
        story->world.faults.loses = (uint32_t)count;
}

/* host lacks ipv4|ipv6|nothing, host gap TIME, host begin|end FAULT */
static void step_host(struct story *story)
{
    int64_t length_ms;
    if (is_word(story, 1, "gap")) {
        if (read_time(story, 2, &length_ms))
            world_gap(&story->world, length_ms);
    } else if (!is_word(story, 1, "lacks")) {
        turn_fault(story, 1);
    } else if (is_word(story, 2, "ipv4") || is_word(story, 2, "ipv6")) {
        story->world.faults.lost_family = is_word(story, 2, "ipv4") ? ADDRESS_V4 : ADDRESS_V6;
    } else if (is_word(story, 2, "nothing")) {
        story->world.faults.lost_family = 0;
    } else {
        refuse(story, 2);
    }
}

/* person NAME CONTENTS, person NAME restores, person NAME unmarks */
static void step_person(struct story *story)
{
    struct contents contents, now;
    uint32_t record = find_record(story, 1);
    if (record == ID_NONE)
        return;
    contents_now(&story->world, record, &now);
    if (is_word(story, 2, "restores")) {
        writer_restore(&story->world, record);
    } else if (is_word(story, 2, "unmarks")) {
        now.form = MARKER_FORM_NONE;
        writer_put(&story->world, record, &now);
    } else if (read_contents(story, 2, &contents)) {
        contents.form = now.form;
        contents.marker = now.marker;
        writer_put(&story->world, record, &contents);
    }
}

/* operator NAME adopts WHAT, operator NAME takes-over|mistakes-owner|disowns */
static void step_operator(struct story *story)
{
    struct world *world = &story->world;
    struct contents named, now;
    uint32_t record = find_record(story, 1);
    if (record == ID_NONE)
        return;
    contents_now(world, record, &now);
    if (is_word(story, 2, "adopts")) {
        if (read_contents(story, 3, &named))
            operator_says(world, record, COMMAND_ADOPT, &named, 0, 0);
    } else if (is_word(story, 2, "takes-over")) {
        operator_says(world, record, COMMAND_TAKE_OVER, NULL, now.marker.owner, now.marker.epoch);
    } else if (is_word(story, 2, "mistakes-owner")) {
        operator_says(world, record, COMMAND_TAKE_OVER, NULL, now.marker.owner ^ 2, now.marker.epoch);
    } else if (is_word(story, 2, "disowns")) {
        operator_says(world, record, COMMAND_DISOWN, NULL, 0, 0);
    } else {
        refuse(story, 2);
    }
}

static void step_reload(struct story *story)
{
    if (reload_begins(&story->world, story->world.editions.edits == 0))
        reload_step(&story->world);
    else
        complain(story, "the daemon cannot reload now");
}

static void step_daemon(struct story *story)
{
    if (is_word(story, 1, "killed"))
        world_crash_daemon(&story->world);
    else if (is_word(story, 1, "stops"))
        world_stop_daemon(&story->world);
    else if (is_word(story, 1, "reloads") && story->world.editions.is_on)
        step_reload(story);
    else
        refuse(story, 1);
}

/* ---- the story ---- */

static void take_step(struct story *story)
{
    static const struct {
        const char *word;
        void (*step)(struct story *story);
        bool needs_config;
    } rows[] = {
        {"config", step_config, false},    {"set", step_set, true},       {"zone", step_zone, true},
        {"run", step_run, true},           {"target", step_target, true}, {"address", step_address, true},
        {"server", step_server, true},     {"host", step_host, true},     {"person", step_person, true},
        {"operator", step_operator, true}, {"daemon", step_daemon, true}, {"expect", step_expect, true},
        {"forget", forget, true},          {"file", step_file, true},
    };
    if (is_word(story, 0, "start") && story->is_set_up) {
        if (!story->world.editions.is_on)
            editions_begin(&story->world);
        story->world.editions.edits = 0;
        trace_settings(&story->world);
        world_start_daemon(&story->world);
        forget(story);
        return;
    }
    for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (is_word(story, 0, rows[i].word) && (story->is_set_up || !rows[i].needs_config)) {
            rows[i].step(story);
            return;
        }
    refuse(story, 0);
}

static void split(struct story *story, char *line)
{
    story->word_count = 0;
    line[strcspn(line, "#\n")] = '\0';
    for (char *next = line; story->word_count < WORDS_MAX;) {
        next += strspn(next, " \t");
        if (*next == '\0')
            break;
        story->words[story->word_count++] = next;
        next += strcspn(next, " \t");
        if (*next != '\0')
            *next++ = '\0';
    }
}

static void tell_story(struct story *story, FILE *file)
{
    char line[256];
    while (!story->has_failed && fgets(line, sizeof line, file)) {
        story->line++;
        split(story, line);
        if (story->word_count == 0)
            continue;
        trace_line(&story->world, "story   line %u", story->line);
        take_step(story);
        if (story->world.violation.is_set)
            complain(story, "%s violated: %s", story->world.violation.invariant, story->world.violation.text);
    }
}

int scenario_run(const char *path, enum trace_mode trace)
{
    static struct story story;
    story = (struct story){.path = path, .trace = trace};
    const char *slash = strrchr(path, '/');
    FILE *file = fopen(path, "r");
    if (!file) {
        printf("1..1\nnot ok 1 - %s: %s\n", path, strerror(errno));
        return 1;
    }
    tell_story(&story, file);
    fclose(file);
    if (story.has_failed && trace == TRACE_RING)
        trace_print_ring(&story.world.trace);
    printf("1..1\n%sok 1 - scenario %s\n", story.has_failed ? "not " : "", slash ? slash + 1 : path);
    if (story.is_set_up)
        world_done(&story.world);
    return story.has_failed;
}
