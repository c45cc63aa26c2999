#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: under run.sh; `repointd` and `repointctl` are named as arguments.
# What:  how late probes start while the control socket is left alone, and while clients of each kind of hostile/control_clients.py
#        are at it: 400 TCP targets, one probe in half a second each and without jitter, so that each should come half a second after
#        the one before; and how long a well-behaved status takes meanwhile.
# Why:   lateness is seen by the targets, as the daemon does not tell a distribution of it. Nothing is asserted. Environment: ATTACK
#        (seconds of each kind, 5; 2 with QUICK=yes), KINDS.

import collections
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

from programs import Place, Repointd, address

KINDS = "body chunks drip crowd garbage half headers pipeline deaf waiting".split()
ATTACK = float(os.environ.get("ATTACK", 2 if os.environ.get("QUICK") else 5))
TARGETS, INTERVAL = 400, 0.5
CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../hostile/control_clients.py")


class Targets(threading.Thread):
    """Accepts on every loopback address and writes down when, by address."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]
        self.seen = collections.defaultdict(list)
        self.start()

    def run(self):
        while True:
            line, _ = self.listener.accept()
            now = time.monotonic()
            self.seen[line.getsockname()[0]].append(now)
            line.close()

    def learn(self):
        """When each is due within an interval: behind the longest time in which it never came."""
        self.due = {}
        for target, times in self.seen.items():
            at = sorted(time % INTERVAL for time in times)
            gaps = [(later - earlier) % INTERVAL for earlier, later in zip(at, at[1:] + at[:1])]
            self.due[target] = at[(gaps.index(max(gaps)) + 1) % len(at)]

    def lateness(self, begin, end):
        """Of each probe in that time, in ms."""
        return sorted(((at - due + 0.01) % INTERVAL - 0.01) * 1000 for target, due in self.due.items()
                      for at in list(self.seen[target]) if begin <= at < end)


def configuration(place, port):
    key = place.path("ddns.key")
    with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write('key "bench" { algorithm hmac-sha256; secret "%s"; };\n' % ("QmVuY2g" * 6 + "g="))
    lines = ["daemon: {state-directory: %s/state, runtime-directory: %s/run}" % (place.folder, place.folder), "servers:",
             "  ns1: {address: '127.0.0.1:9', zones: [bench.test], key: {file: %s}, retry: {first: 1h, max: 1h}}" % key,
             "checks:", "  dial: {tcp: %d, interval: 500ms, timeout: 450ms, jitter: 0%%}" % port, "records:"]
    lines += ["  r%d.bench.test: {check: dial, primary: %s, secondary: %s, enabled: off}" %
              (i, address(2 * i), address(2 * i + 1)) for i in range(TARGETS // 2)]
    return place.write("repointd.yaml", "\n".join(lines) + "\n")


def ask_now_and_then(ctl, sock, end):
    """The slowest answer in ms, and how many were none."""
    slowest, refused = 0.0, 0
    while time.monotonic() < end:
        began = time.monotonic()
        done = subprocess.run([ctl, "status", "--json", "--socket", sock], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        slowest, refused = max(slowest, (time.monotonic() - began) * 1000), refused + (done.returncode != 0)
        time.sleep(0.2)
    return slowest, refused


def main():
    os.environ["PYTHONUNBUFFERED"] = "yes"
    ctl = os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="repointd-bench.") as folder:
        place, targets = Place(folder, "", os.path.abspath(sys.argv[1])), Targets()
        daemon = Repointd(place, configuration(place, targets.port))
        sock = os.path.join(folder, "run/control.sock")
        print("\nThe control socket, %d TCP targets, one probe in %g s each; %g s of each kind of client" %
              (TARGETS, INTERVAL, ATTACK))
        print("  %-10s %8s %11s %11s %15s %8s" % ("", "probes", "late, p99", "worst", "slowest status", "refused"))
        time.sleep(5)
        targets.learn()
        for kind in ["at rest"] + os.environ.get("KINDS", " ".join(KINDS)).split():
            attack = None
            if kind in KINDS:
                attack = subprocess.Popen([CLIENTS, sock, kind, "%g" % ATTACK], stdout=subprocess.DEVNULL)
            begin = time.monotonic()
            slowest, refused = ask_now_and_then(ctl, sock, begin + ATTACK)
            late = targets.lateness(begin, begin + ATTACK)
            if attack:
                attack.wait()
            print("  %-10s %8d %8.1f ms %8.1f ms %12.0f ms %8d" %
                  (kind, len(late), late[int(len(late) * 0.99)] if late else -1, late[-1] if late else -1, slowest, refused))
            sys.stdout.flush()
        daemon.end()


main()
