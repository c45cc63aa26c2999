/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PAGE_REQUEST_H
#define REPOINTD_APP_PAGE_REQUEST_H

/*
 * Where: app, between web and the status page.
 * What:  GET / and GET /record/NAME. ?refresh=SECONDS has the browser come again, ?from=N begins at another row,
 *        ?show=attention leaves out what is well.
 */

#include "app/web.h"

#define PAGE_PATH_FRONT  "/"
#define PAGE_PATH_RECORD "/record/"

void page_request_front(const struct web_look *look, struct web_answer *answer);
void page_request_record(const struct web_look *look, struct web_answer *answer);

#endif
