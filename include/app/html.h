/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_HTML_H
#define REPOINTD_APP_HTML_H

/*
 * Where: app, under the status page.
 * What:  the one way into a page for text that somebody else wrote.
 * Why:   names, labels, reasons and what a server said reach a reader's browser through here or not at all.
 */

#include "base/buffer.h"

/*
 * Text, so that none of it is markup, in an attribute's quotes either: & < > " ' are escaped, octets that are no UTF-8
 * become \xHH, and control characters (of writing direction, too) U+FFFD.
 */
void html_text(struct buffer *out, const char *words);

/* A segment of a path, in an attribute: all but letters, digits and -._~ is percent-encoded. */
void html_segment(struct buffer *out, const char *words);

#endif
