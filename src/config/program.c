/* SPDX-License-Identifier: MIT */
/*
 * Where: config, for `exec` of checks and notifiers.
 * What:  the path of the program and the words in its arguments.
 * Why:   there is no shell and no environment in an argument list, so a $HOME would be passed on as it stands; that
 *        surprises nobody if it is refused here.
 */
#include "config/program.h"

#include "config/schema.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_path(const struct node *path, struct complaints *complaints)
{
    const char *text = path->as.text;
    struct stat status;
    if (text[0] != '/')
        complaints_add(complaints, COMPLAINT_ERROR, node_place(path),
                       "'%s' is not an absolute path; there is no search for programs", foreign(text).text);
    else if (stat(text, &status) != 0)
        complaints_add(complaints, COMPLAINT_ERROR, node_place(path), "the program '%s' cannot be run: %s",
                       foreign(text).text, strerror(errno));
    else if (!S_ISREG(status.st_mode) || (status.st_mode & 0111) == 0)
        complaints_add(complaints, COMPLAINT_ERROR, node_place(path),
                       "the program '%s' cannot be run: it is not executable", foreign(text).text);
}

/* Each $ that a word in capitals follows. */
static void check_words(const struct node *argument, bool words, struct complaints *complaints)
{
    static const char *const known[] = {"ADDRESS", "RECORD", "TARGET", "CHECK"};
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    for (const char *dollar = strchr(argument->as.text, '$'); dollar != NULL; dollar = strchr(dollar + 1, '$')) {
        size_t length = strspn(dollar + 1, letters);
        bool is_known = length == 0 || isdigit((unsigned char)dollar[1]);
        for (size_t i = 0; words && i < ARRAY_COUNT(known); i++)
            is_known = is_known || (strlen(known[i]) == length && strncmp(dollar + 1, known[i], length) == 0);
        if (!is_known)
            complaints_add(complaints, COMPLAINT_ERROR, node_place(argument), "'$%.*s' is not known here; %s",
                           (int)(length < 64 ? length : 64), dollar + 1,
                           words ? "$ADDRESS, $RECORD, $TARGET and $CHECK are"
                                 : "arguments are passed on as they stand");
    }
}

void program_check(const struct node *node, bool words, struct complaints *complaints)
{
    if (node == NULL || node->kind != NODE_LIST)
        return;
    if (node->count == 0)
        complaints_add(complaints, COMPLAINT_ERROR, node_place(node),
                       "'exec' is an empty list; the first item is the program");
    for (uint32_t i = 0; i < node->count; i++) {
        const struct node *item = node->as.items[i];
        if (item->kind != NODE_SCALAR)
            continue;
        if (i == 0)
            check_path(item, complaints);
        else
            check_words(item, words, complaints);
    }
}
