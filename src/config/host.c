/* SPDX-License-Identifier: MIT */
/*
 * Where: config, under field and url.
 * What:  letters, digits, hyphens and underscores; and no number where the top-level domain stands.
 */
#include "config/host.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

#define HOST_MAX  253
#define LABEL_MAX 63

static bool refuse(struct error *err, const char *text, const char *what)
{
    char shown[ERROR_TEXT_MAX / 2];
    struct text out = text_over(shown, sizeof(shown));
    text_add_foreign(&out, text, strlen(text));
    error_set(err, ERROR_SYNTAX, "'%s' %s", shown, what);
    return false;
}

static bool is_number(const char *label, size_t length)
{
    if (length >= 2 && strncasecmp(label, "0x", 2) == 0)
        return strspn(label + 2, "0123456789abcdefABCDEF") >= length - 2;
    return strspn(label, "0123456789") >= length;
}

bool host_name_check(const char *text, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '.')
        length--;
    if (length == 0)
        return refuse(err, text, "is neither an address nor a host name");
    if (length > HOST_MAX)
        return refuse(err, text, "is longer than a host name can be");
    const char *label = text;
    for (;;) {
        size_t size = strspn(label, letters);
        const char *end = label + size;
        if (size == 0 || size > LABEL_MAX || (*end != '.' && *end != '\0'))
            return refuse(err, text, "is neither an address nor a host name");
        if (end == text + length) {
            if (is_number(label, size))
                return refuse(err, text,
                              "is neither an address nor a host name; an IPv4 address has four numbers with dots");
            return true;
        }
        label = end + 1;
    }
}
