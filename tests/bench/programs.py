# SPDX-License-Identifier: MIT
#
# Where: under bench.py.
# What:  the programs that are measured, each with the configuration that gives all of them the same work, and how its
#        CPU time, memory, sleeps and counters are read.
# Why:   a peer is started as its own manual says and asked in its own words; what differs between them stands here.

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

HERTZ = os.sysconf("SC_CLK_TCK")
LAST_CORE = str(os.cpu_count() - 1)
HOST = "www.example.com"

# How each program answers SIGUSR1.
ENDPOINT = r"accepted (\d+) answered (\d+) ms (\d+) fullest (\d+)"
BARE = r"asked (\d+) done (\d+) worst (\d+)"
COUNTERS = r"probes: (\d+) asked, (\d+) done, \d+ late \(worst (\d+) ms\), (\d+) by more than 20 ms"


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


class Work:
    """What is asked of each program: `targets` addresses, each once in `interval` seconds."""

    def __init__(self, kind, targets, interval=1):
        self.kind, self.targets, self.interval = kind, targets, interval

    def __str__(self):
        return "%s, %d targets, one probe in %g s each" % (self.kind.upper(), self.targets, self.interval)


class Place:
    """Where the endpoints are, and a folder for files."""

    def __init__(self, folder, helpers, repointd):
        self.folder, self.helpers, self.repointd = folder, helpers, repointd
        self.ports, self.ca = {}, os.path.join(folder, "ca.pem")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)


class Program:
    """A child on one core: its CPU time and memory as /proc tells them, its output in a file."""

    counters = None

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

    def sleeps(self):
        """How often its threads went to sleep: what costs as much as a connection."""
        total = 0
        for thread in os.listdir("/proc/%d/task" % self.process.pid):
            try:
                total += int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)",
                                       self.proc("task/%s/status" % thread)).group(1))
            except FileNotFoundError:
                pass
        return total

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


class Endpoint(Program):
    """All targets of HTTP and TCP."""

    def __init__(self, place):
        super().__init__(place.folder, "endpoint", [os.path.join(place.helpers, "endpoint")], core=LAST_CORE)
        place.ports["http"] = place.ports["tcp"] = int(wait_for(lambda: re.findall(r"port (\d+)", self.told()), 10)[0])


class SecureEndpoint(Program):
    """All targets of HTTPS: nginx, an EC certificate."""

    def __init__(self, place):
        with socket.socket() as free:
            free.bind(("", 0))
            port = place.ports["https"] = free.getsockname()[1]
        self.make_certificate(place)
        folder = place.folder
        temporary = "".join("%s_temp_path %s/%s; " % (kind, folder, kind)
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        path = place.write("nginx.conf", """
            worker_processes 1; daemon off; master_process off; pid %s/nginx.pid; error_log stderr;
            events { worker_connections 4096; }
            http { access_log off; %s server {
                listen 0.0.0.0:%d ssl backlog=4096; ssl_certificate %s/leaf.pem; ssl_certificate_key %s/leaf.key;
                location / { return 200 "healthy\\n"; } } }
            """ % (folder, temporary, port, folder, folder))
        super().__init__(folder, "nginx", ["nginx", "-p", folder, "-c", path, "-e", "stderr"], core=LAST_CORE)
        wait_for(lambda: self.answers(port), 10)

    @staticmethod
    def answers(port):
        try:
            socket.create_connection(("127.1.0.0", port), 1).close()
            return True
        except OSError:
            return False

    @staticmethod
    def make_certificate(place):
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=place.folder, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        place.write("names", "subjectAltName=DNS:%s\n" % HOST)
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=bench", "-days", "2")
        openssl("req", *key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=" + HOST)
        openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile",
                "names", "-out", "leaf.pem", "-days", "2")


class Repointd(Program):
    """Started when it says READY=1; `took` is how long that was."""

    def __init__(self, place, configuration):
        path = place.path("notify")
        if os.path.exists(path):
            os.unlink(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(120)
            began = time.monotonic()
            env = dict(os.environ, NOTIFY_SOCKET=path)
            super().__init__(place.folder, "repointd", [place.repointd, "-c", configuration], env=env)
            try:
                while b"READY=1" not in notify.recv(4096):
                    pass
            except socket.timeout:
                sys.exit("bench: repointd did not get ready:\n" + self.told()[-2000:])
            self.took = time.monotonic() - began

    @classmethod
    def at(cls, place, work, more=()):
        check = {"http": "http: 'http://%s:%d/healthz'", "https": "http: 'https://%s:%d/healthz'",
                 "tcp": "tcp: %.0s%d"}[work.kind] % (HOST, place.ports[work.kind])
        if work.kind == "https":
            check += ", tls: {ca: %s}" % place.ca
        return cls(place, cls.configuration(place, work.targets // 2, check, "%gs" % work.interval, "800ms",
                                            more))

    @staticmethod
    def configuration(place, records, check, interval, timeout, more=()):
        """Two targets a record, none ever written: the name server is not there, and not asked twice."""
        key = place.path("ddns.key")
        if not os.path.exists(key):
            with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write('key "bench" { algorithm hmac-sha256; secret "%s"; };\n' % ("QmVuY2g" * 6 + "g="))
        lines = ["daemon: {state-directory: %s/state, runtime-directory: %s/run}" % (place.folder, place.folder)]
        lines += ["servers:", "  ns1: {address: '127.0.0.1:9', zones: [bench.test], key: {file: %s}, retry: "
                  "{first: 1h, max: 1h}}" % key]
        lines += ["checks:", "  web: {%s, interval: %s, timeout: %s}" % (check, interval, timeout), "records:"]
        lines += ["  r%d.bench.test: {check: web, primary: %s, secondary: %s, enabled: off}"
                  % (i, address(2 * i), address(2 * i + 1)) for i in range(records)]
        lines += more
        return place.write("repointd.yaml", "\n".join(lines) + "\n")

    def counters(self):
        return self.ask(COUNTERS)


class Haproxy(Program):
    def __init__(self, place, work):
        port = place.ports[work.kind]
        lines = ["global", " nbthread 1", " maxconn 100", " stats socket %s/haproxy.sock" % place.folder, "defaults",
                 " mode " + ("tcp" if work.kind == "tcp" else "http"), " timeout connect 800ms", " timeout check 800ms",
                 " timeout client 800ms", " timeout server 800ms", "backend b"]
        words = " check inter %gs fall 3 rise 3" % work.interval
        if work.kind != "tcp":
            lines += [" option httpchk", " http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host %s hdr "
                      "Connection close" % HOST]
        if work.kind == "https":
            words += " check-ssl check-sni %s verify required verifyhost %s ca-file %s" % (HOST, HOST, place.ca)
        lines += [" server s%d %s:%d%s" % (i, address(i), port, words) for i in range(work.targets)]
        super().__init__(place.folder, "haproxy",
                         ["haproxy", "-db", "-f", place.write("haproxy.cfg", "\n".join(lines) + "\n")])


class Bare(Program):
    """The floor; `collect_ms`: answers that come within so long share a wake-up."""

    def __init__(self, place, work, collect_ms=0):
        ca = [place.ca] if work.kind == "https" else []
        super().__init__(place.folder, "bare",
                         [os.path.join(place.helpers, "bare"), str(work.targets), work.kind,
                          str(place.ports[work.kind]), "%.0f" % (work.interval * 1000), str(collect_ms), *ca])
        self.asked = self.done = 0

    def counters(self):
        asked, done, worst = self.ask(BARE)
        self.asked, self.done = self.asked + asked, self.done + done
        return self.asked, self.done, worst


class Gdnsd(Program):
    """Its shortest interval is two seconds, so it probes half as often."""

    def __init__(self, place, work):
        kind = "plugin => http_status, url_path => /healthz, vhost => %s, ok_codes => [200]" % HOST
        if work.kind == "tcp":
            kind = "plugin => tcp_connect"
        pools = "".join("  p%d => { %s }\n" % (i, ", ".join("a%d => %s" % (n, address(n))
                                                        for n in range(i, min(i + 10, work.targets))))
                        for i in range(0, work.targets, 10))
        place.write("gdnsd/config", """
options => { listen => [127.0.0.1:5399], run_dir => %s/gdnsd/run, state_dir => %s/gdnsd/state }
service_types => { web => { %s, port => %d, interval => 2, timeout => 1, up_thresh => 3, ok_thresh => 3, down_thresh => 3 } }
plugins => { multifo => { service_types => web, up_thresh => 0.1
%s} }
""" % (place.folder, place.folder, kind, place.ports[work.kind], pools))
        for name in ("run", "state", "zones"):
            os.makedirs(place.path("gdnsd/" + name), exist_ok=True)
        super().__init__(place.folder, "gdnsd", ["gdnsd", "-c", place.path("gdnsd"), "start"])


class BlackboxExporter(Program):
    """Probes when it is asked to: by one that asks for each target in its turn, over kept connections, from the other core."""

    def __init__(self, place, work):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        modules = {"http": {"prober": "http", "timeout": "800ms",
                            "http": {"headers": {"Host": HOST}, "preferred_ip_protocol": "ip4"}},
                   "tcp": {"prober": "tcp", "timeout": "800ms", "tcp": {"preferred_ip_protocol": "ip4"}}}
        path = place.write("blackbox.yml", json.dumps({"modules": modules}))
        env = dict(os.environ, GOMAXPROCS="1")
        super().__init__(place.folder, "blackbox", ["prometheus-blackbox-exporter", "--config.file", path,
                                                    "--web.listen-address", "127.0.0.1:%d" % self.port], env=env)
        wait_for(self.answers, 10)
        self.asked = self.done = self.worst_ms = 0
        self.over = threading.Event()
        self.form = "http://%s:%d/healthz" if work.kind == "http" else "%s:%d"
        self.form = "/probe?module=%s&target=%s" % (work.kind, self.form)
        self.askers = [threading.Thread(target=self.keep_asking, args=(place.ports[work.kind], work, n), daemon=True)
                       for n in range(ASKERS)]
        for asker in self.askers:
            asker.start()

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def keep_asking(self, port, work, nth):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        turn, began, mine = 0, time.monotonic(), range(nth, work.targets, ASKERS)
        while not self.over.is_set():
            due = began + turn * work.interval / len(mine)
            late = time.monotonic() - due
            if late < 0:
                time.sleep(-late)
            elif late > work.interval: # what cannot be kept up with is left out
                turn += int(late * len(mine) / work.interval)
            self.asked += 1
            try:
                line.request("GET", self.form % (address(mine[turn % len(mine)]), port))
                self.done += b"probe_success 1" in line.getresponse().read()
            except (OSError, http.client.HTTPException):
                line.close()
            turn += 1

    def counters(self):
        return self.asked, self.done, None

    def end(self):
        self.over.set()
        super().end()


ASKERS = 4
