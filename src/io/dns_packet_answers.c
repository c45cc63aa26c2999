/* SPDX-License-Identifier: MIT */
/*
 * Where: io, with its neighbours dns_packet_read and dns_packet_write the only files that see ldns.
 * What:  whether an answer holds certain data, in the form in which people write it.
 * Why:   names are compared without regard to case and to the dot at their end, addresses as addresses, and a text as
 *        the text that its pieces make together; the owner is not: who asks for an address may get it behind a CNAME.
 */
#include "io/dns_packet.h"
#include "io/dns_packet_parts.h"

#include "model/address.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_address(const ldns_rr *record, const char *wanted)
{
    struct address address;
    const ldns_rdf *field = ldns_rr_rd_count(record) > 0 ? ldns_rr_rdf(record, 0) : NULL;
    return address_parse(wanted, &address, NULL) && field && ldns_rdf_size(field) == address_length(&address) &&
           memcmp(ldns_rdf_data(field), address.bytes, ldns_rdf_size(field)) == 0;
}

/* The pieces one behind the other (RFC 7208 3.3). */
static bool is_text(const ldns_rr *record, const char *wanted)
{
    size_t left = strlen(wanted);
    for (size_t i = 0; i < ldns_rr_rd_count(record); i++) {
        const ldns_rdf *field = ldns_rr_rdf(record, i);
        size_t length = field && ldns_rdf_size(field) > 0 ? ldns_rdf_size(field) - 1 : 0;
        if (length > left || (length > 0 && memcmp(ldns_rdf_data(field) + 1, wanted, length) != 0))
            return false;
        wanted += length;
        left -= length;
    }
    return left == 0;
}

static size_t length_without_dot(const char *text)
{
    size_t length = strlen(text);
    return length > 1 && text[length - 1] == '.' ? length - 1 : length;
}

static bool is_data(const ldns_rr *record, const char *data, const char *wanted)
{
    ldns_rr_type type = ldns_rr_get_type(record);
    if (type == LDNS_RR_TYPE_A || type == LDNS_RR_TYPE_AAAA)
        return is_address(record, wanted);
    if (type == LDNS_RR_TYPE_TXT && is_text(record, wanted))
        return true;
    size_t length = length_without_dot(data);
    return length == length_without_dot(wanted) && strncasecmp(data, wanted, length) == 0;
}

/* The data as in a zone file, its fields one behind the other; NULL: memory is out. The caller's to free. */
static char *data_of(const ldns_rr *record)
{
    ldns_buffer *buffer = ldns_buffer_new(LDNS_MIN_BUFLEN);
    if (!buffer)
        return NULL;
    ldns_status status = LDNS_STATUS_OK;
    for (size_t i = 0; i < ldns_rr_rd_count(record) && status == LDNS_STATUS_OK; i++) {
        if (i > 0)
            ldns_buffer_printf(buffer, " ");
        status = ldns_rdf2buffer_str(buffer, ldns_rr_rdf(record, i));
    }
    char *data = status == LDNS_STATUS_OK ? ldns_buffer_export2str(buffer) : NULL;
    ldns_buffer_free(buffer);
    return data;
}

bool dns_packet_find_answer(const uint8_t *bytes, size_t length, uint16_t type, const char *wanted, bool *ret_found,
                            struct text *seen, struct error *err)
{
    ldns_pkt *packet = dns_packet_parse(bytes, length, err);
    if (!packet)
        return false;
    bool found = false, whole = true;
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; whole && i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        if (ldns_rr_get_type(record) != (ldns_rr_type)type || ldns_rr_get_class(record) != LDNS_RR_CLASS_IN)
            continue;
        char *data = data_of(record);
        whole = data != NULL;
        if (whole) {
            found |= wanted != NULL && is_data(record, data, wanted);
            text_add(seen, seen->length > 0 ? ", " : "");
            text_add(seen, data);
        }
        free(data);
    }
    ldns_pkt_free(packet);
    if (whole)
        *ret_found = found;
    else
        error_set(err, ERROR_SYSTEM, "out of memory for an answer");
    return whole;
}
