/* SPDX-License-Identifier: MIT */
/*
 * Where: config; walked by schema, describe and the lint.
 * What:  every key of the file, from the first day: its form, kind, range, default and help. Those of checks are in
 *        rows_check.c.
 * Why:   a new knob is a row here and a field in its struct. What the daemon cannot do yet is a row as well, with
 *        SUPPORT_LATER, so that a slip in it is told as what it is.
 */
#include "config/row_words.h"

/* clang-format off */

/* ---- secrets ---------------------------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct secret_draft, member)
static const struct row secret_rows[] = {
    {.key = "file", .rule = PATH, .forms = FORM_SCALAR, .offset = AT(file), .node_offset = AT(file_node),
     .help = "path of a file that nobody else can read"},
    {.key = "credential", .rule = TEXT(1, 255), .forms = FORM_SCALAR, .offset = AT(credential),
     .node_offset = AT(credential_node),
     .help = "name of a credential that systemd hands over (LoadCredential=NAME:PATH)"},
};
#undef AT
const struct table secret_table = {
    "secret", ROWS_OF(secret_rows), sizeof(struct secret_draft), .secret = true,
    .json_rules = "\"oneOf\": [{\"required\": [\"file\"]}, {\"required\": [\"credential\"]}]"};

/* ---- servers ---------------------------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct retry_draft, member)
static const struct row retry_rows[] = {
    {.key = "first", .rule = DURATION(100, HOUR), .forms = FORM_SCALAR, .offset = AT(first_ms), .initial = "1s",
     .help = "pause after the first failure; it doubles, with full jitter"},
    {.key = "max", .rule = DURATION(100, HOUR), .forms = FORM_SCALAR, .offset = AT(most_ms), .initial = "30s",
     .help = "the longest pause; it never gives up while the record is wrong"},
};
#undef AT
static const struct table retry_table = {"retry", ROWS_OF(retry_rows), sizeof(struct retry_draft)};

#define AT(member) offsetof(struct server_draft, member)
static const struct row server_rows[] = {
    {.key = "address", .rule = KIND(ENDPOINT), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(addresses),
     .required = true, .help = "where updates are sent, port 53 unless given; a list is tried in order"},
    {.key = "zones", .rule = KIND(DOMAIN), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(zones),
     .required = true, .help = "zones that this server takes updates for"},
    {.key = "key", .forms = FORM_SECTION, .table = &secret_table, .section_offset = AT(secret), .node_offset = AT(key),
     .required = true, .help = "the TSIG key: a key file of BIND, Knot or PowerDNS, or algorithm:name:secret"},
    {.key = "source", .rule = KIND(ADDRESS), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(source),
     .help = "local addresses to send from, each for its family"},
    {.key = "timeout", .rule = DURATION(100, 30 * SECOND), .forms = FORM_SCALAR, .offset = AT(timeout_ms),
     .initial = "3s", .help = "for one message and its answer"},
    {.key = "retry", .forms = FORM_SECTION, .table = &retry_table, .section_offset = AT(retry),
     .help = "pauses between tries"},
    {.key = "verify", .rule = KIND(VERIFIER), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(verify),
     .help = "servers asked after each update whether it is served; `address` unless set, `ns` for every NS of the "
             "zone"},
    {.key = "audit", .rule = DURATION(SECOND, DAY), .forms = FORM_SCALAR, .offset = AT(audit_ms), .initial = "5m",
     .help = "how often the live record is read again"},
    {.key = "batch", .rule = COUNT(1, 1000), .forms = FORM_SCALAR, .offset = AT(batch), .initial = "64",
     .help = "most records in one UPDATE message"},
};
#undef AT
const struct table server_table = {"server", ROWS_OF(server_rows), sizeof(struct server_draft)};

/* ---- records ---------------------------------------------------------------------------------------------------- */

static const struct word fail_back_words[] = {{"auto", FAIL_BACK_AUTO}, {"manual", FAIL_BACK_MANUAL}, {NULL, 0}};
static const struct word all_down_words[] = {
    {"keep", ALL_DOWN_KEEP}, {"primary", ALL_DOWN_PRIMARY}, {"fallback", ALL_DOWN_FALLBACK}, {NULL, 0}};
static const struct word publish_words[] = {{"all", PUBLISH_ALL}, {"healthy", PUBLISH_HEALTHY}, {NULL, 0}};
static const struct word ownership_words[] = {{"marker", OWNERSHIP_MARKER}, {"none", OWNERSHIP_NONE}, {NULL, 0}};

#define AT(member) offsetof(struct target_draft, member)
static const struct row target_rows[] = {
    {.key = "address", .rule = KIND(TARGET), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(address),
     .required = true, .help = "one or more addresses, or one host name (which makes a CNAME)"},
    {.key = "check", .rule = REFERENCE, .forms = FORM_SCALAR, .node_offset = AT(check),
     .help = "the check of this target; `none`: always up"},
    {.key = "label", .rule = TEXT(1, 64), .forms = FORM_SCALAR, .node_offset = AT(label), .help = "a word for people"},
};
#undef AT
const struct table target_table = {"target", ROWS_OF(target_rows), sizeof(struct target_draft)};

#define TARGET_FORMS (FORM_SCALAR | FORM_LIST | FORM_SECTION)
#define AT(member) offsetof(struct record_draft, member)
#define SET(member) offsetof(struct record_draft, settings.member)
static const struct row record_rows[] = {
    {.key = "name", .rule = TEXT(1, 255), .forms = FORM_SCALAR, .node_offset = AT(owner),
     .help = "the owner name; the record's key unless set"},
    {.key = "server", .rule = REFERENCE, .forms = FORM_SCALAR, .node_offset = AT(server),
     .help = "the server that takes the updates; unless set, the one with the longest matching zone, the first of "
             "equals"},
    {.key = "check", .rule = REFERENCE, .forms = FORM_SCALAR, .node_offset = AT(check),
     .help = "the check of all targets that name none"},
    {.key = "primary", .rule = KIND(TARGET), .forms = TARGET_FORMS, .table = &target_table, .node_offset = AT(primary),
     .help = "what is published while it is up"},
    {.key = "secondary", .rule = KIND(TARGET), .forms = TARGET_FORMS, .table = &target_table,
     .node_offset = AT(secondary), .help = "what stands in"},
    {.key = "fallback", .rule = KIND(TARGET), .forms = TARGET_FORMS, .table = &target_table,
     .node_offset = AT(fallback), .help = "never probed; taken when all are down and `all-down: fallback`"},
    {.key = "targets", .rule = KIND(TARGET), .forms = TARGET_FORMS | FORM_LISTED, .table = &target_table,
     .node_offset = AT(targets), .help = "instead of primary and secondary: any number, in order of preference"},
    {.key = "ttl", .rule = {.kind = FIELD_TTL, .least = 1, .most = 86400}, .forms = FORM_SCALAR, .offset = SET(ttl_s),
     .inherited = true, .initial = "30s", .help = "TTL of the record"},
    {.key = "fail-back", .rule = WORD(fail_back_words), .forms = FORM_SCALAR, .offset = SET(fail_back),
     .inherited = true, .initial = "auto", .help = "whether a preferred target is taken again by itself"},
    {.key = "fail-back-delay", .rule = DURATION(0, DAY), .forms = FORM_SCALAR, .offset = SET(fail_back_ms),
     .inherited = true, .initial = "60s",
     .help = "a preferred target must stay up this long before it is taken again"},
    {.key = "fail-back-delay-max", .rule = DURATION(0, DAY), .forms = FORM_SCALAR, .offset = SET(fail_back_most_ms),
     .inherited = true, .initial = "1h", .help = "the delay doubles up to this with each switch inside `flap-window`"},
    {.key = "flap-window", .rule = DURATION(MINUTE, 7 * DAY), .forms = FORM_SCALAR, .offset = SET(flap_window_ms),
     .inherited = true, .initial = "1h", .help = "for how long a switch is remembered"},
    {.key = "max-switches", .rule = COUNT(1, 1000), .forms = FORM_SCALAR, .offset = SET(switches_most),
     .inherited = true, .initial = "6", .help = "in `flap-window`; then fail-back waits for an operator"},
    {.key = "all-down", .rule = WORD(all_down_words), .forms = FORM_SCALAR, .offset = SET(all_down), .inherited = true,
     .initial = "keep", .help = "what is published while no target is up"},
    {.key = "min-healthy", .rule = COUNT(1, 1000), .forms = FORM_SCALAR, .offset = AT(least_healthy),
     .inherited = true, .initial = "1", .help = "addresses of one target that must be up for the target to be up"},
    {.key = "publish", .rule = WORD(publish_words), .forms = FORM_SCALAR, .offset = SET(publish), .inherited = true,
     .initial = "all", .help = "which addresses of the chosen target are published"},
    {.key = "ownership", .rule = WORD(ownership_words), .forms = FORM_SCALAR, .offset = SET(ownership),
     .inherited = true, .initial = "marker",
     .help = "marker: a TXT at _repointd.NAME, changed with the record, proves whose it is"},
    {.key = "adopt", .rule = SWITCH, .forms = FORM_SCALAR, .offset = SET(adopt), .inherited = true, .initial = "yes",
     .help = "the first start may mark a record that holds one target's exact addresses"},
    {.key = "create", .rule = SWITCH, .forms = FORM_SCALAR, .offset = SET(create), .inherited = true, .initial = "no",
     .help = "a missing record is created"},
    {.key = "verify-failover", .rule = SWITCH, .forms = FORM_SCALAR, .offset = SET(verify_failover), .inherited = true,
     .initial = "on", .help = "a target must have passed after the current one began to fail"},
    {.key = "notify", .rule = REFERENCE, .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(notify),
     .inherited = true, .help = "names of notifiers that hear of it; [] for none, as where nobody says otherwise"},
    {.key = "enabled", .rule = SWITCH, .forms = FORM_SCALAR, .offset = SET(enabled), .initial = "on",
     .help = "off: parsed, probed and shown; never written"},
};
#undef AT
#undef SET
const struct table record_table = {
    "record", ROWS_OF(record_rows), sizeof(struct record_draft),
    .json_rules = "\"oneOf\": [{\"required\": [\"primary\"]}, {\"required\": [\"targets\"]}], "
                  "\"dependencies\": {\"secondary\": [\"primary\"]}"};

/* ---- defaults --------------------------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct defaults_draft, member)
static const struct row defaults_rows[] = {
    {.key = "check", .forms = FORM_SECTION, .table = &check_table, .node_offset = AT(check), .deferred = true,
     .help = "for every check that does not say otherwise"},
    {.key = "record", .forms = FORM_SECTION, .table = &record_table, .node_offset = AT(record), .deferred = true,
     .help = "for every record that does not say otherwise"},
};
#undef AT
const struct table defaults_table = {"defaults", ROWS_OF(defaults_rows), sizeof(struct defaults_draft)};

/* ---- safety ----------------------------------------------------------------------------------------------------- */

static const struct word foreign_change_words[] = {
    {"hold", FOREIGN_CHANGE_HOLD}, {"restore", FOREIGN_CHANGE_RESTORE}, {NULL, 0}};

#define AT(member) offsetof(struct connectivity_draft, member)
static const struct row connectivity_rows[] = {
    {.key = "tcp", .rule = KIND(SERVICE), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(references),
     .required = true, .help = "addresses and ports outside that nearly always answer"},
    {.key = "interval", .rule = DURATION(500, DAY), .forms = FORM_SCALAR, .offset = AT(interval_ms),
     .node_offset = AT(interval), .initial = "5s", .help = "from one look to the next"},
    {.key = "timeout", .rule = DURATION(50, HOUR), .forms = FORM_SCALAR, .offset = AT(timeout_ms),
     .node_offset = AT(timeout), .initial = "2s", .help = "for one look"},
};
#undef AT
static const struct table connectivity_table = {
    "connectivity", ROWS_OF(connectivity_rows), sizeof(struct connectivity_draft)};

#define AT(member) offsetof(struct safety_draft, settings.member)
static const struct row safety_rows[] = {
    {.key = "dry-run", .rule = SWITCH, .forms = FORM_SCALAR, .offset = AT(dry_run), .initial = "off",
     .help = "on: says what it would send, and sends nothing"},
    {.key = "start-grace", .rule = DURATION(0, HOUR), .forms = FORM_SCALAR, .offset = AT(start_grace_ms),
     .initial = "30s", .help = "no write before every target of the record is known, or this has passed"},
    {.key = "foreign-change", .rule = WORD(foreign_change_words), .forms = FORM_SCALAR, .offset = AT(foreign_change),
     .initial = "hold", .help = "what follows when somebody else changed the record"},
    {.key = "connectivity", .forms = FORM_SECTION, .table = &connectivity_table,
     .section_offset = offsetof(struct safety_draft, connectivity),
     .help = "when all of these fail the daemon is cut off itself, and every decision is frozen"},
};
#undef AT
const struct table safety_table = {"safety", ROWS_OF(safety_rows), sizeof(struct safety_draft)};

/* ---- notify ---------------------------------------------------------------------------------------------------- */

const struct word notify_words[] = {{"failover", NOTIFY_FAILOVER},
                                    {"fail-back", NOTIFY_FAIL_BACK},
                                    {"no-healthy-target", NOTIFY_NO_HEALTHY_TARGET},
                                    {"target-unknown", NOTIFY_TARGET_UNKNOWN},
                                    {"update-failed", NOTIFY_UPDATE_FAILED},
                                    {"not-served", NOTIFY_NOT_SERVED},
                                    {"foreign-change", NOTIFY_FOREIGN_CHANGE},
                                    {"conflict", NOTIFY_CONFLICT},
                                    {"flapping", NOTIFY_FLAPPING},
                                    {"rights", NOTIFY_RIGHTS},
                                    {"clock-skew", NOTIFY_CLOCK_SKEW},
                                    {"connectivity", NOTIFY_CONNECTIVITY},
                                    {"override", NOTIFY_OVERRIDE},
                                    {"target-down", NOTIFY_TARGET_DOWN},
                                    {"target-up", NOTIFY_TARGET_UP},
                                    {NULL, 0}};

#define AT(member) offsetof(struct webhook_draft, member)
static const struct row webhook_rows[] = {
    {.key = "url", .rule = KIND(URL), .forms = FORM_SCALAR, .offset = AT(url), .node_offset = AT(url_node),
     .required = true, .help = "where the message is posted"},
    {.key = "secret", .forms = FORM_SECTION, .table = &secret_table, .section_offset = AT(secret),
     .node_offset = AT(secret_node), .help = "signs the body: X-Repoint-Signature"},
};
#undef AT
static const struct table webhook_table = {"webhook", ROWS_OF(webhook_rows), sizeof(struct webhook_draft)};

#define AT(member) offsetof(struct notifier_draft, member)
static const struct row notifier_rows[] = {
    {.key = "slack", .forms = FORM_SECTION, .table = &secret_table, .section_offset = AT(slack),
     .node_offset = AT(slack_node),
     .help = "a Slack, Mattermost or Rocket.Chat webhook; its URL is a secret"},
    {.key = "alertmanager", .rule = KIND(URL), .forms = FORM_SCALAR, .offset = AT(alertmanager),
     .node_offset = AT(alertmanager_node), .help = "the URL of an Alertmanager"},
    {.key = "exec", .rule = TEXT(0, 4095), .forms = FORM_LIST, .node_offset = AT(exec),
     .help = "a program and its arguments"},
    {.key = "email", .rule = TEXT(1, 254), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(email),
     .help = "addresses for mail by sendmail"},
    {.key = "webhook", .forms = FORM_SECTION, .table = &webhook_table, .section_offset = AT(webhook),
     .node_offset = AT(webhook_node), .help = "JSON by POST"},
    {.key = "on", .rule = WORD(notify_words), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(on),
     .help = "which events; all but target-down and target-up unless set"},
};
#undef AT
const struct table notifier_table = {
    "notifier", ROWS_OF(notifier_rows), sizeof(struct notifier_draft),
    .json_rules = "\"oneOf\": [{\"required\": [\"slack\"]}, {\"required\": [\"alertmanager\"]}, {\"required\": "
                  "[\"exec\"]}, {\"required\": [\"email\"]}, {\"required\": [\"webhook\"]}]"};

/* ---- web -------------------------------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct web_draft, member)
static const struct row web_rows[] = {
    {.key = "listen", .rule = KIND(SERVICE), .forms = FORM_SCALAR, .offset = AT(listen),
     .node_offset = AT(listen_node), .required = true,
     .help = "address and port of the status page, /status.json, /metrics and /healthz; whoever reaches it can read"},
    {.key = "title", .rule = TEXT(1, 255), .forms = FORM_SCALAR, .offset = AT(title),
     .help = "title of the status page"},
    {.key = "names", .rule = KIND(HOST), .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(names),
     .help = "host names under which it is asked for, beside localhost, this host's own name and any address"},
};
#undef AT
const struct table web_table = {"web", ROWS_OF(web_rows), sizeof(struct web_draft)};

/* ---- daemon ----------------------------------------------------------------------------------------------------- */

static const struct word level_words[] = {
    {"error", LOG_LEVEL_ERROR}, {"warning", LOG_LEVEL_WARNING}, {"notice", LOG_LEVEL_NOTICE},
    {"info", LOG_LEVEL_INFO},   {"debug", LOG_LEVEL_DEBUG},     {NULL, 0}};

#define AT(member) offsetof(struct daemon_draft, settings.member)
static const struct row daemon_rows[] = {
    {.key = "log-level", .rule = WORD(level_words), .forms = FORM_SCALAR, .offset = AT(log_level), .initial = "info",
     .help = "what is logged"},
    {.key = "probe-concurrency", .rule = {.kind = FIELD_CONCURRENCY, .least = 1, .most = 1000000},
     .forms = FORM_SCALAR, .offset = AT(probe_concurrency), .initial = "auto",
     .help = "most probes at a time; `auto`: 1.25 x the sum of timeout / interval, within the limit of open files"},
    {.key = "owner", .rule = {.kind = FIELD_OWNER, .most = 9999999999999999}, .forms = FORM_SCALAR,
     .offset = AT(owner), .node_offset = offsetof(struct daemon_draft, owner),
     .help = "the owner id, 16 hex digits, for rebuilt hosts and containers; stands above the one in the state "
             "directory"},
    {.key = "contact", .rule = HEADER(1, 255), .forms = FORM_SCALAR, .offset = AT(contact),
     .help = "said in the probes' User-Agent"},
    {.key = "state-directory", .rule = DIRECTORY, .forms = FORM_SCALAR, .offset = AT(state_directory),
     .help = "where the owner id is kept; $STATE_DIRECTORY, else /var/lib/repointd unless set"},
    {.key = "runtime-directory", .rule = DIRECTORY, .forms = FORM_SCALAR, .offset = AT(runtime_directory),
     .help = "holds control.sock; $RUNTIME_DIRECTORY, else /run/repointd unless set"},
};
#undef AT
const struct table daemon_table = {"daemon", ROWS_OF(daemon_rows), sizeof(struct daemon_draft)};

/* ---- the file --------------------------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct file_draft, member)
static const struct row file_rows[] = {
    {.key = "include", .rule = PATH, .forms = FORM_SCALAR | FORM_LIST, .node_offset = AT(include),
     .help = "more files, relative to this one; a pattern may match none"},
    {.key = "defaults", .forms = FORM_SECTION, .table = &defaults_table, .node_offset = AT(defaults), .deferred = true,
     .help = "values for all checks and records that do not say otherwise"},
    {.key = "servers", .forms = FORM_EACH, .table = &server_table, .node_offset = AT(servers), .deferred = true,
     .help = "name servers that take updates"},
    {.key = "checks", .forms = FORM_EACH, .table = &check_table, .node_offset = AT(checks), .deferred = true,
     .help = "how to look"},
    {.key = "records", .forms = FORM_EACH, .table = &record_table, .node_offset = AT(records), .deferred = true,
     .help = "names that are managed"},
    {.key = "safety", .forms = FORM_SECTION, .table = &safety_table, .node_offset = AT(safety), .deferred = true,
     .help = "brakes"},
    {.key = "notify", .forms = FORM_EACH, .table = &notifier_table, .node_offset = AT(notify),
     .deferred = true, .help = "who is told"},
    {.key = "web", .forms = FORM_SECTION, .table = &web_table, .node_offset = AT(web), .deferred = true,
     .help = "status page, /status.json, /metrics, /healthz; off unless set"},
    {.key = "daemon", .forms = FORM_SECTION, .table = &daemon_table, .node_offset = AT(daemon), .deferred = true,
     .help = "the process itself"},
};
#undef AT
const struct table file_table = {"file", ROWS_OF(file_rows), sizeof(struct file_draft)};
