/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CORE_TRANSACTION_H
#define REPOINTD_CORE_TRANSACTION_H

/*
 * Where: core, in each record; between plan (what should change) and batch (the zone's post office).
 * What:  the steps that bring one plan into a zone: read, queue, send, read back; what to make of a lost answer; when
 *        to give up.
 * Why:   an UPDATE whose answer is lost may have been applied, may be applied minutes later, or never. Sending again
 *        could undo somebody else's change, so after every doubt we read first; and before we change our mind we
 *        fence.
 *
 * Pure: it says what is to be done and what is to be told, and the record does it.
 */

#include "base/random.h"
#include "base/time.h"
#include "core/belief.h"
#include "core/message.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum txn_state {
    TXN_IDLE = 1,  /* nothing to do, as far as we know; wakes for the next audit */
    TXN_READING,   /* a read is under way */
    TXN_QUEUED,    /* a message waits in the zone's queue */
    TXN_SENT,      /* … and now for its answer */
    TXN_CHECKING,  /* accepted; read back until it shows, or 2 s are over */
    TXN_RESOLVING, /* the message is lost, or its prerequisites were refused: only a read helps */
    TXN_PAUSED,    /* something failed; wakes for the next try */
    TXN_STOPPED    /* `condition` keeps us from writing; wakes for the next audit */
};

const char *txn_state_name(enum txn_state state); /* "resolving" */

/* What the record wants to stand in the zone, as policy decided just now. Dies with the call it is given to. */
struct wish {
    bool moves;           /* else: what stands there is right as it is */
    bool frozen;          /* nothing may be sent now: start-grace, `enabled: off` */
    bool fences_only;     /* this host is cut off: nothing but a fence may be sent */
    bool dry_run;         /* nothing may be sent at all */
    uint32_t target;      /* place of the target wanted, ID_NONE if !moves */
    struct rrset sets[2]; /* where moves */
};

/* The circumstances of one step. */
struct txn_scene {
    mono_ms now;
    mono_ms gap_at; /* what was read before is stale */
    struct random *random;
    const struct wish *wish;
    bool shared; /* the message that was answered had other members, too */
    char *reply; /* room of DETAIL_TEXT_MAX for what is said about a command */
};

enum txn_act {
    TXN_ACT_NONE = 0,
    TXN_ACT_READ,  /* ask for a read */
    TXN_ACT_JOIN,  /* into the zone's queue */
    TXN_ACT_LEAVE, /* out of it */
    TXN_ACT_LEAVE_AND_READ
};

enum txn_word {
    TXN_WORD_NONE = 0,
    TXN_WORD_FAILED,    /* update-failed: txn->report says how */
    TXN_WORD_STOPPED,   /* by txn->condition */
    TXN_WORD_SETTLED,   /* a trustworthy read shows what is wanted */
    TXN_WORD_PUBLISHED, /* … and that a message of ours did it: step.kind */
    TXN_WORD_RIGHTS,    /* a rehearsal was refused: txn->report says how */
    TXN_WORD_REHEARSED, /* … or went well */
    TXN_WORD_WOULD_SEND /* dry run: step.kind */
};

/* How a command has ended. */
enum txn_reply { TXN_REPLY_NONE = 0, TXN_REPLY_DONE, TXN_REPLY_REFUSED, TXN_REPLY_FAILED };

struct txn_step {
    enum txn_act act;
    enum txn_word word;
    enum txn_reply reply; /* scene->reply says why */
    enum plan_kind kind;  /* of the message that was published, or would be sent */
    bool answer_was_lost; /* PUBLISHED was found by reading */
    bool restored;        /* PUBLISHED has replaced what somebody else had put there: belief.foreign */
};

/* An operator's word that is being carried out. */
struct txn_command {
    enum command_kind kind; /* 0: there is none */
    bool reads, moves;      /* its read is under way; its message is queued or sent */
    uint64_t owner, epoch;  /* TAKE_OVER: of the marker that is replaced */
    mono_ms until;          /* when it has failed, if nothing has come of it */
    struct rrset expect[2]; /* ADOPT: what was named */
};

struct txn {
    const struct settings *settings;
    const struct record_settings *record;
    const struct server_settings *server;
    enum txn_state state;
    enum condition condition; /* what the last trustworthy read made of the record's place */
    struct belief belief;
    struct txn_command command;
    bool reading;         /* a read is under way, in whatever state */
    mono_ms read_at;      /* when the last read was asked for */
    mono_ms audit_at;     /* when the zone is read again for no other reason */
    mono_ms wake_at;      /* when time alone goes on; MONO_NEVER: an answer has to come */
    mono_ms accepted_at;  /* of the message being checked */
    mono_ms rehearse_at;  /* when the rights are tried again, after the next read */
    mono_ms ttl_at;       /* no TTL is repaired before */
    mono_ms restore_at;   /* … and no foreign change put back */
    uint32_t back_off_ms; /* the last one; 0: none since the last success */
    uint32_t wish_target; /* whose message the counts below are about */
    uint8_t polls, refusals;
    bool lost;               /* an answer for this wish got lost: the next time we wait before we look */
    bool refused;            /* resolving because of a PREREQ */
    bool asserted;           /* the server has confirmed by ASSERT what reads show */
    enum condition disputed; /* … or has denied it, and what that stopped us by; CONDITION_OK: it has not */
    bool sending;            /* paused after a message and not after a read */
    /* ownership: none. */
    mono_ms quiet_until; /* nothing may be sent before that contradicts what is in doubt; 0: no such time is known */
    uint8_t copies;      /* of the message in doubt, that have left and may still be applied */
    bool has_serial;
    uint32_t serial; /* of the zone, as read last */
    struct txn_signatures {
        bool is_signed, good; /* the zone has RRSIGs; every set of the record that is there has one in date */
        int64_t until_s;      /* the earliest end of those, wall clock; 0: not known */
    } signatures;             /* the same */
    struct observed_marker {
        enum marker_form form;
        struct marker marker;
    } seen; /* the marker as read last */
    /* Of the last message, or of the last read that failed; after a stop its detail is what was seen. */
    struct dns_report report;
};

/*
 * `storage` is belief_storage_size(record) octets, and with foreign-change: restore belief_restore_size(record) more.
 * The first read is due at `first_read`.
 */
void txn_init(struct txn *txn, const struct settings *settings, const struct record_settings *record, uint64_t owner,
              uint8_t *storage, mono_ms first_read);

/*
 * Another configuration's transaction of the same record; what it has under way is in doubt. Right after txn_init; the
 * zone is read at once.
 */
void txn_adopt(struct txn *txn, const struct txn *old, mono_ms now);

/* Where a target of that one's record stands now, by what it publishes; ID_NONE: nowhere. */
uint32_t txn_place_of(const struct txn *txn, const struct txn *old, uint32_t former);

/* The wish may have changed, or txn_deadline has come. */
struct txn_step txn_consider(struct txn *txn, const struct txn_scene *scene);

/* The read asked for has ended. `observed` is given where the outcome is ACCEPTED. */
struct txn_step txn_read_done(struct txn *txn, const struct txn_scene *scene, const struct dns_report *report,
                              const struct observed *observed);

/*
 * An operator's word; there must be none yet. step.reply other than NONE: that was all. Else txn_consider goes on with
 * it, and one of the steps to come has the reply.
 */
struct txn_step txn_command(struct txn *txn, const struct txn_scene *scene, const struct command *command);

/* The message leaves the queue for the wire. Call txn_consider just before: only if it is then still queued. */
void txn_sent(struct txn *txn, mono_ms now);

/* Nothing of the message was applied, for another member's sake, or it has not left after all: it is queued again. */
void txn_unsent(struct txn *txn, mono_ms now);

/* The message's answer, or what is said in its place. */
struct txn_step txn_answered(struct txn *txn, const struct txn_scene *scene, const struct dns_report *report);

/* The belief may be built on without another read. */
bool txn_is_fresh(const struct txn *txn, const struct txn_scene *scene);

/*
 * The nth message of ours (from 0) that has left and may still be applied: what a restart would have to know. False:
 * there are no more. `plan` is filled and `ret` views it; of an older one than the pending only kind and marker are
 * known. ret->record is the caller's business.
 */
bool txn_kept(const struct txn *txn, uint32_t nth, struct plan *plan, struct restore *ret);

/* A number that is another one when that list is; 0 where it is empty. */
uint64_t txn_kept_mark(const struct txn *txn);

/*
 * What the list held when the former process ended. To be given before the first read is done; false: it came too
 * late, or is another owner's.
 */
bool txn_restore(struct txn *txn, const struct restore *restore);

/* When txn_consider is wanted. */
mono_ms txn_deadline(const struct txn *txn);

/* A read or a message is under way. */
bool txn_is_busy(const struct txn *txn);

/*
 * Whose sets the zone holds for all we know, as our own or to be made our own: a place, TARGET_RETIRED where nothing
 * stands there and we may create, else ID_NONE. Where somebody else's change is to be put back, what we wrote last;
 * TARGET_RETIRED where that is not known.
 */
uint32_t txn_current(const struct txn *txn);

#endif
