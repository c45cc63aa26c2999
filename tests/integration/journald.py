#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A journal and a service manager that write down what they hear.

    journald.py JOURNAL_SOCKET JOURNAL_FILE [NOTIFY_SOCKET NOTIFY_FILE]

JOURNAL_FILE gets an object a line, in JSON, for each datagram in the journal's native form; a datagram that is not in that form, or has
a field twice, becomes {"BROKEN": "what is wrong"}. NOTIFY_FILE gets the words of sd_notify, a line each. Says "ready" when it listens.
"""
import json
import os
import re
import select
import socket
import struct
import sys

NAME = re.compile(rb"[A-Z][A-Z0-9_]{0,63}")


def fields_of(datagram):
    fields = {}
    while datagram:
        line, newline, rest = datagram.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not newline:
            raise ValueError("the last field does not end")
        if not equals:
            size = struct.unpack("<Q", rest[:8])[0]
            value, rest = rest[8:8 + size], rest[8 + size:]
            if len(value) != size or rest[:1] != b"\n":
                raise ValueError("a length that lies")
            rest = rest[1:]
        if not NAME.fullmatch(name) or name.decode() in fields:
            raise ValueError("field %r" % name)
        fields[name.decode()] = value.decode("utf-8")
        datagram = rest
    return fields


def listen(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    return listener


def journal_line(datagram):
    try:
        return json.dumps(fields_of(datagram))
    except (ValueError, struct.error) as error:
        return json.dumps({"BROKEN": str(error)})


def main():
    rooms = {}
    for at, write in ((1, journal_line), (3, lambda datagram: datagram.decode())):
        if len(sys.argv) > at + 1:
            rooms[listen(sys.argv[at])] = (open(sys.argv[at + 1], "a", encoding="utf-8"), write)
    print("ready", flush=True)
    while True:
        for listener in select.select(list(rooms), [], [])[0]:
            file, write = rooms[listener]
            file.write(write(listener.recv(1 << 20)) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
