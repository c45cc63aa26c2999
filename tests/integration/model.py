#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# What: a script of updates for the stories 106: each kind of transaction, upon what stands there as far as this can be
#       foreseen, or upon something else, by a seed.
# Use:  model.py SEED COUNT
import random
import sys

seed, count = int(sys.argv[1]), int(sys.argv[2])
chance = random.Random(seed)
SETS = ["192.0.2.1,2001:db8::1", "192.0.2.2,192.0.2.3", "198.51.100.9", "2001:db8::9,2001:db8::a", "192.0.2.2"]
there, marker, epoch = SETS[0], "-", 0
ttl, ttl_there = 30, 30

print("read")
for step in range(count):
    if step == count // 2:
        print("ttl-is 60")
        ttl = 60
    kind = chance.choice(["assert", "adopt", "create", "switch", "switch", "switch", "ttl", "fence", "rehearse", "disown",
                          "take-over", "bare:switch", "bare:assert", "bare:create", "bare:rehearse"])
    if ttl_there != ttl and kind.endswith("rehearse"):
        kind = "assert"  # the daemon adds what it has read; another TTL Knot ignores, and BIND and PowerDNS take
    bare, name = kind.startswith("bare:"), kind.split(":")[-1]
    expect = there if chance.random() < 0.8 else chance.choice(SETS + ["-"])
    old = marker if chance.random() < 0.8 else chance.choice(["-", "%d:%x" % (epoch + 3, 0xbad)])
    if name in ("fence", "disown", "take-over") or (name in ("switch", "ttl") and not bare):
        old = old if old != "-" else "%d:%x" % (epoch, 0xbad)
    if name == "create":
        expect, old = "-", "-"
    if name == "adopt" and chance.random() < 0.7:
        old = "-"
    if bare:
        old = "-"
    publish = "-"
    if name in ("switch", "create"):
        publish = chance.choice(SETS)
    elif name == "ttl":
        publish = expect if expect != "-" else SETS[0]
    fresh = "%d:%x" % (epoch + 1, step + 1)
    print(kind, expect, publish, old, fresh)
    print("read")
    holds = (name in ("fence", "disown") or expect == there) and (bare or old == marker)
    if not holds or name in ("assert", "rehearse"):
        continue
    if publish != "-":
        there, ttl_there = publish, ttl
    if not bare:
        marker = "-" if name == "disown" else fresh
        epoch += 1
