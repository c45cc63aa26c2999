/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link_checks.
 * What:  how TLS is done: whom to trust, what to show, which version.
 * Why:   a file that is missing would make every probe a failure of the target; it is an error before the first one.
 */
#include "config/link_look.h"

#include "config/files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *link_file(struct linker *linker, const struct node *node, const char *text, const char *unchecked)
{
    const char *path = files_beside(node, text, linker->arena);
    if (access(path, R_OK) == 0)
        return path;
    bool is_warning = errno == EACCES && linker->environment->purpose == CONFIG_FOR_CHECK;
    struct error err;
    error_set_errno(&err, errno, "'%s' cannot be read", path);
    complaints_add(linker->complaints, is_warning ? COMPLAINT_WARNING : COMPLAINT_ERROR, node_place(node), "%s%s",
                   err.text, is_warning ? unchecked : "");
    return path;
}

void link_tls(struct linker *linker, const struct tls_draft *draft, struct tls_settings *ret)
{
    ret->verify = draft->verify;
    ret->sni = link_copy(linker, draft->sni);
    ret->version_least = (uint16_t)draft->version_least;
    if (draft->ca != NULL && strcmp(draft->ca, "system") != 0)
        ret->ca = link_file(linker, draft->ca_node, draft->ca, "; the certificates are not checked here");
    if (draft->certificate != NULL)
        ret->certificate = link_file(linker, draft->certificate_node, draft->certificate,
                                     "; the client certificate is not checked here");
    if (draft->key != NULL)
        ret->key = link_file(linker, draft->key_node, draft->key, "; the key is not checked here");
    if ((draft->certificate != NULL) != (draft->key != NULL))
        complaints_add(linker->complaints, COMPLAINT_ERROR,
                       node_place(draft->key != NULL ? draft->key_node : draft->certificate_node),
                       draft->key != NULL ? "'key' is nothing without a 'certificate'"
                                          : "'certificate' needs the 'key' that belongs to it");
}
