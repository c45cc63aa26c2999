/* SPDX-License-Identifier: MIT */
/*
 * Where: app, a part of wording.
 * What:  which name server serves a change, how long after it, and what the others do instead.
 * Why:   who reads it wants to know where to look: at one that answers with old data, one that does not know the zone,
 *        or one that is silent.
 */
#include "app/wording.h"

#include <inttypes.h>

/* "192.0.2.53", with its port only where that is not the usual one. */
static void add_server(struct text *out, const struct endpoint *endpoint)
{
    char text[ENDPOINT_TEXT_MAX];
    if (endpoint->port == 53)
        address_format(&endpoint->address, text);
    else
        endpoint_format(endpoint, text);
    text_add(out, text);
}

static void add_delay(struct text *out, uint32_t ms)
{
    if (ms < 10000)
        text_addf(out, "%" PRIu32 ".%" PRIu32 " s", ms / 1000, ms % 1000 / 100);
    else
        text_add_duration(out, ms);
}

/* "127.0.0.1 after 0.0 s, 192.0.2.53 after 1.2 s" */
void wording_of_served(struct words *words, const struct verify *verify)
{
    char storage[512];
    struct text text = text_over(storage, sizeof storage);
    for (uint32_t i = 0; i < verify->count; i++) {
        text_add(&text, i == 0 ? "" : ", ");
        add_server(&text, &verify->places[i].endpoint);
        text_add(&text, " after ");
        add_delay(&text, verify->places[i].after_ms);
    }
    if (text.length)
        words_set(words, WORD_TEXT, "%s", text.bytes);
}

/*
 *   the name server                        said
 *   is not known: there is none            no name server of `verify` could be found
 *   gives no answer that can be used       192.0.2.53 does not say what it serves: timeout
 *   answers, not as one of the zone's      192.0.2.53 answers without authority for it (lame)
 *   has no address there                   192.0.2.53 serves no address
 *   has others                             192.0.2.53 still serves 192.0.2.10
 */
void wording_of_not_served(struct words *words, const struct notice *notice)
{
    if (notice->endpoint.address.family == ADDRESS_NONE) {
        words_set(words, WORD_TEXT, "no name server of 'verify' could be found");
        return;
    }
    char storage[ENDPOINT_TEXT_MAX];
    struct text server = text_over(storage, sizeof storage);
    add_server(&server, &notice->endpoint);
    words_set(words, WORD_ADDRESS, "%s", server.bytes);
    if (!notice->answered)
        words_set(words, WORD_TEXT, "%s does not say what it serves%s%s", server.bytes, notice->detail[0] ? ": " : "",
                  notice->detail);
    else if (!notice->authoritative)
        words_set(words, WORD_TEXT, "%s answers without authority for it (lame)", server.bytes);
    else if (notice->detail[0])
        words_set(words, WORD_TEXT, "%s still serves %s", server.bytes, notice->detail);
    else
        words_set(words, WORD_TEXT, "%s serves no address", server.bytes);
}
