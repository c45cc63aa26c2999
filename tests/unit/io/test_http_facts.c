/* SPDX-License-Identifier: MIT */
/*
 * Where: units of io/http_facts and io/http_tls.
 * What:  what each result of libcurl comes to, together with what the kernel said: whose fault it was. Faults 15, 24.
 */
#include "io/http_handle.h"
#include "io/http_options.h"

#include "base/attributes.h"

#include <curl/curl.h>
#include <openssl/x509_vfy.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    CURLcode code;
    enum probe_phase phase;
    bool headers_done, was_reset, body_is_enough, headers_too_long;
    uint64_t octets;
    const char *text;
    enum probe_end end;
} rows[] = {
    {CURLE_OK, PROBE_BODY, true, false, false, false, 0, "", PROBE_COMPLETE},
    /* an end within the headers is good enough for libcurl, not for us */
    {CURLE_OK, PROBE_BODY, false, false, false, false, 20, "", PROBE_CLOSED},
    {CURLE_OK, PROBE_BODY, false, true, false, false, 20, "", PROBE_BROKEN},
    {CURLE_WRITE_ERROR, PROBE_BODY, true, false, true, false, 0, "", PROBE_COMPLETE},
    {CURLE_WRITE_ERROR, PROBE_BODY, true, false, false, true, 0, "", PROBE_HEADERS_TOO_LONG},
    {CURLE_WRITE_ERROR, PROBE_BODY, true, false, false, false, 0, "", PROBE_LOCAL},
    /* "out of memory": of a header beyond every measure it is the target's, else ours; both sides of the bound */
    {CURLE_OUT_OF_MEMORY, PROBE_BODY, false, false, false, false, 16385, "", PROBE_HEADERS_TOO_LONG},
    {CURLE_OUT_OF_MEMORY, PROBE_BODY, false, false, false, false, 16384, "", PROBE_LOCAL},
    {CURLE_OUT_OF_MEMORY, PROBE_BODY, true, false, false, false, 70000, "", PROBE_LOCAL},
    {CURLE_GOT_NOTHING, PROBE_RESPONSE, false, false, false, false, 0, "Empty reply from server", PROBE_CLOSED},
    {CURLE_GOT_NOTHING, PROBE_RESPONSE, false, true, false, false, 0, "Empty reply from server", PROBE_BROKEN},
    {CURLE_PARTIAL_FILE, PROBE_BODY, true, false, false, false, 99, "transfer closed", PROBE_CLOSED},
    {CURLE_PARTIAL_FILE, PROBE_BODY, true, true, false, false, 99, "transfer closed", PROBE_BROKEN},
    {CURLE_COULDNT_CONNECT, PROBE_CONNECT, false, false, false, false, 0, "", PROBE_BROKEN},
    {CURLE_RECV_ERROR, PROBE_RESPONSE, false, true, false, false, 0, "Recv failure: Connection reset", PROBE_BROKEN},
    {CURLE_RECV_ERROR, PROBE_RESPONSE, false, false, false, false, 9, "OpenSSL SSL_read: unexpected eof", PROBE_CLOSED},
    {CURLE_RECV_ERROR, PROBE_BODY, true, false, false, false, 9, "Malformed encoding found", PROBE_NOT_HTTP},
    {CURLE_SEND_ERROR, PROBE_RESPONSE, false, true, false, false, 0, "Send failure: Broken pipe", PROBE_BROKEN},
    {CURLE_UNSUPPORTED_PROTOCOL, PROBE_RESPONSE, false, false, false, false, 9, "Received HTTP/0.9", PROBE_NOT_HTTP},
    {CURLE_WEIRD_SERVER_REPLY, PROBE_BODY, false, false, false, false, 9, "Nul byte in header", PROBE_NOT_HTTP},
    {CURLE_BAD_CONTENT_ENCODING, PROBE_BODY, true, false, false, false, 9, "", PROBE_NOT_HTTP},
    /* a code of tomorrow, once there is a connection: the target's */
    {(CURLcode)97, PROBE_RESPONSE, false, false, false, false, 9, "something new", PROBE_NOT_HTTP},
    {(CURLcode)97, PROBE_TLS, false, false, false, false, 9, "something new", PROBE_TLS_FAILED},
    {CURLE_SSL_CONNECT_ERROR, PROBE_TLS, false, false, false, false, 7, "alert protocol version", PROBE_TLS_FAILED},
    /* the other side says why it ends the session: a client certificate that it misses comes after the handshake */
    {CURLE_RECV_ERROR, PROBE_RESPONSE, false, false, false, false, 9,
     "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0", PROBE_TLS_FAILED},
    {CURLE_SSL_CONNECT_ERROR, PROBE_TLS, false, true, false, false, 0, "SSL_ERROR_SYSCALL", PROBE_BROKEN},
    {CURLE_SSL_CONNECT_ERROR, PROBE_TLS, false, false, false, false, 0, "SSL_ERROR_SYSCALL", PROBE_CLOSED},
    /* nobody has said anything yet, or there is no memory: ours */
    {CURLE_SSL_CONNECT_ERROR, PROBE_TLS, false, false, false, false, 0, "no ciphers", PROBE_LOCAL},
    {CURLE_SSL_CONNECT_ERROR, PROBE_TLS, false, false, false, false, 7, "routines::malloc failure", PROBE_LOCAL},
    {CURLE_SSL_CACERT_BADFILE, PROBE_TLS, false, false, false, false, 0, "error setting CA file", PROBE_LOCAL},
    {CURLE_URL_MALFORMAT, PROBE_CONNECT, false, false, false, false, 0, "", PROBE_LOCAL},
    {CURLE_ABORTED_BY_CALLBACK, PROBE_RESPONSE, false, false, false, false, 0, "", PROBE_LOCAL},
};

static void test_facts_tell_whose_fault_it_was(void **state)
{
    (void)state;
    struct http_handle *handle = http_handle_new();
    struct http_look look = {0};
    handle->look = &look;
    uint32_t wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        http_handle_begin(handle, -1);
        handle->phase = rows[i].phase;
        handle->headers_done = rows[i].headers_done;
        handle->was_reset = rows[i].was_reset;
        handle->body_is_enough = rows[i].body_is_enough;
        handle->headers_too_long = rows[i].headers_too_long;
        handle->octets_received = rows[i].octets;
        snprintf(handle->error_text, sizeof(handle->error_text), "%s", rows[i].text);
        struct probe_facts facts = http_facts(handle, (int)rows[i].code);
        if (facts.end == rows[i].end && facts.phase == rows[i].phase)
            continue;
        printf("# row %zu, code %d \"%s\": %d, wanted %d\n", i, (int)rows[i].code, rows[i].text, (int)facts.end,
               (int)rows[i].end);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    http_handle_free(handle);
}

static void test_facts_tell_faults_of_a_certificate_apart(void **state)
{
    (void)state;
    static const struct {
        int error;
        enum tls_fault fault;
    } faults[] = {
        {X509_V_OK, TLS_FAULT_NAME}, /* the chain was good: the name, which libcurl checks */
        {X509_V_ERR_HOSTNAME_MISMATCH, TLS_FAULT_NAME},
        {X509_V_ERR_IP_ADDRESS_MISMATCH, TLS_FAULT_NAME},
        {X509_V_ERR_CERT_HAS_EXPIRED, TLS_FAULT_EXPIRED},
        {X509_V_ERR_CERT_NOT_YET_VALID, TLS_FAULT_EXPIRED},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, TLS_FAULT_UNTRUSTED},
        {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, TLS_FAULT_UNTRUSTED},
        {X509_V_ERR_CERT_REVOKED, TLS_FAULT_UNTRUSTED},
    };
    struct http_handle *handle = http_handle_new();
    struct http_look look = {0};
    handle->look = &look;
    for (size_t i = 0; i < ARRAY_COUNT(faults); i++) {
        http_handle_begin(handle, -1);
        handle->phase = PROBE_TLS;
        handle->verify_error = faults[i].error;
        struct probe_facts facts = http_facts(handle, CURLE_PEER_FAILED_VERIFICATION);
        assert_int_equal(facts.end, PROBE_TLS_FAILED);
        assert_int_equal(facts.tls_fault, faults[i].fault);
        assert_true(facts.text && facts.text[0]);
    }
    handle->verify_error = X509_V_ERR_OUT_OF_MEM;
    assert_int_equal(http_facts(handle, CURLE_PEER_FAILED_VERIFICATION).end, PROBE_LOCAL);
    http_handle_free(handle);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_tell_whose_fault_it_was),
        cmocka_unit_test(test_facts_tell_faults_of_a_certificate_apart),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
