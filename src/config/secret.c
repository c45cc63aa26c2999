/* SPDX-License-Identifier: MIT */
/*
 * Where: config; the one place on this floor that holds secret bytes.
 * What:  locked pages, files read into them, base64 decoded into them.
 * Why:   where the limit of locked memory is too low the page is used unlocked: a host without the limit is not safer
 *        for a daemon that does not run. Pages are whole, for MADV_DONTDUMP works on pages.
 */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_SIZE 4096u
#define TEXT_ROOM (2 * PAGE_SIZE) /* a file of the greatest size, and one byte to see that it is longer */

static uint8_t *pages_take(size_t size)
{
    uint8_t *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        abort();
    (void)madvise(pages, size, MADV_DONTDUMP);
    (void)mlock(pages, size);
    return pages;
}

static void pages_give_back(uint8_t *pages, size_t size)
{
    explicit_bzero(pages, size);
    munmap(pages, size);
}

/* ---- decoded keys ----------------------------------------------------------------------------------------------- */

struct page {
    struct page *next;
    uint8_t *bytes;
    size_t used;
};

struct secrets {
    struct page *newest;
};

struct secrets *secrets_new(void)
{
    struct secrets *secrets = calloc(1, sizeof(*secrets));
    if (secrets == NULL)
        abort();
    return secrets;
}

void secrets_free(struct secrets *secrets)
{
    if (secrets == NULL)
        return;
    for (struct page *page = secrets->newest, *next; page != NULL; page = next) {
        next = page->next;
        pages_give_back(page->bytes, PAGE_SIZE);
        free(page);
    }
    free(secrets);
}

static uint8_t *secrets_room(struct secrets *secrets, size_t size)
{
    struct page *page = secrets->newest;
    if (page == NULL || size > PAGE_SIZE - page->used) {
        page = calloc(1, sizeof(*page));
        if (page == NULL)
            abort();
        page->bytes = pages_take(PAGE_SIZE);
        page->next = secrets->newest;
        secrets->newest = page;
    }
    return page->bytes + page->used;
}

/*
 * Padding characters at the end of well-formed base64; -1: it is not well formed. OpenSSL takes blanks and stray
 * padding.
 */
static int base64_padding(const char *base64, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (length == 0 || length % 4 != 0)
        return -1;
    int padding = base64[length - 1] != '=' ? 0 : base64[length - 2] != '=' ? 1 : 2;
    for (size_t i = 0; i < length - (size_t)padding; i++)
        if (base64[i] == '\0' || strchr(letters, base64[i]) == NULL)
            return -1;
    return padding;
}

bool secret_decode(struct secrets *secrets, const char *base64, size_t length, const uint8_t **ret,
                   uint16_t *ret_length, struct error *err)
{
    int padding = base64_padding(base64, length);
    if (padding < 0) {
        error_set(err, ERROR_SYNTAX, "has a key whose secret is not base64");
        return false;
    }
    if (length / 4 * 3 > SECRET_OCTETS_MAX) {
        error_set(err, ERROR_LIMIT, "has a key of more than %d octets", SECRET_OCTETS_MAX);
        return false;
    }
    uint8_t *room = secrets_room(secrets, length / 4 * 3);
    int decoded = EVP_DecodeBlock(room, (const unsigned char *)base64, (int)length);
    if (decoded < padding) {
        error_set(err, ERROR_SYNTAX, "has a key whose secret is not base64");
        return false;
    }
    secrets->newest->used += (size_t)decoded;
    *ret = room;
    *ret_length = (uint16_t)(decoded - padding);
    return true;
}

const uint8_t *secret_keep(struct secrets *secrets, const char *bytes, size_t length)
{
    if (length == 0 || length >= SECRET_OCTETS_MAX)
        return NULL;
    uint8_t *room = secrets_room(secrets, length + 1);
    memcpy(room, bytes, length);
    room[length] = '\0';
    secrets->newest->used += length + 1;
    return room;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* Fills `text` from an open file; false with errno set, EFBIG: too long. */
static bool fill(int descriptor, struct secret_text *text)
{
    text->length = 0;
    for (;;) {
        ssize_t got = read(descriptor, text->bytes + text->length, TEXT_ROOM - text->length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            return true;
        text->length += (size_t)got;
        if (text->length > SECRET_FILE_MAX) {
            errno = EFBIG;
            return false;
        }
    }
}

static bool read_open(const char *path, int descriptor, struct secret_text *ret, struct error *err)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        error_set_errno(err, errno, "'%s' cannot be read", path);
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(err, ERROR_SYNTAX, "'%s' is not a regular file", path);
        return false;
    }
    struct secret_text text = {.bytes = (char *)pages_take(TEXT_ROOM), .mode = status.st_mode & 07777};
    text.open_to_others = (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
    if (!fill(descriptor, &text)) {
        if (errno == EFBIG)
            error_set(err, ERROR_LIMIT, "'%s' is larger than %d bytes; is it a key file?", path, SECRET_FILE_MAX);
        else
            error_set_errno(err, errno, "'%s' cannot be read", path);
        secret_wipe(&text);
        return false;
    }
    *ret = text;
    return true;
}

bool secret_read(const char *path, struct secret_text *ret, struct error *err)
{
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 && errno == ELOOP) {
        error_set(err, ERROR_SYNTAX, "'%s' is a symbolic link; name the file itself", path);
        return false;
    }
    if (descriptor < 0) {
        error_set_errno(err, errno, "'%s' cannot be read", path);
        return false;
    }
    bool good = read_open(path, descriptor, ret, err);
    close(descriptor);
    return good;
}

void secret_wipe(struct secret_text *text)
{
    if (text->bytes != NULL)
        pages_give_back((uint8_t *)text->bytes, TEXT_ROOM);
    *text = (struct secret_text){0};
}
