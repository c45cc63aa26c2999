/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind commands; between core/preview and render_plan.
 * What:  one record after another, each when its turn comes.
 * Why:   a message a record: the daemon may put those of a zone into one, but each stands or falls alone, so whoever
 *        reads can take one and leave the others.
 */
#include "app/plan_text.h"

#include "app/json_tree.h"
#include "app/pieces.h"
#include "app/protocol.h"
#include "app/render_plan.h"
#include "base/random.h"
#include "core/preview.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

struct plan_text {
    const struct settings *settings;
    struct engine *engine;
    mono_ms now;
    const uint32_t *generation; /* while this is `born` the engine is the one that was asked */
    uint32_t born, next;
    struct random random;
    struct pieces pieces;
    bool closed;
};

/* ---- one record ---- */

struct page {
    FILE *out;
    char *words;
    size_t length;
};

static bool open_page(struct page *page)
{
    *page = (struct page){.words = NULL};
    page->out = open_memstream(&page->words, &page->length);
    return page->out != NULL;
}

static json_t *close_page(struct page *page)
{
    json_t *text = fclose(page->out) == 0 ? json_stringn(page->words, page->length) : NULL;
    free(page->words);
    return text;
}

static json_t *record_object(struct plan_text *text, uint32_t index)
{
    const struct record_settings *record = &text->settings->records[index];
    struct plan plan;
    struct page message, note;
    bool there = preview_message(text->engine, index, random_u64(&text->random), text->now, &plan) &&
                 render_plan_is_change(&plan);
    json_t *object = json_pack("{s:s, s:o, s:n}", "record", record->id, "plan",
                               there ? json_string(plan_kind_name(plan.kind)) : json_null(), "message");
    if (there) {
        const struct batch_member member = {.record = index, .plan = &plan};
        if (!open_page(&message))
            return json_tree_set(object, "message", NULL);
        render_plan(text->settings, &(struct batch_view){.zone = record->zone, .count = 1, .members = &member},
                    message.out);
        object = json_tree_set(object, "message", close_page(&message));
    }
    if (!open_page(&note))
        return json_tree_set(object, "note", NULL);
    render_plan_note(text->settings, text->engine, index, there, note.out);
    return json_tree_set(object, "note", close_page(&note));
}

/* ---- the whole ---- */

static bool put_next(void *of)
{
    struct plan_text *text = of;
    static const char head[] = "{\"version\":1,\"records\":[";
    if (text->closed)
        return false;
    if (text->next < text->settings->record_count) {
        pieces_put(&text->pieces, text->next == 0 ? head : ",", record_object(text, text->next), 0, "");
        text->next++;
        return true;
    }
    pieces_put(&text->pieces, text->settings->record_count == 0 ? "{\"version\":1,\"records\":[]," : "],",
               json_pack("{s:b}", "dry_run", text->settings->safety.dry_run), 1, "\n");
    text->closed = true;
    return true;
}

static size_t next_piece(void *source, char *bytes, size_t room)
{
    struct plan_text *text = source;
    if (*text->generation != text->born)
        return API_PIECE_NONE; /* what it looks at is gone */
    return pieces_fill(&text->pieces, put_next, text, bytes, room);
}

static void free_text(void *source)
{
    struct plan_text *text = source;
    pieces_done(&text->pieces);
    free(text);
}

void plan_text_request(struct commands *commands, const struct api_request *request, mono_ms now)
{
    struct plan_text *text = calloc(1, sizeof *text);
    uint64_t seed = 0;
    if (!text || getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        free(text);
        answer_out_of_memory(commands->errands.api, request->ticket);
        return;
    }
    *text = (struct plan_text){.settings = commands->errands.settings,
                               .engine = commands->errands.hands->engine,
                               .now = now,
                               .generation = &commands->generation,
                               .born = commands->generation,
                               .random = random_from_seed(seed)};
    api_answer_pieces(commands->errands.api, request->ticket, 200, NULL, next_piece, free_text, text);
}
