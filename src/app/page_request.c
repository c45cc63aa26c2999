/* SPDX-License-Identifier: MIT */
/*
 * Where: app, between web and the status page.
 * What:  what a reader asked for: which record, from which row, how often.
 */
#include "app/page_request.h"

#include "app/command_request.h"
#include "app/page.h"
#include "base/parse.h"

#include <string.h>

/* What is not understood is left out: a link that somebody kept still leads to a page. */
static void take_number(const char *words, uint64_t least, uint64_t most, uint32_t *ret)
{
    uint64_t number;
    struct error err;
    if (parse_uint(words, least, most, &number, &err))
        *ret = (uint32_t)number;
}

static struct page page_of(const struct web_look *look)
{
    struct page page = {.view = look->view,
                        .trends = look->commands->trends,
                        .history = look->history,
                        .title = look->view.settings->web.title,
                        .host = look->host_name[0] ? look->host_name : NULL};
    for (uint32_t i = 0; i < look->request->parameter_count; i++) {
        const char *name = look->request->parameters[i].name, *value = look->request->parameters[i].value;
        if (strcmp(name, "refresh") == 0)
            take_number(value, PAGE_REFRESH_LEAST, PAGE_REFRESH_MOST, &page.refresh_s);
        else if (strcmp(name, "from") == 0)
            take_number(value, 0, look->view.settings->record_count, &page.from);
        else if (strcmp(name, "show") == 0)
            page.attention = strcmp(value, "attention") == 0;
    }
    return page;
}

void page_request_front(const struct web_look *look, struct web_answer *answer)
{
    const struct page page = page_of(look);
    answer->refresh_s = page.refresh_s;
    page_front(&page, &answer->body);
}

void page_request_record(const struct web_look *look, struct web_answer *answer)
{
    const struct page page = page_of(look);
    struct error err = {0};
    uint32_t record = command_find_record(look->view.settings, look->request->path + strlen(PAGE_PATH_RECORD), &err);
    if (record == ID_NONE) {
        answer->status = 404;
        buffer_add(&answer->body, err.text);
        buffer_add(&answer->body, "\n");
        return;
    }
    answer->refresh_s = page.refresh_s;
    page_record(&page, record, &answer->body);
}
