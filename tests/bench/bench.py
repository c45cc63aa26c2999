#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: under run.sh.
# What:  the same targets, once a second each, over loopback: repointd beside haproxy and beside a bare epoll loop, one
#        after the other in each round; CPU from /proc in seconds per 1,000 finished probes, resident memory, probes
#        asked and done, worst lateness. Then how long 10,000 and 100,000 records take from start to READY.
# Why:   machines are noisy and neighbours come and go: what counts are ratios within a round, medians over the rounds.
#        The prober has the first core, the targets the last. Nothing is asserted. Environment: ROUNDS (3), PERIOD (8),
#        KINDS ("http tcp"), TARGETS ("1000 10000"), RECORDS ("10000 100000").

import os
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

REPOINTD, HELPERS = sys.argv[1], sys.argv[2]
ROUNDS, PERIOD = int(os.environ.get("ROUNDS", 3)), float(os.environ.get("PERIOD", 8))
KINDS = os.environ.get("KINDS", "http tcp").split()
TARGETS = [int(n) for n in os.environ.get("TARGETS", "1000 10000").split()]
RECORDS = [int(n) for n in os.environ.get("RECORDS", "10000 100000").split()]
WARM_UP = 3.0
HERTZ = os.sysconf("SC_CLK_TCK")
LAST_CORE = str(os.cpu_count() - 1)

# How each program answers SIGUSR1.
ENDPOINT = r"accepted (\d+) answered (\d+) ms (\d+) fullest (\d+)"
BARE = r"asked (\d+) done (\d+) worst (\d+)"
COUNTERS = r"probes: (\d+) asked, (\d+) done, \d+ late \(worst (\d+) ms\)"


def address(number):
    return "127.%d.%d.%d" % (1 + (number >> 16), (number >> 8) & 255, number & 255)


def wait_for(what, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.01)
    sys.exit("bench: nothing came within %d s" % seconds)


def opened_connections():
    """Connections begun on this host; exact in a network namespace of our own."""
    with open("/proc/net/snmp") as file:
        names, numbers = [line.split() for line in file if line.startswith("Tcp:")]
    return int(numbers[names.index("ActiveOpens")])


class Program:
    """A child on one core: its CPU time and memory as /proc tells them, its output in a file."""

    def __init__(self, folder, name, command, core="0", env=None):
        self.log = os.path.join(folder, name + ".log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(["taskset", "-c", core, *command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env=env)

    def proc(self, name):
        with open("/proc/%d/%s" % (self.process.pid, name)) as file:
            return file.read()

    def cpu(self):
        fields = self.proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / HERTZ

    def resident_mb(self):
        return int(re.search(r"VmRSS:\s+(\d+)", self.proc("status")).group(1)) / 1024

    def told(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def ask(self, pattern):
        """Sends SIGUSR1 and gives the numbers of the line that answers."""
        before = len(re.findall(pattern, self.told()))
        self.process.send_signal(signal.SIGUSR1)
        return [int(n) for n in wait_for(lambda: re.findall(pattern, self.told())[before:], 20)[-1]]

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Repointd(Program):
    """Started when it says READY=1; `took` is how long that was."""

    def __init__(self, folder, configuration):
        path = os.path.join(folder, "notify")
        if os.path.exists(path):
            os.unlink(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(120)
            began = time.monotonic()
            env = dict(os.environ, NOTIFY_SOCKET=path)
            super().__init__(folder, "repointd", [REPOINTD, "-c", configuration], env=env)
            try:
                while b"READY=1" not in notify.recv(4096):
                    pass
            except socket.timeout:
                sys.exit("bench: repointd did not get ready:\n" + self.told()[-2000:])
            self.took = time.monotonic() - began

    def counters(self):
        return self.ask(COUNTERS)


class Haproxy(Program):
    def __init__(self, folder, targets, kind, port):
        path = os.path.join(folder, "haproxy.cfg")
        lines = ["global", " nbthread 1", " maxconn 100", " stats socket %s/haproxy.sock" % folder]
        lines += ["defaults", " mode " + kind, " timeout connect 800ms", " timeout check 800ms"]
        lines += [" timeout client 800ms", " timeout server 800ms", "backend b"]
        if kind == "http":
            lines += [" option httpchk", " http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host www.example.com "
                      "hdr Connection close"]
        lines += [" server s%d %s:%d check inter 1s fall 3 rise 3" % (i, address(i), port) for i in range(targets)]
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        super().__init__(folder, "haproxy", ["haproxy", "-db", "-f", path])

    counters = None


class Bare(Program):
    def __init__(self, folder, targets, kind, port):
        super().__init__(folder, "bare", [os.path.join(HELPERS, "bare"), str(targets), kind, str(port)])
        self.asked = self.done = 0

    def counters(self):
        asked, done, worst = self.ask(BARE)
        self.asked, self.done = self.asked + asked, self.done + done
        return self.asked, self.done, worst


def write_configuration(folder, records, check, interval, timeout):
    """Two targets a record, none ever written: the name server is not there, and not asked twice."""
    key, path = os.path.join(folder, "ddns.key"), os.path.join(folder, "repointd.yaml")
    if not os.path.exists(key):
        with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write('key "bench" { algorithm hmac-sha256; secret "%s"; };\n' % ("QmVuY2g" * 6 + "g="))
    with open(path, "w") as file:
        file.write("daemon: {state-directory: %s/state, runtime-directory: %s/run}\n" % (folder, folder))
        file.write("servers:\n  ns1: {address: '127.0.0.1:9', zones: [bench.test], key: {file: %s}, " % key)
        file.write("retry: {first: 1h, max: 1h}}\n")
        file.write("checks:\n  web: {%s, interval: %s, timeout: %s}\nrecords:\n" % (check, interval, timeout))
        for i in range(records):
            file.write("  r%d.bench.test: {check: web, primary: %s, secondary: %s, enabled: off}\n"
                       % (i, address(2 * i), address(2 * i + 1)))
    return path


def measure(program, endpoint):
    time.sleep(WARM_UP)
    before = program.counters() if program.counters else None
    endpoint.ask(ENDPOINT)
    cpu, began, opened = program.cpu(), time.monotonic(), opened_connections()
    time.sleep(PERIOD)
    cpu, took = program.cpu() - cpu, time.monotonic() - began
    accepted, _, ms, fullest = endpoint.ask(ENDPOINT)
    opened = opened_connections() - opened
    # haproxy ends a TCP check with a reset before the connection stands: nobody accepts it.
    done = accepted if accepted > opened / 2 else opened
    result = {"asked": "-", "worst": "-", "mb": program.resident_mb()}
    result["evenness"] = fullest / max(1.0, accepted * 10 / ms)
    if before:
        after = program.counters()
        done = after[1] - before[1]
        result.update(asked="%.0f" % ((after[0] - before[0]) / took), worst="%d ms" % after[2])
    result.update(done=done / took, cpu=cpu / max(1, done) * 1000)
    return result


def one_round(folder, endpoint, port, targets, kind, configuration):
    results = {}
    for name, make in (("repointd", lambda: Repointd(folder, configuration)),
                       ("haproxy", lambda: Haproxy(folder, targets, kind, port)),
                       ("bare epoll", lambda: Bare(folder, targets, kind, port))):
        program = make()
        results[name] = measure(program, endpoint)
        program.end()
    return results


def tell(targets, kind, rounds):
    print("\n%s, %d targets, one probe a second each" % (kind.upper(), targets))
    print("  %-11s %11s %16s %9s %8s %8s %11s %8s" %
          ("", "CPU s/1,000", "repointd beside", "resident", "asked/s", "done/s", "worst late", "fullest"))
    for name, last in rounds[-1].items():
        cpu = statistics.median(r[name]["cpu"] for r in rounds)
        ratio = statistics.median(r["repointd"]["cpu"] / max(1e-9, r[name]["cpu"]) for r in rounds)
        print("  %-11s %11.4f %16s %6.1f MB %8s %8.0f %11s %7.1fx" %
              (name, cpu, "" if name == "repointd" else "%.2fx" % ratio, last["mb"], last["asked"], last["done"],
               last["worst"], last["evenness"]))
    sys.stdout.flush()


def bench_probes(folder, endpoint):
    port = int(wait_for(lambda: re.findall(r"port (\d+)", endpoint.told()), 10)[0])
    for kind in KINDS:
        check = "http: 'http://www.example.com:%d/healthz'" % port if kind == "http" else "tcp: %d" % port
        for targets in TARGETS:
            configuration = write_configuration(folder, targets // 2, check, "1s", "800ms")
            arguments = folder, endpoint, port, targets, kind, configuration
            tell(targets, kind, [one_round(*arguments) for _ in range(ROUNDS)])


def bench_load(folder):
    print("\nFrom start to READY")
    for records in RECORDS:
        configuration = write_configuration(folder, records, "tcp: 9", "1h", "1s")
        times = []
        for _ in range(ROUNDS):
            program = Repointd(folder, configuration)
            times.append(program.took)
            mb = program.resident_mb()
            program.end()
        print("  %7d records: %6.2f s, %4.0f MB resident" % (records, statistics.median(times), mb))
        sys.stdout.flush()


def main():
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    print("%d rounds of %g s; load %.1f on %d cores, %d descriptors" %
          (ROUNDS, PERIOD, os.getloadavg()[0], os.cpu_count(), files))
    with tempfile.TemporaryDirectory(prefix="repointd-bench.") as folder:
        endpoint = Program(folder, "endpoint", [os.path.join(HELPERS, "endpoint")], core=LAST_CORE)
        try:
            bench_probes(folder, endpoint)
        finally:
            endpoint.end()
        bench_load(folder)


main()
