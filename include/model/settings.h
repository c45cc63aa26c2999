/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_SETTINGS_H
#define REPOINTD_MODEL_SETTINGS_H

/*
 * Where: model; written by config, read by core, io and app. The contract between floors that do not know each other.
 * What:  every knob in typed form and nothing else. Arrays and counts; everything refers by index, ID_NONE is "none".
 * Why:   nobody looks a knob up by its name at run time, so each place that depends on one is found by the compiler.
 *
 * All memory belongs to the configuration that was loaded; it outlives every engine, prober and client built from it.
 */

#include "base/log.h"
#include "base/text.h"
#include "model/address.h"
#include "model/dname.h"
#include "model/limits.h"
#include "model/notifier_settings.h"
#include "model/rrset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- checks ------------------------------------------------------------------------------------------------------ */

enum check_kind {
    CHECK_HTTP = 1,
    CHECK_TCP,
    CHECK_TLS,
    CHECK_DNS,
    CHECK_PING,
    CHECK_EXEC,
    CHECK_HEARTBEAT, /* results are pushed; no look goes out */
    CHECK_ALL_OF,    /* calculated from other checks at the same target */
    CHECK_ANY_OF,
    CHECK_AT_LEAST
};

struct tls_settings {
    bool verify;
    const char *ca;          /* path of a PEM bundle; NULL: the system's */
    const char *sni;         /* the name sent and verified; NULL: the URL's host; of CHECK_TLS: none is sent */
    const char *certificate; /* paths of PEM files, to show who we are; NULL: both are */
    const char *key;
    uint16_t version_least; /* as on the wire: 0x0303 is TLS 1.2, 0x0304 is TLS 1.3; 0: 1.2 */
};

/* A name is a token, a value visible ASCII, blanks and tabs: neither can end the line (RFC 9110 5.1, 5.5). */
struct http_header {
    const char *name, *value;
};

struct http_settings {
    const char *url;  /* as written, normalised to start with http:// or https:// */
    const char *host; /* the URL's host, without brackets */
    uint16_t port;    /* the URL's, else 80 or 443 */
    bool secure;      /* https */
    struct tls_settings tls;
    const char *method; /* a token; NULL: GET */
    const struct http_header *headers;
    uint32_t header_count;
    const char *body; /* of the request; NULL: none */
    size_t body_length;
    uint32_t redirects_most; /* followed one after the other; 0: 3xx is an answer like others */
};

struct tcp_settings {
    uint16_t port;
    const uint8_t *send; /* once connected; NULL: nothing */
    size_t send_length;
};

struct tls_check_settings {
    uint16_t port;
    struct tls_settings tls;
};

struct dns_check_settings {
    struct dname query;
    uint16_t type;
    uint16_t port;
};

struct exec_settings {
    const char *const *argv; /* argv[argc] is NULL; argv[0] is an absolute path; $WORDS are still words */
    uint32_t argc;
};

struct heartbeat_settings {
    uint32_t silence_ms; /* longer than this without a push is a failure; each such span is one */
};

/* At least `least` of the children must be up: all of them, one, or a number between. */
struct group_settings {
    const uint32_t *children; /* into `checks`, none twice; calculated ones among them, without cycles */
    uint32_t child_count;
    uint32_t least; /* 1 ... child_count */
};

struct status_range {
    uint16_t least, most; /* inclusive, 100 … 599 */
};

struct pattern;

/* What an answer must be, each where it goes with the kind. */
struct expect_settings {
    const struct status_range *statuses; /* never empty for HTTP */
    uint32_t status_count;
    const char *contains; /* NULL: no body rule */
    size_t contains_length;
    const char *not_contains; /* NULL: none */
    size_t not_contains_length;
    const struct pattern *regex; /* base/pattern.h; NULL: none; freed by the configuration */
    uint16_t certificate_days;   /* fewer left are a failure; 0: no such rule */
    bool has_rcode;
    uint16_t rcode;     /* of a DNS answer */
    const char *answer; /* an address or a text that must be among the data of a DNS answer; NULL: no such rule */
};

/* Local addresses to look from, each for its family; family ADDRESS_NONE: the system chooses. */
struct source_settings {
    struct address source4, source6;
};

struct check_settings {
    const char *name;
    enum check_kind kind;
    union {
        struct http_settings http;
        struct tcp_settings tcp;
        struct tls_check_settings tls;
        struct dns_check_settings dns;
        struct exec_settings exec;
        struct heartbeat_settings heartbeat;
        struct group_settings group; /* all-of, any-of, at-least */
    } how;                           /* ping has nothing more to say */
    struct expect_settings expect;
    struct source_settings source;
    bool invert;     /* a pass counts as a failure and the reverse */
    bool per_target; /* it names $RECORD or $TARGET, or rests on one that does: each target has a watch of its own */
    /*
     * Times of looks. Of a heartbeat the intervals are the silence allowed, since that is how often a result must come;
     * of a calculated check all are 0.
     */
    uint32_t interval_ms;          /* start to start */
    uint32_t interval_changing_ms; /* while a streak is under way; equals interval_ms unless set */
    bool phased;                   /* timeout was given as a map: each budget is its own, total_ms is their sum */
    uint32_t connect_ms;           /* TCP and TLS; equals total_ms unless phased */
    uint32_t response_ms;          /* request sent to status line; equals total_ms unless phased */
    uint32_t body_ms;              /* status line to end of body; equals total_ms unless phased */
    uint32_t total_ms;             /* the whole probe */
    uint16_t rise, fall;
    uint16_t jitter_permille;
};

/* A host name that targets point to. */
struct name_settings {
    struct dname name;
    const char *text; /* as people write it */
};

/*
 * One check at one place, shared by all values that use it. Children stand before the calculated watches that rest on
 * them, so one ascending pass brings all up to date.
 */
struct watch_settings {
    uint32_t check;
    struct address address;            /* family ADDRESS_NONE where it is the place of a name */
    uint32_t name;                     /* into `names`; ID_NONE: an address */
    uint32_t least;                    /* of a calculated one: how many children must be up; else 0 */
    uint32_t child_first, child_count; /* into `children`; count 0 where it is not calculated */
    uint32_t slowest;                  /* check: of those that it rests on the last to see a death; else its own */
    uint32_t above_first, above_count; /* into `above`: the calculated watches that rest on it, near or far */
    uint32_t user_first, user_count;   /* into `users`: the values that this watch judges */
    uint32_t target;                   /* where the look names the record or target ($RECORD, $TARGET): its own; else
                                          ID_NONE, and all targets share it */
};

/* ---- records ----------------------------------------------------------------------------------------------------- */

enum fail_back { FAIL_BACK_AUTO = 1, FAIL_BACK_MANUAL };
enum all_down { ALL_DOWN_KEEP = 1, ALL_DOWN_PRIMARY, ALL_DOWN_FALLBACK };
enum publish { PUBLISH_ALL = 1, PUBLISH_HEALTHY };
enum ownership { OWNERSHIP_MARKER = 1, OWNERSHIP_NONE };
enum foreign_change { FOREIGN_CHANGE_HOLD = 1, FOREIGN_CHANGE_RESTORE };

/* One address of one target, or its host name. */
struct value_settings {
    struct address address; /* family ADDRESS_NONE: a name */
    uint32_t name;          /* into `names`; ID_NONE: an address */
    uint32_t watch;         /* ID_NONE: check none, always up */
    uint32_t target;        /* whose it is */
};

struct target_settings {
    const char *role;                  /* primary, secondary, fallback, or in a list the label or target-N */
    const char *label;                 /* NULL: none */
    uint32_t record;                   /* whose it is */
    uint32_t value_first, value_count; /* into `values` */
    uint16_t least_healthy;            /* addresses that must be up for the target to be up */
    bool fallback;                     /* never probed, taken by all-down: fallback alone */
};

/* Targets stand in order of preference; the fallback, if there is one, is the last. */
struct record_settings {
    const char *id;      /* the key in the file */
    struct dname owner;  /* the name that is managed */
    struct dname marker; /* _repointd.owner */
    uint32_t zone;       /* into `zones` */
    uint32_t ttl_s;
    uint32_t target_first, target_count; /* into `targets`, the fallback included */
    uint32_t fallback;                   /* place within the record's targets, or ID_NONE */
    uint8_t type_count;                  /* 1 or 2 */
    enum rrtype types[2];                /* managed types: A, AAAA or both in this order; or CNAME alone */
    uint16_t room[2];                    /* octets that the largest packed set of each managed type takes */
    uint32_t route_first, route_count;   /* into `routes`: the notifiers that hear of it */
    enum fail_back fail_back;
    uint32_t fail_back_ms, fail_back_most_ms, flap_window_ms;
    uint16_t switches_most;
    enum all_down all_down;
    enum publish publish;
    enum ownership ownership;
    bool adopt, create, verify_failover, enabled;
};

/* ---- servers and zones ------------------------------------------------------------------------------------------- */

/* One zone on one server; two servers may serve a zone of one name. */
struct zone_settings {
    struct dname name;
    uint32_t server;
};

enum tsig_algorithm {
    TSIG_HMAC_MD5 = 1,
    TSIG_HMAC_SHA1,
    TSIG_HMAC_SHA224,
    TSIG_HMAC_SHA256,
    TSIG_HMAC_SHA384,
    TSIG_HMAC_SHA512
};

struct key_settings {
    struct dname name;
    enum tsig_algorithm algorithm;
    const uint8_t *secret; /* decoded, in locked memory; never formatted */
    uint16_t secret_length;
};

struct server_settings {
    const char *name;
    const struct endpoint *addresses; /* tried in order */
    uint32_t address_count;
    struct address source4, source6; /* family ADDRESS_NONE: the system chooses */
    struct key_settings key;
    uint32_t timeout_ms;
    uint32_t retry_first_ms, retry_most_ms;
    uint32_t audit_ms;
    uint16_t batch; /* most records in one UPDATE */
    /* Asked after each change whether they serve it; at most VERIFY_PLACES_MAX. */
    const struct endpoint *verify;
    uint32_t verify_count;
    bool verify_ns; /* every NS of the zone, too, with all its addresses */
};

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/*
 * References outside that show whether this host can see anything. They are watches like others, of built-in checks
 * with rise = fall = 1 and without users, one run at the end of `watches`.
 */
struct connectivity_settings {
    uint32_t watch_first, watch_count; /* count 0: not configured */
    uint32_t check_count;              /* the built-in checks, one for each port, at the end of `checks` */
};

struct safety_settings {
    bool dry_run;
    uint32_t start_grace_ms;
    enum foreign_change foreign_change;
    struct connectivity_settings connectivity;
};

struct daemon_settings {
    enum log_level log_level;
    uint32_t probe_concurrency; /* 0: auto */
    bool has_owner;
    uint64_t owner;
    const char *contact;           /* NULL: none */
    const char *state_directory;   /* NULL: $STATE_DIRECTORY, else /var/lib/repointd */
    const char *runtime_directory; /* NULL: $RUNTIME_DIRECTORY, else /run/repointd */
};

/* What is shown by TCP, to whoever reaches it; nothing can be changed there. */
struct web_settings {
    struct endpoint listen;   /* family ADDRESS_NONE: nobody listens */
    const char *title;        /* of the page; NULL: the usual one */
    const char *const *names; /* that may stand in a request's Host, beside the host's own */
    uint32_t name_count;
};

struct settings {
    const struct check_settings *checks;
    const struct watch_settings *watches;
    const struct record_settings *records;
    const struct target_settings *targets;
    const struct value_settings *values;
    const struct name_settings *names;
    const uint32_t *users;    /* values by watch, each watch's run ascending */
    const uint32_t *children; /* watches by calculated watch */
    const uint32_t *above;    /* watches by watch, each run ascending */
    const struct zone_settings *zones;
    const struct server_settings *servers;
    const struct notifier_settings *notifiers;
    const uint32_t *routes; /* notifiers by record; records that say the same may share a run */
    uint32_t check_count, watch_count, record_count, target_count, value_count, user_count, zone_count, server_count;
    uint32_t name_count, child_count, above_count, notifier_count, route_count;
    struct safety_settings safety;
    struct daemon_settings daemon;
    struct web_settings web;
};

/* From a target's death to the last failure that is needed to believe it, at worst. */
uint64_t check_detection_ms(const struct check_settings *check);

/* The checks that somebody wrote down; they come first. */
uint32_t settings_named_checks(const struct settings *settings);

/* What a value is published as: a view of the settings. */
struct rdata settings_value_data(const struct settings *settings, uint32_t value);

/* The address or host name of a value, and of a watch. */
void settings_value_format(const struct settings *settings, uint32_t value, struct text *out);
void settings_watch_format(const struct settings *settings, uint32_t watch, struct text *out);

/* Its targets are host names. */
bool settings_is_cname(const struct record_settings *record);

/* The names behind the enums, as they stand in the file and in logs. */
const char *tsig_algorithm_name(enum tsig_algorithm algorithm); /* "hmac-sha256" */
const char *check_kind_name(enum check_kind kind);
const char *check_dns_type_name(uint16_t type); /* "MX"; of those that a dns check may ask for */

/* Looks go out for it, at an interval: not for heartbeats and calculated checks. */
bool check_kind_probes(enum check_kind kind);
bool check_kind_is_calculated(enum check_kind kind);

#endif
