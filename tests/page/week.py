#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: called by page.sh before the daemon starts.
# What:  writes the state files of a daemon that has run for a week: `trends` and `history.jsonl`.
# Why:   a page without a past shows nothing of what it is for, and no test waits for a week.
#
#   week.py DIRECTORY RECORD,CHECK,PRIMARY,SECONDARY...

import json
import random
import sys
import time

SHARES, HOURS, MINUTES = 250, 167, 60
now = time.time()
hour, minute = int(now // 3600), int(now // 60)
chance = random.Random(7)


def runs(outages):
    """One run of hours after the other, oldest first; outages: shares that an hour, so many ago, was down."""
    under_way = int(now % 3600 * SHARES / 3600)
    hours = [(SHARES - outages.get(ago, 0), outages.get(ago, 0)) for ago in range(HOURS - 1, 0, -1)] + [(under_way, 0)]
    words = []
    for entry in hours:
        if words and words[-1][1] == entry:
            words[-1][0] += 1
        else:
            words.append([1, entry])
    return " ".join("%d*%d/%d" % (count, up, down) for count, (up, down) in words)


def code(us):
    """As app/trends keeps it: eight steps an octave."""
    value = max(1, int(us) // 16)
    octave = value.bit_length() - 1
    return 1 + octave * 8 + ((value << 3) >> octave & 7)


def minutes(usual_us):
    phases = ["", "", "", ""]
    for _ in range(MINUTES):
        total = usual_us * chance.uniform(0.93, 1.1) * (chance.uniform(2, 5) if chance.random() < 0.04 else 1)
        for nth, part in enumerate((1, 0.03, 0, 0.98)):
            phases[nth] += "%02x" % (code(total * part) if part else 0)
    return " ".join(phase if phase.strip("0") else "-" for phase in phases)


def switch(record, ago_s, source, target, reason, outage_ms, serial):
    return json.dumps({"version": 1, "time_ms": int((now - ago_s) * 1000), "record": record, "change": None,
                       "event": "failover" if target == "secondary" else "fail-back", "from": source, "to": target,
                       "cause": "health", "reason": reason, "serial": serial, "rcode": "NOERROR",
                       "outage_ms": outage_ms})


directory, records = sys.argv[1], [word.split(",") for word in sys.argv[2:]]
lines, switches, looked = ["repointd trends 1"], [], set()
for nth, (record, check, *addresses) in enumerate(records):
    for role, address in zip(("primary", "secondary"), addresses):
        outages = {9: 30, 52: 210, 51: 250, 50: 60} if nth == 0 and role == "primary" else {}
        if nth > 0 and nth % 9 == 2 and role == "primary":
            outages = {chance.randrange(1, 24): chance.randrange(1, SHARES), 100: 4}
        lines.append("t %s %s %d %s" % (role, record, hour, runs(outages)))
        if (check, address) not in looked:
            lines.append("w %s %s %d %s" % (check, address, minute, minutes(15500)))
            looked.add((check, address))
if records:
    name = records[0][0]
    for ago_h, back_h, reason, serial in ((52.2, 50.1, "timeout-connect", 2026112104), (9.1, 8.95, "refused", 2026112302)):
        switches.append(switch(name, ago_h * 3600, "primary", "secondary", reason, 22000, serial))
        switches.append(switch(name, back_h * 3600, "secondary", "primary", "preferred-up", None, serial + 1))
with open(directory + "/trends", "w", encoding="ascii") as file:
    file.write("\n".join(lines + ["end", ""]))
with open(directory + "/history.jsonl", "w", encoding="ascii") as file:
    file.write("".join(line + "\n" for line in switches))
