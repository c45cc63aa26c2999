/* SPDX-License-Identifier: MIT */
/*
 * Where: io, under api.
 * What:  the socket file: bound with its rights from the first instant on, and taken away by whoever made it.
 * Why:   a daemon that was killed leaves its socket behind, and the next one has to start all the same; but a socket
 *        that somebody serves must not be pulled away from under him. Who is behind it is found by knocking; a lock on
 *        the directory keeps two that start at once from judging each other's half-made sockets.
 */
#include "io/control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG SOMAXCONN /* who finds no place here hears of an error that says nothing */

static bool make_address(const char *directory, struct sockaddr_un *ret, struct error *err)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t length = strlen(directory);
    if (length + sizeof "/" CONTROL_SOCKET_NAME > sizeof ret->sun_path) {
        error_set(err, ERROR_LIMIT,
                  "runtime directory %s: the path of a socket may have %zu bytes at the most; set "
                  "daemon.runtime-directory to a shorter one",
                  directory, sizeof ret->sun_path - 1);
        return false;
    }
    memcpy(ret->sun_path, directory, length);
    memcpy(ret->sun_path + length, "/" CONTROL_SOCKET_NAME, sizeof "/" CONTROL_SOCKET_NAME);
    return true;
}

static int open_directory(const char *directory, struct error *err)
{
    struct stat stat;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) != 0) {
        error_set_errno(err, errno, "runtime directory %s", directory);
    } else if ((stat.st_mode & S_IWOTH) && !(stat.st_mode & S_ISVTX)) {
        error_set(err, ERROR_CONFLICT,
                  "runtime directory %s is writable by everybody: chmod 0750 it, or set daemon.runtime-directory",
                  directory);
    } else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        error_set(err, ERROR_CONFLICT, "another repointd is starting in runtime directory %s: stop one of them",
                  directory);
    } else {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Somebody listens there: a full queue is a sign of life, too. */
static bool is_served(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return true;
    bool refused = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                   (errno == ECONNREFUSED || errno == ENOENT);
    close(fd);
    return !refused;
}

/* What a dead daemon left behind goes; anything else is somebody's. */
static bool clear_the_place(const struct sockaddr_un *address, struct error *err)
{
    struct stat stat;
    if (lstat(address->sun_path, &stat) != 0) {
        if (errno == ENOENT)
            return true;
        error_set_errno(err, errno, "control socket %s", address->sun_path);
        return false;
    }
    if (!S_ISSOCK(stat.st_mode)) {
        error_set(err, ERROR_CONFLICT, "%s is no socket: remove it, or set daemon.runtime-directory",
                  address->sun_path);
        return false;
    }
    if (is_served(address)) {
        error_set(err, ERROR_CONFLICT,
                  "control socket %s is served by another process: stop that one, or set daemon.runtime-directory",
                  address->sun_path);
        return false;
    }
    if (unlink(address->sun_path) == 0)
        return true;
    error_set_errno(err, errno, "cannot replace the control socket %s of a dead process", address->sun_path);
    return false;
}

/* The mode is right from the first instant on; the group is, too, where the directory would give its own. */
static bool listen_there(int fd, const struct sockaddr_un *address, struct control_socket *ret)
{
    struct stat stat;
    mode_t former = umask(0117);
    bool bound = bind(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    int sys_errno = errno;
    umask(former);
    errno = sys_errno;
    if (!bound || lstat(address->sun_path, &stat) != 0 ||
        (stat.st_gid != getegid() && lchown(address->sun_path, (uid_t)-1, getegid()) != 0) || listen(fd, BACKLOG) != 0)
        return false;
    ret->device = stat.st_dev;
    ret->inode = stat.st_ino;
    return true;
}

bool control_socket_open(const char *directory, struct control_socket *ret, struct error *err)
{
    struct sockaddr_un address;
    struct control_socket made = {.fd = -1, .directory = -1};
    if (!make_address(directory, &address, err))
        return false;
    made.directory = open_directory(directory, err);
    if (made.directory < 0)
        return false;
    if (clear_the_place(&address, err)) {
        made.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (made.fd >= 0 && listen_there(made.fd, &address, &made)) {
            (void)flock(made.directory, LOCK_UN);
            *ret = made;
            return true;
        }
        error_set_errno(err, errno, "cannot listen at %s", address.sun_path);
    }
    if (made.fd >= 0)
        close(made.fd);
    close(made.directory);
    return false;
}

void control_socket_close(struct control_socket *socket)
{
    struct stat stat;
    close(socket->fd);
    if (fstatat(socket->directory, CONTROL_SOCKET_NAME, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
        stat.st_dev == socket->device && stat.st_ino == socket->inode)
        (void)unlinkat(socket->directory, CONTROL_SOCKET_NAME, 0);
    close(socket->directory);
}
