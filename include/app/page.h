/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PAGE_H
#define REPOINTD_APP_PAGE_H

/*
 * Where: app, between the state and whoever looks at it with a browser.
 * What:  the status page: all records, a row each, and one record with all that speaks for it.
 * Why:   for people who have no shell on that host. It can change nothing and asks nobody for anything: no script, no
 *        font, no picture from elsewhere, so that it works when nothing else does. Pure, so that a test reads every
 *        word.
 */

#include "app/view.h"
#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

struct history;
struct trends;

#define PAGE_RECORDS_MOST  500 /* rows of a page; the rest is on further ones */
#define PAGE_REFRESH_LEAST 5   /* s */
#define PAGE_REFRESH_MOST  3600

/* All borrowed. */
struct page {
    struct view view;
    const struct trends *trends;   /* NULL: there are no bars */
    const struct history *history; /* NULL: no switches */
    const char *title;             /* NULL: "DNS failover on HOST" */
    const char *host;              /* NULL: not known */
    uint32_t from;                 /* first row */
    uint32_t refresh_s;            /* what the reader asked for; 0: the page stays as it is */
    bool attention;                /* only records that are not well on their first target */
};

void page_front(const struct page *page, struct buffer *out);
void page_record(const struct page *page, uint32_t record, struct buffer *out);

/* For `Content-Security-Policy`: nothing is loaded, nothing runs, and the style is the one of the page. */
extern const char page_policy[];

#endif
