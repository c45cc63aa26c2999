#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: under run.sh.
# What:  the same targets over loopback, probed by repointd, by its peers and by a bare loop, one after the other in each
#        round; CPU from /proc in seconds per 1,000 finished probes, resident memory, sleeps, probes asked and done, worst
#        lateness, evenness. Then the cost while targets die under a running daemon, what a scrape of its metrics costs,
#        and how long 10,000 and 100,000 records take from start to READY.
# Why:   machines are noisy and neighbours come and go: what counts are ratios within a round, medians over the rounds.
#        The prober has the first core, the targets the last. Nothing is asserted. Environment: ROUNDS (3), PERIOD (8 s),
#        WORK ("http:100 http:1000 … https:2000/10"), PEERS ("haproxy bare gdnsd blackbox"), RECORDS ("10000 100000");
#        QUICK=yes: one round of what matters most, in less than two minutes.

import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from programs import (ENDPOINT, LAST_CORE, Bare, BlackboxExporter, Endpoint, Gdnsd, Haproxy, Place, Repointd,
                      SecureEndpoint, Work)

QUICK = os.environ.get("QUICK", "") != ""
ROUNDS = int(os.environ.get("ROUNDS", 1 if QUICK else 3))
PERIOD = float(os.environ.get("PERIOD", 5 if QUICK else 8))
ALL = ("http:100 http:1000 http:10000 tcp:100 tcp:1000 tcp:10000 https:200 https:2000/10 http:100000/30")
WORK = os.environ.get("WORK", "http:1000 http:10000 tcp:10000" if QUICK else ALL).split()
PEERS = os.environ.get("PEERS", "haproxy bare" if QUICK else "haproxy bare gdnsd blackbox").split()
RECORDS = [int(n) for n in os.environ.get("RECORDS", "" if QUICK else "10000 100000").split()]
DEATHS = os.environ.get("DEATHS", "" if QUICK else "http:1000 http:10000").split()
SCRAPES = os.environ.get("SCRAPES", "" if QUICK else "http:1000 http:10000/10").split()
WARM_UP = 3.0


def read_work(words):
    kind, _, rest = words.partition(":")
    targets, _, interval = rest.partition("/")
    return Work(kind, int(targets), float(interval or 1))


def makers(work):
    """Who can do this work, by name."""
    yield "repointd", Repointd.at
    if "haproxy" in PEERS and work.targets <= 10000:
        yield "haproxy", Haproxy
    if "bare" in PEERS:
        yield "bare epoll", Bare
        yield "bare, 1 ms", lambda place, work: Bare(place, work, 1)
    plain = work.kind != "https" and work.interval == 1
    if "gdnsd" in PEERS and plain and work.targets in (1000, 10000) and shutil.which("gdnsd"):
        yield "gdnsd, 2 s", Gdnsd
    if "blackbox" in PEERS and plain and work.targets == 1000 and shutil.which("prometheus-blackbox-exporter"):
        yield "blackbox", BlackboxExporter


def opened_connections():
    """Connections begun on this host; exact in a network namespace of our own."""
    with open("/proc/net/snmp") as file:
        names, numbers = [line.split() for line in file if line.startswith("Tcp:")]
    return int(numbers[names.index("ActiveOpens")])


def measure(program, endpoint, work, seconds):
    before = program.counters() if program.counters else None
    endpoint.ask(ENDPOINT)
    cpu, sleeps, began, opened = program.cpu(), program.sleeps(), time.monotonic(), opened_connections()
    time.sleep(seconds)
    cpu, sleeps, took = program.cpu() - cpu, program.sleeps() - sleeps, time.monotonic() - began
    accepted, _, ms, fullest = endpoint.ask(ENDPOINT)
    opened = opened_connections() - opened
    # haproxy ends a TCP check with a reset before the connection stands: nobody accepts it.
    done = accepted if accepted > opened / 2 else opened
    result = {"asked": "-", "worst": "-", "tardy": "-", "mb": program.resident_mb(), "evenness": "-"}
    if accepted > 0:
        result["evenness"] = "%.1fx" % (fullest / max(1.0, accepted * 10 / ms))
    if before:
        after = program.counters()
        done = after[1] - before[1]
        result["asked"] = "%.0f" % ((after[0] - before[0]) / took)
        if after[2] is not None:
            result["worst"] = "%d ms" % after[2]
        if len(after) > 3:
            result["tardy"] = "%.2f %%" % (100 * (after[3] - before[3]) / max(1, done))
    result.update(done=done / took, cpu=cpu / max(1, done) * 1000, sleeps=sleeps / max(1, done))
    return result


def one_round(place, endpoint, work):
    results = {}
    for name, make in makers(work):
        program = make(place, work)
        time.sleep(WARM_UP + (work.interval if work.interval > 1 else 0))
        results[name] = measure(program, endpoint, work, max(PERIOD, work.interval))
        program.end()
    return results


def tell(work, rounds):
    print("\n%s" % work)
    print("  %-11s %11s %16s %9s %8s %8s %11s %8s %8s %12s" %
          ("", "CPU s/1,000", "repointd beside", "resident", "asked/s", "done/s", "worst late", "> 20 ms", "fullest",
           "sleeps/probe"))
    for name, last in rounds[-1].items():
        cpu = statistics.median(r[name]["cpu"] for r in rounds)
        ratio = statistics.median(r["repointd"]["cpu"] / max(1e-9, r[name]["cpu"]) for r in rounds)
        print("  %-11s %11.4f %16s %6.1f MB %8s %8.0f %11s %8s %8s %12.2f" %
              (name, cpu, "" if name == "repointd" else "%.2fx" % ratio, last["mb"], last["asked"], last["done"],
               last["worst"], last["tardy"], last["evenness"], last["sleeps"]))
    sys.stdout.flush()


def bench_probes(place, endpoint):
    for work in map(read_work, WORK):
        rounds = 1 if work.interval > 10 else ROUNDS
        tell(work, [one_round(place, endpoint, work) for _ in range(rounds)])


# ---- the dead cost no more ----

def strike(verdict, whom):
    """From now on SYNs to these targets end so."""
    rules = "flush table inet bench\n" + ("add rule inet bench in tcp flags & (syn|ack) == syn %s %s\n" % (whom, verdict)
                                          if verdict else "")
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)


def bench_deaths(place, endpoint):
    """The same process all the time; cost per probe that was asked for, as those of silent targets end by time alone."""
    subprocess.run(["nft", "-f", "-"], text=True, check=True,
                   input="table inet bench { chain in { type filter hook input priority 0; policy accept; }; }\n")
    tenth = "ip daddr & 0.0.0.255 < 0.0.0.26"
    steps = (("all live", None, ""), ("a tenth refuses", "reject with tcp reset", tenth),
             ("a tenth is silent", "drop", tenth), ("all refuse", "reject with tcp reset", ""),
             ("all silent", "drop", ""), ("all live again", None, ""))
    for work in map(read_work, DEATHS):
        print("\n%s, one process while targets die" % work)
        print("  %-18s %13s %9s %9s %8s %8s" % ("", "CPU s/second", "of quiet", "resident", "asked/s", "done/s"))
        program, quiet = Repointd.at(place, work), None
        time.sleep(WARM_UP)
        for name, verdict, whom in steps:
            strike(verdict, whom)
            time.sleep(WARM_UP + 3) # until all have gone down, or come up
            before, cpu, began = program.counters(), program.cpu(), time.monotonic()
            time.sleep(PERIOD)
            cpu, took, after = program.cpu() - cpu, time.monotonic() - began, program.counters()
            quiet = quiet or cpu / took
            print("  %-18s %13.3f %8.2fx %6.1f MB %8.0f %8.0f" %
                  (name, cpu / took, cpu / took / quiet, program.resident_mb(), (after[0] - before[0]) / took,
                   (after[1] - before[1]) / took))
            sys.stdout.flush()
        program.end()


# ---- whoever scrapes ----

def scrape(port):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            "http://127.0.0.1:%d/metrics" % port, timeout=20) as answer:
        return answer.read()


def bench_scrapes(place):
    """The processor's time of one /metrics, and what a scrape a second does to the lateness of probes."""
    for work in map(read_work, SCRAPES):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = Repointd.at(place, work, ["web: {listen: '127.0.0.1:%d'}" % port])
        time.sleep(WARM_UP + work.interval)
        print("\n%s, scraped once a second" % work)
        print("  %-8s %13s %14s %9s %8s" % ("", "CPU s/second", "CPU of a scrape", "resident", "> 20 ms"))
        quiet = None
        for name in ("quiet", "scraped"):
            before, cpu, began, scrapes = program.counters(), program.cpu(), time.monotonic(), 0
            while time.monotonic() < began + PERIOD:
                if name == "scraped":
                    text = scrape(port)
                    scrapes += 1
                time.sleep(max(0, began + scrapes - time.monotonic()) if scrapes else PERIOD)
            cpu, took, after = program.cpu() - cpu, time.monotonic() - began, program.counters()
            each = "%.0f ms" % (1000 * (cpu - quiet * took) / scrapes) if scrapes else "-"
            quiet = quiet if scrapes else cpu / took
            print("  %-8s %13.3f %15s %6.1f MB %7.2f %%" %
                  (name, cpu / took, each, program.resident_mb(),
                   100 * (after[3] - before[3]) / max(1, after[1] - before[1])))
        lines = [line for line in text.split(b"\n") if line and not line.startswith(b"#")]
        print("  a scrape has %d series, %.1f a target, %.1f MB" %
              (len(lines), len(lines) / work.targets, len(text) / 1e6))
        sys.stdout.flush()
        program.end()


# ---- the load ----

def bench_load(place):
    print("\nFrom start to READY")
    for records in RECORDS:
        configuration = Repointd.configuration(place, records, "tcp: 9", "1h", "1s")
        times = []
        for _ in range(ROUNDS):
            program = Repointd(place, configuration)
            times.append(program.took)
            mb = program.resident_mb()
            program.end()
        print("  %7d records: %6.2f s, %4.0f MB resident" % (records, statistics.median(times), mb))
        sys.stdout.flush()


def main():
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    os.sched_setaffinity(0, {int(LAST_CORE)})
    print("%d rounds of %g s; load %.1f on %d cores, %d descriptors" %
          (ROUNDS, PERIOD, os.getloadavg()[0], os.cpu_count(), files))
    with tempfile.TemporaryDirectory(prefix="repointd-bench.") as folder:
        place = Place(folder, sys.argv[2], os.path.abspath(sys.argv[1]))
        endpoints = []
        try:
            endpoints.append(Endpoint(place))
            if any(work.startswith("https") for work in WORK):
                endpoints.append(SecureEndpoint(place))
            bench_probes(place, endpoints[0])
            if os.environ.get("OWN_NETWORK") and shutil.which("nft"):
                bench_deaths(place, endpoints[0])
            bench_scrapes(place)
        finally:
            for endpoint in endpoints:
                endpoint.end()
        bench_load(place)


main()
