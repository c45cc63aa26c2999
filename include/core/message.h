/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_MESSAGE_H
#define REPOINTD_CORE_MESSAGE_H

/*
 * Where: core; the vocabulary at its one door, shared with app, io and the simulator.
 * What:  events go in, effects come out. Ids cross the border, pointers do not, but for views that die with the call.
 * Why:   each outgoing operation carries a fresh ticket; the first answer uses it up, whatever comes later is dropped
 *        and counted.
 */

#include "base/time.h"
#include "core/override.h"
#include "core/plan.h"
#include "model/limits.h"
#include "model/reason.h"

#include <stdbool.h>
#include <stdint.h>

/* One operation under way: a watch, a record or a zone (by what asked for it), and its ticket, never 0. */
struct op {
    uint32_t subject;
    uint32_t ticket;
};

/* ---- what comes in ---- */

enum event_kind {
    EVENT_WAKE = 1,    /* the deadline has come; an earlier or needless one does no harm */
    EVENT_PROBE_DONE,  /* op: the watch */
    EVENT_HEARTBEAT,   /* op: the watch, without a ticket; a result that was pushed, as `probe` */
    EVENT_READ_DONE,   /* op: the record */
    EVENT_SEND_DONE,   /* op: the zone */
    EVENT_VERIFY_DONE, /* op: the record */
    EVENT_COMMAND,     /* an operator's word; answered by EFFECT_REPLY, once, however long it takes */
    EVENT_OVERRIDE,    /* an operator lays something over the automatic view, or it is known from before the start */
    EVENT_RELEASE,     /* … and takes it away again */
    EVENT_RESTORE,     /* what the state directory kept, before anything else */
    EVENT_SWITCHED, /* op: the record; likewise: a switch by health of a former process, `age_ms` ago; oldest first */
    EVENT_GAP,      /* the process stood still */
    EVENT_STOPPING  /* begin nothing more */
};

/* Times of one probe since its start, in microseconds; -1: that phase was not reached. */
struct phase_times {
    int32_t resolve_us, connect_us, tls_us, first_byte_us, total_us;
};

struct probe_report {
    enum verdict verdict;
    enum reason reason;
    mono_ms started; /* when the probe really began */
    struct phase_times phases;
    uint16_t code;                /* HTTP status; 0: none */
    int64_t certificate_end_s;    /* when the certificate that was shown ends, since 1970; 0: none was */
    char detail[DETAIL_TEXT_MAX]; /* sanitised: "HTTP 503, wanted 200-399" */
};

/* What may be concluded from an answer, or from its absence. */
enum outcome {
    OUTCOME_ACCEPTED = 1,   /* MAC right, NOERROR; of a read: complete and trustworthy */
    OUTCOME_PREREQ,         /* MAC right, a prerequisite did not hold */
    OUTCOME_DENIED,         /* MAC right, REFUSED */
    OUTCOME_NOT_SERVED,     /* MAC right, NOTAUTH: the zone is not served there */
    OUTCOME_CLOCK,          /* MAC right, BADTIME */
    OUTCOME_CONFIG,         /* MAC right, BADTRUNC */
    OUTCOME_SERVER_FAILURE, /* MAC right, SERVFAIL */
    OUTCOME_BUG,            /* MAC right, any other RCODE */
    OUTCOME_UNKNOWN,        /* something left us, nothing trustworthy came back */
    OUTCOME_NOT_SENT        /* nothing left us */
};

const char *outcome_name(enum outcome outcome); /* "not-sent" */

/* How an exchange with a name server ended; for reads and updates alike. */
struct dns_report {
    enum outcome outcome;
    bool has_answer; /* something came back: the fields below say what, and verified whether it may be believed */
    bool verified;   /* the MAC was right */
    uint8_t rcode;
    uint16_t tsig_error;          /* 16 BADSIG, 17 BADKEY, 18 BADTIME, 22 BADTRUNC */
    int32_t skew_s;               /* our clock minus the server's, where outcome is CLOCK */
    uint32_t took_us;             /* from the first octet sent to the answer */
    char detail[DETAIL_TEXT_MAX]; /* sanitised: "connect to 192.0.2.53 port 53: Connection refused", or a hint */
};

/*
 * An unsigned BADKEY, as Knot answers where a right is missing: nothing to be believed, so good for pacing and for
 * words, and for no conclusion about the zone.
 */
bool dns_report_hints_at_rights(const struct dns_report *report);

/* What one name server says about a record now, asked without a signature (RFC 1035 4.2.1). */
struct verify_answer {
    struct endpoint endpoint;
    bool answered; /* NOERROR or NXDOMAIN, whole; else detail says why not */
    bool aa;
    struct rrset sets[2]; /* by the record's types; views that die with the call */
    bool has_serial;
    uint32_t serial;
    char detail[DETAIL_TEXT_MAX]; /* sanitised */
};

/* One round over all the servers of `verify`. */
struct verify_report {
    uint32_t count; /* at most VERIFY_PLACES_MAX; 0: not one server is known */
    const struct verify_answer *answers;
};

enum command_kind {
    COMMAND_ADOPT = 1,
    COMMAND_TAKE_OVER,
    COMMAND_DISOWN,
    COMMAND_FAIL_BACK, /* to the first target that is up, past manual, the latch and the delay */
    COMMAND_UNLATCH,   /* what max-switches has latched may fail back again */
    COMMAND_SETTLE     /* nothing is done: answered when the zone holds what is decided, or when that failed */
};

struct command {
    enum command_kind kind;
    uint32_t number; /* the shell's, given back with the reply; never 0 */
    uint32_t record;
    struct rrset expect[2]; /* ADOPT: exactly what stands there, by the record's types; views that die with the call */
    uint64_t owner;         /* TAKE_OVER: of the marker that is replaced */
    uint64_t epoch;         /* TAKE_OVER: the same */
};

/* A message of ours that was under way when the former process ended: it may have been applied, or may yet be. */
struct restore {
    uint32_t record;
    const struct plan *plan; /* views die with the call */
    uint32_t target;         /* place of the target that it publishes; ID_NONE: it leaves the sets as they are */
};

struct event {
    enum event_kind kind;
    struct op op;
    union {
        const struct probe_report *probe;
        struct {
            const struct dns_report *report;
            const struct observed *observed; /* where the outcome is ACCEPTED; a view that dies with the call */
        } read;
        const struct dns_report *send;
        const struct verify_report *verify;
        const struct command *command;
        const struct restore *restore;
        const struct override *override; /* OVERRIDE: copied */
        uint32_t released;               /* RELEASE: its id; one that has ended meanwhile does no harm */
        uint32_t gap_ms;
        int64_t age_ms; /* SWITCHED: at least 0 */
    } is;
};

/* ---- what goes out ---- */

enum effect_kind {
    EFFECT_PROBE = 1,    /* op: the watch; due says when it was meant to start */
    EFFECT_PROBE_CANCEL, /* op: the same as was started; after a gap only as many as fit, the other answers are stale */
    EFFECT_READ,         /* op: the record: its managed types, its marker, the zone's SOA */
    EFFECT_SEND,         /* op: the zone; what to send is engine_batch's, to be taken at once */
    EFFECT_VERIFY,       /* op: the record: ask every server of `verify` once */
    EFFECT_SAVE,         /* op: the record: what is under way for it has changed, keep its `pending` and strays before
                            any later effect is carried out */
    EFFECT_REPLY,        /* the end of a command */
    EFFECT_TELL          /* something happened that people should know */
};

enum notice_kind {
    NOTICE_PROBE_FAILING = 1, /* first failure of a streak */
    NOTICE_TARGET_DOWN,
    NOTICE_TARGET_UP,
    NOTICE_TARGET_UNKNOWN, /* an address cannot be judged from this host, or its health is too old */
    NOTICE_FAILOVER,       /* seen in the zone: away from a target that is down, or to a later one */
    NOTICE_FAIL_BACK,      /* seen in the zone: to an earlier one */
    NOTICE_PUBLISHED,      /* seen in the zone: the same target, by other addresses of it */
    NOTICE_NO_HEALTHY_TARGET,
    NOTICE_UPDATE_FAILED,  /* of `plan`, or of a mere read where that is 0; dns.outcome ACCEPTED: it was not applied */
    NOTICE_FOREIGN_CHANGE, /* detail: what somebody else put there; plan SWITCH: seen in the zone, it is put back */
    NOTICE_OWNED,          /* seen in the zone: adopted, created, or filled again; `plan` says which */
    NOTICE_NOT_OURS,       /* conditions other-owner, unowned, missing, foreign, occluded */
    NOTICE_CONFLICT,       /* conditions partial, clone, rollback, inconsistent, conflict */
    NOTICE_CLOCK_SKEW,
    NOTICE_FLAPPING,
    NOTICE_WOULD_SEND, /* dry run: once a wish */
    NOTICE_RIGHTS,     /* a rehearsed update was refused: dns says how */
    NOTICE_CUT_OFF,    /* no reference answers: count of threshold do */
    NOTICE_CONNECTED,  /* one answers again: the same; duration_ms: how long none did */
    NOTICE_SERVED,     /* all servers of `verify` serve it: of a change, or after NOTICE_NOT_SERVED */
    NOTICE_NOT_SERVED, /* `endpoint` does not: detail says what it serves, or what went wrong; count of threshold do */
    NOTICE_OVERRIDE_ENDED, /* its time is over: `override` */
    NOTICE_GAP,
    NOTICE_PROBES_LATE,
    NOTICE_CORE_COUNT
};

/*
 * One thing that happened, typed; app/report finds the words. Fields that a kind has no use for are zero or ID_NONE.
 * Places of targets (from, to) are within the record; `value` and `watch` are indexes of settings.
 */
struct notice {
    enum notice_kind kind;
    uint32_t record, value, watch, target, from, to; /* from, to: only where something moves, moved or should move */
    enum condition condition;
    enum decision_reason cause;
    enum reason reason; /* of the probe that decided */
    enum plan_kind plan;
    uint16_t code;              /* HTTP status */
    uint32_t streak, threshold; /* results in a row; how many decide */
    int64_t span_ms;            /* what the streak took; of a gap its length; of late probes the worst lateness */
    int64_t duration_ms;        /* how long the former state lasted; -1: not known */
    int64_t next_ms;            /* until the next try; -1: none is planned */
    int32_t latency_us;         /* -1: none */
    struct dns_report dns;      /* update-failed, clock-skew, and the update behind a switch (outcome 0: none) */
    bool answer_was_lost;       /* a switch whose answer never came and that was found by reading */
    bool repeated;              /* said before, still so */
    bool not_signed;            /* update-failed: what is published has no signatures that hold (fault 98) */
    bool marker_is_foreign;     /* the marker's place holds something that is none */
    bool has_serial;
    uint32_t serial;
    uint64_t change;                    /* number of the change since start, from 1; joins all its lines; 0: none */
    uint64_t owner, epoch, epoch_known; /* markers: as read, and the newest one that we know of */
    struct endpoint endpoint;           /* not-served: of the name server; family ADDRESS_NONE: none is known */
    bool answered, authoritative;       /* … what it did */
    uint32_t command;                   /* owned: number of the command that did it; 0: none */
    uint32_t override;                  /* id of the override that ended */
    bool manual;                        /* of a switch: an operator's word led to it, not health */
    uint32_t count;                     /* switches, late probes */
    char detail[DETAIL_TEXT_MAX];       /* sanitised: what the probe saw, or the foreign set */
};

enum command_result {
    COMMAND_DONE = 1, /* seen in the zone */
    COMMAND_REFUSED,  /* what stands there is not what was named, or not for this command: detail says what does */
    COMMAND_FAILED    /* the server did not do it, or cannot be asked: dns says why */
};

struct reply {
    uint32_t number; /* the command's */
    enum command_result result;
    enum condition condition; /* of the record now */
    uint32_t from, to;        /* places: what the zone held when the command came, and now; ID_NONE: nothing of ours */
    struct dns_report dns;
    bool has_serial;
    uint32_t serial;
    bool overtaken;               /* FAILED: another command for the record has come, and waits in its place */
    char detail[DETAIL_TEXT_MAX]; /* sanitised */
};

struct effect {
    enum effect_kind kind;
    struct op op;
    mono_ms due;          /* EFFECT_PROBE */
    struct notice notice; /* EFFECT_TELL */
    struct reply reply;   /* EFFECT_REPLY */
};

/* The caller's storage; room is EFFECTS_ROOM. engine_handle sets count. */
struct effects {
    uint32_t count, room;
    struct effect *items;
};

/* How many more effects fit. */
uint32_t effects_left(const struct effects *effects);

/*
 * Each adds one; there must be room. The notice comes zeroed but for ids (ID_NONE) and numbers that are not known
 * (-1): fill it in.
 */
struct notice *effects_tell(struct effects *effects, enum notice_kind kind);
void effects_probe(struct effects *effects, struct op op, mono_ms due);
void effects_probe_cancel(struct effects *effects, struct op op);
void effects_read(struct effects *effects, struct op op);
void effects_send(struct effects *effects, struct op op);
void effects_verify(struct effects *effects, struct op op);
void effects_save(struct effects *effects, uint32_t record);

/* The reply comes zeroed but for its number and result. */
struct reply *effects_reply(struct effects *effects, uint32_t number, enum command_result result);

/* The message that a zone has to send: its members, each with prerequisites and changes of its own. */
struct batch_member {
    uint32_t record;
    const struct plan *plan;
};

struct batch_view {
    uint32_t zone, count;
    const struct batch_member *members;
};

#endif
