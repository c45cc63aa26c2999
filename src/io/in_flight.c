/* SPDX-License-Identifier: MIT */
/*
 * Where: io, behind EFFECT_SAVE and in front of EVENT_RESTORE.
 * What:  appends lines, and keeps the last one of each record that has something out.
 * Why:   what is gathered is one write at the end of the file, since ten thousand records may change at once; what a
 *        full disk let through of it is cut off again. When nothing is out the file is emptied; when it has grown far
 *        beyond what it says, or misses a word, it is written anew beside itself and renamed.
 */

#include "io/in_flight.h"

#include "io/in_flight_line.h"
#include "io/state_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE   IN_FLIGHT_FILE ".new"
#define FILE_MOST  (256 * 1024 * 1024)
#define GROWN      (1024 * 1024) /* more than twice what it says, and more than this: written anew */
#define LINE_LEAST 1024
#define CHUNK      65536

struct word {
    char *line; /* NULL: nothing is out */
    size_t length;
};

struct in_flight {
    const struct state *state;
    const struct settings *settings;
    int fd;             /* -1: it could not be opened; tried again with the next word */
    uint32_t directory; /* the generation of the directory that it is in */
    struct word *words; /* by record */
    uint32_t out;       /* records that have one */
    size_t live, size;  /* octets of the words, of the file */
    char *gathered;     /* lines for the next flush */
    size_t gathered_length, gathered_room;
    bool fresh;    /* there is a word since the last flush */
    bool stale;    /* the file misses a word that is not gathered either */
    mono_ms again; /* not written anew before */
};

static void set_word(struct in_flight *in_flight, uint32_t record, char *line, size_t length)
{
    struct word *word = &in_flight->words[record];
    in_flight->out += line ? 1 : 0;
    in_flight->out -= word->line ? 1 : 0;
    in_flight->live += length;
    in_flight->live -= word->length;
    free(word->line);
    *word = (struct word){line, length};
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* False: a line is damaged. One that was cut at the end of the file is none. */
static bool take_lines(struct in_flight *in_flight, const struct names *ids, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        uint32_t record, count;
        if (!end)
            return true;
        size_t size = (size_t)(end - bytes) - at + 1;
        switch (in_flight_line_judge(in_flight->settings, ids, bytes + at, size, &record, &count)) {
        case IN_FLIGHT_LINE_DAMAGED:
            return false;
        case IN_FLIGHT_LINE_FOREIGN:
            break;
        case IN_FLIGHT_LINE_GOOD: {
            char *line = count > 0 ? malloc(size) : NULL;
            if (line)
                memcpy(line, bytes + at, size);
            set_word(in_flight, record, line, line ? size : 0);
            break;
        }
        }
        at += size;
    }
    return true;
}

static void refuse(struct in_flight *in_flight, struct error *warning)
{
    for (uint32_t i = 0; i < in_flight->settings->record_count; i++)
        set_word(in_flight, i, NULL, 0);
    state_file_refuse(in_flight->state, IN_FLIGHT_FILE,
                      "what was under way is known by its marker alone, nothing has to be done", warning);
}

static void load(struct in_flight *in_flight, struct error *warning)
{
    char *bytes = NULL;
    size_t length = 0;
    enum state_file_outcome outcome = state_file_read(in_flight->state, IN_FLIGHT_FILE, FILE_MOST, &bytes, &length,
                                                      warning);
    if (outcome == STATE_FILE_ABSENT)
        return;
    struct names *ids = names_new();
    for (uint32_t i = 0; i < in_flight->settings->record_count; i++)
        (void)names_add(ids, in_flight->settings->records[i].id, i, NULL);
    if (outcome != STATE_FILE_READ || !take_lines(in_flight, ids, bytes, length))
        refuse(in_flight, warning);
    names_free(ids);
    free(bytes);
    in_flight->stale = length > 0; /* it may end in a line that was cut, or name records that are gone */
}

struct in_flight *in_flight_open(const struct state *state, const struct settings *settings, struct error *warning)
{
    struct in_flight *in_flight = calloc(1, sizeof *in_flight);
    struct word *words = calloc(settings->record_count + 1u, sizeof *words);
    if (!in_flight || !words)
        abort();
    *in_flight = (struct in_flight){
        .state = state, .settings = settings, .fd = -1, .directory = state_generation(state), .words = words};
    load(in_flight, warning);
    return in_flight;
}

void in_flight_close(struct in_flight *in_flight)
{
    if (!in_flight)
        return;
    for (uint32_t i = 0; i < in_flight->settings->record_count; i++)
        free(in_flight->words[i].line);
    if (in_flight->fd >= 0)
        close(in_flight->fd);
    free(in_flight->gathered);
    free(in_flight->words);
    free(in_flight);
}

void in_flight_restore(struct in_flight *in_flight, in_flight_give_fn *give, void *ctx)
{
    for (uint32_t i = 0; i < in_flight->settings->record_count; i++) {
        struct word *word = &in_flight->words[i];
        char *line = word->line ? malloc(word->length) : NULL; /* a copy: what is given may lead to a new word */
        size_t length = word->length;
        if (!line)
            continue;
        memcpy(line, word->line, length);
        in_flight_line_give(in_flight->settings, i, line, length, give, ctx);
        free(line);
    }
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static bool complain(const struct in_flight *in_flight, int sys_errno, struct error *err)
{
    error_set_errno(err, sys_errno, "%s/" IN_FLIGHT_FILE " cannot be written", state_path(in_flight->state));
    return false;
}

/* The whole of it, or nothing; 0 or errno. */
static int append(struct in_flight *in_flight, int fd, const char *bytes, size_t length)
{
    ssize_t written = write(fd, bytes, length);
    int sys_errno = written < 0 ? errno : ENOSPC;
    if (written == (ssize_t)length) {
        in_flight->size += length;
        return 0;
    }
    if (written > 0)
        (void)!ftruncate(fd, (off_t)in_flight->size);
    return sys_errno;
}

/* All words, in large pieces; 0 or errno. */
static int append_all(struct in_flight *in_flight, int fd)
{
    char *chunk = malloc(CHUNK);
    size_t length = 0;
    int sys_errno = chunk ? 0 : ENOMEM;
    for (uint32_t i = 0; i < in_flight->settings->record_count && !sys_errno; i++) {
        const struct word *word = &in_flight->words[i];
        if (length + word->length > CHUNK) {
            sys_errno = append(in_flight, fd, chunk, length);
            length = 0;
        }
        if (word->length > CHUNK && !sys_errno) {
            sys_errno = append(in_flight, fd, word->line, word->length);
        } else if (word->line) {
            memcpy(chunk + length, word->line, word->length);
            length += word->length;
        }
    }
    if (!sys_errno && length > 0)
        sys_errno = append(in_flight, fd, chunk, length);
    free(chunk);
    return sys_errno;
}

/* All words into a new file that takes the old one's place; 0 or errno. */
static int write_anew(struct in_flight *in_flight)
{
    int directory = state_directory(in_flight->state);
    int fd = openat(directory, NEW_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    size_t former = in_flight->size;
    in_flight->size = 0;
    int sys_errno = append_all(in_flight, fd);
    if (!sys_errno && renameat(directory, NEW_FILE, directory, IN_FLIGHT_FILE) != 0)
        sys_errno = errno;
    if (sys_errno) {
        close(fd);
        (void)unlinkat(directory, NEW_FILE, 0);
        in_flight->size = former;
        return sys_errno;
    }
    if (in_flight->fd >= 0)
        close(in_flight->fd);
    in_flight->fd = fd;
    in_flight->directory = state_generation(in_flight->state);
    in_flight->stale = false;
    return 0;
}

/* 0 or errno. */
static int write_down(struct in_flight *in_flight)
{
    if (in_flight->directory != state_generation(in_flight->state))
        return write_anew(in_flight);
    if (in_flight->fd < 0 || in_flight->stale || (in_flight->size > GROWN && in_flight->size > 2 * in_flight->live))
        return write_anew(in_flight);
    if (in_flight->out == 0 && ftruncate(in_flight->fd, 0) == 0) {
        in_flight->size = 0;
        return 0;
    }
    return append(in_flight, in_flight->fd, in_flight->gathered, in_flight->gathered_length);
}

bool in_flight_flush(struct in_flight *in_flight, mono_ms now, struct error *err)
{
    if (!in_flight->fresh)
        return true;
    in_flight->fresh = false;
    if (in_flight->stale && now < in_flight->again)
        return complain(in_flight, EAGAIN, err);
    bool there = state_is_there(in_flight->state, err);
    int sys_errno = there ? write_down(in_flight) : 0;
    in_flight->gathered_length = 0;
    if (there && !sys_errno)
        return true;
    in_flight->stale = true;
    in_flight->again = mono_after(now, IN_FLIGHT_AGAIN_MS);
    return there && complain(in_flight, sys_errno, err);
}

bool in_flight_try_again(struct in_flight *in_flight, struct error *err)
{
    if (!in_flight->stale && in_flight->directory == state_generation(in_flight->state))
        return true;
    int sys_errno = write_anew(in_flight);
    return sys_errno == 0 || complain(in_flight, sys_errno, err);
}

/* The caller's to free; NULL: memory is out. */
static char *line_new(const struct in_flight *in_flight, uint32_t record, const struct restore *messages,
                      uint32_t count, size_t *ret_length)
{
    for (size_t capacity = LINE_LEAST;; capacity *= 4) {
        char *line = malloc(capacity);
        if (!line)
            return NULL;
        struct text text = text_over(line, capacity);
        in_flight_line_write(in_flight->settings, record, messages, count, &text);
        *ret_length = text.length;
        if (!text.truncated)
            return line;
        free(line);
    }
}

/* False: memory is out. */
static bool gather(struct in_flight *in_flight, const char *line, size_t length)
{
    size_t wanted = in_flight->gathered_length + length;
    if (wanted > in_flight->gathered_room) {
        char *grown = realloc(in_flight->gathered, 2 * wanted);
        if (!grown)
            return false;
        in_flight->gathered = grown;
        in_flight->gathered_room = 2 * wanted;
    }
    memcpy(in_flight->gathered + in_flight->gathered_length, line, length);
    in_flight->gathered_length = wanted;
    return true;
}

void in_flight_save(struct in_flight *in_flight, uint32_t record, const struct restore *messages, uint32_t count)
{
    assert(record < in_flight->settings->record_count && count <= IN_FLIGHT_MESSAGES_MAX);
    if (count == 0 && !in_flight->words[record].line && !in_flight->stale)
        return;
    size_t length = 0;
    char *line = line_new(in_flight, record, messages, count, &length);
    in_flight->fresh = true;
    if (!line || (!in_flight->stale && !gather(in_flight, line, length)))
        in_flight->stale = true;
    set_word(in_flight, record, count > 0 ? line : NULL, line && count > 0 ? length : 0);
    if (count == 0)
        free(line);
}
