/* SPDX-License-Identifier: MIT */
/*
 * Where: config, for `ping`.
 * What:  reads net.ipv4.ping_group_range and compares.
 * Why:   repointd has no privilege, so without this right each ping ends as this host's own trouble and nothing is ever
 *        known of the target. That is better said before the first one.
 */
#include "config/ping_range.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH "/proc/sys/net/ipv4/ping_group_range"

bool ping_range_allows(const char *text, const gid_t *groups, size_t count)
{
    char *second, *end;
    unsigned long least = strtoul(text, &second, 10), most = strtoul(second, &end, 10);
    if (second == text || end == second)
        return true;
    for (size_t i = 0; i < count; i++)
        if (groups[i] >= least && groups[i] <= most)
            return true;
    return false;
}

static void read_range(char text[PING_RANGE_TEXT_MAX])
{
    int file = open(PATH, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, PING_RANGE_TEXT_MAX - 1);
    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    for (char *tab = strchr(text, '\t'); tab != NULL; tab = strchr(tab, '\t'))
        *tab = ' ';
    if (file >= 0)
        close(file);
}

bool ping_is_allowed(char ret_text[PING_RANGE_TEXT_MAX])
{
    read_range(ret_text);
    int count = getgroups(0, NULL);
    gid_t *groups = calloc((size_t)(count > 0 ? count : 0) + 1, sizeof(*groups));
    if (groups == NULL)
        abort();
    count = count > 0 ? getgroups(count, groups) : 0;
    count = count > 0 ? count : 0;
    groups[count] = getegid();
    bool allowed = ping_range_allows(ret_text, groups, (size_t)count + 1);
    free(groups);
    return allowed;
}
