/* SPDX-License-Identifier: MIT */
/*
 * Where: config, under link_key and link_notifiers.
 * What:  where a secret's file is, and its text.
 * Why:   a check is often run by a person who may not read the secret. That is a warning then, and an error when the
 *        daemon starts.
 */
#include "config/link_secret.h"

#include "config/files.h"

#include <errno.h>
#include <string.h>

static void complain_no_directory(struct linker *linker, const struct node *node, const char *credential)
{
    bool starts = linker->environment->purpose == CONFIG_FOR_START;
    complaints_add(linker->complaints, starts ? COMPLAINT_ERROR : COMPLAINT_WARNING, node_place(node),
                   starts ? "there is no credential '%s': $CREDENTIALS_DIRECTORY is not set; systemd sets it where "
                            "the unit has LoadCredential=%s:PATH"
                          : "the credential '%s' is not checked here: $CREDENTIALS_DIRECTORY is not set; systemd "
                            "sets it for LoadCredential=%s:PATH",
                   foreign(credential).text, foreign(credential).text);
}

static const char *path_of_credential(struct linker *linker, const struct node *node, const char *credential)
{
    if (strchr(credential, '/') != NULL || credential[0] == '.') {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "'%s' is not a credential's name; write a file's path as 'file: PATH'",
                       foreign(credential).text);
        return NULL;
    }
    const char *directory = linker->environment->credentials_directory;
    if (directory == NULL) {
        complain_no_directory(linker, node, credential);
        return NULL;
    }
    size_t size = strlen(directory) + strlen(credential) + 2;
    char *path = arena_take(linker->arena, size);
    struct text out = text_over(path, size);
    text_addf(&out, "%s/%s", directory, credential);
    return path;
}

/* NULL after a complaint, or where there is nothing to complain of any more. */
static const char *find_path(struct linker *linker, const struct node *node, const struct secret_draft *draft,
                             const struct secret_words *words, const struct node **ret_node)
{
    if (node == NULL || node->kind != NODE_MAPPING)
        return NULL;
    if (draft->file_node != NULL && draft->credential_node != NULL) {
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "'%s' takes either 'file' or 'credential'", words->key);
        return NULL;
    }
    *ret_node = draft->file_node != NULL ? draft->file_node : draft->credential_node;
    if (*ret_node == NULL && node->count == 0)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node),
                       "'%s' needs 'file: PATH' or 'credential: NAME'", words->key);
    if (draft->file != NULL)
        return files_beside(draft->file_node, draft->file, linker->arena);
    return draft->credential == NULL ? NULL : path_of_credential(linker, *ret_node, draft->credential);
}

static void complain_unread(struct linker *linker, const struct node *node, const struct secret_words *words,
                            const struct error *err)
{
    if (err->sys_errno == EACCES && linker->environment->purpose == CONFIG_FOR_CHECK)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(node), "%s; the %s is not checked here",
                       err->text, words->noun);
    else
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(node), "%s", err->text);
}

bool link_secret(struct linker *linker, const struct node *node, const struct secret_draft *draft,
                 const struct secret_words *words, struct secret_found *ret)
{
    struct error err = {.sys_errno = 0};
    *ret = (struct secret_found){.path = NULL};
    ret->path = find_path(linker, node, draft, words, &ret->node);
    if (ret->path == NULL)
        return false;
    if (!secret_read(ret->path, &ret->text, &err)) {
        complain_unread(linker, ret->node, words, &err);
        return false;
    }
    if (ret->text.open_to_others && linker->open_keys++ == 0)
        linker->open_key = node_place(ret->node);
    return true;
}
