/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside http; the only file of the probe side that sees OpenSSL.
 * What:  remembers why a certificate was not accepted, and when the server's own ends.
 * Why:   libcurl tells "verification failed" for all of them, and its certificate report is text, made anew for every
 *        probe, and empty for an expired or an untrusted one. The callback decides nothing: it takes note and passes
 *        OpenSSL's verdict on. The name is libcurl's own check, after the chain was found good; so a failure without an
 *        error here is one of the name.
 */

#include "io/http_handle.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <time.h>

/* Seconds since 1970; 0 where the certificate does not say it in an orderly way. */
static int64_t end_of(const X509 *certificate)
{
    struct tm when;
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when) != 1)
        return 0;
    return timegm(&when);
}

static int on_verify(int good, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct http_handle *handle = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (!good && handle->verify_error == X509_V_OK)
        handle->verify_error = X509_STORE_CTX_get_error(store);
    if (handle->certificate_end_s == 0)
        handle->certificate_end_s = end_of(X509_STORE_CTX_get0_cert(store));
    return good;
}

void http_tls_watch(void *ssl_ctx, struct http_handle *handle)
{
    SSL_CTX_set_app_data(ssl_ctx, handle);
    SSL_CTX_set_verify(ssl_ctx, SSL_CTX_get_verify_mode(ssl_ctx), on_verify);
}

bool http_tls_is_local(int verify_error)
{
    return verify_error == X509_V_ERR_OUT_OF_MEM;
}

enum tls_fault http_tls_fault(int verify_error)
{
    switch (verify_error) {
    case X509_V_OK:
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TLS_FAULT_NAME;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLS_FAULT_EXPIRED;
    default:
        return TLS_FAULT_UNTRUSTED;
    }
}

const char *http_tls_words(int verify_error)
{
    return verify_error == X509_V_OK ? NULL : X509_verify_cert_error_string(verify_error);
}
