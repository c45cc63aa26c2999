/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside the commands.
 * What:  from the words of a command line that is being typed to what could come next.
 * Why:   the usage line of each command says already what stands where: NAME, CHECK, LABEL|ADDRESS. It is read here as
 *        people read it, and each of its words has one row that says where the names come from.
 */
#include "ctl/complete.h"

#include "app/protocol.h"
#include "base/attributes.h"
#include "base/names.h"
#include "ctl/ask.h"
#include "ctl/rows.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_S 2

/* What has been typed: the words before the last one, and that. */
struct typing {
    const struct command_row *command; /* NULL: not yet, or there is none of that name */
    bool lost;                         /* the latter */
    const struct option_row *option;   /* whose value the last word is; NULL: of none */
    const char *first;                 /* argument; NULL: none yet */
    uint32_t count;                    /* of arguments */
    const char *word;                  /* the last; of --name=value the value */
    const char *before;                /* "--name=" where that is so, by the whole word */
    size_t before_length;
};

struct offers {
    const struct typing *typing;
    complete_status_fn *status;
    void *ctx;
    struct names *seen;
    FILE *out;
};

/* ---- offering ---- */

/* A shell reads what is put in: a label with a blank, a quote or a dollar sign is for whoever types it himself. */
static bool is_plain(const char *words)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:,/@%+";
    return words[0] && strspn(words, plain) == strlen(words);
}

static void offer(struct offers *offers, const char *words)
{
    const struct typing *typing = offers->typing;
    if (strncmp(words, typing->word, strlen(typing->word)) != 0 || !is_plain(words) ||
        !names_add(offers->seen, words, 0, NULL))
        return;
    fprintf(offers->out, "%.*s%s\n", (int)typing->before_length, typing->before, words);
}

static void offer_options(struct offers *offers, unsigned bits)
{
    for (size_t i = 0; i < option_count; i++) {
        char words[64];
        (void)snprintf(words, sizeof words, "--%s", option_rows[i].name);
        if (option_rows[i].bit & bits)
            offer(offers, words);
    }
}

/* ---- names that the daemon knows; each is called with every target of every record ---- */

typedef void collect_fn(struct offers *offers, const json_t *record, const json_t *target);

static void collect_record(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)target;
    offer(offers, ask_string(record, "record"));
}

static void collect_check(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)record;
    offer(offers, ask_string(target, "check"));
}

static void collect_role(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)record;
    offer(offers, ask_string(target, "role"));
}

static void collect_label(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)record;
    offer(offers, ask_string(target, "label"));
}

static void collect_target(struct offers *offers, const json_t *record, const json_t *target)
{
    collect_role(offers, record, target);
    collect_label(offers, record, target);
}

static void collect_address(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)record;
    size_t index;
    const json_t *address;
    json_array_foreach(json_object_get(target, "addresses"), index, address)
        offer(offers, ask_string(address, "address"));
}

/* All addresses of a target: what stands there is mostly one target's. */
static void collect_set(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)record;
    char storage[1024];
    struct text set = text_over(storage, sizeof storage);
    size_t index;
    const json_t *address;
    json_array_foreach(json_object_get(target, "addresses"), index, address)
        text_addf(&set, "%s%s", index ? "," : "", ask_string(address, "address"));
    if (!set.truncated)
        offer(offers, set.bytes);
}

static void collect_owner(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)target;
    offer(offers, ask_string(json_object_get(record, "marker"), "owner"));
}

static void collect_epoch(struct offers *offers, const json_t *record, const json_t *target)
{
    (void)target;
    const json_t *epoch = json_object_get(json_object_get(record, "marker"), "epoch");
    char words[32];
    (void)snprintf(words, sizeof words, "%" JSON_INTEGER_FORMAT, json_integer_value(epoch));
    if (epoch)
        offer(offers, words);
}

/* ---- the words of usage lines ---- */

static const struct kind {
    const char *word;
    const char *fixed;   /* what there always is, with blanks between */
    collect_fn *collect; /* what the daemon knows */
    bool of_all;         /* not only of the record or check that the first argument names */
} kinds[] = {
    {"NAME", NULL, collect_record, true},
    {"CHECK", NULL, collect_check, true},
    {"ADDRESS", NULL, collect_address, false},
    {"LABEL", NULL, collect_label, false},
    {"ROLE", NULL, collect_role, false},
    {"TARGET", NULL, collect_target, false},
    {"SET", NULL, collect_set, false},
    {"O", NULL, collect_owner, false},
    {"E", NULL, collect_epoch, false},
    {"LEVEL", "error warning notice info debug", NULL, false},
    {"WHEN", "auto always never", NULL, false},
    {"NOTIFIER", NULL, NULL, false}, /* the status does not tell them */
    {"TIME", NULL, NULL, false},
    {"TEXT", NULL, NULL, false},
    {"PATH", NULL, NULL, false}, /* the shell knows its files */
};

static const struct kind *kind_of(const char *word, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (strlen(kinds[i].word) == length && strncmp(kinds[i].word, word, length) == 0)
            return &kinds[i];
    return NULL;
}

bool complete_knows(const char *word, size_t length)
{
    return kind_of(word, length) != NULL;
}

static void offer_fixed(struct offers *offers, const char *words, size_t length)
{
    char one[64];
    struct text text = text_over(one, sizeof one);
    text_add_bytes(&text, words, length);
    offer(offers, text.bytes);
}

static void offer_known(struct offers *offers, const struct kind *kind)
{
    const char *first = kind->of_all ? NULL : offers->typing->first;
    const json_t *records = json_object_get(offers->status(offers->ctx), "records"), *record, *target;
    size_t i, k;
    json_array_foreach(records, i, record)
    {
        json_array_foreach(json_object_get(record, "targets"), k, target)
        {
            if (!first || strcmp(first, ask_string(record, "record")) == 0 ||
                strcmp(first, ask_string(target, "check")) == 0)
                kind->collect(offers, record, target);
        }
    }
}

/* One of the words between bars: a kind, or itself. */
static void offer_word(struct offers *offers, const char *word, size_t length)
{
    const struct kind *kind = kind_of(word, length);
    if (!kind && word[0] >= 'a' && word[0] <= 'z')
        offer_fixed(offers, word, length);
    for (const char *fixed = kind && kind->fixed ? kind->fixed : ""; *fixed; fixed += strspn(fixed, " ")) {
        size_t size = strcspn(fixed, " ");
        offer_fixed(offers, fixed, size);
        fixed += size;
    }
    if (kind && kind->collect)
        offer_known(offers, kind);
}

/*
 * The word of a usage line where that argument stands, NULL where none does. Options are passed over, with their
 * values; what follows a bar that stands alone is another way to say it.
 */
static const char *slot_of(const char *usage, uint32_t place)
{
    bool value = false;
    for (const char *word = usage + strspn(usage, " ["); *word; word += strspn(word, " [")) {
        size_t length = strcspn(word, " ");
        if (length == 1 && word[0] == '|')
            return NULL;
        if (strncmp(word, "--", 2) == 0) {
            const struct option_row *row = rows_find_option(word, 2 + strcspn(word + 2, " =[]"));
            value = row && row->value && row->value[0] != '[';
        } else if (value) {
            value = false;
        } else if (place == 0 || (length > 3 && strncmp(word + strcspn(word, ". "), "...", 3) == 0)) {
            return word;
        } else {
            place--;
        }
        word += length;
    }
    return NULL;
}

static void offer_argument(struct offers *offers)
{
    const struct typing *typing = offers->typing;
    const char *word = slot_of(typing->command->arguments, typing->count);
    if (!word)
        offer_options(offers, typing->command->options);
    while (word) {
        size_t length = strcspn(word, " |].");
        offer_word(offers, word, length);
        word = word[length] == '|' ? word + length + 1 : NULL;
    }
}

/* ---- the whole ---- */

static void take_word(struct typing *typing, const char *word)
{
    if (typing->option) {
        typing->option = NULL;
    } else if (word[0] == '-' && word[1]) {
        const struct option_row *row = rows_find_option(word, strcspn(word, "="));
        typing->option = row && row->value && row->value[0] != '[' && !strchr(word, '=') ? row : NULL;
    } else if (!typing->command) {
        typing->command = rows_find(word);
        typing->lost = !typing->command;
    } else {
        typing->first = typing->first ? typing->first : word;
        typing->count++;
    }
}

/* The last one; where it is --name=value, that option's value is what is being typed. */
static void take_last(struct typing *typing, const char *word)
{
    const char *equals = !typing->option && strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    typing->word = equals ? equals + 1 : word;
    typing->before = word;
    typing->before_length = equals ? (size_t)(equals + 1 - word) : 0;
    if (equals)
        typing->option = rows_find_option(word, (size_t)(equals - word));
}

void complete_words(const char *const *words, uint32_t count, complete_status_fn *status, void *ctx, FILE *out)
{
    struct typing typing = {0};
    for (uint32_t i = 0; i + 1 < count; i++)
        take_word(&typing, words[i]);
    take_last(&typing, count > 0 ? words[count - 1] : "");
    struct offers offers = {.typing = &typing, .status = status, .ctx = ctx, .seen = names_new(), .out = out};
    if (typing.option) {
        const char *value = typing.option->value ? typing.option->value : "";
        offer_word(&offers, value, strcspn(value, "]"));
    } else if (typing.word[0] == '-' && typing.before_length == 0) {
        offer_options(&offers, typing.command ? typing.command->options : OPTION_HELP | OPTION_VERSION);
    } else if (typing.command) {
        offer_argument(&offers);
    } else if (!typing.lost) {
        for (size_t i = 0; i < command_count; i++)
            offer(&offers, command_rows[i].name);
    }
    names_free(offers.seen);
}

/* ---- the daemon ---- */

struct question {
    struct invocation invocation;
    json_t *answer;
};

static void give_up(int number)
{
    (void)number;
    _exit(EXIT_CODE_OK);
}

/* Asked for only where names are wanted, and once. */
static const json_t *ask_for_status(void *ctx)
{
    struct question *question = ctx;
    struct client_answer answer = {0};
    struct error err = {0};
    int code;
    if (!question->answer) {
        (void)signal(SIGALRM, give_up);
        (void)alarm(PATIENCE_S);
        question->answer = ask_quietly(&question->invocation, PROTOCOL_PATH_STATUS, NULL, &answer, &code, &err);
        free(answer.body);
    }
    return question->answer;
}

int complete_command(const char *socket, uint32_t count, char **words)
{
    static struct question question;
    question.invocation.socket = socket;
    for (uint32_t i = 0; i + 2 < count; i++)
        if (strcmp(words[i], "--socket") == 0)
            question.invocation.socket = words[i + 1];
    complete_words((const char *const *)words, count, ask_for_status, &question, stdout);
    json_decref(question.answer);
    return EXIT_CODE_OK;
}
