/* SPDX-License-Identifier: MIT */
/*
 * Where: app, beside trends.
 * What:  what is known of hours and minutes as lines of text, there and back.
 * Why:   most targets were up for seven days on end: runs make them sixty octets where numbers would take five hundred,
 *        and a restart has to be quick.
 *
 *   repointd trends 1
 *   t ROLE RECORD HOUR RUN...      hours since 1970 of the last; a run is HOURS*UP/DOWN in shares, oldest first
 *   w CHECK PLACE MINUTE H H H H   minutes since 1970 of the last; a phase is its codes in hex, oldest first, or -
 *   end
 */
#include "app/trends_parts.h"

#include "base/names.h"
#include "base/parse.h"
#include "io/state_file.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD       "repointd trends 1"
#define LAST       "end"
#define LINE_MAX   8192
#define KEY_MAX    2048
#define HOURS_MOST 10000000 /* since 1970: more is no date */
#define HOUR_MS    3600000
#define SHARE_MS   (HOUR_MS / TRENDS_SHARES)

static const char digits[] = "0123456789abcdef";

/* ---- names ---- */

/* A name as one word: what is no visible ASCII, and %, becomes %XX. */
static void add_word(struct text *out, const char *name)
{
    if (!name[0])
        text_add(out, "%");
    for (; *name; name++) {
        uint8_t byte = (uint8_t)*name;
        if (byte <= ' ' || byte > '~' || byte == '%')
            text_addf(out, "%%%c%c", digits[byte >> 4], digits[byte & 15]);
        else
            text_add_bytes(out, name, 1);
    }
}

static void add_target_key(struct text *out, const struct settings *settings, uint32_t index)
{
    const struct target_settings *target = &settings->targets[index];
    add_word(out, target->role);
    text_add(out, " ");
    add_word(out, settings->records[target->record].id);
}

/* The same look at the same place; of a look that is a target's own that target, too. */
static void add_watch_key(struct text *out, const struct settings *settings, uint32_t index)
{
    char storage[KEY_MAX];
    struct text place = text_over(storage, sizeof storage);
    const struct watch_settings *watch = &settings->watches[index];
    settings_watch_format(settings, index, &place);
    if (watch->target != ID_NONE) {
        const struct target_settings *target = &settings->targets[watch->target];
        text_addf(&place, " of %s %s", settings->records[target->record].id, target->role);
    }
    add_word(out, settings->checks[watch->check].name);
    text_add(out, " ");
    add_word(out, place.bytes);
}

/* ---- writing ---- */

struct sheet {
    char *bytes;
    size_t length, room;
};

/* False: it would be more than is kept. */
static bool put_line(struct sheet *sheet, const struct text *line)
{
    size_t length = line->length + 1;
    if (line->truncated)
        return true;
    if (sheet->length + length + sizeof LAST > TRENDS_FILE_MOST)
        return false;
    if (sheet->length + length > sheet->room) {
        sheet->room = 2 * sheet->room + length + 4096;
        sheet->bytes = realloc(sheet->bytes, sheet->room);
        if (!sheet->bytes)
            abort();
    }
    assert(sheet->bytes != NULL);
    memcpy(sheet->bytes + sheet->length, line->bytes, line->length);
    sheet->bytes[sheet->length + line->length] = '\n';
    sheet->length += length;
    return true;
}

static void add_hours(struct text *line, const struct trend_target *of)
{
    struct trend_target closed = *of;
    trend_target_advance(&closed, of->hour + 1); /* as if it had just ended: its shares stand with the others */
    uint32_t run = 0, up = 0, down = 0;
    for (uint32_t hour = of->hour + 1 - TRENDS_HOURS + 1; hour <= of->hour + 1; hour++) {
        bool ends = hour == of->hour + 1;
        uint32_t place = hour % TRENDS_HOURS;
        if (run > 0 && (ends || closed.up[place] != up || closed.down[place] != down)) {
            text_addf(line, " %" PRIu32 "*%" PRIu32 "/%" PRIu32, run, up, down);
            run = 0;
        }
        up = closed.up[place], down = closed.down[place];
        run++;
    }
}

static void put_targets(struct sheet *sheet, const struct trends *trends)
{
    char storage[LINE_MAX];
    for (uint32_t i = 0; i < trends->settings->target_count; i++) {
        struct text line = text_over(storage, sizeof storage);
        if (trends->targets[i].hour < TRENDS_HOURS)
            continue;
        text_add(&line, "t ");
        add_target_key(&line, trends->settings, i);
        text_addf(&line, " %" PRIu32, trends->targets[i].hour);
        add_hours(&line, &trends->targets[i]);
        if (!put_line(sheet, &line))
            return;
    }
}

static void add_phase(struct text *line, const struct trend_watch *of, uint32_t phase)
{
    char hex[2 * TRENDS_MINUTES + 1];
    bool any = false;
    for (uint32_t i = 0; i < TRENDS_MINUTES; i++) {
        uint8_t code = of->slowest[phase][(of->minute + 1 + i) % TRENDS_MINUTES];
        hex[2 * i] = digits[code >> 4];
        hex[2 * i + 1] = digits[code & 15];
        any = any || code != 0;
    }
    hex[sizeof hex - 1] = '\0';
    text_add(line, " ");
    text_add(line, any ? hex : "-");
}

static void put_watches(struct sheet *sheet, const struct trends *trends)
{
    char storage[LINE_MAX];
    for (uint32_t i = 0; i < trends->settings->watch_count; i++) {
        struct text line = text_over(storage, sizeof storage);
        if (trends->watches[i].minute == 0)
            continue;
        text_add(&line, "w ");
        add_watch_key(&line, trends->settings, i);
        text_addf(&line, " %" PRIu32, trends->watches[i].minute);
        for (uint32_t phase = 0; phase < TREND_PHASES; phase++)
            add_phase(&line, &trends->watches[i], phase);
        if (!put_line(sheet, &line))
            return;
    }
}

static bool put_words(struct sheet *sheet, const char *words)
{
    char storage[64];
    struct text line = text_over(storage, sizeof storage);
    text_add(&line, words);
    return put_line(sheet, &line);
}

bool trends_save(const struct trends *trends, const struct state *state, bool minutes, struct error *err)
{
    struct sheet sheet = {.bytes = NULL};
    (void)put_words(&sheet, HEAD);
    put_targets(&sheet, trends);
    if (minutes)
        put_watches(&sheet, trends);
    (void)put_words(&sheet, LAST); /* put_line keeps its room free */
    bool good = state_file_replace(state, TRENDS_FILE, sheet.bytes, sheet.length, err);
    free(sheet.bytes);
    return good;
}

/* ---- reading ---- */

struct reader {
    struct trends *trends;
    struct names *targets, *watches; /* keys to numbers */
};

/* The next word of a line, ended in place; NULL: there is none. */
static char *next_word(char **line)
{
    char *word = *line;
    if (!word || !word[0])
        return NULL;
    char *blank = strchr(word, ' ');
    *line = blank ? blank + 1 : NULL;
    if (blank)
        *blank = '\0';
    return word;
}

static bool read_number(const char *word, uint64_t most, uint32_t *ret)
{
    uint64_t number;
    struct error err;
    if (!word || !parse_uint(word, 0, most, &number, &err))
        return false;
    *ret = (uint32_t)number;
    return true;
}

/* Two words back to the key that they are; the line goes on behind them. */
static bool read_key(char **line, char key[KEY_MAX])
{
    struct text out = text_over(key, KEY_MAX);
    const char *first = next_word(line), *second = next_word(line);
    if (!first || !second)
        return false;
    text_addf(&out, "%s %s", first, second);
    return !out.truncated;
}

/* "144*250/0" */
static bool read_run(char *word, uint32_t *ret_hours, uint32_t *ret_up, uint32_t *ret_down)
{
    char *star = strchr(word, '*'), *slash = star ? strchr(star, '/') : NULL;
    if (!slash)
        return false;
    *star = *slash = '\0';
    return read_number(word, TRENDS_HOURS, ret_hours) && *ret_hours > 0 &&
           read_number(star + 1, TRENDS_SHARES, ret_up) && read_number(slash + 1, TRENDS_SHARES, ret_down) &&
           *ret_up + *ret_down <= TRENDS_SHARES;
}

static bool read_target(const struct reader *reader, char *line)
{
    char key[KEY_MAX];
    struct trend_target read = {.at = MONO_NEVER};
    uint32_t hours, up = 0, down = 0, done = 0, index;
    if (!read_key(&line, key) || !read_number(next_word(&line), HOURS_MOST, &read.hour) || read.hour < TRENDS_HOURS)
        return false;
    for (char *word; (word = next_word(&line));) {
        if (!read_run(word, &hours, &up, &down) || hours > TRENDS_HOURS - 1 - done)
            return false;
        for (; hours > 0; hours--, done++) {
            uint32_t place = (read.hour + 2 - TRENDS_HOURS + done) % TRENDS_HOURS;
            read.up[place] = (uint8_t)up;
            read.down[place] = (uint8_t)down;
        }
    }
    if (done != TRENDS_HOURS - 1)
        return false;
    read.up_ms = up * SHARE_MS;
    read.down_ms = down * SHARE_MS;
    if (names_find(reader->targets, key, &index))
        reader->trends->targets[index] = read;
    return true;
}

static int nibble(char digit)
{
    const char *place = digit ? strchr(digits, digit) : NULL;
    return place ? (int)(place - digits) : -1;
}

static bool read_phase(const char *word, struct trend_watch *ret, uint32_t phase)
{
    if (word && strcmp(word, "-") == 0)
        return true;
    if (!word || strlen(word) != 2 * TRENDS_MINUTES)
        return false;
    for (uint32_t i = 0; i < TRENDS_MINUTES; i++) {
        int high = nibble(word[2 * i]), low = nibble(word[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret->slowest[phase][(ret->minute + 1 + i) % TRENDS_MINUTES] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool read_watch(const struct reader *reader, char *line)
{
    char key[KEY_MAX];
    struct trend_watch read = {.minute = 0};
    uint32_t index;
    if (!read_key(&line, key) || !read_number(next_word(&line), (uint64_t)HOURS_MOST * 60, &read.minute) ||
        read.minute == 0)
        return false;
    for (uint32_t phase = 0; phase < TREND_PHASES; phase++)
        if (!read_phase(next_word(&line), &read, phase))
            return false;
    if (next_word(&line))
        return false;
    if (names_find(reader->watches, key, &index))
        reader->trends->watches[index] = read;
    return true;
}

/* Every line with its end, the head first and the last word last. */
static bool read_lines(const struct reader *reader, char *bytes)
{
    bool head = true;
    for (char *end; (end = strchr(bytes, '\n')); bytes = end + 1, head = false) {
        *end = '\0';
        bool good = head                           ? strcmp(bytes, HEAD) == 0
                    : strncmp(bytes, "t ", 2) == 0 ? read_target(reader, bytes + 2)
                    : strncmp(bytes, "w ", 2) == 0 ? read_watch(reader, bytes + 2)
                                                   : false;
        if (!head && strcmp(bytes, LAST) == 0)
            return end[1] == '\0';
        if (!good)
            return false;
    }
    return false;
}

static void name_all(struct reader *reader)
{
    const struct settings *settings = reader->trends->settings;
    char key[KEY_MAX];
    for (uint32_t i = 0; i < settings->target_count; i++) {
        struct text words = text_over(key, sizeof key);
        add_target_key(&words, settings, i);
        (void)names_add(reader->targets, key, i, NULL);
    }
    for (uint32_t i = 0; i < settings->watch_count; i++) {
        struct text words = text_over(key, sizeof key);
        add_watch_key(&words, settings, i);
        (void)names_add(reader->watches, key, i, NULL);
    }
}

static void forget_all(struct trends *trends)
{
    for (uint32_t i = 0; i < trends->settings->target_count; i++)
        trends->targets[i] = (struct trend_target){.at = MONO_NEVER};
    memset(trends->watches, 0, trends->settings->watch_count * sizeof *trends->watches);
}

void trends_load(struct trends *trends, const struct state *state, struct error *warning)
{
    char *bytes = NULL;
    size_t length = 0;
    struct reader reader = {.trends = trends, .targets = names_new(), .watches = names_new()};
    enum state_file_outcome outcome = state_file_read(state, TRENDS_FILE, TRENDS_FILE_MOST, &bytes, &length, warning);
    bool good = outcome == STATE_FILE_ABSENT;
    if (outcome == STATE_FILE_READ) {
        name_all(&reader);
        good = strlen(bytes) == length && read_lines(&reader, bytes);
    }
    free(bytes);
    names_free(reader.targets);
    names_free(reader.watches);
    if (good)
        return;
    forget_all(trends);
    state_file_refuse(state, TRENDS_FILE, "the status page begins its bars anew", warning);
}
