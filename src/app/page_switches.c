/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  the last switches of a record, the newest first.
 */
#include "app/page_parts.h"

#include "io/history.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define SWITCHES_MOST 20

static void add_word(struct buffer *out, const json_t *object, const char *key)
{
    const char *words = json_string_value(json_object_get(object, key));
    html_text(out, words && words[0] ? words : "–");
}

static void add_switch(struct buffer *out, const struct page *page, const struct history_item *item)
{
    json_t *object = json_loads(item->line, 0, NULL);
    const json_t *outage = json_object_get(object, "outage_ms"), *serial = json_object_get(object, "serial");
    buffer_add(out, "<tr><th scope=row>");
    page_time(out, page, item->time_ms);
    buffer_add(out, "</th><td>");
    add_word(out, object, "from");
    buffer_add(out, " → ");
    add_word(out, object, "to");
    buffer_add(out, "</td><td>");
    add_word(out, object, "cause");
    buffer_add(out, "</td><td>");
    add_word(out, object, "reason");
    buffer_add(out, "</td><td>");
    if (json_is_integer(outage))
        page_duration(out, json_integer_value(outage));
    else
        buffer_add(out, "–");
    buffer_add(out, "</td><td>");
    if (json_is_integer(serial))
        buffer_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(serial));
    else
        buffer_add(out, "–");
    buffer_add(out, "</td></tr>\n");
    json_decref(object);
}

void page_switches(struct buffer *out, const struct page *page, const struct record *record)
{
    uint32_t shown = 0;
    for (uint32_t i = page->history ? history_count(page->history) : 0; i-- > 0 && shown < SWITCHES_MOST;) {
        const struct history_item *item = history_at(page->history, i);
        if (item->released || strcmp(item->record, record->settings->id) != 0)
            continue;
        if (shown++ == 0)
            buffer_add(out, "<div class=y><table><thead><tr><th scope=col>Time</th><th scope=col>Switch</th>"
                            "<th scope=col>Cause</th><th scope=col>Reason</th><th scope=col>Failing for</th>"
                            "<th scope=col>Serial</th></tr></thead><tbody>\n");
        add_switch(out, page, item);
    }
    buffer_add(out, shown > 0 ? "</tbody></table></div>" : "<p class=d>None is remembered.</p>");
}
