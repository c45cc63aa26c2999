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

struct state {
    int fd;
    char *path; /* for messages */
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

static bool read_owner(const struct state *state, int fd, uint64_t *ret, struct error *err)
{
    char bytes[OWNER_DIGITS + 3] = {0};
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

bool state_owner(struct state *state, uint64_t *ret, bool *ret_fresh, struct error *err)
{
    uint64_t owner;
    int fd = openat(state->fd, OWNER_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool fresh = fd < 0 && errno == ENOENT;
    if (fd < 0 && !fresh) {
        error_set_errno(err, errno, "cannot open %s/" OWNER_FILE, state->path);
        return false;
    }
    bool good = fresh ? make_owner_id(&owner, err) && write_owner(state, owner, err)
                      : read_owner(state, fd, &owner, err);
    if (fd >= 0)
        close(fd);
    if (!good)
        return false;
    *ret = owner;
    *ret_fresh = fresh;
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
