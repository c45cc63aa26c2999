/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_IO_JUDGE_H
#define REPOINTD_IO_JUDGE_H

/*
 * Where: io; between http and connect, which see what happened, and prober, which reports it.
 * What:  from the facts of one probe and the check's rules to a reason and a few words. Pure: no library, no clock,
 *        no socket.
 * Why:   what counts against a target and what is our own fault is decided in one place, where each row can be tested.
 */

#include "model/reason.h"
#include "model/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a probe is waiting for. */
enum probe_phase {
    PROBE_RESOLVE = 1, /* the addresses of a host name */
    PROBE_CONNECT,     /* the connection */
    PROBE_TLS,         /* the handshake */
    PROBE_RESPONSE,    /* the status line and the headers */
    PROBE_BODY,        /* the end of the body */
    PROBE_RUN          /* the end of a program */
};

/* How it ended. */
enum probe_end {
    PROBE_COMPLETE = 1,   /* the answer is here, or as much of it as we read; TCP: connected */
    PROBE_TIMED_OUT,      /* the budget was over */
    PROBE_NO_ADDRESS,     /* the host name has none; text */
    PROBE_CONNECT_FAILED, /* sys_errno */
    PROBE_BROKEN,         /* a connection that stood was reset; sys_errno where it is known */
    PROBE_CLOSED,         /* the other side ended it before the answer was complete */
    PROBE_TLS_FAILED,     /* tls_fault */
    PROBE_NOT_HTTP,       /* what came was not HTTP; of other kinds: no sound answer */
    PROBE_HEADERS_TOO_LONG,
    PROBE_REDIRECTED_AWAY, /* too often, or to where we do not go; text */
    PROBE_LOCAL            /* our own fault: sys_errno, or text */
};

enum tls_fault {
    TLS_FAULT_NONE = 0,
    TLS_FAULT_EXPIRED /* or not yet valid */,
    TLS_FAULT_NAME,
    TLS_FAULT_UNTRUSTED,
    TLS_FAULT_PROTOCOL
};

struct probe_facts {
    enum probe_end end;
    enum probe_phase phase; /* in which it ended */
    int sys_errno;          /* 0: not known */
    bool at_once;           /* CONNECT_FAILED: connect itself gave the error, nobody was asked */
    enum tls_fault tls_fault;
    uint32_t budget_ms;        /* TIMED_OUT: the one that was over */
    uint16_t status;           /* of the final response; 0: none came */
    uint8_t rcode;             /* of a DNS answer */
    bool has_answer;           /* ... whether the data wanted is in it; `text` is all there is of the type asked for */
    int exit_status;           /* of a program; `text` is its first line */
    int exit_signal;           /* ... that ended it; 0: none */
    const char *text;          /* words of a library or of the target, not sanitised; NULL: none */
    const uint8_t *body;       /* decoded; of COMPLETE only */
    size_t body_length;        /* only the first BODY_MATCH_MAX octets are looked at */
    uint32_t redirects;        /* that were followed */
    int64_t certificate_end_s; /* of the server's own certificate, since 1970; 0: none was seen */
    int64_t wall_s;            /* now, likewise; looked at only for `certificate-days` */
    bool clock_in_doubt;       /* somebody has just set it */
};

/*
 * The reason; its verdict is reason_verdict's. `detail` gets one sanitised line: "HTTP 503, wanted 200-399",
 * "Connection refused".
 */
enum reason judge_probe(const struct check_settings *check, const struct probe_facts *facts,
                        char detail[DETAIL_TEXT_MAX]);

#endif
