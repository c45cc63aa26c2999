/* SPDX-License-Identifier: MIT */
/*
 * Where: config, part of link.
 * What:  notifiers: one way of telling each, what that way needs, and of what it tells.
 * Why:   a message that cannot leave is noticed on the day on which it is wanted; so whatever can be seen before is
 *        seen here: a program that cannot be run, a URL that is none, an address with a line end in it, a notifier that
 *        nobody names.
 */
#include "config/link_secret.h"

#include "config/field.h"
#include "config/program.h"
#include "config/rows.h"
#include "config/url.h"

#include <string.h>
#include <unistd.h>

#define ALERTMANAGER_PATH "/api/v2/alerts"
#define SENDMAIL          "/usr/sbin/sendmail"

static void complain(struct linker *linker, enum complaint_level level, const struct node *node, const char *message)
{
    complaints_add(linker->complaints, level, node_place(node), "%s", message);
}

/* ---- which way --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *key;
    enum notifier_kind kind;
} ways[] = {{"slack", NOTIFIER_SLACK},
            {"alertmanager", NOTIFIER_ALERTMANAGER},
            {"exec", NOTIFIER_EXEC},
            {"email", NOTIFIER_EMAIL},
            {"webhook", NOTIFIER_WEBHOOK}};

/* 0 after a complaint. */
static enum notifier_kind find_way(struct linker *linker, const struct pair *pair)
{
    uint32_t found = 0;
    enum notifier_kind kind = 0;
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++)
        if (node_find(pair->value, ways[i].key) != NULL) {
            found++;
            kind = ways[i].kind;
        }
    if (found == 1)
        return kind;
    complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(pair->key),
                   "notifier '%s' takes one of slack, alertmanager, exec, email and webhook",
                   foreign(pair->key->as.text).text);
    return 0;
}

/* ---- what each needs --------------------------------------------------------------------------------------------- */

/* `tail` is put behind the path. */
static void take_url(struct linker *linker, const struct url *url, const char *tail, const char *kept,
                     struct post_settings *ret)
{
    if (kept == NULL) {
        size_t length = strlen(url->text);
        while (tail[0] != '\0' && length > 0 && url->text[length - 1] == '/')
            length--;
        size_t size = length + strlen(tail) + 1;
        char *whole = arena_take(linker->arena, size);
        struct text out = text_over(whole, size);
        text_add_bytes(&out, url->text, length);
        text_add(&out, tail);
        kept = whole;
    }
    ret->url = kept;
    ret->host = link_copy(linker, url->host);
    ret->port = url->port;
    ret->secure = url->secure;
    if (!address_parse(url->host, &ret->address, NULL))
        ret->address = (struct address){.family = ADDRESS_NONE};
}

/* A URL of the file, which the schema has judged. */
static void take_open_url(struct linker *linker, const char *text, const char *tail, const struct node *node,
                          struct post_settings *ret)
{
    struct url url;
    if (text == NULL || !url_parse(text, &url, NULL))
        return;
    if (tail[0] != '\0' && strchr(text, '?') != NULL)
        complain(linker, COMPLAINT_ERROR, node,
                 "the URL of an Alertmanager has no query; " ALERTMANAGER_PATH " is put behind its path");
    take_url(linker, &url, tail, NULL, ret);
}

/* What stands in the file up to its line end. */
static size_t line_length(const struct secret_text *text)
{
    size_t length = text->length;
    while (length > 0 && (text->bytes[length - 1] == '\n' || text->bytes[length - 1] == '\r'))
        length--;
    return length;
}

static void link_slack(struct linker *linker, const struct notifier_draft *draft, struct notifier_settings *ret)
{
    static const struct secret_words words = {.key = "slack", .noun = "URL"};
    struct secret_found found;
    struct url url;
    struct error err = {.sys_errno = 0};
    if (!link_secret(linker, draft->slack_node, &draft->slack, &words, &found))
        return;
    size_t length = line_length(&found.text);
    const char *kept = (const char *)secret_keep(linker->secrets, found.text.bytes, length);
    if (kept == NULL || memchr(kept, '\0', length) != NULL || !url_parse(kept, &url, &err))
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(found.node),
                       "'%s' holds no URL of a webhook alone%s%s", found.path, err.text[0] != '\0' ? ": " : "",
                       err.text);
    else if (!url.secure)
        complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(found.node),
                       "the URL in '%s' is a secret, and http sends it for all to read", found.path);
    if (kept != NULL && err.text[0] == '\0') {
        bool has_scheme = strncasecmp(kept, "http", 4) == 0 && strstr(kept, "://") != NULL;
        if (has_scheme)
            take_url(linker, &url, "", kept, &ret->post);
        else
            complain(linker, COMPLAINT_ERROR, found.node, "the URL of a webhook begins with https://");
    }
    explicit_bzero(&url, sizeof(url));
    secret_wipe(&found.text);
}

static void link_webhook(struct linker *linker, const struct notifier_draft *draft, struct notifier_settings *ret)
{
    static const struct secret_words words = {.key = "secret", .noun = "secret"};
    const struct webhook_draft *webhook = &draft->webhook;
    struct secret_found found;
    take_open_url(linker, webhook->url, "", webhook->url_node, &ret->post);
    if (webhook->secret_node == NULL || !link_secret(linker, webhook->secret_node, &webhook->secret, &words, &found))
        return;
    size_t length = line_length(&found.text);
    ret->secret = secret_keep(linker->secrets, found.text.bytes, length);
    ret->secret_length = ret->secret != NULL ? (uint16_t)length : 0;
    if (ret->secret == NULL)
        complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(found.node),
                       "'%s' holds no secret of 1 to %d octets", found.path, SECRET_OCTETS_MAX - 1);
    secret_wipe(&found.text);
}

static void link_program(struct linker *linker, const struct node *node, struct notifier_settings *ret)
{
    program_check(node, false, linker->complaints);
    ret->argc = link_item_count(node);
    const char **argv = arena_take(linker->arena, (ret->argc + (size_t)1) * sizeof(*argv));
    for (uint32_t i = 0; i < ret->argc; i++)
        argv[i] = link_copy(linker, link_item(node, i)->as.text);
    ret->argv = argv;
}

/* What can stand in a To header as it is, and is no list. */
static bool is_mail_address(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-@";
    const char *at = strchr(text, '@');
    return text[0] != '\0' && text[0] != '-' && text[0] != '@' && strspn(text, letters) == strlen(text) &&
           (at == NULL || (at[1] != '\0' && strchr(at + 1, '@') == NULL));
}

static void link_email(struct linker *linker, const struct node *node, struct notifier_settings *ret)
{
    ret->argc = link_item_count(node);
    const char **addresses = arena_take(linker->arena, (ret->argc + (size_t)1) * sizeof(*addresses));
    for (uint32_t i = 0; i < ret->argc; i++) {
        const struct node *item = link_item(node, i);
        addresses[i] = link_copy(linker, item->as.text);
        if (!is_mail_address(item->as.text))
            complaints_add(linker->complaints, COMPLAINT_ERROR, node_place(item),
                           "'%s' is no mail address; write one as hostmaster@example.com, or the name of a user here",
                           foreign(item->as.text).text);
    }
    ret->argv = addresses;
    if (ret->argc == 0 && node->kind == NODE_LIST)
        complain(linker, COMPLAINT_ERROR, node, "'email' is an empty list; nobody would get the mail");
    if (access(SENDMAIL, X_OK) != 0)
        complain(linker, COMPLAINT_WARNING, node,
                 SENDMAIL " is not there: a mail server that brings it is needed to "
                          "send mail, as msmtp-mta");
}

static uint32_t link_events(const struct node *node)
{
    const struct field_rule rule = {.kind = FIELD_WORD, .words = notify_words};
    uint32_t events = 0;
    for (uint32_t i = 0; i < link_item_count(node); i++) {
        union field_value value;
        struct error err;
        if (field_read(&rule, link_item(node, i)->as.text, &value, &err))
            events |= NOTIFY_BIT((uint32_t)value.number);
    }
    return node == NULL ? NOTIFY_USUAL : events;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void link_way(struct linker *linker, const struct notifier_draft *draft, struct notifier_settings *ret)
{
    switch (ret->kind) {
    case NOTIFIER_SLACK:
        link_slack(linker, draft, ret);
        return;
    case NOTIFIER_ALERTMANAGER:
        take_open_url(linker, draft->alertmanager, ALERTMANAGER_PATH, draft->alertmanager_node, &ret->post);
        return;
    case NOTIFIER_EXEC:
        link_program(linker, draft->exec, ret);
        return;
    case NOTIFIER_EMAIL:
        if (draft->email != NULL)
            link_email(linker, draft->email, ret);
        return;
    case NOTIFIER_WEBHOOK:
        link_webhook(linker, draft, ret);
        return;
    }
}

static void link_notifier(struct linker *linker, const struct pair *pair)
{
    struct notifier_settings *notifier = list_add(&linker->notifiers);
    struct notifier_draft draft = {0};
    const struct owner owner = {.what = "notifier", .name = pair->key->as.text, .place = node_place(pair->key)};
    notifier->name = link_copy(linker, pair->key->as.text);
    (void)link_name_is_good(linker, pair->key, "notifier", 64);
    if (pair->value->kind == NODE_MAPPING)
        schema_read(&notifier_table, pair->value, &owner, &draft, linker->complaints);
    notifier->kind = find_way(linker, pair);
    notifier->events = link_events(draft.on);
    link_way(linker, &draft, notifier);
}

void link_notifiers(struct linker *linker)
{
    const struct node *section = linker->sections->notify;
    for (uint32_t i = 0; section != NULL && i < section->count; i++)
        link_notifier(linker, &section->as.pairs[i]);
    for (uint32_t i = 0; section != NULL && i < linker->notifiers.count; i++) {
        bool named = false;
        for (uint32_t nth = 0; nth < linker->routes.count; nth++)
            named = named || *(const uint32_t *)list_at(&linker->routes, nth) == i;
        if (!named && linker->records.count > 0)
            complaints_add(linker->complaints, COMPLAINT_WARNING, node_place(section->as.pairs[i].key),
                           "no record names notifier '%s' in its 'notify', nor does 'defaults': it hears of this host "
                           "alone",
                           foreign(section->as.pairs[i].key->as.text).text);
    }
}

void link_routes(struct linker *linker, const struct node *node, struct record_settings *ret)
{
    if (node != NULL && node == linker->routed) {
        ret->route_first = linker->routed_first;
        ret->route_count = linker->routes.count - linker->routed_first;
        return;
    }
    linker->routed = node;
    linker->routed_first = ret->route_first = linker->routes.count;
    for (uint32_t i = 0; i < link_item_count(node); i++) {
        uint32_t number = link_reference(linker, linker->notifier_names, link_item(node, i), "notifier");
        bool listed = number == ID_NONE;
        for (uint32_t nth = ret->route_first; nth < linker->routes.count; nth++)
            listed = listed || *(const uint32_t *)list_at(&linker->routes, nth) == number;
        if (!listed)
            *(uint32_t *)list_add(&linker->routes) = number;
    }
    ret->route_count = linker->routes.count - ret->route_first;
}
