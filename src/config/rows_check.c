/* SPDX-License-Identifier: MIT */
/*
 * Where: config; the part of the table of all keys that stands in `checks`.
 * What:  every kind of check and all that goes with it, from the first day.
 * Why:   what the daemon cannot do yet is a row as well, with SUPPORT_LATER, so that a slip in it is told as what it
 *        is.
 */
#include "config/row_words.h"

/* clang-format off */

static const struct word tls_versions[] = {{"1.2", 12}, {"1.3", 13}, {NULL, 0}};
static const struct word dns_types[] = {{"A", 1},    {"NS", 2},   {"CNAME", 5}, {"SOA", 6},   {"PTR", 12}, {"MX", 15},
                                        {"TXT", 16}, {"AAAA", 28}, {"SRV", 33},  {"CAA", 257}, {NULL, 0}};
static const struct word dns_rcodes[] = {
    {"NOERROR", 0}, {"FORMERR", 1}, {"SERVFAIL", 2}, {"NXDOMAIN", 3}, {"NOTIMP", 4}, {"REFUSED", 5}, {NULL, 0}};

#define AT(member) offsetof(struct timeout_draft, member)
static const struct row timeout_rows[] = {
    {.key = "connect", .rule = DURATION(50, HOUR), .forms = FORM_SCALAR, .offset = AT(connect_ms), .initial = "4s",
     .help = "for the connection, TLS included"},
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
     .node_offset = AT(statuses), .initial = "200-399", .kinds = CHECK_FORM_HTTP, .help = "HTTP statuses that pass"},
    {.key = "contains", .rule = RAW_TEXT(1, 5120), .forms = FORM_SCALAR, .offset = AT(contains),
     .kinds = CHECK_FORM_HTTP,
     .help = "text that must lie wholly in the first 5120 decoded bytes of the body, case-sensitive"},
    {.key = "not-contains", .rule = RAW_TEXT(1, 5120), .forms = FORM_SCALAR, .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_HTTP, .help = "text that must not be there"},
    {.key = "regex", .rule = RAW_TEXT(1, 1024), .forms = FORM_SCALAR, .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TCP, .help = "PCRE2, ^ and $ at each line"},
    {.key = "certificate-days", .rule = COUNT(0, 3650), .forms = FORM_SCALAR, .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TLS, .help = "fewer days left are a failure"},
    {.key = "rcode", .rule = WORD(dns_rcodes), .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_DNS,
     .help = "the RCODE that passes"},
    {.key = "answer", .rule = TEXT(1, 1024), .forms = FORM_SCALAR | FORM_LIST, .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_DNS, .help = "data that the answer must hold"},
};
#undef AT
const struct table expect_table = {"expect", ROWS_OF(expect_rows), sizeof(struct expect_draft)};

#define AT(member) offsetof(struct tls_draft, member)
static const struct row tls_rows[] = {
    {.key = "verify", .rule = SWITCH, .forms = FORM_SCALAR, .offset = AT(verify), .initial = "on",
     .help = "whether the certificate is verified"},
    {.key = "ca", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(ca), .node_offset = AT(ca_node),
     .initial = "system", .help = "a PEM file of certificates to trust; `system`: the system's"},
    {.key = "sni", .rule = KIND(HOST), .forms = FORM_SCALAR, .offset = AT(sni),
     .help = "name sent and verified; the URL's host unless set"},
    {.key = "min-version", .rule = WORD(tls_versions), .forms = FORM_SCALAR, .support = SUPPORT_INITIAL,
     .initial = "1.2", .help = "the oldest TLS that passes"},
    {.key = "certificate", .rule = PATH, .forms = FORM_SCALAR, .support = SUPPORT_LATER, .help = "client certificate"},
    {.key = "key", .rule = PATH, .forms = FORM_SCALAR, .support = SUPPORT_LATER,
     .help = "key of the client certificate"},
};
#undef AT
static const struct table tls_table = {"tls", ROWS_OF(tls_rows), sizeof(struct tls_draft)};

static const struct row dns_rows[] = {
    {.key = "query", .rule = KIND(DOMAIN), .forms = FORM_SCALAR, .required = true, .help = "the name to ask for"},
    {.key = "type", .rule = WORD(dns_types), .forms = FORM_SCALAR, .initial = "A", .help = "the type to ask for"},
    {.key = "port", .rule = PORT, .forms = FORM_SCALAR, .initial = "53", .help = "the port to ask at"},
};
static const struct table dns_table = {"dns", ROWS_OF(dns_rows), sizeof(struct later_draft)};

static const struct row at_least_rows[] = {
    {.key = "count", .rule = COUNT(1, 65535), .forms = FORM_SCALAR, .required = true, .help = "how many must pass"},
    {.key = "of", .rule = REFERENCE, .forms = FORM_LIST, .required = true,
     .node_offset = offsetof(struct later_draft, references), .help = "names of checks"},
};
static const struct table at_least_table = {"at-least", ROWS_OF(at_least_rows), sizeof(struct later_draft)};

#define PROBING (CHECK_FORM_HTTP | CHECK_FORM_TCP | CHECK_FORM_TLS | CHECK_FORM_DNS | CHECK_FORM_PING | CHECK_FORM_EXEC)
#define TO_ADDRESS (PROBING & ~(unsigned)CHECK_FORM_EXEC)
#define AT(member) offsetof(struct check_draft, member)
static const struct row check_rows[] = {
    {.key = "http", .rule = KIND(URL), .forms = FORM_SCALAR, .offset = AT(url), .kinds = CHECK_FORM_HTTP,
     .help = "a URL; its host is sent as Host and SNI, the connection goes to the target's own address"},
    {.key = "tcp", .rule = PORT, .forms = FORM_SCALAR, .offset = AT(port), .kinds = CHECK_FORM_TCP,
     .help = "a port that must take connections"},
    {.key = "tls", .rule = PORT, .forms = FORM_SCALAR | FORM_SECTION, .table = &tls_table, .section_offset = AT(tls),
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TLS,
     .help = "in an http check how TLS is done; as a kind of its own the port"},
    {.key = "dns", .forms = FORM_SECTION, .table = &dns_table, .support = SUPPORT_LATER, .kinds = CHECK_FORM_DNS,
     .help = "a question to a name server"},
    {.key = "ping", .rule = SWITCH, .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_PING,
     .help = "ICMP echo"},
    {.key = "exec", .rule = TEXT(0, 4095), .forms = FORM_LIST, .node_offset = AT(exec), .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_EXEC, .help = "a program and its arguments; exit 0 and 1 pass, 2 and 3 fail"},
    {.key = "heartbeat", .rule = DURATION(SECOND, DAY), .forms = FORM_SCALAR, .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_HEARTBEAT, .help = "pushed results; older than this is a failure"},
    {.key = "all-of", .rule = REFERENCE, .forms = FORM_LIST, .node_offset = AT(all_of), .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_CALCULATED, .help = "passes while all of these checks pass"},
    {.key = "any-of", .rule = REFERENCE, .forms = FORM_LIST, .node_offset = AT(any_of), .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_CALCULATED, .help = "passes while one of these checks passes"},
    {.key = "at-least", .forms = FORM_SECTION, .table = &at_least_table, .node_offset = AT(at_least),
     .support = SUPPORT_LATER, .kinds = CHECK_FORM_CALCULATED, .help = "passes while that many of these checks pass"},
    {.key = "method", .rule = KIND(TOKEN), .forms = FORM_SCALAR, .support = SUPPORT_INITIAL, .kinds = CHECK_FORM_HTTP,
     .initial = "GET", .help = "request method"},
    {.key = "headers", .rule = HEADER(0, 4096), .forms = FORM_NAMED, .support = SUPPORT_LATER, .kinds = CHECK_FORM_HTTP,
     .help = "request headers"},
    {.key = "body", .rule = RAW_TEXT(0, 65536), .forms = FORM_SCALAR, .support = SUPPORT_INITIAL,
     .kinds = CHECK_FORM_HTTP, .initial = "", .help = "request body"},
    {.key = "follow-redirects", .rule = COUNT(0, 20), .forms = FORM_SCALAR, .support = SUPPORT_INITIAL,
     .kinds = CHECK_FORM_HTTP, .initial = "0", .help = "how many redirects are followed"},
    {.key = "send", .rule = RAW_TEXT(1, 4096), .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_TCP,
     .help = "what is sent once connected"},
    {.key = "expect", .forms = FORM_SECTION, .table = &expect_table, .section_offset = AT(expect),
     .kinds = CHECK_FORM_HTTP | CHECK_FORM_TCP | CHECK_FORM_TLS | CHECK_FORM_DNS, .help = "what an answer must be"},
    {.key = "verify", .rule = SWITCH, .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_TLS,
     .help = "as in `tls`"},
    {.key = "ca", .rule = PATH, .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_TLS,
     .help = "as in `tls`"},
    {.key = "sni", .rule = KIND(HOST), .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_TLS,
     .help = "as in `tls`"},
    {.key = "min-version", .rule = WORD(tls_versions), .forms = FORM_SCALAR, .support = SUPPORT_LATER,
     .kinds = CHECK_FORM_TLS, .help = "as in `tls`"},
    {.key = "certificate", .rule = PATH, .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_TLS,
     .help = "as in `tls`"},
    {.key = "key", .rule = PATH, .forms = FORM_SCALAR, .support = SUPPORT_LATER, .kinds = CHECK_FORM_TLS,
     .help = "as in `tls`"},
    {.key = "source", .rule = KIND(ADDRESS), .forms = FORM_SCALAR | FORM_LIST, .support = SUPPORT_LATER,
     .kinds = TO_ADDRESS, .help = "local addresses to probe from, each for its family"},
    {.key = "invert", .rule = SWITCH, .forms = FORM_SCALAR, .support = SUPPORT_INITIAL, .initial = "off",
     .help = "a pass counts as a failure and the reverse"},
    {.key = "interval", .rule = DURATION(500, DAY), .forms = FORM_SCALAR, .offset = AT(interval_ms), .inherited = true,
     .kinds = PROBING, .initial = "10s", .help = "from the start of one probe to the start of the next"},
    {.key = "interval-changing", .rule = DURATION(500, DAY), .forms = FORM_SCALAR, .offset = AT(interval_changing_ms),
     .node_offset = AT(interval_changing), .inherited = true, .kinds = PROBING,
     .help = "the interval while a streak is under way that would change the state; follows `interval` unless set"},
    {.key = "timeout", .rule = DURATION(50, HOUR), .forms = FORM_SCALAR | FORM_SECTION, .table = &timeout_table,
     .offset = AT(total_ms), .section_offset = AT(budgets), .node_offset = AT(timeout), .inherited = true,
     .kinds = PROBING,
     .help = "the whole probe; 4s unless set, or 80 % of an interval below 5s; or a budget for each phase"},
    {.key = "rise", .rule = COUNT(1, 1000), .forms = FORM_SCALAR, .offset = AT(rise), .inherited = true,
     .initial = "3", .help = "passes in a row that make it up again"},
    {.key = "fall", .rule = COUNT(1, 1000), .forms = FORM_SCALAR, .offset = AT(fall), .inherited = true,
     .initial = "3", .help = "failures in a row that make it down"},
    {.key = "jitter", .rule = {.kind = FIELD_PERCENT, .least = 0, .most = 500}, .forms = FORM_SCALAR,
     .offset = AT(jitter_permille), .inherited = true, .kinds = PROBING, .initial = "10%",
     .help = "each start is moved by up to this part of the interval"},
};
#undef AT
const struct table check_table = {
    "check", ROWS_OF(check_rows), sizeof(struct check_draft),
    .json_rules = "\"oneOf\": [{\"required\": [\"http\"]}, {\"required\": [\"tcp\"]}]"};
