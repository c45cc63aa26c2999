/* SPDX-License-Identifier: MIT */
/*
 * Where: io, beside api.
 * What:  the kernel's number of a user to a name for the log.
 */
#include "io/api_user.h"

#include "base/text.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

void api_user_name(uint32_t user, char name[API_USER_MAX])
{
    struct text text = text_over(name, API_USER_MAX);
    FILE *file = fopen("/etc/passwd", "re");
    for (struct passwd *row; file && text.length == 0 && (row = fgetpwent(file));)
        if (row->pw_uid == user)
            text_add_foreign(&text, row->pw_name, strlen(row->pw_name));
    if (file)
        fclose(file);
    if (text.length == 0 || text.truncated) {
        text = text_over(name, API_USER_MAX);
        text_addf(&text, "%" PRIu32, user);
    }
}
