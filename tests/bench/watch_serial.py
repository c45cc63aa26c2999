#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: under mass.sh. Arguments: address, port, zone, seconds of quiet.
# What:  asks for the zone's serial a hundred times a second; once it has changed and then stood still for that long,
#        prints when it changed last.
# Why:   what the name server itself shows, and when, is what users of the zone get; log lines may be summed up.

import socket
import struct
import sys
import time

address, port, zone, quiet = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
name = b"".join(bytes([len(label)]) + label.encode() for label in zone.strip(".").split(".")) + b"\0"
question = struct.pack(">6H", 7, 0, 1, 0, 0, 0) + name + struct.pack(">2H", 6, 1)
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.settimeout(1)
line.connect((address, port))


def serial():
    try:
        line.send(question)
        return line.recv(4096) # all of it: nothing else changes
    except OSError:
        return None


first = last = serial()
changed = time.time()
while last == first or time.time() - changed < quiet:
    time.sleep(0.01)
    now = serial()
    if now is not None and now != last:
        last, changed = now, time.time()
print("%.3f" % changed)
