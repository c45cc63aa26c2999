/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_client.
 * What:  a client of one server with many records that look the same and a few zones, and what it was told.
 */
#ifndef REPOINTD_TESTS_CLIENT_FIXTURE_H
#define REPOINTD_TESTS_CLIENT_FIXTURE_H

#include "io/dns_client.h"

#define CLIENT_RECORDS 600
#define CLIENT_ZONES   12

struct client_fixture {
    struct settings settings;
    struct record_settings records[CLIENT_RECORDS];
    struct zone_settings zones[CLIENT_ZONES];
    struct server_settings server;
    struct endpoint addresses[2];
    uint8_t zone_name[DNAME_WIRE_MAX], owner_name[DNAME_WIRE_MAX], marker_name[DNAME_WIRE_MAX];
    struct loop *loop;
    struct dns_client *client;
    struct timer hopeless, stop;
    bool inside; /* a call of the client is under way */
    bool read_after_send;
    uint32_t wanted; /* answers that end the loop */
    uint32_t reads, accepted, sends, sends_accepted;
    uint32_t outcomes[16];
    struct dns_report last_read, last_send;
    uint32_t read_tickets[CLIENT_RECORDS]; /* of the last answer to each */
    uint32_t ticket;
    struct observed seen;
    uint8_t packed[64];
};

/* The one of the test under way. */
extern struct client_fixture *fixture;

void client_set_up(struct endpoint peer, uint32_t timeout_ms);
void client_tear_down(void);

/* Both check that nothing is answered from inside the call. */
void client_read(uint32_t record);
void client_send(uint32_t zone);

/* Until so many reads and sends were answered; fails when that takes too long. */
void client_run_until(uint32_t wanted);
void client_run_for(int64_t ms);

#endif
