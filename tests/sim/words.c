/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under scenario.
 * What:  the words of a story, and the complaints about them.
 */

#include "story.h"

#include "base/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void complain(struct story *story, const char *format, ...)
{
    va_list arguments;
    printf("# %s:%u: ", story->path, story->line);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    story->has_failed = true;
}

bool is_word(const struct story *story, uint32_t place, const char *word)
{
    return place < story->word_count && strcmp(story->words[place], word) == 0;
}

void refuse(struct story *story, uint32_t place)
{
    if (place < story->word_count)
        complain(story, "'%s' is not understood here", story->words[place]);
    else
        complain(story, "'%s' needs more words", story->words[0]);
}

bool read_time(struct story *story, uint32_t place, int64_t *ret)
{
    uint64_t ms;
    struct error err;
    if (place < story->word_count && parse_duration_ms(story->words[place], &ms, &err)) {
        *ret = (int64_t)ms;
        return true;
    }
    refuse(story, place);
    return false;
}

bool read_number(struct story *story, uint32_t place, uint64_t *ret)
{
    const char *word = place < story->word_count ? story->words[place] : "";
    struct error err;
    if (parse_uint(*word == '+' ? word + 1 : word, 0, UINT32_MAX, ret, &err))
        return true;
    refuse(story, place);
    return false;
}

/* A record by its name. */
uint32_t find_record(struct story *story, uint32_t place)
{
    const struct settings *settings = story->world.settings;
    for (uint32_t r = 0; r < settings->record_count && place < story->word_count; r++)
        if (strcmp(settings->records[r].id, story->words[place]) == 0)
            return r;
    refuse(story, place);
    return ID_NONE;
}

/* A target of the first record by its role, as a place. */
uint32_t find_target(const struct story *story, const char *role)
{
    const struct settings *settings = story->world.settings;
    for (uint32_t t = 0; t < settings->records[0].target_count; t++)
        if (strcmp(settings->targets[settings->records[0].target_first + t].role, role) == 0)
            return t;
    return ID_NONE;
}

uint32_t find_watch(struct story *story, uint32_t place)
{
    struct address address;
    struct error err;
    if (place < story->word_count && address_parse(story->words[place], &address, &err))
        for (uint32_t w = 0; w < story->world.settings->watch_count; w++)
            if (address_equal(&story->world.settings->watches[w].address, &address))
                return w;
    refuse(story, place);
    return ID_NONE;
}

/* "nothing", a role, or addresses with commas between. */
bool read_contents(struct story *story, uint32_t place, struct contents *ret)
{
    *ret = (struct contents){.ttl_s = 30};
    if (place >= story->word_count) {
        refuse(story, place);
        return false;
    }
    uint32_t target = find_target(story, story->words[place]);
    if (target != ID_NONE) {
        contents_of_target(story->world.settings, target, ret);
        return true;
    }
    if (is_word(story, place, "nothing"))
        return true;
    char list[256];
    snprintf(list, sizeof list, "%s", story->words[place]);
    for (char *next = list; next && ret->count < CONTENTS_MAX;) {
        char *comma = strchr(next, ',');
        if (comma)
            *comma++ = '\0';
        struct error err;
        if (!address_parse(next, &ret->addresses[ret->count++], &err)) {
            refuse(story, place);
            return false;
        }
        next = comma;
    }
    contents_sort(ret);
    return true;
}
