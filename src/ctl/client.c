/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under command; alone with libcurl.
 * What:  one HTTP request over the Unix socket.
 * Why:   who may not open the socket should hear who may: so the rights are looked at first, as libcurl would only say
 *        that it could not connect.
 */
#include "ctl/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONNECT_MS 5000L
#define TRIES      10
#define AGAIN_MS   100
#define WHOLE_MS   90000L /* the daemon speaks up before */
#define ANSWER_MAX (1024UL * 1024 * 1024)

/* What is heard goes to `sink`. */
struct asking {
    client_sink_fn *sink;
    void *ctx;
    long status;
};

static size_t take(char *bytes, size_t size, size_t count, void *ctx)
{
    struct asking *asking = ctx;
    return asking->sink(bytes, size * count, asking->ctx) ? size * count : 0;
}

/* A client_sink_fn that gathers the whole. */
static bool gather(const char *bytes, size_t length, void *ctx)
{
    struct client_answer *answer = ctx;
    if (length > ANSWER_MAX - answer->length)
        return false;
    char *grown = realloc(answer->body, answer->length + length + 1);
    if (!grown)
        return false;
    answer->body = grown;
    memcpy(grown + answer->length, bytes, length);
    answer->length += length;
    grown[answer->length] = '\0';
    return true;
}

/* The group of the socket, or of the directory where that may not even be entered. */
static void tell_denied(const char *socket, struct error *err)
{
    struct stat stat_of;
    char directory[4096];
    const char *slash = strrchr(socket, '/');
    struct text parent = text_over(directory, sizeof directory);
    text_add_bytes(&parent, socket, slash && slash > socket ? (size_t)(slash - socket) : 1);
    bool found = stat(socket, &stat_of) == 0 || stat(directory, &stat_of) == 0;
    const struct group *group = found ? getgrgid(stat_of.st_gid) : NULL;
    if (group)
        error_set(err, ERROR_SYSTEM, "%s: permission denied: root and members of the group '%s' may use it", socket,
                  group->gr_name);
    else if (found)
        error_set(err, ERROR_SYSTEM, "%s: permission denied: root and members of the group %u may use it", socket,
                  (unsigned)stat_of.st_gid);
    else
        error_set(err, ERROR_SYSTEM,
                  "%s: permission denied: root and members of the daemon's group, usually "
                  "'repointd', may use it",
                  socket);
}

static enum client_outcome look_at_socket(const char *socket, struct error *err)
{
    if (access(socket, R_OK | W_OK) == 0)
        return CLIENT_ANSWERED;
    if (errno == EACCES || errno == EPERM) {
        tell_denied(socket, err);
        return CLIENT_DENIED;
    }
    error_set_errno(err, errno, "no control socket %s: does repointd run? (systemctl status repointd)", socket);
    return CLIENT_UNREACHED;
}

/* Nobody is behind the socket. Else there is somebody, who had no place for us before we could speak. */
static bool is_refused(CURL *curl)
{
    long sys_errno = 0;
    return curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &sys_errno) == CURLE_OK && sys_errno == ECONNREFUSED;
}

static enum client_outcome perform(CURL *curl, const char *socket, struct asking *asking, struct error *err)
{
    char words[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    CURLcode code = curl_easy_perform(curl);
    for (int tries = 0; tries < TRIES && code == CURLE_COULDNT_CONNECT && !is_refused(curl); tries++) {
        (void)poll(NULL, 0, AGAIN_MS);
        code = curl_easy_perform(curl);
    }
    if (code == CURLE_OK) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &asking->status);
        return CLIENT_ANSWERED;
    }
    const char *why = words[0] ? words : curl_easy_strerror(code);
    if (code == CURLE_COULDNT_CONNECT) {
        error_set(err, ERROR_SYSTEM, "nobody serves %s: does repointd run? (systemctl status repointd)", socket);
        return CLIENT_UNREACHED;
    }
    error_set(err, ERROR_PROTOCOL, "%s: no whole answer came: %s", socket, why);
    return CLIENT_BROKEN;
}

static enum client_outcome ask(const char *socket, const char *path, const char *body, struct asking *asking,
                               struct error *err)
{
    char url[65536];
    struct text text = text_over(url, sizeof url);
    text_addf(&text, "http://localhost%s", path);
    enum client_outcome outcome = look_at_socket(socket, err);
    if (outcome != CLIENT_ANSWERED)
        return outcome;
    CURL *curl = curl_easy_init();
    if (!curl || text.truncated) {
        error_set(err, ERROR_LIMIT, "%s", curl ? "too many names" : "out of memory");
        curl_easy_cleanup(curl);
        return CLIENT_BROKEN;
    }
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WHOLE_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, asking);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    }
    outcome = perform(curl, socket, asking, err);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return outcome;
}

enum client_outcome client_ask(const char *socket, const char *path, const char *body, struct client_answer *ret,
                               struct error *err)
{
    struct client_answer answer = {0};
    struct asking asking = {gather, &answer, 0};
    enum client_outcome outcome = ask(socket, path, body, &asking, err);
    answer.status = asking.status;
    if (outcome == CLIENT_ANSWERED)
        *ret = answer;
    else
        free(answer.body);
    return outcome;
}

enum client_outcome client_listen(const char *socket, const char *path, client_sink_fn *sink, void *ctx,
                                  struct error *err)
{
    return ask(socket, path, NULL, &(struct asking){sink, ctx, 0}, err);
}

void client_library(struct text *out)
{
    text_addf(out, "libcurl %s", curl_version_info(CURLVERSION_NOW)->version);
}
