/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_TESTS_DOOR_H
#define REPOINTD_TESTS_DOOR_H

/*
 * Where: unit tests of core/record and core/engine.
 * What:  an engine before a small world: targets that answer or not, a name server that keeps prerequisites, and time
 *        that only the test moves. Everything that was told and sent is kept.
 * Why:   the simulator looks for what nobody thought of; here a test says one thing and sees it.
 */

#include "core/adopt.h"
#include "core/engine.h"
#include "core/record.h"
#include "core/watch.h"
#include "site.h"

#define DOOR_NOTICES_MAX 4000
#define DOOR_SENDS_MAX   2000
#define DOOR_MAIL_MAX    4000
#define DOOR_REPLIES_MAX 64

/* What the name server holds of one record. */
struct door_name {
    uint8_t bytes[2][128];
    struct rrset sets[2];
    enum marker_form form;
    struct marker marker;
    bool cname;
    enum outcome refused; /* what a message with it gets; 0: it is taken */
};

struct door_send {
    mono_ms at;
    uint32_t message; /* its number; those of one message stand together */
    uint32_t record;
    struct plan plan; /* its sets are gone */
    uint8_t first;    /* last octet of the first A that it publishes */
};

struct door_mail {
    mono_ms at;
    enum effect_kind kind;
    struct op op;
    mono_ms asked;
    enum outcome outcome; /* of a send */
};

/* What a name server of `verify` does. */
enum door_place { PLACE_SERVES = 0, PLACE_LAGS, PLACE_IS_SILENT, PLACE_IS_LAME, PLACE_HAS_NOTHING };

struct door {
    struct site *site;
    enum door_place places[4]; /* by place in `verify`; one that lags serves 192.0.2.99 */
    mono_ms looked_at[64];     /* rounds of questions */
    uint32_t look_count;
    bool no_places; /* `ns` finds none */
    struct engine *engine;
    mono_ms now;
    enum verdict verdicts[SITE_VALUES]; /* by watch; 0: pass */
    int64_t probe_starts_late_ms;
    enum outcome reads, sends;        /* 0: as the server does; else that and nothing else happens */
    bool signs, signs_badly;          /* the zone is signed, … but what stands there has no signature that holds */
    bool reads_unsigned;              /* and so not to be believed */
    bool loses_answers, does_nothing; /* applies, but UNKNOWN; says ACCEPTED, but does not apply */
    struct door_name names[SITE_RECORDS_MAX];

    struct notice notices[DOOR_NOTICES_MAX];
    mono_ms told_at[DOOR_NOTICES_MAX];
    uint32_t notice_count;
    struct door_send sent[DOOR_SENDS_MAX];
    uint32_t message_count, send_count, probe_count, read_count, cancel_count, most_effects;
    uint32_t in_flight, most_in_flight; /* messages */
    struct door_mail mail[DOOR_MAIL_MAX];
    uint32_t mail_count;
    uint32_t serial;
    struct reply reply; /* the last one */
    struct reply replies[DOOR_REPLIES_MAX];
    uint32_t reply_count;
    uint32_t save_count, kept[SITE_RECORDS_MAX]; /* by record: messages that the state directory keeps */
    struct effects effects;
    struct effect items[EFFECTS_ROOM];
};

/*
 * Opens a door on the site (which it takes); it is 1000. `holds`: the zone has the primary of each record, without a
 * marker.
 */
struct door *door_open(struct site *site, bool holds);
/* When rehearsals begin: a door has none, so that the messages of a story are those it tells of. */
void door_rehearse(struct door *door, mono_ms at);
void door_close(struct door *door);

/* Sets what the name server holds. */
void door_hold(struct door *door, uint32_t record, const char *addresses, const struct marker *marker);

/* Lives on until then; events at that instant included. */
void door_run(struct door *door, mono_ms until);

/*
 * The engine of another configuration takes over; the world stays as it is. The site is taken. `at_once`: whatever is
 * under way, whose answers come to nobody.
 */
void door_reload_at_once(struct door *door, struct site *site, const struct adoption *adoption);
void door_reload(struct door *door, struct site *site, const struct adoption *adoption);

/* One event now, its effects carried out. */
/* A marker of ours, and a door on names that carry one and answer with their primary: a restart in a quiet state. */
struct marker door_marker(uint64_t epoch);
struct door *door_quiet(struct site *site);

void door_event(struct door *door, const struct event *event);
void door_gap(struct door *door, uint32_t gap_ms); /* time stands at its end */

/* How often it was told, and the last one of a kind (fails the test if there is none). */
uint32_t door_told(const struct door *door, enum notice_kind kind);
const struct notice *door_last(const struct door *door, enum notice_kind kind);

uint32_t door_sent_kind(const struct door *door, enum plan_kind kind);

const struct record *door_record(const struct door *door, uint32_t index);

#endif
