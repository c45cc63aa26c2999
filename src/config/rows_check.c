/* SPDX-License-Identifier: MIT */
/*
 * Where: config; the part of the table of all keys that stands in `checks`.
 * What:  every kind of check and all that goes with it, from the first day.
 * Why:   what the daemon cannot do yet is a row as well, with SUPPORT_LATER, so that a slip in it is told as what it
 *        is.
 */
#include "config/row_words.h"

/* clang-format off */

static const struct word tls_versions[] = {{"1.2", 0x0303}, {"1.3", 0x0304}, {NULL, 0}};
static const struct word dns_types[] = {{"A", 1},    {"NS", 2},   {"CNAME", 5}, {"SOA", 6},   {"PTR", 12}, {"MX", 15},
                                        {"TXT", 16}, {"AAAA", 28}, {"SRV", 33},  {"CAA", 257}, {NULL, 0}};
static const struct word dns_rcodes[] = {
    {"NOERROR", 0}, {"FORMERR", 1}, {"SERVFAIL", 2}, {"NXDOMAIN", 3}, {"NOTIMP", 4}, {"REFUSED", 5}, {NULL, 0}};

#define AT(member) offsetof(struct timeout_draft, member)
static const struct row timeout_rows[] = {
    {.key = "connect", .rule = DURATION(50, HOUR), .forms = FORM_SCALAR, .offset = AT(connect_ms), .initial = "4s",
     .help = "for the connection, the TLS handshake included"},
    {.key = "response", .rule = DURATION(50, HOUR), .forms = FORM_SCALAR, .offset = AT(response_ms), .initial = "2s",
     .help = "from the request to the status line"},
    {.key = "body", .rule = DURATION(50, HOUR), .forms = FORM_SCALAR, .offset = AT(body_ms), .initial = "2s",
     .help = "from the status line to the end of the body"},
};
#undef AT
static const struct table timeout_table = {"timeout", ROWS_OF(timeout_rows), sizeof(struct timeout_draft)};

#define AT(member) offsetof(struct expect_draft, member)
static const struct row expect_rows[] = {
    {.key = "status", .rule = {.kind = FIELD_STATUS, .least = 100, .most = 599}, .forms = FORM_SCALAR | FORM_LIST,
     .node_offset = AT(statuses), .initial = "200-399", .kinds = CHECK_FORM_HTTP,
     .help = "HTTP statuses that pass, as 200 or 200-399"},
    {.key = "contains", .rule = RAW_TEXT(1, 5120), .forms = FORM_SCALAR, .offset = AT(contains),
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TCP,
     .help = "text that must lie wholly in the first 5120 decoded bytes of the body, or of what a tcp check hears, "
             "case-sensitive"},
    {.key = "not-contains", .rule = RAW_TEXT(1, 5120), .forms = FORM_SCALAR, .offset = AT(not_contains),
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TCP,
     .help = "text that must not be there, for example of a page that says `maintenance` with status 200"},
    {.key = "regex", .rule = RAW_TEXT(1, 1024), .forms = FORM_SCALAR, .offset = AT(regex),
     .node_offset = AT(regex_node), .kinds = CHECK_FORM_HTTP | CHECK_FORM_TCP,
     .help = "a regular expression (PCRE2) that the body, or the banner of a tcp check, must match; ^ and $ stand at "
             "each line"},
    {.key = "certificate-days", .rule = COUNT(0, 3650), .forms = FORM_SCALAR, .offset = AT(certificate_days),
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TLS, .initial = "0",
     .help = "a certificate that ends in fewer days than this is a failure; 0: only one that has ended"},
    {.key = "rcode", .rule = WORD(dns_rcodes), .forms = FORM_SCALAR, .offset = AT(rcode), .node_offset = AT(rcode_node),
     .kinds = CHECK_FORM_DNS, .help = "the RCODE that passes; NOERROR unless set"},
    {.key = "answer", .rule = TEXT(1, 1024), .forms = FORM_SCALAR, .offset = AT(answer), .kinds = CHECK_FORM_DNS,
     .help = "an address, name or text that must be among the data of the answer"},
};
#undef AT
const struct table expect_table = {"expect", ROWS_OF(expect_rows), sizeof(struct expect_draft)};

#define AT(member) offsetof(struct tls_draft, member)
static const struct row tls_rows[] = {
    {.key = "verify", .rule = SWITCH, .forms = FORM_SCALAR, .offset = AT(verify), .initial = "on",
     .help = "whether the certificate is verified: who signed it, its name, its dates; off takes any"},
    {.key = "ca", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(ca), .node_offset = AT(ca_node),
     .initial = "system", .help = "a PEM file of certificates to trust; `system`: the system's"},
    {.key = "sni", .rule = KIND(HOST), .forms = FORM_SCALAR, .offset = AT(sni),
     .help = "name sent and verified; the URL's host unless set"},
    {.key = "min-version", .rule = WORD(tls_versions), .forms = FORM_SCALAR, .offset = AT(version_least),
     .initial = "1.2", .help = "the oldest version of TLS that passes"},
    {.key = "certificate", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(certificate),
     .node_offset = AT(certificate_node),
     .help = "a PEM file with the certificate, and what leads to its root, that is shown to the server"},
    {.key = "key", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(key), .node_offset = AT(key_node),
     .help = "a PEM file with the key of `certificate`"},
};
#undef AT
static const struct table tls_table = {"tls", ROWS_OF(tls_rows), sizeof(struct tls_draft)};

#define AT(member) offsetof(struct dns_draft, member)
static const struct row dns_rows[] = {
    {.key = "query", .rule = KIND(DOMAIN), .forms = FORM_SCALAR, .offset = AT(query), .required = true,
     .help = "the name to ask for, of the target"},
    {.key = "type", .rule = WORD(dns_types), .forms = FORM_SCALAR, .offset = AT(type), .initial = "A",
     .help = "the type to ask for"},
    {.key = "port", .rule = PORT, .forms = FORM_SCALAR, .offset = AT(port), .initial = "53",
     .help = "the port to ask at"},
};
#undef AT
static const struct table dns_table = {"dns", ROWS_OF(dns_rows), sizeof(struct dns_draft)};

#define AT(member) offsetof(struct at_least_draft, member)
static const struct row at_least_rows[] = {
    {.key = "count", .rule = COUNT(1, CHECK_CHILDREN_MAX), .forms = FORM_SCALAR, .offset = AT(count),
     .node_offset = AT(count_node), .required = true, .help = "how many of them must be up"},
    {.key = "of", .rule = REFERENCE, .forms = FORM_LIST, .required = true, .node_offset = AT(of),
     .help = "names of the checks that it is made of"},
};
#undef AT
static const struct table at_least_table = {"at-least", ROWS_OF(at_least_rows), sizeof(struct at_least_draft)};

#define PROBING (CHECK_FORM_HTTP | CHECK_FORM_TCP | CHECK_FORM_TLS | CHECK_FORM_DNS | CHECK_FORM_PING | CHECK_FORM_EXEC)
#define TO_ADDRESS (PROBING & ~(unsigned)CHECK_FORM_EXEC)
#define AT(member) offsetof(struct check_draft, member)
static const struct row check_rows[] = {
    {.key = "http", .rule = KIND(URL), .forms = FORM_SCALAR, .offset = AT(url), .kinds = CHECK_FORM_HTTP,
     .help = "a URL; its host is sent as Host and SNI, the connection goes to the target's own address"},
    {.key = "tcp", .rule = PORT, .forms = FORM_SCALAR, .offset = AT(port), .kinds = CHECK_FORM_TCP,
     .help = "a port that must take connections; `send` and `expect` make more of it"},
    {.key = "tls", .rule = PORT, .forms = FORM_SCALAR | FORM_SECTION, .table = &tls_table, .offset = AT(port),
     .section_offset = AT(tls), .kinds = CHECK_FORM_HTTP | CHECK_FORM_TLS,
     .help = "a port where a TLS handshake must end well; in an http check a mapping that says how TLS is done"},
    {.key = "dns", .forms = FORM_SECTION, .table = &dns_table, .section_offset = AT(dns), .kinds = CHECK_FORM_DNS,
     .help = "a question that the target, a name server, must answer"},
    {.key = "ping", .rule = SWITCH, .forms = FORM_SCALAR, .offset = AT(ping), .node_offset = AT(ping_node),
     .kinds = CHECK_FORM_PING, .help = "`on`: the target must answer an ICMP echo"},
    {.key = "exec", .rule = TEXT(0, 4095), .forms = FORM_LIST, .node_offset = AT(exec), .kinds = CHECK_FORM_EXEC,
     .help = "a program and its arguments, without a shell; exit 0 and 1 pass, 2 and 3 fail; $ADDRESS, $RECORD, "
             "$TARGET and $CHECK are filled in"},
    {.key = "heartbeat", .rule = DURATION(SECOND, DAY), .forms = FORM_SCALAR, .offset = AT(silence_ms),
     .kinds = CHECK_FORM_HEARTBEAT,
     .help = "results are pushed by `repointctl heartbeat`; a silence longer than this is a failure, and before the "
             "first one it is unknown"},
    {.key = "all-of", .rule = REFERENCE, .forms = FORM_LIST, .node_offset = AT(all_of), .kinds = CHECK_FORM_CALCULATED,
     .help = "up while all of these checks are, at the same target"},
    {.key = "any-of", .rule = REFERENCE, .forms = FORM_LIST, .node_offset = AT(any_of), .kinds = CHECK_FORM_CALCULATED,
     .help = "up while one of these checks is, at the same target"},
    {.key = "at-least", .forms = FORM_SECTION, .table = &at_least_table, .section_offset = AT(at_least),
     .kinds = CHECK_FORM_CALCULATED, .help = "up while so many of these checks are, at the same target"},
    {.key = "method", .rule = KIND(TOKEN), .forms = FORM_SCALAR, .offset = AT(method),
     .kinds = CHECK_FORM_HTTP, .initial = "GET", .help = "method of the request"},
    {.key = "headers", .rule = HEADER(0, 4096), .forms = FORM_NAMED, .node_offset = AT(headers),
     .kinds = CHECK_FORM_HTTP,
     .help = "headers of the request; Host and User-Agent may be among them"},
    {.key = "body", .rule = RAW_TEXT(0, 65536), .forms = FORM_SCALAR, .offset = AT(body),
     .kinds = CHECK_FORM_HTTP, .initial = "", .help = "body of the request"},
    {.key = "follow-redirects", .rule = COUNT(0, 20), .forms = FORM_SCALAR, .offset = AT(redirects_most),
     .kinds = CHECK_FORM_HTTP, .initial = "0",
     .help = "how many redirects are followed, one after the other; 0: a 3xx is an answer like others"},
    {.key = "send", .rule = RAW_TEXT(1, 4096), .forms = FORM_SCALAR, .offset = AT(send),
     .kinds = CHECK_FORM_TCP, .help = "what is sent once connected; in double quotes \\r\\n ends a line"},
    {.key = "expect", .forms = FORM_SECTION, .table = &expect_table, .section_offset = AT(expect),
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TCP | CHECK_FORM_TLS | CHECK_FORM_DNS,
     .help = "what the answer must be, beyond coming in time"},
    {.key = "verify", .rule = SWITCH, .forms = FORM_SCALAR, .offset = AT(tls.verify), .kinds = CHECK_FORM_TLS,
     .initial = "on", .help = "whether the certificate is verified: who signed it, its name, its dates; off takes any"},
    {.key = "ca", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(tls.ca), .node_offset = AT(tls.ca_node),
     .kinds = CHECK_FORM_TLS, .initial = "system",
     .help = "a PEM file of certificates to trust; `system`: the system's"},
    {.key = "sni", .rule = KIND(HOST), .forms = FORM_SCALAR, .offset = AT(tls.sni), .kinds = CHECK_FORM_TLS,
     .help = "name sent and verified; none unless set, then only who signed the certificate is verified"},
    {.key = "min-version", .rule = WORD(tls_versions), .forms = FORM_SCALAR, .offset = AT(tls.version_least),
     .kinds = CHECK_FORM_TLS, .initial = "1.2", .help = "the oldest version of TLS that passes"},
    {.key = "certificate", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(tls.certificate),
     .node_offset = AT(tls.certificate_node), .kinds = CHECK_FORM_TLS,
     .help = "a PEM file with the certificate, and what leads to its root, that is shown to the server"},
    {.key = "key", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(tls.key), .node_offset = AT(tls.key_node),
     .kinds = CHECK_FORM_TLS, .help = "a PEM file with the key of `certificate`"},
    {.key = "source", .rule = KIND(ADDRESS), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(source),
     .kinds = TO_ADDRESS, .help = "local addresses to probe from, one of each family; unless set, the system chooses"},
    {.key = "invert", .rule = SWITCH, .forms = FORM_SCALAR, .offset = AT(invert),
     .initial = "off", .help = "a pass counts as a failure and a failure as a pass"},
    {.key = "interval", .rule = DURATION(500, DAY), .forms = FORM_SCALAR, .offset = AT(interval_ms), .inherited = true,
     .kinds = PROBING, .initial = "10s",
     .help = "from the start of one probe to the start of the next, whatever comes of it"},
    {.key = "interval-changing", .rule = DURATION(500, DAY), .forms = FORM_SCALAR, .offset = AT(interval_changing_ms),
     .node_offset = AT(interval_changing), .inherited = true, .kinds = PROBING,
     .help = "the interval while a streak is under way that would change the state, as HAProxy's fastinter; `interval` "
             "unless set"},
    {.key = "timeout", .rule = DURATION(50, HOUR), .forms = FORM_SCALAR | FORM_SECTION, .table = &timeout_table,
     .offset = AT(total_ms), .section_offset = AT(budgets), .node_offset = AT(timeout), .inherited = true,
     .kinds = PROBING,
     .help = "how long the whole probe may take; 4s unless set, or 80 % of an interval below 5s; or a budget for each "
             "phase"},
    {.key = "rise", .rule = COUNT(1, 1000), .forms = FORM_SCALAR, .offset = AT(rise),
     .inherited = true, .heirs = PROBING, .initial = "3",
     .help = "passes in a row that make it up again; of heartbeats and calculated checks 1 unless set there"},
    {.key = "fall", .rule = COUNT(1, 1000), .forms = FORM_SCALAR, .offset = AT(fall),
     .inherited = true, .heirs = PROBING, .initial = "3",
     .help = "failures in a row that make it down; of heartbeats and calculated checks 1 unless set there"},
    {.key = "jitter", .rule = {.kind = FIELD_PERCENT, .least = 0, .most = 500}, .forms = FORM_SCALAR,
     .offset = AT(jitter_permille), .inherited = true, .kinds = PROBING, .initial = "10%",
     .help = "each start is put off by chance, by up to this part of the interval"},
};
#undef AT
const struct table check_table = {"check", ROWS_OF(check_rows), sizeof(struct check_draft)};
