/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http.
 * What:  every option of libcurl that we set, and the callbacks behind them.
 * Why:   options stay in a handle; those of the check change only when the handle serves another one. Proxies, cookies,
 *        HSTS, Alt-Svc and netrc are off by default or by these lines (docs/faults.md, security), and so are libcurl's
 *        redirects: where we follow one, each connection is made by us, to an address that was judged.
 *        Octets are counted here because libcurl has no limit on headers, and looks at Content-Length alone for
 *        bodies.
 */

#include "io/http_options.h"

#include "io/http_redirect.h"

#include <curl/curl.h>
#include <linux/tcp.h> /* glibc's tcp_info is older and shorter */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define STATE_CLOSED 7 /* TCP_CLOSE of the kernel: a reset has come */

#define NEVER_OPENED "-"

_Static_assert(HTTP_ERROR_TEXT >= CURL_ERROR_SIZE, "libcurl writes this much");

/* ---- callbacks ---- */

static void reach(struct http_handle *handle, enum probe_phase phase)
{
    if (phase <= handle->phase)
        return;
    handle->phase = phase;
    handle->reached(phase, handle->owner);
}

/* Gives the connection away, once: a second one, for whatever reason, is not made. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    (void)address;
    struct http_handle *handle = ctx;
    int fd = handle->fd;
    handle->fd = -1;
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

/*
 * Comes before libcurl tells how it ended: the last moment to ask the kernel whether it was a reset, and how much had
 * come.
 */
static int on_close(void *ctx, curl_socket_t fd)
{
    struct http_handle *handle = ctx;
    if (handle->is_redirected)
        (void)recv(fd, NULL, BODY_READ_MAX,
                   MSG_DONTWAIT | MSG_TRUNC); /* what nobody reads would make a reset of our FIN */
    if (!handle->headers_done || handle->error_text[0] != '\0') {
        struct tcp_info info = {0};
        socklen_t length = sizeof info;
        if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0) {
            handle->was_reset = info.tcpi_state == STATE_CLOSED;
            handle->octets_received = info.tcpi_bytes_received;
        }
    }
    loop_close(handle->loop, fd);
    return 0;
}

static int on_request(void *ctx, char *to, char *from, int to_port, int from_port)
{
    (void)to;
    (void)from;
    (void)to_port;
    (void)from_port;
    reach(ctx, PROBE_RESPONSE);
    return CURL_PREREQFUNC_OK;
}

/* "HTTP/1.1 200 OK": a status line that is final, that is not 1xx. */
static bool is_final_status(const char *line, size_t length)
{
    const char *space = length > 5 && memcmp(line, "HTTP/", 5) == 0 ? memchr(line, ' ', length) : NULL;
    return space && space + 1 < line + length && space[1] != '1';
}

/*
 * "Content-Encoding: gzip" and "deflate" are decoded. A server that sends another one, which nobody asked for, is
 * taken as it is: what libcurl would do with it depends on how it was built.
 */
static bool is_foreign_encoding(const char *line, size_t length)
{
    static const char name[] = "content-encoding:";
    static const char *const ours[] = {"gzip", "x-gzip", "deflate", "identity"};
    size_t start = sizeof name - 1;
    if (length < start || strncasecmp(line, name, start) != 0)
        return false;
    while (start < length && strchr(" \t", line[start]))
        start++;
    while (length > start && strchr(" \t\r\n", line[length - 1]))
        length--;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (length - start == strlen(ours[i]) && strncasecmp(line + start, ours[i], length - start) == 0)
            return false;
    return true;
}

static size_t on_header(char *line, size_t size, size_t length, void *ctx)
{
    (void)size;
    struct http_handle *handle = ctx;
    handle->header_octets += (uint32_t)length;
    if (handle->header_octets > HEADER_READ_MAX) {
        handle->headers_too_long = true;
        return 0;
    }
    if (handle->phase < PROBE_BODY && is_final_status(line, length))
        reach(handle, PROBE_BODY);
    if (handle->look->keeps_body && is_foreign_encoding(line, length)) {
        handle->takes_raw = true;
        (void)curl_easy_setopt(handle->easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    }
    if (handle->look->redirects_most > 0 && !handle->headers_done)
        http_redirect_note(handle, line, length);
    if (handle->phase == PROBE_BODY && (line[0] == '\r' || line[0] == '\n'))
        handle->headers_done = true;
    return handle->is_redirected ? 0 : length; /* whatever else it says there, nobody wants it */
}

static size_t on_body(char *octets, size_t size, size_t length, void *ctx)
{
    (void)size;
    struct http_handle *handle = ctx;
    if (handle->look->keeps_body && handle->body_kept < BODY_MATCH_MAX) {
        size_t room = BODY_MATCH_MAX - handle->body_kept;
        size_t taken = length < room ? length : room;
        memcpy(handle->body + handle->body_kept, octets, taken);
        handle->body_kept += (uint32_t)taken;
    }
    handle->body_octets += (uint32_t)length;
    if (handle->body_octets < BODY_READ_MAX)
        return length;
    handle->body_is_enough = true;
    return 0;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *handle)
{
    (void)easy;
    http_tls_watch(ssl_ctx, handle);
    return CURLE_OK;
}

/* ---- options ---- */

/* Remembers the first refusal of a row of options, so that they can stand as a list. */
#define SET(good, easy, option, value) ((good) = (good) && curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

static bool set_for_ever(struct http_handle *handle)
{
    CURL *easy = handle->easy;
    bool good = true;
    SET(good, easy, CURLOPT_PRIVATE, handle);
    SET(good, easy, CURLOPT_ERRORBUFFER, handle->error_text);
    SET(good, easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    SET(good, easy, CURLOPT_OPENSOCKETDATA, handle);
    SET(good, easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    SET(good, easy, CURLOPT_CLOSESOCKETDATA, handle);
    SET(good, easy, CURLOPT_PREREQFUNCTION, on_request);
    SET(good, easy, CURLOPT_PREREQDATA, handle);
    SET(good, easy, CURLOPT_HEADERFUNCTION, on_header);
    SET(good, easy, CURLOPT_HEADERDATA, handle);
    SET(good, easy, CURLOPT_WRITEFUNCTION, on_body);
    SET(good, easy, CURLOPT_WRITEDATA, handle);

    SET(good, easy, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(good, easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(good, easy, CURLOPT_FOLLOWLOCATION, 0L);
    SET(good, easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(good, easy, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(good, easy, CURLOPT_PROXY, ""); /* else http_proxy of the environment is obeyed */
    SET(good, easy, CURLOPT_NOPROXY, "*");
    SET(good, easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(good, easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);

    SET(good, easy, CURLOPT_NOSIGNAL, 1L);
    SET(good, easy, CURLOPT_QUICK_EXIT, 1L);
    SET(good, easy, CURLOPT_FRESH_CONNECT, 1L);
    SET(good, easy, CURLOPT_FORBID_REUSE, 1L);
    SET(good, easy, CURLOPT_BUFFERSIZE, 1024L); /* the least */
    /*
     * So there is no name to resolve, and no cache of names to look through; the connection is on_open's. What else
     * libcurl would tell the kernel about a TCP connection is http's to say.
     */
    SET(good, easy, CURLOPT_UNIX_SOCKET_PATH, NEVER_OPENED);

    SET(good, easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(good, easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    SET(good, easy, CURLOPT_CAPATH, NULL); /* else libcurl does not keep the parsed CA bundle: 35 ms a probe */
    return good;
}

/* The CA file is left alone where it is the system's: libcurl knows where Debian keeps it. */
static bool set_tls(CURL *easy, const struct http_look *look, struct http_handle *handle)
{
    bool verify = look->meets_tls && look->tls->verify;
    /* Without a name a TLS check verifies who signed the certificate, not for whom. */
    bool has_name = !look->handshake_only || look->tls->sni;
    curl_ssl_ctx_callback watch = look->meets_tls ? on_ssl_ctx : NULL;
    bool good = true;
    SET(good, easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    SET(good, easy, CURLOPT_SSL_VERIFYHOST, verify && has_name ? 2L : 0L);
    SET(good, easy, CURLOPT_SSL_CTX_FUNCTION, watch);
    SET(good, easy, CURLOPT_SSL_CTX_DATA, handle);
    if (verify && look->tls->ca)
        SET(good, easy, CURLOPT_CAINFO, look->tls->ca);
    return good;
}

/* GET and POST are libcurl's own; others it knows by name. A POST says that its body is empty, a GET does not. */
static bool set_method(CURL *easy, const char *method, const char *body, size_t length)
{
    bool good = true, head = strcmp(method, "HEAD") == 0;
    bool post = length > 0 || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
    bool own = !head && strcmp(method, post ? "POST" : "GET") != 0;
    SET(good, easy, CURLOPT_HTTPGET, 1L); /* takes HEAD and POST back */
    if (head)
        SET(good, easy, CURLOPT_NOBODY, 1L);
    if (post) {
        SET(good, easy, CURLOPT_POSTFIELDS, length > 0 ? body : "");
        SET(good, easy, CURLOPT_POSTFIELDSIZE, (long)length);
    }
    SET(good, easy, CURLOPT_CUSTOMREQUEST, own ? method : NULL);
    return good;
}

/* The key is not asked for a passphrase: that would be asked of a terminal. */
static bool set_certificate(CURL *easy, const char *certificate, const char *key)
{
    bool good = true;
    SET(good, easy, CURLOPT_SSLCERT, certificate);
    SET(good, easy, CURLOPT_SSLKEY, key);
    SET(good, easy, CURLOPT_KEYPASSWD, certificate ? "" : NULL);
    return good;
}

static bool set_unusual(struct http_handle *handle, const struct http_look *look)
{
    CURL *easy = handle->easy;
    const struct http_settings *http = &look->check->how.http;
    bool good = true, tls_1_3 = look->tls->version_least > TLS_LEAST;
    SET(good, easy, CURLOPT_SSLVERSION, (long)(tls_1_3 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2));
    SET(good, easy, CURLOPT_CONNECT_ONLY, look->handshake_only ? 1L : 0L);
    SET(good, easy, CURLOPT_SSL_ENABLE_ALPN, look->handshake_only ? 0L : 1L); /* nobody knows what is spoken there */
    good = good && set_certificate(easy, look->tls->certificate, look->tls->key);
    if (look->handshake_only)
        return good;
    return good && set_method(easy, http->method ? http->method : "GET", http->body, http->body_length);
}

bool http_handle_set_look(struct http_handle *handle, struct http_look *look)
{
    CURL *easy = handle->easy;
    /* A CA file cannot be unset by itself. */
    if (handle->look && handle->look->lane != look->lane) {
        curl_easy_reset(easy);
        handle->is_unusual = false;
        if (!set_for_ever(handle))
            return false;
    }
    bool unusual = handle->is_unusual || look->is_unusual;
    handle->look = look;
    http_redirect_forget(handle);
    bool good = true;
    SET(good, easy, CURLOPT_CURLU, look->url);
    SET(good, easy, CURLOPT_HTTPHEADER, look->headers);
    SET(good, easy, CURLOPT_ACCEPT_ENCODING, look->keeps_body ? "gzip, deflate" : NULL);
    if (look->keeps_body && !handle->body)
        handle->body = malloc(BODY_MATCH_MAX);
    if (look->redirects_most > 0 && !handle->location)
        handle->location = malloc(HTTP_LOCATION_MAX);
    if ((look->keeps_body && !handle->body) || (look->redirects_most > 0 && !handle->location))
        return false;
    if (unusual)
        good = good && set_unusual(handle, look);
    handle->is_unusual = look->is_unusual;
    return good && set_tls(easy, look, handle);
}

bool http_handle_set_hop(struct http_handle *handle)
{
    CURL *easy = handle->easy;
    const struct http_hop *hop = &handle->hop;
    bool good = true;
    handle->is_unusual = true;
    SET(good, easy, CURLOPT_CURLU, hop->url);
    SET(good, easy, CURLOPT_HTTPHEADER, hop->headers);
    if (hop->as_get)
        good = good && set_method(easy, "GET", NULL, 0);
    if (!hop->same_host)
        good = good && set_certificate(easy, NULL, NULL);
    return good;
}

void http_handle_begin(struct http_handle *handle, int fd)
{
    handle->fd = fd;
    handle->phase = PROBE_CONNECT;
    handle->header_octets = handle->body_octets = handle->body_kept = 0;
    handle->headers_done = handle->headers_too_long = handle->body_is_enough = handle->was_reset = false;
    handle->octets_received = 0;
    if (handle->takes_raw)
        (void)curl_easy_setopt(handle->easy, CURLOPT_HTTP_CONTENT_DECODING, 1L);
    handle->takes_raw = false;
    handle->verify_error = 0;
    handle->certificate_end_s = 0;
    handle->status = handle->location_length = 0;
    handle->location_is_long = handle->is_redirected = false;
    handle->error_text[0] = '\0';
}

struct http_handle *http_handle_new(void)
{
    struct http_handle *handle = calloc(1, sizeof *handle);
    if (!handle)
        return NULL;
    handle->fd = -1;
    handle->easy = curl_easy_init();
    if (handle->easy && set_for_ever(handle))
        return handle;
    http_handle_free(handle);
    return NULL;
}

void http_handle_free(struct http_handle *handle)
{
    curl_easy_cleanup(handle->easy);
    http_redirect_forget(handle);
    free(handle->body);
    free(handle->location);
    free(handle);
}
