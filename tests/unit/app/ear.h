/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_APP_EAR_H
#define REPOINTD_TESTS_APP_EAR_H

/* A sink that remembers, and a report on the fixture's settings that speaks to it. */

#include "app/report.h"

#define EAR_KEPT 8

/*
 * The last line, and event and message of the last EAR_KEPT: line n at n % EAR_KEPT. Fields are
 * NAME=value|NAME=value.
 */
struct ear {
    uint32_t count;
    enum log_level level;
    char event[32], message[2048], fields[2048];
    struct {
        char event[32], message[256];
    } kept[EAR_KEPT];
};

extern struct ear heard;
extern struct report report;

/* Setup of each test: the report begins at 1000, info and above is heard. */
int ear_open(void **state);

/* Says the notice at 1000 and compares all of the line; fields NULL: those are not looked at. */
void expect_line(const struct notice *notice, enum log_level level, const char *event, const char *message,
                 const char *fields);

#endif
