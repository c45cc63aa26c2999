/* SPDX-License-Identifier: MIT */
/*
 * Where: io; opened by app before anything that lasts.
 * What:  the state directory: who holds it, and who this daemon is in markers.
 * Why:   the lock is on the directory itself: it leaves no file behind and works on a disk that turned read-only.
 *        The owner id is written once, with every step that a power cut asks for: whoever loses it is a stranger to
 *        its own records.
 */
#include "io/state.h"

#include "io/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWNER_FILE   "owner"
#define OWNER_DIGITS 16
#define ROOM_FILE    "room.new" /* as other leftovers of a process that was killed, it is of no account */

struct state {
    int fd;
    char *path;
    bool has_owner; /* … was read from the directory, or made there */
    uint64_t owner;
    uint32_t generation;
};

/* ---- the directory ---- */

static bool judge_directory(int fd, const char *path, struct error *err)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0) {
        error_set_errno(err, errno, "state directory %s", path);
        return false;
    }
    if (stat.st_uid != geteuid()) {
        error_set(err, ERROR_CONFLICT,
                  "state directory %s belongs to user %u, repointd runs as %u: chown it, or set daemon.state-directory",
                  path, (unsigned)stat.st_uid, (unsigned)geteuid());
        return false;
    }
    if (stat.st_mode & S_IWOTH) {
        error_set(err, ERROR_CONFLICT,
                  "state directory %s is writable by everybody: chmod 0700 it, or set daemon.state-directory", path);
        return false;
    }
    return true;
}

static enum state_outcome lock_directory(int fd, const char *path, struct error *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return STATE_OPENED;
    if (errno == EWOULDBLOCK) {
        error_set(err, ERROR_CONFLICT,
                  "state directory %s is held by another repointd: stop that one, or set daemon.state-directory", path);
        return STATE_TAKEN;
    }
    error_set_errno(err, errno, "cannot lock state directory %s", path);
    return STATE_UNUSABLE;
}

static int open_directory(const char *path, struct error *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        error_set_errno(err, errno, "cannot make state directory %s (make it, or set daemon.state-directory)", path);
        return -1;
    }
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        error_set_errno(err, errno, "state directory %s cannot be opened, it must be a directory and no symbolic link",
                        path);
    return fd;
}

enum state_outcome state_open(const char *directory, struct state **ret, struct error *err)
{
    int fd = open_directory(directory, err);
    if (fd < 0)
        return STATE_UNUSABLE;
    enum state_outcome outcome = judge_directory(fd, directory, err) ? lock_directory(fd, directory, err)
                                                                     : STATE_UNUSABLE;
    if (outcome != STATE_OPENED) {
        close(fd);
        return outcome;
    }
    struct state *state = calloc(1, sizeof *state);
    char *path = strdup(directory);
    if (!state || !path)
        abort();
    *state = (struct state){.fd = fd, .path = path};
    *ret = state;
    return STATE_OPENED;
}

void state_close(struct state *state)
{
    if (!state)
        return;
    close(state->fd);
    free(state->path);
    free(state);
}

int state_directory(const struct state *state)
{
    return state->fd;
}

const char *state_path(const struct state *state)
{
    return state->path;
}

/* ---- the owner id ---- */

/*
 * What write_owner writes, lower case alone as in the marker; whoever puts a copy back may have left the newline
 * out.
 */
static bool parse_owner(const char *bytes, size_t length, uint64_t *ret)
{
    if (length > 0 && bytes[length - 1] == '\n')
        length--;
    if (length != OWNER_DIGITS || strspn(bytes, "0123456789abcdef") != OWNER_DIGITS)
        return false;
    *ret = strtoull(bytes, NULL, 16);
    return true;
}

static bool distrust(struct error *err)
{
    error_prefix(err, "set that right, or write the id that stands in the markers as daemon.owner into the "
                      "configuration: ");
    return false;
}

static bool read_owner(const struct state *state, int fd, uint64_t *ret, struct error *err)
{
    char bytes[OWNER_DIGITS + 3] = {0};
    if (!state_file_is_ours(state, OWNER_FILE, fd, err))
        return distrust(err);
    ssize_t length = read(fd, bytes, sizeof bytes - 1);
    if (length < 0) {
        error_set_errno(err, errno, "cannot read %s/" OWNER_FILE, state->path);
        return false;
    }
    if (!parse_owner(bytes, (size_t)length, ret)) {
        error_set(err, ERROR_SYNTAX,
                  "%s/" OWNER_FILE
                  " is damaged, it should be 16 hex digits: put a copy back, or write the id that stands in "
                  "the markers as daemon.owner into the configuration",
                  state->path);
        return false;
    }
    return true;
}

static bool make_owner_id(uint64_t *ret, struct error *err)
{
    uint64_t owner = 0;
    while (owner == 0) {
        if (getrandom(&owner, sizeof owner, 0) != (ssize_t)sizeof owner) {
            error_set_errno(err, errno, "cannot take random numbers for an owner id from the kernel");
            return false;
        }
    }
    *ret = owner;
    return true;
}

static bool write_owner(const struct state *state, uint64_t owner, struct error *err)
{
    char bytes[OWNER_DIGITS + 2];
    (void)snprintf(bytes, sizeof bytes, "%016" PRIx64 "\n", owner);
    if (state_file_replace(state, OWNER_FILE, bytes, OWNER_DIGITS + 1, err))
        return true;
    error_prefix(err, "a new owner id for %s: ", state->path);
    return false;
}

/* *ret_there: it was found, and not made. */
static bool find_owner(const struct state *state, uint64_t *ret, bool *ret_there, struct error *err)
{
    int fd = openat(state->fd, OWNER_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *ret_there = fd >= 0;
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0) {
        error_set_errno(err, errno, "cannot open %s/%s", state->path, OWNER_FILE);
        return distrust(err);
    }
    bool good = read_owner(state, fd, ret, err);
    close(fd);
    return good;
}

bool state_owner(struct state *state, uint64_t *ret, bool *ret_fresh, struct error *err)
{
    uint64_t owner;
    bool there;
    if (!find_owner(state, &owner, &there, err))
        return false;
    if (!there && (!make_owner_id(&owner, err) || !write_owner(state, owner, err)))
        return false;
    state->has_owner = true;
    state->owner = *ret = owner;
    *ret_fresh = !there;
    return true;
}

bool state_peek_owner(const char *directory, uint64_t *ret, bool *ret_there, struct error *err)
{
    char path[4096];
    const struct state state = {.fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), .path = path};
    (void)snprintf(path, sizeof path, "%s", directory);
    int fd = state.fd < 0 ? -1 : openat(state.fd, OWNER_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool good = fd < 0 || read_owner(&state, fd, ret, err);
    *ret_there = fd >= 0;
    if (fd >= 0)
        close(fd);
    if (state.fd >= 0)
        close(state.fd);
    return good;
}

/* ---- a directory that goes while we run ---- */

bool state_is_there(const struct state *state, struct error *err)
{
    struct stat held, found;
    if (fstat(state->fd, &held) != 0)
        return true; /* whatever that is, it is no sign that it has gone */
    if (lstat(state->path, &found) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return true;
        error_set_errno(err, errno, "state directory %s is gone", state->path);
        return false;
    }
    if (found.st_dev == held.st_dev && found.st_ino == held.st_ino)
        return true;
    error_set(err, ERROR_CONFLICT, "state directory %s is another one than at the start", state->path);
    return false;
}

/* A stranger's id stays where it is, and so does whatever else is his. */
static bool bring_owner(const struct state *fresh, struct error *err)
{
    uint64_t owner;
    bool there;
    if (!fresh->has_owner)
        return true;
    if (!find_owner(fresh, &owner, &there, err))
        return false;
    if (!there)
        return write_owner(fresh, fresh->owner, err);
    if (owner != fresh->owner)
        error_set(err, ERROR_CONFLICT, "state directory %s holds another owner id, %016" PRIx64 " and not %016" PRIx64,
                  fresh->path, owner, fresh->owner);
    return owner == fresh->owner;
}

/* In the place of the old descriptor, so that all who have it have the new directory; the old lock goes with it. */
bool state_return(struct state *state, struct error *err)
{
    struct state fresh = *state;
    fresh.fd = open_directory(state->path, err);
    if (fresh.fd < 0)
        return false;
    bool good = judge_directory(fresh.fd, state->path, err) &&
                lock_directory(fresh.fd, state->path, err) == STATE_OPENED && bring_owner(&fresh, err);
    if (good && dup3(fresh.fd, state->fd, O_CLOEXEC) < 0) {
        error_set_errno(err, errno, "state directory %s", state->path);
        good = false;
    }
    close(fresh.fd);
    state->generation += good ? 1 : 0;
    return good;
}

uint32_t state_generation(const struct state *state)
{
    return state->generation;
}

bool state_has_room(const struct state *state, struct error *err)
{
    static const char page[4096];
    int fd = openat(state->fd, ROOM_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    ssize_t written = fd >= 0 ? write(fd, page, sizeof page) : -1;
    int sys_errno = written < 0 ? errno : ENOSPC;
    if (fd >= 0) {
        close(fd);
        (void)unlinkat(state->fd, ROOM_FILE, 0);
    }
    if (written == (ssize_t)sizeof page)
        return true;
    error_set_errno(err, sys_errno, "%s cannot be written", state->path);
    return false;
}

/* ---- the runtime directory ---- */

bool state_make_runtime_directory(const char *directory, struct error *err)
{
    struct stat stat;
    if (mkdir(directory, 0750) != 0 && errno != EEXIST) {
        error_set_errno(err, errno, "cannot make runtime directory %s (make it, or set daemon.runtime-directory)",
                        directory);
        return false;
    }
    if (lstat(directory, &stat) != 0 || !S_ISDIR(stat.st_mode)) {
        error_set(err, ERROR_CONFLICT,
                  "runtime directory %s is no directory: remove it, or set daemon.runtime-directory", directory);
        return false;
    }
    if (access(directory, W_OK | X_OK) != 0) {
        error_set_errno(err, errno, "runtime directory %s (chown it, or set daemon.runtime-directory)", directory);
        return false;
    }
    return true;
}
