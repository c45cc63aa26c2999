/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_MODEL_LIMITS_H
#define REPOINTD_MODEL_LIMITS_H

/* Bounds that are the protocol's or prudence's. No table of records, targets or watches has one. */

#include <stdint.h>

#define ID_NONE UINT32_MAX

#define DETAIL_TEXT_MAX      208   /* what a target or server said, sanitised */
#define BODY_READ_MAX        65536 /* octets of an HTTP body that are read at the most */
#define BODY_MATCH_MAX       5120  /* decoded octets in which `contains` must lie */
#define HEADER_READ_MAX      16384 /* octets of HTTP response headers */
#define MESSAGE_OCTETS_MAX   60000 /* of an UPDATE that we send */
#define ANSWER_OCTETS_MAX    65535 /* of an answer to a read; an UPDATE's may have 16,384 */
#define SERVER_IN_FLIGHT_MAX 4     /* messages to one server at a time */
#define VERIFY_PLACES_MAX    16    /* name servers that are asked whether they serve a change */
#define CHECK_CHILDREN_MAX   255   /* of a calculated check, as in Route 53 */
#define CHECK_DEPTH_MAX      16    /* calculated checks that rest on each other */
#define CONNECTIVITY_MAX     16    /* references of safety.connectivity */
#define OVERRIDES_MAX        1024  /* that operators may have in force at a time */
#define EFFECTS_ROOM         256   /* effects of one call of engine_handle */
#define TSIG_FUDGE_S         300

#endif
