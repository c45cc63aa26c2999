/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http, before judge.
 * What:  from libcurl's result to what happened.
 * Why:   several codes mean two things. 27, "out of memory", is also what a header line beyond libcurl's own limit
 *        gets, and then the target is to blame; 35, 55 and 56 may be a reset, an end or nonsense. The kernel, asked
 *        while the connection was closed, knows better. A code that we do not know, once there is a connection, is
 *        the target's: else a strange server would be "not judged" for ever, and a dead one published.
 */

#include "io/http_handle.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* "sslv3 alert bad certificate": the other side ended the session, and says why. */
static bool is_alert(const char *text)
{
    return strstr(text, " alert ") != NULL;
}

/* Words of libcurl for failures of the connection below HTTP. */
static bool is_about_the_connection(const char *text)
{
    return starts_with(text, "Recv failure") || starts_with(text, "Send failure") ||
           strstr(text, "SSL_ERROR_SYSCALL") || strstr(text, "unexpected eof") || strstr(text, "errno");
}

/* A handshake that failed before the other side had said anything, or for want of memory, failed on our side. */
static bool tls_failed_here(const struct http_handle *handle)
{
    if (strstr(handle->error_text, "malloc failure"))
        return true;
    return handle->octets_received == 0 && !handle->was_reset && !is_about_the_connection(handle->error_text);
}

/* 35, 55, 56 and whatever else ended the transfer. */
static enum probe_end broken_or(const struct http_handle *handle, enum probe_end otherwise)
{
    if (is_alert(handle->error_text))
        return PROBE_TLS_FAILED;
    if (handle->was_reset)
        return PROBE_BROKEN;
    return is_about_the_connection(handle->error_text) ? PROBE_CLOSED : otherwise;
}

static enum probe_end end_of(const struct http_handle *handle, int code)
{
    if (handle->headers_too_long)
        return PROBE_HEADERS_TOO_LONG;
    switch (code) {
    case CURLE_OK:
        if (handle->headers_done || handle->look->handshake_only)
            return PROBE_COMPLETE;
        return handle->was_reset ? PROBE_BROKEN
                                 : PROBE_CLOSED; /* an end within the headers is good enough for libcurl */
    case CURLE_WRITE_ERROR:
        return handle->body_is_enough ? PROBE_COMPLETE : PROBE_LOCAL;
    case CURLE_OUT_OF_MEMORY:
        return !handle->headers_done && handle->octets_received > HEADER_READ_MAX ? PROBE_HEADERS_TOO_LONG
                                                                                  : PROBE_LOCAL;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return handle->was_reset ? PROBE_BROKEN : PROBE_CLOSED;
    case CURLE_COULDNT_CONNECT: /* it was connected when libcurl got it */
        return PROBE_BROKEN;
    case CURLE_PEER_FAILED_VERIFICATION:
        return http_tls_is_local(handle->verify_error) ? PROBE_LOCAL : PROBE_TLS_FAILED;
    case CURLE_SSL_CONNECT_ERROR:
        return tls_failed_here(handle) ? PROBE_LOCAL : broken_or(handle, PROBE_TLS_FAILED);
    case CURLE_FAILED_INIT:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_RECURSIVE_API_CALL:
        return PROBE_LOCAL;
    default:
        return broken_or(handle, handle->phase <= PROBE_TLS ? PROBE_TLS_FAILED : PROBE_NOT_HTTP);
    }
}

static const char *words_of(const struct http_handle *handle, int code)
{
    return handle->error_text[0] != '\0' ? handle->error_text : curl_easy_strerror((CURLcode)code);
}

struct probe_facts http_facts(const struct http_handle *handle, int code)
{
    struct probe_facts facts = {.end = end_of(handle, code),
                                .phase = handle->phase,
                                .body = handle->body,
                                .body_length = handle->body_kept,
                                .redirects = handle->hop.count,
                                .certificate_end_s = handle->certificate_end_s};
    long status = 0;
    if (curl_easy_getinfo(handle->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status >= 0 && status <= 999)
        facts.status = (uint16_t)status;
    switch (facts.end) {
    case PROBE_BROKEN:
        facts.sys_errno = ECONNRESET;
        break;
    case PROBE_TLS_FAILED:
        facts.tls_fault = code == CURLE_PEER_FAILED_VERIFICATION ? http_tls_fault(handle->verify_error)
                                                                 : TLS_FAULT_PROTOCOL;
        /* where nobody asks who signed it, something else ended the session */
        facts.text = code == CURLE_PEER_FAILED_VERIFICATION ? http_tls_words(handle->verify_error) : NULL;
        if (!facts.text)
            facts.text = words_of(handle, code);
        break;
    case PROBE_NOT_HTTP:
    case PROBE_LOCAL:
        facts.text = words_of(handle, code);
        break;
    case PROBE_COMPLETE:
    case PROBE_TIMED_OUT:
    case PROBE_NO_ADDRESS:
    case PROBE_CONNECT_FAILED:
    case PROBE_CLOSED:
    case PROBE_HEADERS_TOO_LONG:
    case PROBE_REDIRECTED_AWAY:
        break;
    }
    return facts;
}

/* libcurl counts from the moment it got the connection, we from the beginning of the call. */
static int32_t since_start(const struct http_handle *handle, const struct http_clock *clock, CURLINFO which)
{
    curl_off_t us = 0;
    if (curl_easy_getinfo(handle->easy, which, &us) != CURLE_OK || us <= 0)
        return -1;
    us += clock->request_us - clock->started_us;
    return us > INT32_MAX ? INT32_MAX : (int32_t)us;
}

struct phase_times http_times(const struct http_handle *handle, const struct http_clock *clock, int64_t now_us)
{
    struct phase_times times = {-1, -1, -1, -1, -1};
    int64_t total = now_us - clock->started_us;
    times.total_us = total > INT32_MAX ? INT32_MAX : (int32_t)total;
    if (!handle)
        return times;
    times.connect_us = (int32_t)(clock->connected_us - clock->started_us);
    if (handle->hop.count > 0 ? handle->hop.secure : handle->look->secure)
        times.tls_us = since_start(handle, clock, CURLINFO_APPCONNECT_TIME_T);
    if (handle->phase >= PROBE_BODY)
        times.first_byte_us = since_start(handle, clock, CURLINFO_STARTTRANSFER_TIME_T);
    int32_t exact = since_start(handle, clock, CURLINFO_TOTAL_TIME_T);
    if (exact > times.total_us)
        times.total_us = exact;
    return times;
}
