/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_SIM_ANSWERS_H
#define REPOINTD_SIM_ANSWERS_H

/*
 * Where: the simulator, over zone and mail alone.
 * What:  what its name server says to a script of updates, and holds afterwards, line by line.
 * Why:   the same script goes to real name servers (tests/integration/model.sh): where they differ, the simulator
 *        simulates something else than there is.
 *
 * Lines as those of tests/integration/dns_driver.c: read; ttl-is SECONDS; KIND EXPECT PUBLISH OLD FRESH. The zone holds
 * 192.0.2.1 and 2001:db8::1 at first, under a TTL of 30, and no marker.
 */

/* Reads the script of this file. The status to exit with. */
int answers_run(const char *path);

#endif
