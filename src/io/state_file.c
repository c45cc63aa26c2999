/* SPDX-License-Identifier: MIT */
/*
 * Where: io, beside state.
 * What:  small files of the state directory, whole or not at all.
 */
#include "io/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_OCTETS 64

/* ---- reading ---- */

/* Whose the directory is has been looked at when it was opened. */
bool state_file_is_ours(const struct state *state, const char *name, int fd, struct error *err)
{
    struct stat file, directory;
    if (fstat(fd, &file) != 0 || fstat(state_directory(state), &directory) != 0)
        error_set_errno(err, errno, "%s/%s", state_path(state), name);
    else if (!S_ISREG(file.st_mode))
        error_set(err, ERROR_CONFLICT, "%s/%s is no regular file", state_path(state), name);
    else if (file.st_uid != directory.st_uid && file.st_uid != 0)
        error_set(err, ERROR_CONFLICT, "%s/%s belongs to user %u, its directory to %u", state_path(state), name,
                  (unsigned)file.st_uid, (unsigned)directory.st_uid);
    else if (file.st_mode & S_IWOTH)
        error_set(err, ERROR_CONFLICT, "%s/%s may be written by everybody", state_path(state), name);
    else
        return true;
    return false;
}

static char *read_all(int fd, size_t size, size_t *ret_length)
{
    char *bytes = malloc(size + 1);
    if (!bytes)
        abort();
    size_t length = 0;
    ssize_t got = 1;
    while (length < size && (got = read(fd, bytes + length, size - length)) > 0)
        length += (size_t)got;
    if (got < 0) {
        free(bytes);
        return NULL;
    }
    bytes[length] = '\0';
    *ret_length = length;
    return bytes;
}

enum state_file_outcome state_file_read(const struct state *state, const char *name, size_t most, char **ret,
                                        size_t *ret_length, struct error *err)
{
    struct stat stat;
    int fd = openat(state_directory(state), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return STATE_FILE_ABSENT;
    char *bytes = NULL;
    if (fd < 0 || fstat(fd, &stat) != 0)
        error_set_errno(err, errno, "cannot open %s/%s", state_path(state), name);
    else if (!state_file_is_ours(state, name, fd, err))
        (void)0;
    else if (stat.st_size > (off_t)most)
        error_set(err, ERROR_LIMIT, "%s/%s is larger than %zu octets", state_path(state), name, most);
    else if (!(bytes = read_all(fd, (size_t)stat.st_size, ret_length)))
        error_set_errno(err, errno, "cannot read %s/%s", state_path(state), name);
    if (fd >= 0)
        close(fd);
    if (!bytes)
        return STATE_FILE_UNREADABLE;
    *ret = bytes;
    return STATE_FILE_READ;
}

/* ---- writing ---- */

static bool write_and_sync(int fd, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        ssize_t written = write(fd, bytes + at, length - at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written < 0 ? errno : ENOSPC;
            return false;
        }
        at += (size_t)written;
    }
    return fsync(fd) == 0;
}

bool state_file_replace(const struct state *state, const char *name, const char *bytes, size_t length,
                        struct error *err)
{
    char fresh[NAME_MAX_OCTETS + 8];
    int directory = state_directory(state);
    if (!state_is_there(state, err))
        return false;
    (void)snprintf(fresh, sizeof fresh, "%.*s.new", NAME_MAX_OCTETS, name);
    int fd = openat(directory, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_and_sync(fd, bytes, length);
    int sys_errno = errno;
    if (fd >= 0)
        close(fd);
    if (good && (renameat(directory, fresh, directory, name) != 0 || fsync(directory) != 0)) {
        sys_errno = errno;
        good = false;
    }
    if (good)
        return true;
    (void)unlinkat(directory, fresh, 0); /* a part of it is of no use, and its room may be */
    error_set_errno(err, sys_errno, "%s cannot be written", name);
    return false;
}

/* What stands in the way of it there gives way, as far as one call can do that. */
bool state_file_put_aside(const struct state *state, const char *name)
{
    char aside[NAME_MAX_OCTETS + 16];
    int directory = state_directory(state);
    (void)snprintf(aside, sizeof aside, "%.*s.damaged", NAME_MAX_OCTETS, name);
    if (renameat(directory, name, directory, aside) == 0)
        return true;
    if (unlinkat(directory, aside, 0) != 0)
        (void)unlinkat(directory, aside, AT_REMOVEDIR);
    return renameat(directory, name, directory, aside) == 0;
}

void state_file_refuse(const struct state *state, const char *name, const char *cost, struct error *warning)
{
    char why[ERROR_TEXT_MAX];
    bool told = warning->code != ERROR_NONE;
    (void)snprintf(why, sizeof why, "%s", warning->text);
    bool aside = state_file_put_aside(state, name);
    if (!told)
        (void)snprintf(why, sizeof why, "%s/%s is damaged or of a newer version", state_path(state), name);
    error_set(warning, ERROR_SYNTAX, "%.300s; it is %s%s%s: %s", why, aside ? "put aside as " : "left where it is",
              aside ? name : "", aside ? ".damaged" : "", cost);
}
