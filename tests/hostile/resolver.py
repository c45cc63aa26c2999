#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A resolver that answers as it is told, by datagrams and by TCP.

    resolver.py --listen ADDRESS:PORT --answers FILE

The file is read anew for each question. A line is "NAME WHAT [TTL]", the first that fits rules:

    lb1.example.org 192.0.2.1,2001:db8::1 30    these addresses, each by questions of its own type
    lb1.example.org servfail | nxdomain | refused | nothing | silent | garbage | loop
    lb1.example.org many 1000                   so many addresses, 10.0.0.0 and on; too long for a datagram
    *               …                           every name

Names that no line has: NXDOMAIN. What was asked stands on standard output, a line each: NAME TYPE.
"""
import argparse
import ipaddress
import os
import select
import socket
import struct

TYPES = {1: "A", 28: "AAAA"}
RCODES = {"servfail": 2, "nxdomain": 3, "refused": 5, "nothing": 0}


def question_of(data):
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode("ascii", "replace"))
        at += 1 + data[at]
    return ".".join(labels).lower(), struct.unpack("!H", data[at + 1:at + 3])[0], data[12:at + 5]


def rule_for(path, name):
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.split()
            if len(words) >= 2 and words[0] in (name, "*"):
                return words[1], words[2] if len(words) > 2 else "30"
    return "nxdomain", "0"


def records_of(what, word, kind, question):
    if what == "loop":
        return [b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 30, 2) + b"\xc0\x0c"]
    if what == "many":
        found = [ipaddress.ip_address(0x0a000000 + i) for i in range(int(word))]
        ttl = 30
    else:
        found = [ipaddress.ip_address(text) for text in what.split(",")]
        ttl = int(word)
    version = 4 if kind == "A" else 6
    return [b"\xc0\x0c" + struct.pack("!HHIH", 1 if version == 4 else 28, 1, ttl, len(one.packed)) + one.packed
            for one in found if one.version == version]


def answer(path, data, room):
    """The octets of an answer, or None for silence."""
    name, number, question = question_of(data)
    kind = TYPES.get(number, str(number))
    print(name, kind, flush=True)
    what, word = rule_for(path, name)
    if what == "silent":
        return None
    if what == "garbage":
        return data[:2] + os.urandom(40)
    if what in RCODES:
        return data[:2] + struct.pack("!HHHHH", 0x8180 | RCODES[what], 1, 0, 0, 0) + question
    records = records_of(what, word, kind, question)
    whole = data[:2] + struct.pack("!HHHHH", 0x8180, 1, len(records), 0, 0) + question + b"".join(records)
    if len(whole) > room:
        return data[:2] + struct.pack("!HHHHH", 0x8380, 1, 0, 0, 0) + question
    return whole


def serve_line(path, line):
    line.settimeout(5)
    size = line.recv(2, socket.MSG_WAITALL)
    if len(size) < 2:
        return
    reply = answer(path, line.recv(struct.unpack("!H", size)[0], socket.MSG_WAITALL), 65535)
    if reply:
        line.sendall(struct.pack("!H", len(reply)) + reply)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", required=True)
    parser.add_argument("--answers", required=True)
    options = parser.parse_args()
    address, _, port = options.listen.rpartition(":")
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((address, int(port)))
    lines = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    lines.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    lines.bind((address, int(port)))
    lines.listen(16)
    print("ready", flush=True)
    while True:
        for ready in select.select([datagrams, lines], [], [])[0]:
            try:
                if ready is datagrams:
                    data, peer = datagrams.recvfrom(65535)
                    reply = answer(options.answers, data, 512)
                    if reply:
                        datagrams.sendto(reply, peer)
                else:
                    line, _ = lines.accept()
                    with line:
                        serve_line(options.answers, line)
            except (OSError, IndexError, struct.error):
                pass


if __name__ == "__main__":
    main()
