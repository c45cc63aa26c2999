#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Whether each line of a log on standard input is one of ours: one line of printable ASCII, logfmt as documented, no field twice.

Prints what is wrong with the first ten that are not, and ends with 1 if there is one, or no line at all.
"""
import re
import sys

FIELD = re.compile(rb'([a-z_]+)=("(?:[^"\\]|\\["\\]|\\x[0-9a-f]{2})*"|[^ "=]+)(?: |$)')
TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
LEVELS = b"crit error warning notice info debug".split()


def fault_of(line):
    if re.search(rb"[^ -~]", line):
        return "not printable ASCII"
    fields, at = [], 0
    while at < len(line):
        match = FIELD.match(line, at)
        if not match:
            return "no field at %d" % at
        fields.append((match[1], match[2]))
        at = match.end()
    names = [name for name, _ in fields]
    if len(set(names)) != len(names):
        return "a field twice"
    if names[:2] != [b"time", b"level"] or names[-1] != b"msg":
        return "not time, level, …, msg"
    if not TIME.fullmatch(fields[0][1]) or fields[1][1] not in LEVELS:
        return "time or level"
    return None


wrong, count = 0, 0
for text in sys.stdin.buffer.read().split(b"\n")[:-1]:
    count += 1
    fault = fault_of(text)
    if fault:
        wrong += 1
        if wrong <= 10:
            print("%s: %r" % (fault, text[:400]))
if not count:
    print("no line")
sys.exit(1 if wrong or not count else 0)
