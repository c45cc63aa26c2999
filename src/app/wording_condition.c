/* SPDX-License-Identifier: MIT */
/*
 * Where: app, behind wording.
 * What:  what an update was for; what keeps a record from being written, and what ends that, in words.
 * Why:   a stopped record fails nothing over: the line must say at once what a person can do about it, with nothing
 *        but the tools that are there.
 */
#include "app/wording.h"

#include <inttypes.h>
#include <string.h>

/* "no", and names of types: all but the data in "A 192.0.2.1 192.0.2.2, no AAAA". */
static bool is_grammar(const char *word, size_t length)
{
    static const char *const known[] = {"no", "A", "AAAA", "CNAME"};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (strlen(known[i]) == length && memcmp(known[i], word, length) == 0)
            return true;
    return false;
}

/* The data of such a text, as a command takes it. */
static void add_data(struct text *out, const char *sets)
{
    bool any = false;
    while (*sets != '\0') {
        size_t length = strcspn(sets, " ,");
        if (length > 0 && !is_grammar(sets, length)) {
            text_addf(out, "%s%.*s", any ? "," : "", (int)length, sets);
            any = true;
        }
        sets += length + strspn(sets + length, " ,");
    }
    text_add(out, any ? "" : "SET");
}

/* "repointctl adopt www.example.com --expect 192.0.2.10": what ends most of it, once somebody has looked. */
static void add_adopt(struct text *out, const struct record_settings *record, const char *seen)
{
    text_addf(out, "repointctl adopt %s --expect ", record->id);
    add_data(out, seen);
    text_add(out, " goes on from there");
}

static void add_foreign(struct text *out, const struct record_settings *record, const char *seen, const char *sets,
                        bool marker_is_foreign)
{
    char marker[DNAME_TEXT_MAX];
    dname_format(&record->marker, marker);
    if (marker_is_foreign) {
        text_addf(out,
                  "cannot be marked as ours, %s (TXT) holds something else: watched, not written; remove that, then ",
                  marker);
    } else {
        text_addf(out, "holds what is no target's (%s): watched, not written; ", seen);
    }
    add_adopt(out, record, seen);
    if (!marker_is_foreign)
        text_addf(out, "; or put %s there, or correct the configuration and reload, and adopt that", sets);
}

static void add_owner(struct text *out, const struct record_settings *record, const struct notice *notice)
{
    text_addf(out,
              "is owned by %016" PRIx64 " (epoch %" PRIu64 "): watched, not written; if that daemon is gone for "
              "good: repointctl take-over %s --owner %016" PRIx64 " --epoch %" PRIu64,
              notice->owner, notice->epoch, record->id, notice->owner, notice->epoch);
}

/*
 * What ends it: a record whose marker is ours goes on by itself once the zone holds again what we wrote last; any
 * other waits for an operator's word. At the first read after a start it would be judged anew, but a reload is no
 * start: of a record without a marker it only takes in that it may be created now.
 */
static void add_condition(struct text *out, const struct record_settings *record, const struct words *words,
                          const struct notice *notice)
{
    const bool cname = settings_is_cname(record);
    const char *what = cname ? "host name" : "addresses";
    const char *target_sets = cname ? "the host name of one target" : "the addresses of one target";
    const char *sets = words->value[WORD_SETS] ? words->value[WORD_SETS] : target_sets;
    const char *seen = words->value[WORD_DETAIL] ? words->value[WORD_DETAIL] : "not what was expected";
    const char *conflict = condition_name(notice->condition);
    switch (notice->condition) {
    case CONDITION_OK:
    case CONDITION_UNREAD:
    case CONDITION_OFF:
    case CONDITION_COUNT:
        text_add(out, condition_sentence(notice->condition));
        return;
    case CONDITION_MISSING:
        text_addf(out, "does not exist: watched, not written; set create: yes and reload, or add it with %s, then ",
                  target_sets);
        add_adopt(out, record, "");
        return;
    case CONDITION_UNOWNED:
        text_add(out, "has no ownership marker: watched, not written; ");
        break;
    case CONDITION_FOREIGN:
        add_foreign(out, record, seen, sets, notice->marker_is_foreign);
        return;
    case CONDITION_FOREIGN_CHANGE:
        if (record->ownership == OWNERSHIP_NONE)
            text_addf(out, "was changed by someone else (%s): left alone, for it has no marker (ownership: none); ",
                      seen);
        else
            text_addf(out, "was changed by someone else (%s): left alone until %s is put back, or ", seen, sets);
        break;
    case CONDITION_OTHER_OWNER:
        add_owner(out, record, notice);
        return;
    case CONDITION_OCCLUDED:
        text_addf(out, "%s DNAME, wildcard or delegation: watched, not written until that is removed",
                  cname ? "has addresses at its name, or is hidden by a" : "is hidden by a CNAME,");
        return;
    case CONDITION_PARTIAL:
        text_addf(out,
                  "%s: the new marker is there without the new %s (%s); look for what changed that (a policy script of "
                  "PowerDNS?), then ",
                  conflict, what, seen);
        break;
    case CONDITION_CLONE:
        text_addf(out, "%s: another process writes with this owner id; stop it, then ", conflict);
        break;
    case CONDITION_ROLLBACK:
        text_addf(out,
                  "%s: marker epoch %" PRIu64 " is older than %" PRIu64
                  ", which was published; was the zone restored from a backup? check it, then ",
                  conflict, notice->epoch, notice->epoch_known);
        break;
    case CONDITION_INCONSISTENT:
        text_addf(out,
                  "%s: the server shows one thing and updates another; do its views differ for queries and updates, or "
                  "is it a secondary that forwards them and lags? goes on by itself once they agree",
                  conflict);
        return;
    case CONDITION_CONFLICT:
        text_addf(out, "%s: somebody else changed it twice while it was to be switched (%s); find out who, then ",
                  conflict, seen);
        break;
    }
    add_adopt(out, record, seen);
}

/* Put back, or how it will be, or left alone. */
static void add_change(struct text *out, const struct settings *settings, const struct words *words,
                       const struct notice *notice)
{
    const char *detail = words->value[WORD_DETAIL], *sets = words->value[WORD_SETS];
    const bool bare = settings->records[notice->record].ownership == OWNERSHIP_NONE;
    const bool restores = settings->safety.foreign_change == FOREIGN_CHANGE_RESTORE && !bare;
    if (notice->plan == PLAN_SWITCH) {
        text_add(out, "put back (foreign-change: restore)");
        return;
    }
    if (restores)
        text_add(out, "not put back yet (foreign-change: restore)");
    else
        text_add(out, "left alone (foreign-change: hold)");
    if (!restores && sets && !bare)
        text_addf(out, " until %s is put back", sets);
    if (!detail)
        return;
    /* without a marker, to put it back tells nobody anything */
    text_add(out, bare ? "; even if it is put back, for it has no marker (ownership: none); " : "; ");
    add_adopt(out, &settings->records[notice->record], detail);
}

/* Who gave the command. */
static const char *operator_of(const struct words *words)
{
    return words->value[WORD_USER] ? words->value[WORD_USER] : "an operator";
}

void wording_of_update(struct words *words, const struct notice *notice)
{
    const char *to = words->value[WORD_TO] ? words->value[WORD_TO] : "?";
    const char *values = words->value[WORD_TO_VALUES] ? words->value[WORD_TO_VALUES] : "?";
    const char *from = words->value[WORD_FROM] ? words->value[WORD_FROM] : "none";
    bool owned = notice->kind == NOTICE_OWNED;
    if (notice->plan == PLAN_CREATE)
        words_set(words, WORD_HOW, "%s: %s %s", owned ? "created" : "creation", to, values);
    else if (notice->plan == PLAN_ADOPT && notice->command != 0)
        words_set(words, WORD_HOW, "adopted by %s, answer left as it is: %s %s", operator_of(words), to, values);
    else if (notice->plan == PLAN_ADOPT)
        words_set(words, WORD_HOW, "%s: %s %s", owned ? "adopted, answer left as it is" : "marker of adoption", to,
                  values);
    else if (notice->plan == PLAN_TAKE_OVER)
        words_set(words, WORD_HOW, "taken over by %s, answer left as it is: %s %s", operator_of(words), to, values);
    else if (notice->plan == PLAN_TTL)
        words_set(words, WORD_HOW, "TTL of %s %s", to, values);
    else if (owned)
        words_set(words, WORD_HOW, "published: %s %s", to, values);
    else
        words_set(words, WORD_HOW, "%s -> %s (%s)", from, to, values);
}

void wording_of_condition(struct words *words, const struct settings *settings, const struct notice *notice)
{
    if (notice->record >= settings->record_count)
        return;
    char storage[768];
    struct text text = text_over(storage, sizeof storage);
    if (notice->kind == NOTICE_OWNED && notice->plan == PLAN_DISOWN)
        text_addf(&text, "is nobody's now: our marker was removed, answer left as it is (disowned by %s)",
                  operator_of(words));
    else if (notice->kind == NOTICE_OWNED && settings->records[notice->record].ownership == OWNERSHIP_NONE)
        text_addf(&text, "is ours from now on, without a marker (%s)",
                  words->value[WORD_HOW] ? words->value[WORD_HOW] : "published");
    else if (notice->kind == NOTICE_OWNED)
        text_addf(&text, "is ours now: marker written, epoch %" PRIu64 " (%s)", notice->epoch,
                  words->value[WORD_HOW] ? words->value[WORD_HOW] : "published");
    else if (notice->kind == NOTICE_FOREIGN_CHANGE)
        add_change(&text, settings, words, notice);
    else
        add_condition(&text, &settings->records[notice->record], words, notice);
    words_set(words, WORD_STATE, "%s", text.bytes);
}
