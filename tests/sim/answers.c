/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, over zone and mail alone.
 * What:  see answers.h.
 */
#include "answers.h"

#include "base/attributes.h"
#include "base/text.h"
#include "mail.h"
#include "world.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWNER     UINT64_C(0x4be1c0de77aa0912)
#define WORDS_MAX 5
#define WORD_MAX  256

struct script {
    struct world world; /* of which nothing but settings and nodes is looked at */
    struct settings settings;
    struct record_settings record;
    struct zone_settings zone;
    struct server_settings server;
    struct nodes nodes;
    uint32_t ttl_s;
    uint8_t packed[4][WORD_MAX];
};

static void die(const char *words, const char *what)
{
    fprintf(stderr, "sim: %s: '%s'\n", words, what);
    exit(2);
}

static void put(struct script *script, const char *address)
{
    struct address parsed;
    struct rr rr = {0};
    if (!address_parse(address, &parsed, NULL))
        die("no address", address);
    address_rr(&parsed, &rr);
    rr.name = name_of_owner(0);
    rr.class = CLASS_IN;
    rr.ttl_s = 30;
    node_put(&script->nodes.items[rr.name], &rr);
}

static void begin(struct script *script)
{
    script->record.type_count = 2;
    script->record.types[0] = RRTYPE_A;
    script->record.types[1] = RRTYPE_AAAA;
    script->settings = (struct settings){.records = &script->record,
                                         .zones = &script->zone,
                                         .servers = &script->server,
                                         .record_count = 1,
                                         .zone_count = 1,
                                         .server_count = 1};
    script->world.settings = &script->settings;
    script->ttl_s = 30;
    nodes_init(&script->nodes, 2);
    put(script, "192.0.2.1");
    put(script, "2001:db8::1");
}

/* "192.0.2.1,2001:db8::1" or "-", into rooms `first` and `first + 1`. */
static void read_sets(struct script *script, const char *word, uint32_t first, struct rrset sets[2])
{
    for (uint32_t t = 0; t < 2; t++) {
        struct rrset_builder builder = rrset_builder_over(script->record.types[t], script->ttl_s,
                                                          script->packed[first + t], WORD_MAX);
        for (const char *at = word; strcmp(word, "-") != 0 && *at;) {
            char one[ADDRESS_TEXT_MAX];
            struct address address;
            int length = (int)strcspn(at, ",");
            snprintf(one, sizeof one, "%.*s", length, at);
            if (!address_parse(one, &address, NULL))
                die("no address", one);
            if ((address.family == ADDRESS_V4) == (t == 0))
                rrset_add_address(&builder, &address);
            at += length + (at[length] == ',');
        }
        if (!rrset_pack(&builder, &sets[t]))
            die("too many addresses", word);
    }
}

static struct marker read_marker(const char *word)
{
    struct marker marker = {.owner = OWNER};
    if (sscanf(word, "%" SCNu64 ":%" SCNx64 ":%" SCNx64, &marker.epoch, &marker.nonce, &marker.owner) < 2)
        die("no marker", word);
    return marker;
}

static void tell_zone(struct script *script)
{
    struct contents contents;
    uint8_t storage[CONTENTS_STORAGE];
    struct observed seen;
    char words[512];
    struct text text = text_over(words, sizeof words);
    script->record.ownership = OWNERSHIP_MARKER;
    contents_of_nodes(&script->settings, &script->nodes, 0, &contents);
    contents_show(&script->record, &contents, storage, &seen);
    for (uint32_t t = 0; t < 2; t++) {
        text_add(&text, t > 0 ? ", " : "");
        rrset_format(&seen.sets[t], &text);
        if (seen.sets[t].count > 0)
            text_addf(&text, " ttl %" PRIu32, seen.sets[t].ttl_s);
    }
    printf("sets=(%s) marker=", words);
    if (seen.form == MARKER_FORM_ONE)
        printf("%" PRIu64 ":%" PRIx64 "\n", seen.marker.epoch, seen.marker.nonce);
    else
        printf("%s\n", seen.form == MARKER_FORM_NONE ? "none" : "foreign");
}

static void send_plan(struct script *script, char words[WORDS_MAX][WORD_MAX])
{
    bool bare = strncmp(words[0], "bare:", 5) == 0;
    const char *name = words[0] + (bare ? 5 : 0);
    struct plan plan = {.kind = PLAN_ASSERT, .bare = bare, .has_old = strcmp(words[3], "-") != 0};
    while (plan.kind <= PLAN_TAKE_OVER && strcmp(plan_kind_name(plan.kind), name) != 0)
        plan.kind++;
    if (plan.kind > PLAN_TAKE_OVER)
        die("no kind of plan", words[0]);
    read_sets(script, words[1], 0, plan.expect);
    read_sets(script, words[2], 2, plan.publish);
    if (plan.has_old)
        plan.old = read_marker(words[3]);
    if (strcmp(words[4], "-") != 0)
        plan.fresh = read_marker(words[4]);
    const struct batch_member member = {.record = 0, .plan = &plan};
    const struct batch_view batch = {.zone = 0, .count = 1, .members = &member};
    struct message message = {0};
    script->record.ownership = bare ? OWNERSHIP_NONE : OWNERSHIP_MARKER;
    mail_write(&script->world, &message, 0, &batch);
    enum rcode rcode = zone_judge_prerequisites(&script->nodes, &message.prerequisites);
    if (rcode == RCODE_NOERROR)
        (void)zone_update(&script->nodes, &message.updates);
    printf("send %d\n", (int)rcode);
    mail_done(&message);
}

int answers_run(const char *path)
{
    static struct script script;
    char line[1024], words[WORDS_MAX][WORD_MAX];
    FILE *file = fopen(path, "r");
    if (!file)
        die("no such script", path);
    begin(&script);
    while (fgets(line, sizeof line, file)) {
        int count = sscanf(line, "%255s %255s %255s %255s %255s", words[0], words[1], words[2], words[3], words[4]);
        if (count == 1 && strcmp(words[0], "read") == 0)
            tell_zone(&script);
        else if (count == 2 && strcmp(words[0], "ttl-is") == 0)
            script.ttl_s = (uint32_t)strtoul(words[1], NULL, 10);
        else if (count == WORDS_MAX)
            send_plan(&script, words);
        else
            die("no command", line);
    }
    fclose(file);
    nodes_done(&script.nodes);
    return 0;
}
