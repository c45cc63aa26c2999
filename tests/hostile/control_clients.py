#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: tests; beside the daemon, at its control socket (fault 132).
# What:  control_clients.py SOCKET KIND SECONDS: says "ready" as soon as the attack has begun, goes on with it for so long, and tells
#        at last how many connections it made and what was answered, by status. KIND is
#          body       a Content-Length of 1 GB, and as many octets of it as are taken
#          chunks     the same in chunks, without a length
#          drip       16 requests, an octet a second each
#          crowd      1,000 connections that stay and say nothing
#          garbage    random octets
#          half       half a request, then the sending side is closed; or a whole one, and nobody waits
#          headers    headers without end
#          pipeline   100 requests on a connection, in one piece
#          deaf       long answers that nobody reads
#          waiting    events that are waited for, on every place
# Why:   whoever may open the socket may do all this by a slip of the pen in a script.

import collections
import os
import select
import socket
import sys
import time

PATH, KIND, SECONDS = sys.argv[1], sys.argv[2], float(sys.argv[3])
END = time.monotonic() + SECONDS
GET = b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /v1/adopt HTTP/1.1\r\nHost: x\r\n"
heard, made = collections.Counter(), 0


def dial(blocking=True):
    global made
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(2 if blocking else 0)
    try:
        line.connect(PATH)
    except OSError as error:
        heard[error.__class__.__name__] += 1
        line.close()
        time.sleep(0.01)
        return None
    made += 1
    return line


def say(line, words):
    """As much as is taken; False: the other side has ended it."""
    try:
        line.sendall(words)
        return True
    except OSError:
        return False


def hear(line):
    try:
        words = line.recv(65536)
        heard[words[9:12].decode("latin-1") or "end"] += 1
    except OSError as error:
        heard[error.__class__.__name__] += 1


def over():
    return time.monotonic() >= END


def again_and_again(act):
    """One connection after the other."""
    while not over():
        line = dial()
        if line:
            act(line)
            line.close()


def body(line):
    say(line, POST + b"Content-Length: 1000000000\r\n\r\n")
    block, sent = b"x" * 65536, 0
    while not over() and sent < 1000000000 and say(line, block):
        sent += len(block)
    hear(line)


def chunks(line):
    say(line, POST + b"Transfer-Encoding: chunked\r\n\r\n")
    while not over() and say(line, b"4000\r\n" + b"x" * 0x4000 + b"\r\n"):
        pass
    hear(line)


def garbage(line):
    say(line, os.urandom(3000))
    line.shutdown(socket.SHUT_WR)
    hear(line)


def half(line):
    say(line, GET if made % 2 else GET[:-2])
    try:
        line.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    if made % 2:
        hear(line)


def headers(line):
    say(line, GET[:-2])
    while not over() and say(line, b"X-%d: " % made + b"y" * 4000 + b"\r\n"):
        pass
    hear(line)


def pipeline(line):
    say(line, GET * 100)
    hear(line)
    time.sleep(0.01)


def crowd():
    lines = []
    while not over():
        line = dial() if len(lines) < 1000 else None
        if line:
            lines.append(line)
        else:
            time.sleep(0.05)


def drip():
    lines = []
    while not over():
        lines = [line for line in lines if say(line, b"G")]
        while len(lines) < 16:
            line = dial()
            if not line:
                break
            lines.append(line)
        time.sleep(min(1, max(0, END - time.monotonic())))


def keep_asking(words, reads):
    """On 40 lines; who is cut or answered asks again."""
    lines = []
    while not over():
        while len(lines) < 40:
            line = dial(False)
            if not line:
                break
            say(line, words)
            lines.append(line)
        ended = select.select(lines if reads else [], [], [], 0.05)[0]
        if not reads:
            ended = [line for line in lines if select.select([], [], [line], 0)[2]]
            poll = select.poll()
            for line in lines:
                poll.register(line, select.POLLHUP)
            gone = {number for number, _ in poll.poll(0)}
            ended += [line for line in lines if line.fileno() in gone and line not in ended]
        for line in ended:
            hear(line)
            line.close()
            lines.remove(line)


KINDS = {"body": lambda: again_and_again(body), "chunks": lambda: again_and_again(chunks), "drip": drip, "crowd": crowd,
         "garbage": lambda: again_and_again(garbage), "half": lambda: again_and_again(half),
         "headers": lambda: again_and_again(headers), "pipeline": lambda: again_and_again(pipeline),
         "deaf": lambda: keep_asking(GET, False),
         "waiting": lambda: keep_asking(b"GET /v1/events?after=999999999&wait HTTP/1.1\r\nHost: x\r\n\r\n", True)}

print("ready", flush=True)
KINDS[KIND]()
print("%d connections; %s" % (made, ", ".join("%s %d" % pair for pair in sorted(heard.items()))))
