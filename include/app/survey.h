/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_SURVEY_H
#define REPOINTD_APP_SURVEY_H

/*
 * Where: app, behind commands.
 * What:  `repointctl verify`: what every name server serves now, and whether that is what is wanted.
 * Why:   an operator asks it when he doubts what the daemon believes; so everything is read anew, by questions of its
 *        own, and neither belief nor cadence of the daemon knows of them. One at a time, since each server hears no
 *        more than so many questions a second; whoever is not asked when the time is over, is told so.
 *
 *   {"version", "records": [{"record", "condition", "wanted": {"A": [...]} or null, "ok",
 *    "servers": [{"server", "signed", "answered", "serves": {"A": [...]} or null, "serial", "ok", "detail"}]}]}
 *
 * `signed` is the update server, with the marker. `ok` of a record: all of them serve what is wanted; null where it is
 * off, and false where nothing there is ours.
 */

#include "io/api.h"

#include <stdint.h>

#define SURVEY_WAIT_MS 55000 /* below what a client waits */
#define SURVEY_AT_ONCE 32    /* records that are asked about at a time */

struct commands;
struct survey;

/* For the table of paths. */
void survey_request(struct commands *commands, const struct api_request *request, mono_ms now);

/* Whoever waits is told why nothing will come of it. NULL is fine. */
void survey_abandon(struct survey *survey, const char *why);

#endif
