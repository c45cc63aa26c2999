#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A hostile name server: it stands before a real one, may hold the real key, and answers as it is told.

    dns_server.py --listen ADDRESS:PORT --upstream ADDRESS:PORT --key NAME:ALGORITHM:BASE64 --mode-file FILE

Each request goes to the real server, so what was updated is updated; then a line of the mode file says what comes
back. Lines read "WHICH KIND [NUMBER or RCODE]", WHICH being update, query, all, or a type (A, AAAA, TXT, SOA); the
first that fits rules, and where none does the real answer passes. The file is read anew for each request.

  believable, under a right signature
    signed RCODE        no records
    error N             TSIG error N (18: BADTIME, with a server's clock that is 1000 s ahead) and NOTAUTH
    big N               N addresses
    aa0                 no authority
  never to be believed
    strip               the real answer without its TSIG
    unsigned RCODE      no records, no TSIG
    told N              NOTAUTH and TSIG error N without a MAC
    id, qr, opcode, tc, zone, two-questions          the header or the question of another message, rightly signed
    twice, not-last, class, ttl                      a right TSIG in a wrong place or form
    other-key, other-algorithm, cut-mac N, flip-mac, no-request-mac, time N, error-noerror N
    impostor            an unsigned answer, and the real one behind it
    mutate SEED         the real answer, spoilt
    random SEED         octets
    loop, lying-count, lying-length, cut N           malformed
    prefix N            a length in front that is off by N
    short, zero, full   3, no, and 65,535 octets
    close, reset, silent, drip MS, late MS
"""
import argparse
import base64
import hashlib
import hmac
import os
import random
import socket
import struct
import sys
import threading
import time

GIVE_UP_S = 60
TYPES = {1: "A", 28: "AAAA", 16: "TXT", 6: "SOA"}
RCODES = {"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5, "YXDOMAIN": 6,
          "YXRRSET": 7, "NXRRSET": 8, "NOTAUTH": 9, "NOTZONE": 10}
BADTIME = 18


def wire_name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.strip(".").split(".") if label) + b"\0"


def skip_name(data, at):
    while True:
        size = data[at]
        if size == 0:
            return at + 1
        if size >= 0xc0:
            return at + 2
        at += 1 + size


class Message:
    """Where things stand in a well-formed message."""

    def __init__(self, data):
        self.data = data
        self.id, self.flags = struct.unpack("!HH", data[:4])
        self.counts = struct.unpack("!4H", data[4:12])
        at = 12
        for _ in range(self.counts[0]):
            at = skip_name(data, at) + 4
        self.question = data[12:at]
        self.type = struct.unpack("!H", self.question[-4:-2])[0] if self.counts[0] else 0
        self.tsig = None
        for _ in range(sum(self.counts[1:])):
            start = at
            at = skip_name(data, at)
            kind, _, _, length = struct.unpack("!HHIH", data[at:at + 10])
            if kind == 250:
                self.tsig = (start, data[at + 10:at + 10 + length])
            at += 10 + length
        self.opcode = self.flags >> 11 & 15

    def without_tsig(self):
        if not self.tsig:
            return self.data
        return self.data[:10] + struct.pack("!H", self.counts[3] - 1) + self.data[12:self.tsig[0]]

    def mac(self):
        rdata = self.tsig[1]
        at = skip_name(rdata, 0) + 8
        size = struct.unpack("!H", rdata[at:at + 2])[0]
        return rdata[at + 2:at + 2 + size]


class Key:
    def __init__(self, text):
        self.name, self.algorithm, secret = text.split(":")
        self.secret = base64.b64decode(secret)

    def wire_algorithm(self):
        return wire_name("hmac-md5.sig-alg.reg.int" if self.algorithm == "hmac-md5" else self.algorithm)

    def tsig(self, data, request_mac, **odd):
        """The TSIG record for a message; `odd` names what is to be wrong about it."""
        name = wire_name(odd.get("name", self.name))
        algorithm = wire_name(odd["algorithm"]) if "algorithm" in odd else self.wire_algorithm()
        signed = odd.get("time", int(time.time())).to_bytes(6, "big")
        error, other = odd.get("error", 0), odd.get("other", b"")
        variables = (name + struct.pack("!HI", 255, 0) + algorithm + signed +
                     struct.pack("!HHH", 300, error, len(other)) + other)
        prefix = struct.pack("!H", len(request_mac)) + request_mac if request_mac else b""
        digest = getattr(hashlib, self.algorithm.split("-")[1])
        mac = hmac.new(self.secret, prefix + data + variables, digest).digest()
        mac = mac[:len(mac) - odd.get("cut", 0)]
        if odd.get("flip"):
            mac = bytes([mac[0] ^ 1]) + mac[1:]
        rdata = (algorithm + signed + struct.pack("!HH", 300, len(mac)) + mac + data[:2] +
                 struct.pack("!HH", error, len(other)) + other)
        return name + struct.pack("!HHIH", 250, odd.get("class_", 255), odd.get("ttl", 0), len(rdata)) + rdata

    def sign(self, data, request_mac, **odd):
        count = struct.unpack("!H", data[10:12])[0]
        return data[:10] + struct.pack("!H", count + 1) + data[12:] + self.tsig(data, request_mac, **odd)


def bare(request, rcode, flags=0x8400):
    """An answer without records."""
    return struct.pack("!HHHHHH", request.id, flags | request.opcode << 11 | rcode, 1, 0, 0, 0) + request.question


def spoil(data, seed):
    chance = random.Random(seed)
    spoilt = bytearray(data)
    while bytes(spoilt) == data:
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(spoilt))
            what = chance.randrange(5)
            if what == 0:
                spoilt[at] = chance.randrange(256)
            elif what == 1:
                spoilt[at] ^= 1 << chance.randrange(8)
            elif what == 2:
                del spoilt[at:at + chance.randint(1, 4)]
            elif what == 3:
                spoilt[at:at] = chance.randbytes(chance.randint(1, 4))
            else:
                spoilt[at:at + 2] = struct.pack("!H", 0xc000 | chance.randrange(len(spoilt)))
            spoilt = spoilt or bytearray(b"\0")
    return bytes(spoilt)


def with_flags(data, clear, put):
    flags = struct.unpack("!H", data[2:4])[0] & ~clear | put
    return data[:2] + struct.pack("!H", flags) + data[4:]


def answer(kind, word, request, real, key):
    """What comes back: the octets of a message, or None."""
    number = int(word) if word.lstrip("-").isdigit() else RCODES.get(word, 0)
    mac = request.mac()
    plain = real.without_tsig()
    now = int(time.time())
    if kind == "signed":
        return key.sign(bare(request, number), mac)
    if kind == "unsigned":
        return bare(request, number)
    if kind == "error":
        return key.sign(bare(request, RCODES["NOTAUTH"]), mac, error=number,
                        other=(now + 1000).to_bytes(6, "big") if number == BADTIME else b"")
    if kind == "told":
        return key.sign(bare(request, RCODES["NOTAUTH"]), mac, error=number, cut=64)
    if kind == "error-noerror":
        return key.sign(plain, mac, error=number)
    if kind == "big":
        records = b"".join(b"\xc0\x0c" + struct.pack("!HHIHI", 1, 1, 30, 4, 0x0a000000 + i) for i in range(number))
        header = struct.pack("!HHHHHH", request.id, 0x8400 | request.opcode << 11, 1, number, 0, 0)
        return key.sign(header + request.question + records, mac)
    odd_messages = {
        "aa0": lambda: with_flags(plain, 0x0400, 0),
        "id": lambda: struct.pack("!H", request.id ^ 0x5555) + plain[2:],
        "qr": lambda: with_flags(plain, 0x8000, 0),
        "opcode": lambda: with_flags(plain, 0x7800, (5 if request.opcode == 0 else 0) << 11),
        "tc": lambda: with_flags(plain, 0, 0x0200),
        "zone": lambda: plain[:13] + bytes([plain[13] ^ 3]) + plain[14:],
        "two-questions": lambda: plain[:4] + b"\0\2" + plain[6:12] + request.question + plain[12:],
        "lying-count": lambda: plain[:6] + b"\xff\xff" + plain[8:],
    }
    if kind in odd_messages:
        return key.sign(odd_messages[kind](), mac)
    odd_signatures = {
        "other-key": {"name": "somebody"},
        "other-algorithm": {"algorithm": "hmac-sha224"},
        "cut-mac": {"cut": number},
        "flip-mac": {"flip": True},
        "time": {"time": now + number},
        "class": {"class_": 1},
        "ttl": {"ttl": 1},
    }
    if kind in odd_signatures:
        return key.sign(plain, mac, **odd_signatures[kind])
    if kind == "no-request-mac":
        return key.sign(plain, b"")
    if kind == "twice":
        return key.sign(key.sign(plain, mac), mac)
    if kind == "not-last":
        signed = key.sign(plain, mac)
        count = struct.unpack("!H", signed[10:12])[0]
        return signed[:10] + struct.pack("!H", count + 1) + signed[12:] + b"\0" + struct.pack("!HHIHI", 1, 1, 0, 4, 1)
    if kind == "loop":
        return key.sign(plain[:12] + b"\xc0\x0c" + request.question[-4:], mac)
    if kind == "lying-length":
        signed = key.sign(plain, mac)
        at = len(plain) + len(wire_name(key.name)) + 8
        return signed[:at] + b"\xff\xff" + signed[at + 2:]
    if kind == "strip":
        return plain
    if kind == "mutate":
        return spoil(real.data, number)
    if kind == "random":
        chance = random.Random(number)
        return chance.randbytes(chance.choice((1, 11, 12, 13, 100, 600, 5000)))
    if kind == "cut":
        return real.data[:-number]
    if kind == "short":
        return b"\0\0\0"
    if kind == "zero":
        return b""
    if kind == "full":
        return real.data[:2] + os.urandom(65533)
    raise ValueError("no such kind: " + kind)


class Server:
    def __init__(self, options):
        self.upstream = options.upstream
        self.key = options.key
        self.mode_file = options.mode_file

    def mode(self, request):
        names = {"all", "update" if request.opcode == 5 else "query"}
        if request.opcode == 0:
            names.add(TYPES.get(request.type, "?"))
        with open(self.mode_file, encoding="ascii") as file:
            for line in file:
                words = line.split()
                if len(words) >= 2 and words[0] in names:
                    return words[1], words[2] if len(words) > 2 else "0"
        return "pass", "0"

    def ask(self, data):
        with socket.create_connection(self.upstream, timeout=GIVE_UP_S) as line:
            line.sendall(struct.pack("!H", len(data)) + data)
            return read_message(line)

    def reply(self, line, data):
        """False: the line is to be closed."""
        request = Message(data)
        kind, word = self.mode(request)
        real = Message(self.ask(data))
        number = int(word) if word.lstrip("-").isdigit() else 0
        if kind in ("close", "reset"):
            if kind == "reset":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if kind == "silent":
            return True
        if kind == "late":
            time.sleep(number / 1000)
        if kind == "impostor":
            forged = bare(request, 0)
            line.sendall(struct.pack("!H", len(forged)) + forged)
        passes = kind in ("pass", "late", "impostor", "drip", "prefix")
        body = real.data if passes else answer(kind, word, request, real, self.key)
        off = number if kind == "prefix" else 0
        whole = struct.pack("!H", max(0, min(65535, len(body) + off))) + body
        if kind == "drip":
            for octet in whole:
                line.sendall(bytes([octet]))
                time.sleep(number / 1000)
        else:
            line.sendall(whole)
        return True

    def serve(self, line):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(GIVE_UP_S)
        try:
            while True:
                data = read_message(line)
                if data is None or not self.reply(line, data):
                    break
        except OSError:
            pass
        line.close()


def read_exactly(line, size):
    data = b""
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            return None
        data += part
    return data


def read_message(line):
    prefix = read_exactly(line, 2)
    return prefix and read_exactly(line, struct.unpack("!H", prefix)[0])


def endpoint(text):
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", type=endpoint, required=True)
    parser.add_argument("--upstream", type=endpoint, required=True)
    parser.add_argument("--key", type=Key, required=True)
    parser.add_argument("--mode-file", required=True)
    options = parser.parse_args()
    server = Server(options)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(options.listen)
    listener.listen(128)
    print("ready", flush=True)
    while True:
        line, _ = listener.accept()
        threading.Thread(target=server.serve, args=(line,), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
