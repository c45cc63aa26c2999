#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: tests; the far end of a line on which connecting takes its time (docs/route53.md 12, 34; no netem is needed).
# What:  a host for every address that is routed into one end of a veth pair, on the other end of it: slow_line.py INTERFACE.
#        At 10.77.A.B, each SYN is answered A tenths of a second after it came (255: never); a request, with a page that says
#        "healthy"; an end, with an end. Prints "ready", and ends when it is told to.
# Why:   a kernel answers a SYN at once or not at all. The rest of TCP is left out: nothing gets lost on this line.

import heapq
import itertools
import select
import socket
import struct
import sys
import time

FIN, SYN, ACK = 0x01, 0x02, 0x10
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nhealthy\n"
NEVER = 255


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Segment:
    """What came: addresses, ports, numbers, flags, data."""

    def __init__(self, frame):
        self.ethernet, packet = frame[:14], frame[14:]
        size = (packet[0] & 15) * 4
        total = struct.unpack("!H", packet[2:4])[0]
        self.source, self.target = packet[12:16], packet[16:20]
        tcp = packet[size:total]
        self.from_port, self.to_port, self.seq, self.ack = struct.unpack("!HHII", tcp[:12])
        self.flags = tcp[13]
        self.data = tcp[(tcp[12] >> 4) * 4:]

    def answer(self, flags, seq, ack, data=b""):
        head = struct.pack("!HHIIBBHHH", self.to_port, self.from_port, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 5 << 4, flags,
                           8192, 0, 0)
        pseudo = self.target + self.source + struct.pack("!BBH", 0, 6, len(head) + len(data))
        tcp = head[:16] + struct.pack("!H", checksum(pseudo + head + data)) + head[18:] + data
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + self.target + self.source
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        return self.ethernet[6:12] + self.ethernet[:6] + b"\x08\x00" + ip + tcp


def replies(segment):
    """What is sent for one segment: (after how many seconds, frame)."""
    end = segment.seq + len(segment.data) + (1 if segment.flags & (SYN | FIN) else 0)
    if segment.flags & SYN:
        tenths = segment.target[2]
        if tenths != NEVER:
            yield tenths / 10, segment.answer(SYN | ACK, 1000, end)
    elif b"\r\n\r\n" in segment.data:
        yield 0, segment.answer(ACK, 1001, end, PAGE)
        yield 0, segment.answer(ACK | FIN, 1001 + len(PAGE), end)
    elif segment.flags & FIN:
        yield 0, segment.answer(ACK if segment.ack > 1001 else ACK | FIN, segment.ack, end)


def main():
    line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    line.bind((sys.argv[1], 0))
    waiting, order = [], itertools.count()
    print("ready", flush=True)
    while True:
        pause = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        if select.select([line], [], [], pause)[0]:
            frame, address = line.recvfrom(65536)
            if address[2] != socket.PACKET_OUTGOING and frame[23] == 6:
                for after, reply in replies(Segment(frame)):
                    heapq.heappush(waiting, (time.monotonic() + after, next(order), reply))
        while waiting and waiting[0][0] <= time.monotonic():
            line.send(heapq.heappop(waiting)[2])


if __name__ == "__main__":
    main()
