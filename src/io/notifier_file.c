/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under notifier.
 * What:  lines appended, and the whole written anew when most of it is over or a line is missing.
 * Why:   what a full disk let through of a line is cut off before the next one, so a reader meets whole lines alone.
 */
#include "io/notifier_file.h"

#include "io/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION   1
#define FILE_MOST (64 * 1024 * 1024)
#define GROWN     (1024 * 1024) /* more than twice what it was when written anew, and more than this */

struct notifier_file {
    const struct state *state;
    int fd;             /* -1: not open */
    off_t size, fresh;  /* of it now, and when it was last written anew */
    uint32_t directory; /* the generation of the directory that it is in */
    bool stale;         /* a line is missing */
    mono_ms again;      /* … and is not written before */
    notifier_file_walk_fn *walk;
    void *ctx;
};

struct notifier_file *notifier_file_open(const struct state *state, notifier_file_walk_fn *walk, void *ctx)
{
    struct notifier_file *file = calloc(1, sizeof *file);
    if (!file)
        abort();
    *file = (struct notifier_file){
        .state = state, .fd = -1, .directory = state_generation(state), .walk = walk, .ctx = ctx};
    return file;
}

void notifier_file_close(struct notifier_file *file)
{
    if (file && file->fd >= 0)
        close(file->fd);
    free(file);
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

/* With its end; from malloc. NULL: a name or a text is no UTF-8. */
static char *line_of(json_t *object, size_t *ret_length)
{
    char *line = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    if (!line)
        return NULL;
    *ret_length = strlen(line) + 1;
    line[*ret_length - 1] = '\n'; /* in the place of its NUL */
    return line;
}

static json_t *waits(const char *notifier, const struct letter *letter)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:I, s:O}", "version", VERSION, "notifier", notifier, "key", letter->key,
                     "thread", letter->thread, "born_ms", (json_int_t)letter->born_wall_ms, "letter", letter->body);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct kept {
    char *notifier;
    struct letter *letter;
    struct kept *next;
};

struct loading {
    struct kept *first, **last;
};

static void forget(struct kept **link, struct loading *loading)
{
    struct kept *kept = *link;
    *link = kept->next;
    if (loading->last == &kept->next)
        loading->last = link;
    letter_free(kept->letter);
    free(kept->notifier);
    free(kept);
}

static void take_over(struct loading *loading, const char *notifier, const char *key)
{
    for (struct kept **link = &loading->first; *link; link = &(*link)->next)
        if (strcmp((*link)->letter->key, key) == 0 && strcmp((*link)->notifier, notifier) == 0) {
            forget(link, loading);
            return;
        }
}

static bool take_waiting(struct loading *loading, const char *notifier, const json_t *object)
{
    const char *key = json_string_value(json_object_get(object, "key"));
    const char *thread = json_string_value(json_object_get(object, "thread"));
    const json_t *born = json_object_get(object, "born_ms");
    json_t *body = json_object_get(object, "letter");
    if (!key || strlen(key) >= LETTER_KEY_MAX || !json_is_integer(born) || !json_is_object(body))
        return false;
    struct kept *kept = calloc(1, sizeof *kept);
    char *name = strdup(notifier);
    if (!kept || !name)
        abort();
    *kept = (struct kept){.notifier = name, .letter = letter_new(key, json_integer_value(born), json_incref(body))};
    struct text words = text_over(kept->letter->thread, sizeof kept->letter->thread);
    text_add(&words, thread ? thread : "");
    *loading->last = kept;
    loading->last = &kept->next;
    return true;
}

static bool take_line(struct loading *loading, const char *line, size_t length)
{
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    const char *notifier = json_string_value(json_object_get(object, "notifier"));
    const char *over = json_string_value(json_object_get(object, "over"));
    bool good = notifier && json_integer_value(json_object_get(object, "version")) == VERSION;
    if (good && over)
        take_over(loading, notifier, over);
    else if (good)
        good = take_waiting(loading, notifier, object);
    json_decref(object);
    return good;
}

static bool take_lines(struct loading *loading, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        if (!end)
            return true;
        size_t size = (size_t)(end - bytes) - at;
        if (!take_line(loading, bytes + at, size))
            return false;
        at += size + 1;
    }
    return true;
}

void notifier_file_load(struct notifier_file *file, notifier_file_give_fn *give, void *ctx, struct error *warning)
{
    struct loading loading = {.first = NULL};
    char *bytes = NULL;
    size_t length = 0;
    loading.last = &loading.first;
    enum state_file_outcome outcome = state_file_read(file->state, NOTIFIER_FILE, FILE_MOST, &bytes, &length, warning);
    bool good = outcome == STATE_FILE_READ && take_lines(&loading, bytes, length);
    if (!good && outcome != STATE_FILE_ABSENT)
        state_file_refuse(file->state, NOTIFIER_FILE, "messages that waited in it will not be told", warning);
    file->stale = good && length > 0; /* it may end in a line that was cut, or name notifiers that are gone */
    while (loading.first) {
        if (good)
            give(loading.first->notifier, loading.first->letter, ctx);
        forget(&loading.first, &loading);
    }
    free(bytes);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Another directory has come into the place of the one that it was in. */
static void follow_directory(struct notifier_file *file)
{
    if (file->directory == state_generation(file->state))
        return;
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
    file->stale = true;
    file->directory = state_generation(file->state);
}

static bool open_for_lines(struct notifier_file *file, struct error *err)
{
    struct stat stat;
    if (file->fd >= 0)
        return true;
    file->fd = openat(state_directory(file->state), NOTIFIER_FILE,
                      O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (file->fd >= 0 && state_file_is_ours(file->state, NOTIFIER_FILE, file->fd, err) && fstat(file->fd, &stat) == 0) {
        file->size = stat.st_size;
        return true;
    }
    if (file->fd < 0)
        error_set_errno(err, errno, "%s/" NOTIFIER_FILE " cannot be written", state_path(file->state));
    else
        close(file->fd);
    file->fd = -1;
    return false;
}

static void write_one(const char *notifier, struct letter *letter, void *stream)
{
    size_t length = 0;
    char *line = line_of(waits(notifier, letter), &length);
    if (line)
        (void)fwrite(line, 1, length, stream);
    free(line);
}

static bool write_anew(struct notifier_file *file, struct error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    if (!stream)
        abort();
    file->walk(write_one, stream, file->ctx);
    if (fclose(stream) != 0)
        abort();
    bool good = state_file_replace(file->state, NOTIFIER_FILE, bytes, length, err);
    free(bytes);
    if (good && file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
    file->stale = !good;
    file->fresh = good ? (off_t)length : file->fresh;
    return good && open_for_lines(file, err);
}

static bool append(struct notifier_file *file, const char *line, size_t length, struct error *err)
{
    if (!open_for_lines(file, err))
        return false;
    ssize_t written = write(file->fd, line, length);
    int sys_errno = written < 0 ? errno : ENOSPC;
    if (written == (ssize_t)length) {
        file->size += (off_t)length;
        return true;
    }
    if (written > 0)
        (void)!ftruncate(file->fd, file->size);
    error_set_errno(err, sys_errno, "%s/" NOTIFIER_FILE " cannot be written", state_path(file->state));
    return false;
}

/* `object` is taken. */
static bool write_line(struct notifier_file *file, json_t *object, mono_ms now, struct error *err)
{
    size_t length = 0;
    char *line = line_of(object, &length);
    follow_directory(file);
    bool large = file->size > GROWN && file->size > 2 * file->fresh, good = false;
    if (!line)
        error_set(err, ERROR_SYNTAX, "a line of " NOTIFIER_FILE " cannot be made: a name is no UTF-8");
    else if (file->stale && now < file->again)
        error_set_errno(err, EAGAIN, "%s/" NOTIFIER_FILE " cannot be written", state_path(file->state));
    else
        good = file->stale || large ? write_anew(file, err) : append(file, line, length, err);
    if (!good && now >= file->again)
        file->again = mono_after(now, NOTIFIER_FILE_AGAIN_MS);
    file->stale = !good;
    free(line);
    return good;
}

bool notifier_file_add(struct notifier_file *file, const char *notifier, const struct letter *letter, mono_ms now,
                       struct error *err)
{
    return write_line(file, waits(notifier, letter), now, err);
}

bool notifier_file_over(struct notifier_file *file, const char *notifier, const char *key, uint32_t waiting,
                        mono_ms now, struct error *err)
{
    follow_directory(file);
    if (waiting == 0 && file->fd >= 0 && ftruncate(file->fd, 0) == 0) {
        file->size = file->fresh = 0;
        file->stale = false;
        return true;
    }
    return write_line(file, json_pack("{s:i, s:s, s:s}", "version", VERSION, "notifier", notifier, "over", key), now,
                      err);
}

bool notifier_file_try_again(struct notifier_file *file, struct error *err)
{
    follow_directory(file);
    return !file->stale || write_anew(file, err);
}
