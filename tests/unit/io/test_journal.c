/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/journal.
 * What:  nothing blocks and nothing is lost unsaid, with a journal of our own that reads when it is told to. Faults
 *        111, 112, 114.
 */
#include "io/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- native ---- */

struct fixture {
    char directory[64], path[96];
    int server;
    struct journal *journal;
};

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static int start_server(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)snprintf(f->directory, sizeof f->directory, "/tmp/repointd-journal.XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    (void)snprintf(f->path, sizeof f->path, "%s/socket", f->directory);
    f->server = listen_at(f->path);
    struct error err = {0};
    f->journal = journal_new(JOURNAL_NATIVE, f->path, &err);
    assert_non_null(f->journal);
    *state = f;
    return 0;
}

static int stop_server(void **state)
{
    struct fixture *f = *state;
    journal_free(f->journal);
    close(f->server);
    (void)unlink(f->path);
    assert_int_equal(rmdir(f->directory), 0);
    free(f);
    return 0;
}

static void say_line(unsigned number)
{
    char message[64];
    (void)snprintf(message, sizeof message, "line %u", number);
    log_write(&(struct log_record){.level = LOG_LEVEL_INFO, .message = message});
}

/* Reads all that has come; each datagram has to be the line with the next number. Returns how many came. */
static unsigned read_all(const struct fixture *f, unsigned first)
{
    unsigned count = 0;
    char datagram[512];
    for (ssize_t length; (length = recv(f->server, datagram, sizeof datagram - 1, 0)) >= 0; count++) {
        char wanted[96];
        datagram[length] = '\0';
        (void)snprintf(wanted, sizeof wanted, "MESSAGE=line %u\nPRIORITY=6\nSYSLOG_IDENTIFIER=repointd\n",
                       first + count);
        assert_string_equal(datagram, wanted);
    }
    assert_int_equal(errno, EAGAIN);
    return count;
}

static void test_native_lines_arrive_at_once(void **state)
{
    struct fixture *f = *state;
    assert_true(journal_is_native(f->journal));
    say_line(0);
    say_line(1);
    assert_int_equal(read_all(f, 0), 2);
    assert_false(journal_has_waiting(f->journal));
}

static void test_standing_journal_keeps_lines_in_order(void **state)
{
    struct fixture *f = *state;
    for (unsigned i = 0; i < 900; i++)
        say_line(i);
    assert_true(journal_has_waiting(f->journal));
    unsigned got = 0;
    int64_t stalled_ms = -1;
    for (unsigned rounds = 0; got < 900 && rounds < 1000; rounds++) {
        got += read_all(f, got);
        assert_int_equal(journal_flush(f->journal, &stalled_ms), 0);
    }
    got += read_all(f, got);
    assert_int_equal(got, 900);
    assert_false(journal_has_waiting(f->journal));
    assert_int_equal(stalled_ms, -1);
}

static void test_lines_beyond_the_ring_are_counted_and_told_later(void **state)
{
    struct fixture *f = *state;
    const unsigned many = 5000;
    for (unsigned i = 0; i < many; i++)
        say_line(i);
    int64_t stalled_ms = -1;
    assert_int_equal(journal_flush(f->journal, &stalled_ms), 0);
    unsigned got = 0;
    uint64_t lost = 0;
    for (unsigned rounds = 0; journal_has_waiting(f->journal) && rounds < 1000; rounds++) {
        got += read_all(f, got);
        lost += journal_flush(f->journal, &stalled_ms);
    }
    got += read_all(f, got);
    assert_true(got >= JOURNAL_RING_LINES);
    assert_int_equal(lost, many - got);
    assert_true(stalled_ms >= 0);
    assert_int_equal(journal_flush(f->journal, &stalled_ms), 0);
}

static unsigned discard_all(const struct fixture *f)
{
    unsigned count = 0;
    char datagram[512];
    while (recv(f->server, datagram, sizeof datagram, 0) >= 0)
        count++;
    return count;
}

/* The ring was emptied by later lines, not by a flush: the loss has to be told all the same. */
static void test_loss_is_told_after_lines_that_drained_the_ring(void **state)
{
    struct fixture *f = *state;
    unsigned said = 0, got = 0;
    while (said < 5000)
        say_line(said++);
    for (unsigned rounds = 0; rounds < 2000; rounds++) {
        got += discard_all(f);
        say_line(said++);
    }
    assert_true(journal_has_waiting(f->journal));
    int64_t stalled_ms = -1;
    uint64_t lost = journal_flush(f->journal, &stalled_ms);
    got += discard_all(f);
    assert_true(lost > 0);
    assert_int_equal(got + lost, said);
    assert_false(journal_has_waiting(f->journal));
}

static void test_journal_that_is_restarted_gets_what_waited(void **state)
{
    struct fixture *f = *state;
    close(f->server);
    say_line(0);
    assert_int_equal(unlink(f->path), 0);
    say_line(1);
    assert_true(journal_has_waiting(f->journal));
    f->server = listen_at(f->path);
    int64_t stalled_ms;
    assert_int_equal(journal_flush(f->journal, &stalled_ms), 0);
    assert_int_equal(read_all(f, 0), 2);
}

static void test_missing_socket_is_an_error(void **state)
{
    (void)state;
    struct error err = {0};
    assert_null(journal_new(JOURNAL_NATIVE, "/nonexistent/socket", &err));
    assert_non_null(strstr(err.text, "/nonexistent/socket"));
}

/* ---- stderr ---- */

/* Runs `body` with descriptor 2 being `fd`, which may be -1: closed. */
static void with_stderr(int fd, void (*body)(int reader), int reader)
{
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0);
    if (fd >= 0)
        assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    else
        close(STDERR_FILENO);
    body(reader);
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(kept);
}

static void fill_and_empty(int reader)
{
    struct error err = {0};
    struct journal *journal = journal_new(JOURNAL_STDERR, NULL, &err);
    for (unsigned i = 0; i < 20000; i++) /* would block for ever, were it to block */
        say_line(i);
    bool waits = journal_has_waiting(journal);
    uint64_t lost = 0;
    unsigned got = 0;
    for (unsigned rounds = 0; rounds < 100000 && journal_has_waiting(journal); rounds++) {
        char byte[4096];
        ssize_t length = read(reader, byte, sizeof byte);
        for (ssize_t i = 0; i < length; i++)
            got += byte[i] == '\n';
        int64_t stalled_ms;
        lost += journal_flush(journal, &stalled_ms);
    }
    journal_free(journal);
    char byte[65536];
    ssize_t length = read(reader, byte, sizeof byte);
    for (ssize_t i = 0; i < length; i++)
        got += byte[i] == '\n';
    assert_true(waits);
    assert_int_equal(got + lost, 20000);
    assert_true(got >= JOURNAL_RING_LINES);
}

static void test_full_pipe_does_not_block_and_keeps_its_flags(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    with_stderr(ends[1], fill_and_empty, ends[0]);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
    close(ends[0]);
    close(ends[1]);
}

static void test_full_socket_does_not_block(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    with_stderr(ends[1], fill_and_empty, ends[0]);
    close(ends[0]);
    close(ends[1]);
}

static void speak_to_nobody(int reader)
{
    (void)reader;
    struct error err = {0};
    struct journal *journal = journal_new(JOURNAL_LOGFMT, NULL, &err);
    say_line(0);
    say_line(1);
    bool waits = journal_has_waiting(journal);
    int64_t stalled_ms;
    uint64_t told = journal_flush(journal, &stalled_ms);
    journal_free(journal);
    assert_false(waits);
    assert_int_equal(told, 0);
}

static void test_closed_stderr_is_nobodys_trouble(void **state)
{
    (void)state;
    with_stderr(-1, speak_to_nobody, -1);
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    with_stderr(ends[1], speak_to_nobody, -1);
    close(ends[1]);
}

static void compare_stream(int reader)
{
    (void)reader;
    struct stat stat_of;
    assert_int_equal(fstat(STDERR_FILENO, &stat_of), 0);
    char stream[64];
    (void)snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)stat_of.st_dev,
                   (unsigned long long)stat_of.st_ino);
    assert_true(journal_stream_is_stderr(stream));
    (void)snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)stat_of.st_dev,
                   (unsigned long long)stat_of.st_ino + 1);
    assert_false(journal_stream_is_stderr(stream));
    assert_false(journal_stream_is_stderr("8:"));
    assert_false(journal_stream_is_stderr(""));
    assert_false(journal_stream_is_stderr(NULL));
}

static void test_journal_stream_names_device_and_inode(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    with_stderr(ends[1], compare_stream, -1);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
#define NATIVE(function) cmocka_unit_test_setup_teardown(function, start_server, stop_server)
    const struct CMUnitTest tests[] = {
        NATIVE(test_native_lines_arrive_at_once),
        NATIVE(test_standing_journal_keeps_lines_in_order),
        NATIVE(test_lines_beyond_the_ring_are_counted_and_told_later),
        NATIVE(test_loss_is_told_after_lines_that_drained_the_ring),
        NATIVE(test_journal_that_is_restarted_gets_what_waited),
        cmocka_unit_test(test_missing_socket_is_an_error),
        cmocka_unit_test(test_full_pipe_does_not_block_and_keeps_its_flags),
        cmocka_unit_test(test_full_socket_does_not_block),
        cmocka_unit_test(test_closed_stderr_is_nobodys_trouble),
        cmocka_unit_test(test_journal_stream_names_device_and_inode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
