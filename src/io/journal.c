/* SPDX-License-Identifier: MIT */
/*
 * Where: io, the sink behind base/log.
 * What:  hands lines to journald or to descriptor 2 and never waits; what cannot go waits in a ring, what the ring
 *        cannot hold is counted.
 * Why:   a daemon that waits for its log fails nothing over. Descriptor 2 is shared with whoever started us, so its
 *        flags are left alone: a socket is asked not to block by the call, a pipe takes PIPE_BUF bytes whole once
 *        poll says that it has room.
 */
#include "io/journal.h"

#include "io/journal_line.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SOCKET_PATH "/run/systemd/journal/socket"

struct line {
    char *bytes;
    size_t length;
};

struct journal {
    enum journal_format format;
    int fd; /* our datagram socket, or 2 */
    struct sockaddr_un peer;
    struct line ring[JOURNAL_RING_LINES];
    uint32_t first, waiting;
    size_t gone; /* bytes of the first line that are written already */
    uint64_t lost;
    bool flows;              /* the last line that was tried went out */
    int64_t stalled_wall_ms; /* when lines began to wait or to be lost; 0: they do not */
};

static int64_t wall_ms(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- out ---- */

enum fate { FATE_GONE, FATE_WAITS, FATE_LOST };

static enum fate fate_of_errno(void)
{
    switch (errno) {
    case EAGAIN:
    case EINTR:
    case ENOBUFS:
    case ENOMEM:
    case ENOENT:       /* journald is being restarted */
    case ECONNREFUSED: /* likewise */
        return FATE_WAITS;
    default:
        return FATE_LOST;
    }
}

static enum fate send_native(const struct journal *journal, const struct line *line)
{
    ssize_t sent = sendto(journal->fd, line->bytes, line->length, MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&journal->peer, sizeof journal->peer);
    return sent < 0 ? fate_of_errno() : FATE_GONE;
}

static ssize_t write_without_waiting(int fd, const char *bytes, size_t length)
{
    ssize_t sent = send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0 || errno != ENOTSOCK)
        return sent;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (poll(&ready, 1, 0) != 1 || !(ready.revents & (POLLOUT | POLLERR | POLLNVAL))) {
        errno = EAGAIN;
        return -1;
    }
    return write(fd, bytes, length);
}

/* `*gone` counts what of the line was written before and now. */
static enum fate write_line(const struct journal *journal, const struct line *line, size_t *gone)
{
    while (*gone < line->length) {
        ssize_t written = write_without_waiting(journal->fd, line->bytes + *gone, line->length - *gone);
        if (written < 0)
            return fate_of_errno();
        *gone += (size_t)written;
    }
    return FATE_GONE;
}

static enum fate put_out(struct journal *journal, const struct line *line, size_t *gone)
{
    enum fate fate = journal->format == JOURNAL_NATIVE ? send_native(journal, line) : write_line(journal, line, gone);
    journal->flows = fate == FATE_GONE;
    return fate;
}

/* ---- ring ---- */

static void lose_one(struct journal *journal)
{
    journal->lost++;
    if (!journal->stalled_wall_ms)
        journal->stalled_wall_ms = wall_ms();
}

static void keep(struct journal *journal, const struct line *line, size_t gone)
{
    struct line copy = {.bytes = journal->waiting < JOURNAL_RING_LINES ? malloc(line->length) : NULL,
                        .length = line->length};
    if (!copy.bytes) {
        lose_one(journal);
        return;
    }
    memcpy(copy.bytes, line->bytes, line->length);
    if (journal->waiting == 0)
        journal->gone = gone;
    journal->ring[(journal->first + journal->waiting++) % JOURNAL_RING_LINES] = copy;
    if (!journal->stalled_wall_ms)
        journal->stalled_wall_ms = wall_ms();
}

static void drain(struct journal *journal)
{
    while (journal->waiting > 0) {
        struct line *line = &journal->ring[journal->first];
        enum fate fate = put_out(journal, line, &journal->gone);
        if (fate == FATE_WAITS)
            return;
        if (fate == FATE_LOST)
            lose_one(journal);
        free(line->bytes);
        journal->gone = 0;
        journal->first = (journal->first + 1) % JOURNAL_RING_LINES;
        journal->waiting--;
    }
}

static void sink(const struct log_record *record, void *ctx)
{
    struct journal *journal = ctx;
    char storage[JOURNAL_DATAGRAM_MAX];
    struct text text = text_over(storage, journal->format == JOURNAL_NATIVE ? JOURNAL_DATAGRAM_MAX : JOURNAL_LINE_MAX);
    switch (journal->format) {
    case JOURNAL_NATIVE:
        journal_line_native(record, &text);
        break;
    case JOURNAL_LOGFMT:
        journal_line_logfmt(record, wall_ms(), &text);
        break;
    case JOURNAL_STDERR:
        journal_line_stderr(record, &text);
        break;
    }
    struct line line = {.bytes = text.bytes, .length = text.length};
    size_t gone = 0;
    drain(journal);
    enum fate fate = journal->waiting > 0 ? FATE_WAITS : put_out(journal, &line, &gone);
    if (fate == FATE_WAITS)
        keep(journal, &line, gone);
    else if (fate == FATE_LOST)
        lose_one(journal);
    else if (journal->lost == 0)
        journal->stalled_wall_ms = 0;
}

uint64_t journal_flush(struct journal *journal, int64_t *ret_stalled_ms)
{
    drain(journal);
    uint64_t lost = journal->waiting == 0 && journal->flows ? journal->lost : 0;
    if (lost > 0) {
        int64_t stalled_ms = wall_ms() - journal->stalled_wall_ms;
        *ret_stalled_ms = stalled_ms > 0 ? stalled_ms : 0;
        journal->lost = 0;
        journal->stalled_wall_ms = 0;
    }
    return lost;
}

bool journal_has_waiting(const struct journal *journal)
{
    return journal->waiting > 0 || (journal->lost > 0 && journal->flows);
}

bool journal_is_native(const struct journal *journal)
{
    return journal->format == JOURNAL_NATIVE;
}

/* ---- life ---- */

static bool open_native(struct journal *journal, const char *path, struct error *err)
{
    if (strlen(path) >= sizeof journal->peer.sun_path) {
        error_set(err, ERROR_RANGE, "the journal's socket path is too long: %s", path);
        return false;
    }
    if (access(path, W_OK) != 0) {
        error_set_errno(err, errno, "journal socket %s", path);
        return false;
    }
    journal->peer.sun_family = AF_UNIX;
    memcpy(journal->peer.sun_path, path, strlen(path) + 1);
    journal->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (journal->fd < 0)
        error_set_errno(err, errno, "cannot make a socket for the journal");
    return journal->fd >= 0;
}

struct journal *journal_new(enum journal_format format, const char *socket_path, struct error *err)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal) {
        error_set(err, ERROR_SYSTEM, "out of memory for the log");
        return NULL;
    }
    journal->format = format;
    journal->fd = STDERR_FILENO;
    if (format == JOURNAL_NATIVE && !open_native(journal, socket_path ? socket_path : SOCKET_PATH, err)) {
        free(journal);
        return NULL;
    }
    log_set_sink(sink, journal);
    return journal;
}

void journal_free(struct journal *journal)
{
    if (!journal)
        return;
    log_set_sink(NULL, NULL);
    drain(journal);
    for (; journal->waiting > 0; journal->waiting--) {
        free(journal->ring[journal->first].bytes);
        journal->first = (journal->first + 1) % JOURNAL_RING_LINES;
    }
    if (journal->fd != STDERR_FILENO)
        close(journal->fd);
    free(journal);
}

bool journal_stream_is_stderr(const char *journal_stream)
{
    struct stat stat;
    char wanted[64];
    if (!journal_stream || fstat(STDERR_FILENO, &stat) != 0)
        return false;
    struct text text = text_over(wanted, sizeof wanted);
    text_addf(&text, "%llu:%llu", (unsigned long long)stat.st_dev, (unsigned long long)stat.st_ino);
    return strcmp(text.bytes, journal_stream) == 0;
}
