#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: tests; the other side of every probe that should go wrong (docs/faults.md B).
# What:  one listening port for each behaviour below, on free ports of 127.0.0.1 (names that end in -v6: of ::1). Prints a
#        line "NAME PORT" for each, then "ready", and ends when its standard input does. Certificates are made by openssl
#        in a directory of its own; "ca PATH" names the authority that signed the good ones, "visitor PATH" a certificate
#        of a client, in PATH.pem and PATH.key.
# Why:   a behaviour is a function of one connection, so a test reads like the fault's name.

import gzip
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import warnings
import zlib

warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1 is old: that is what it is for

BEHAVIOURS = {}
LISTENERS = []  # kept open


def behaviour(name, tls=None, v6=False, address="127.0.0.1"):
    def register(function):
        BEHAVIOURS[name] = (function, tls, v6, address)
        return function

    return register


# ---- help for behaviours ----


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more:
            return None
        data += more
    return data.decode("latin-1")


def header_of(request, name):
    for line in request.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return "-"


def answer(connection, body=b"healthy\n", status="200 OK", headers=()):
    if read_request(connection) is None:
        return
    head = "HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n" % (status, len(body), "".join(h + "\r\n" for h in headers))
    connection.sendall(head.encode("latin-1") + body)


def for_ever(connection, octets, pause=0.0):
    """Sends until the other side has had enough."""
    while True:
        connection.sendall(octets)
        if pause:
            time.sleep(pause)


def hold(connection):
    """Says nothing and waits for the end."""
    connection.settimeout(None)
    while connection.recv(4096):
        pass


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


# ---- good ----


@behaviour("ok")
def ok(c):
    answer(c)


@behaviour("ok-v6", v6=True)
def ok_v6(c):
    answer(c)


@behaviour("banner")
def banner(c):
    c.sendall(b"220 mail.example.com\r\n")
    hold(c)


@behaviour("smtp")
def smtp(c):
    """A greeting in two pieces, then it is the other side's turn."""
    c.sendall(b"220 mail.exa")
    time.sleep(0.1)
    c.sendall(b"mple.com\r\n")
    if c.recv(4096) == b"EHLO repointd\r\n":
        c.sendall(b"250-mail.example.com\r\n250 8BITMIME\r\n")
    hold(c)


@behaviour("smtp-busy")
def smtp_busy(c):
    c.sendall(b"421 too busy\r\n")


@behaviour("talk-drip")
def talk_drip(c):
    for_ever(c, b"-", 0.05)


@behaviour("talk-patter")
def talk_patter(c):
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for_ever(c, b"-", 0.001)


@behaviour("talk-flood")
def talk_flood(c):
    for_ever(c, b"-" * 65536)


@behaviour("talk-reset")
def talk_reset(c):
    c.sendall(b"220 ")
    c.recv(4096)
    reset(c)


SEEN = [b""]


def echo(c):
    """Tells what was asked for: Host, User-Agent, SNI, Accept-Encoding."""
    request = read_request(c)
    if request is None:
        return
    names = ("host", "user-agent", "accept-encoding", "connection")
    told = "".join("%s=%s|" % (name, header_of(request, name)) for name in names)
    told += "sni=%s|line=%s|" % (getattr(c, "wanted_name", "-"), request.split("\r\n")[0])
    SEEN[0] = told.encode("latin-1")
    c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told.encode("latin-1")))


behaviour("echo")(echo)
behaviour("echo-v6", v6=True)(echo)
behaviour("tls-echo", tls="good")(echo)
behaviour("tls-echo-v6", tls="good", v6=True)(echo)
behaviour("echo-80")(echo)
behaviour("echo-443", tls="good")(echo)


@behaviour("seen")
def seen(c):
    """What an echo told last."""
    answer(c, SEEN[0])


@behaviour("chunked")
def chunked(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nheal\r\n4\r\nthy\n\r\n0\r\n\r\n")


@behaviour("until-close")
def until_close(c):
    if read_request(c):
        c.sendall(b"HTTP/1.0 200 OK\r\n\r\nhealthy\n")


@behaviour("byte-by-byte")
def byte_by_byte(c):
    if read_request(c):
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhealthy\n":
            c.sendall(bytes([octet]))


@behaviour("gzip")
def gzipped(c):
    answer(c, gzip.compress(b"all is healthy\n"), headers=["Content-Encoding: gzip"])


@behaviour("deflate")
def deflated(c):
    answer(c, zlib.compress(b"all is healthy\n"), headers=["Content-Encoding: deflate"])


@behaviour("match-at-5120")
def match_at_5120(c):
    answer(c, b"." * (5120 - 7) + b"healthy" + b"." * 5000)


@behaviour("match-at-5121")
def match_at_5121(c):
    answer(c, b"." * (5121 - 7) + b"healthy" + b"." * 5000)


@behaviour("gzip-match-at-5120")
def gzip_match_at_5120(c):
    answer(c, gzip.compress(b"." * (5120 - 7) + b"healthy" + b"." * 5000), headers=["Content-Encoding: gzip"])


def long_headers(c, total):
    """Status line, headers and the empty line are `total` octets together."""
    if read_request(c) is None:
        return
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
    left = total - len(head) - 2
    while left > 0:
        line = min(left, 1000) if left - 1000 > 10 or left <= 1000 else left - 500
        head += b"X: " + b"a" * (line - 5) + b"\r\n"
        left -= line
    c.sendall(head + b"\r\n")


@behaviour("headers-16384")
def headers_16384(c):
    long_headers(c, 16384)


@behaviour("headers-16385")
def headers_16385(c):
    long_headers(c, 16385)


# ---- silent and slow ----


@behaviour("silence")
def silence(c):
    hold(c)


@behaviour("drip")
def drip(c):
    """A status line that begins well and never ends, an octet each half second."""
    if read_request(c):
        for octet in b"HTTP/1.1 200 " + b"O" * 10**6:
            c.sendall(bytes([octet]))
            time.sleep(0.5)


@behaviour("drip-body")
def drip_body(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for_ever(c, b".", 0.5)


@behaviour("slow-answer")
def slow_answer(c):
    """Half a second to the status line, half a second more to the end of the body."""
    if read_request(c):
        time.sleep(0.5)
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
        time.sleep(0.5)
        c.sendall(b"healthy\n")


# ---- without end ----


@behaviour("endless-body")
def endless_body(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\n\r\nhealthy")
        for_ever(c, b"x" * 65536)


@behaviour("endless-headers")
def endless_headers(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\n")
        for_ever(c, b"X-More: and more\r\n" * 100)


@behaviour("endless-header")
def endless_header(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for_ever(c, b"a" * 65536)


@behaviour("endless-status-line")
def endless_status_line(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 ")
        for_ever(c, b"a" * 65536)


@behaviour("endless-1xx")
def endless_1xx(c):
    if read_request(c):
        for_ever(c, b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@behaviour("endless-trailers")
def endless_trailers(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        for_ever(c, b"X-More: and more\r\n" * 100)


@behaviour("endless-chunk-extension")
def endless_chunk_extension(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
        for_ever(c, b"a" * 65536)


@behaviour("gzip-bomb")
def gzip_bomb(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
        c.sendall(bomb.compress(b"healthy"))
        zeros = b"\0" * 1000000
        while True:
            c.sendall(bomb.compress(zeros))


# ---- nonsense ----


# What terminals obey, what turns the writing round, what is no UTF-8, what printf would take for orders.
HOSTILE_TEXT = "\x1b[31m%n%s\x9b\b\x7f\xe2\x80\xae\xff\xfe level=crit event=failover msg="


@behaviour("garbage")
def garbage(c):
    if read_request(c):
        c.sendall((HOSTILE_TEXT + "\0\r").encode("latin-1") * 50 + b"\r\n\r\n")


@behaviour("hostile-encoding")
def hostile_encoding(c):
    answer(c, gzip.compress(b"healthy")[:-9], headers=["Content-Encoding: gzip, " + HOSTILE_TEXT])


@behaviour("hostile-length")
def hostile_length(c):
    if read_request(c):
        c.sendall(("HTTP/1.1 200 OK\r\nContent-Length: " + HOSTILE_TEXT + "\r\n\r\n").encode("latin-1"))


@behaviour("hostile-location")
def hostile_location(c):
    answer(c, status="302 Found", headers=["Location: " + HOSTILE_TEXT + "://" + HOSTILE_TEXT])


@behaviour("http09")
def http09(c):
    if read_request(c):
        c.sendall(b"<html>healthy</html>\n")


@behaviour("nul")
def nul(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 8\r\n\r\nhealthy\n")


@behaviour("bad-chunks")
def bad_chunks(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\nhealthy")


@behaviour("bad-gzip")
def bad_gzip(c):
    answer(c, b"\x1f\x8b\x08\x00 this is no gzip healthy", headers=["Content-Encoding: gzip"])


@behaviour("unknown-encoding")
def unknown_encoding(c):
    answer(c, b"healthy", headers=["Content-Encoding: sdch"])


@behaviour("hostile-reason")
def hostile_reason(c):
    answer(c, status="500 " + HOSTILE_TEXT + "A" * 3000)


# ---- ended before its time ----


@behaviour("close-at-once")
def close_at_once(c):
    pass


@behaviour("close")
def close(c):
    read_request(c)


@behaviour("close-in-headers")
def close_in_headers(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-")


@behaviour("short-body")
def short_body(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhealthy\n")


@behaviour("short-chunks")
def short_chunks(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhealthy\n")


@behaviour("reset")
def reset_after_request(c):
    if read_request(c):
        reset(c)


@behaviour("reset-in-body")
def reset_in_body(c):
    if read_request(c):
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhealthy\n")
        time.sleep(0.2)
        reset(c)


# ---- well said, but not wanted ----

for code in ("404 Not Found", "503 Service Unavailable", "399 Odd", "400 Bad Request", "199 Odd", "204 No Content"):
    behaviour("status-" + code[:3])(lambda c, code=code: answer(c, b"" if code[:3] == "204" else b"healthy\n", code))


@behaviour("redirect")
def redirect(c):
    answer(c, status="302 Found", headers=["Location: http://127.0.0.1:%d/" % PORTS["trap"]])


@behaviour("redirect-loop")
def redirect_loop(c):
    answer(c, status="301 Moved", headers=["Location: http://127.0.0.1:%d/" % PORTS["redirect-loop"]])


@behaviour("trap")
def trap(c):
    """Nobody should come here. Who asks "trapped" is told how many came."""
    global TRAPPED
    request = read_request(c)
    if request is None or "trapped" not in request.split("\r\n")[0]:
        TRAPPED += 1
    body = b"came=%d|" % TRAPPED
    c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


TRAPPED = 0

# ---- as the request says ----


def since_request(c):
    """Seconds since the kernel had the last octet: a busy machine wakes us late, and that is no part of a script."""
    return struct.unpack("=I", c.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[52:56])[0] / 1000


def scripted(c):
    """/?wait=1.9&status=404%20No&pause=2.1&text=healthy&end=5120&header=X:%20y&encode=gzip, each of them optional."""
    request = read_request(c)
    if request is None:
        return
    words = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.split(" ")[1]).query))
    text = words.get("text", "healthy").encode("latin-1")
    body = text.rjust(int(words.get("end", 0)), b".") + b"." * 100
    head = "HTTP/1.1 %s\r\n" % words.get("status", "200 OK")
    if "header" in words:
        head += words["header"] + "\r\n"
    if "encode" in words:
        head += "Content-Encoding: %s\r\n" % words["encode"]
        body = {"gzip": gzip.compress, "deflate": zlib.compress}.get(words["encode"], bytes)(body)
    time.sleep(max(0, float(words.get("wait", 0)) - since_request(c)))
    c.sendall(("%sContent-Length: %d\r\n\r\n" % (head, len(body))).encode("latin-1"))
    time.sleep(float(words.get("pause", 0)))
    c.sendall(body)


behaviour("scripted")(scripted)
behaviour("tls-scripted", tls="good")(scripted)
behaviour("tls-scripted-expired", tls="expired")(scripted)
behaviour("tls-scripted-self-signed", tls="self-signed")(scripted)
behaviour("tls-scripted-wrong-name", tls="wrong-name")(scripted)

ASKED = {}


def count(name):
    ASKED[name] = ASKED.get(name, 0) + 1
    return ASKED[name]


@behaviour("every-other")
def every_other(c):
    answer(c, status="200 OK" if count("every-other") % 2 else "503 Not Now")


@behaviour("slower")
def slower(c):
    """Each answer takes a tenth of a second more than the one before."""
    if read_request(c):
        time.sleep(max(0, count("slower") / 10 - since_request(c)))
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhealthy\n")


@behaviour("banning")
def banning(c):
    """Wants to be asked less."""
    count("banning")
    answer(c, status="429 Too Many Requests")


@behaviour("asked")
def asked(c):
    answer(c, "".join("%s=%d|" % item for item in ASKED.items()).encode("latin-1"))


def way(c):
    """
    /go?status=302&to=URL leads there, {NAME} in it being the port of that behaviour; &body=endless never ends what it
    says beside, &body=long says so much that it is not read, and counts resets. /hops/3 leads to /hops/2 and so on, with
    ?wait=0.5 each time after so long. Everything else is told back: method, target, headers and body.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        data += c.recv(4096) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    head = head.decode("latin-1")
    length = int(header_of(head + "\r\n", "content-length").replace("-", "0"))
    while len(body) < length:
        body += c.recv(65536) or b" " * length
    method, target, *_ = head.split("\r\n")[0].split(" ") + ["", ""]
    url = urllib.parse.urlsplit(target)
    words = dict(urllib.parse.parse_qsl(url.query, encoding="latin-1"))
    if url.path == "/go":
        to = re.sub(r"{([a-z0-9-]+)}", lambda found: str(PORTS[found.group(1)]), words.get("to", ""))
    elif url.path.startswith("/hops/") and url.path != "/hops/0":
        to = "/hops/%d" % (int(url.path[6:]) - 1) + ("?" + url.query if url.query else "")
    else:
        names = sorted(line.partition(":")[0].lower() for line in head.split("\r\n")[1:])
        told = "method=%s|target=%s|" % (method, target)
        told += "".join("%s=%s|" % (name, header_of(head + "\r\n", name)) for name in names)
        told += "sni=%s|body=%s|" % (getattr(c, "wanted_name", "-"), body.decode("latin-1"))
        SEEN[0] = told.encode("latin-1")
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), b"" if method == "HEAD" else SEEN[0]))
        return
    time.sleep(max(0, float(words["wait"]) - since_request(c)) if "wait" in words else 0)
    told = b"x" * 8000 if words.get("body") == "long" else b""
    c.sendall(("HTTP/1.1 %s Found\r\nLocation: %s\r\n\r\n" % (words.get("status", "302"), to)).encode("latin-1") + told)
    if words.get("body") == "endless":
        for_ever(c, b"x" * 1000, 0.1)
    if told:
        try:
            while c.recv(100):
                pass
            count("ended-well")
        except ConnectionResetError:
            count("reset")


behaviour("way")(way)
behaviour("way-v6", v6=True)(way)
behaviour("way-elsewhere", address="127.0.0.2")(way)
behaviour("tls-way", tls="good")(way)
behaviour("tls-way-client", tls="client")(way)
behaviour("tls-way-1-2", tls="only-1-2")(way)

HEARD = [b""]


@behaviour("listener")
def listener(c):
    """Says nothing, and remembers how much was said to it."""
    octets = 0
    c.settimeout(None)
    while True:
        more = c.recv(4096)
        if not more:
            break
        octets += len(more)
    HEARD[0] += b"octets=%d|" % octets


@behaviour("heard")
def heard(c):
    answer(c, HEARD[0])


# ---- TLS ----

@behaviour("tls-farewell", tls="good")
def tls_farewell(c):
    """How the other side ended its session goes to "seen"."""
    c.suppress_ragged_eofs = False
    try:
        SEEN[0] = b"farewell=clean|" if c.recv(1) == b"" else b"farewell=words|"
        SEEN[0] += b"alpn=%s|" % str(c.selected_alpn_protocol()).encode()
    except OSError as error:
        SEEN[0] = b"farewell=%s|" % type(error).__name__.encode()


for fault in ("good", "soon", "client", "only-1-2", "expired", "not-yet", "wrong-name", "self-signed", "unknown-ca", "old"):
    behaviour("tls-" + fault, tls=fault)(ok)


@behaviour("tls-stall")
def tls_stall(c):
    hold(c)


@behaviour("tls-stall-half")
def tls_stall_half(c):
    """Takes the client's hello and answers with the beginning of a record."""
    c.recv(4096)
    c.sendall(b"\x16\x03\x03\x40\x00\x02")
    hold(c)


@behaviour("tls-plain")
def tls_plain(c):
    c.recv(4096)
    c.sendall(b"HTTP/1.1 400 You speak TLS, I do not\r\nContent-Length: 0\r\n\r\n")


@behaviour("tls-close")
def tls_close(c):
    c.recv(4096)


@behaviour("tls-reset")
def tls_reset(c):
    c.recv(4096)
    reset(c)


@behaviour("tls-silence", tls="good")
def tls_silence(c):
    hold(c)


@behaviour("tls-drip", tls="good")
def tls_drip(c):
    drip(c)


@behaviour("tls-endless-body", tls="good")
def tls_endless_body(c):
    endless_body(c)


@behaviour("tls-endless-header", tls="good")
def tls_endless_header(c):
    endless_header(c)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def make_self_signed(folder, name, subject, *more):
    path = os.path.join(folder, name)
    openssl("req", "-x509", *NEW_KEY, "-days", "30", "-subj", "/CN=" + subject, "-keyout", path + ".key",
            "-out", path + ".pem", *more)
    return path


def make_authority(folder, name):
    path = make_self_signed(folder, name, name)
    os.makedirs(path + ".new")
    open(path + ".index", "w").close()
    with open(path + ".cnf", "w") as file:
        file.write("[ca]\ndefault_ca=x\n[x]\ndatabase=%s.index\nnew_certs_dir=%s.new\nrand_serial=yes\n"
                   "default_md=sha256\npolicy=p\nunique_subject=no\ncopy_extensions=copy\ncertificate=%s.pem\nprivate_key=%s.key\n"
                   "[p]\ncommonName=supplied\n" % (path, path, path, path))
    return path


def make_certificate(folder, name, authority, host, start, end):
    """A certificate for `host` and the loopback addresses, good between two days from now."""
    path = os.path.join(folder, name)
    names = "subjectAltName=DNS:%s" % host + (",IP:127.0.0.1,IP:::1" if host != "elsewhere.example" else "")
    openssl("req", "-new", *NEW_KEY, "-subj", "/CN=" + host, "-addext", names, "-keyout", path + ".key",
            "-out", path + ".csr")

    def when(days):
        return time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))

    openssl("ca", "-batch", "-config", authority + ".cnf", "-in", path + ".csr", "-out", path + ".pem",
            "-startdate", when(start), "-enddate", when(end), "-notext")
    return path


def make_contexts(folder):
    trusted, unknown = make_authority(folder, "trusted"), make_authority(folder, "unknown")
    self_signed = make_self_signed(folder, "self-signed", "www.example.com", "-addext",
                                   "subjectAltName=DNS:www.example.com")
    good = make_certificate(folder, "good", trusted, "www.example.com", -1, 10)
    paths = {
        "good": good,
        "old": good,
        "only-1-2": good,
        "client": good,
        "soon": make_certificate(folder, "soon", trusted, "www.example.com", -1, 3),
        "expired": make_certificate(folder, "expired", trusted, "www.example.com", -10, -1),
        "not-yet": make_certificate(folder, "not-yet", trusted, "www.example.com", 1, 10),
        "wrong-name": make_certificate(folder, "wrong-name", trusted, "elsewhere.example", -1, 10),
        "self-signed": self_signed,
        "unknown-ca": make_certificate(folder, "unknown-ca", unknown, "www.example.com", -1, 10),
    }
    contexts = {}
    for name, path in paths.items():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if name == "old":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        if name == "only-1-2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if name == "client":
            context.load_verify_locations(trusted + ".pem")
            context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(path + ".pem", path + ".key")
        context.sni_callback = remember_name
        context.set_alpn_protocols(["http/1.1"])
        contexts[name] = context
    return contexts, trusted + ".pem", make_certificate(folder, "visitor", trusted, "visitor", -1, 10)


def remember_name(connection, name, context):
    connection.wanted_name = name or "-"


# ---- the server ----


def serve_one(connection, function, context):
    try:
        connection.settimeout(30)
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        function(connection)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        while connection.recv(65536):
            pass
    except (OSError, ValueError):
        pass
    finally:
        connection.close()


def serve(listener, function, context):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve_one, args=(connection, function, context), daemon=True).start()


def listen(v6, backlog=128, address="127.0.0.1", port=0):
    listener = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
    listener.bind(("::1" if v6 else address, port))
    listener.listen(backlog)
    LISTENERS.append(listener)
    return listener, listener.getsockname()[1]


def listen_for(name, v6, address):
    """NAME-80 and NAME-443 are at that port of 127.0.0.91, where we may; else on a free one like all others."""
    try:
        if name in ("echo-80", "echo-443"):
            return listen(v6, address="127.0.0.91", port=int(name[5:]))
    except OSError:
        pass
    return listen(v6, address=address)


def full_port():
    """Listens, but its queue is full for ever: a SYN is dropped."""
    listener, port = listen(False, 0)
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
        LISTENERS.append(client)
    time.sleep(0.05)
    return port


def refusing_port():
    """Taken, so that nobody else gets it, but nobody listens."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    LISTENERS.append(taken)
    return taken.getsockname()[1]


PORTS = {}


def main():
    with tempfile.TemporaryDirectory(prefix="repointd-hostile.") as folder:
        contexts, authority, visitor = make_contexts(folder)
        pending = []
        for name, (function, tls, v6, address) in BEHAVIOURS.items():
            listener, PORTS[name] = listen_for(name, v6, address)
            pending.append((listener, function, contexts[tls] if tls else None))
        PORTS["refuse"], PORTS["full"] = refusing_port(), full_port()
        for arguments in pending:
            threading.Thread(target=serve, args=arguments, daemon=True).start()
        for name, port in PORTS.items():
            print(name, port)
        print("ca", authority)
        print("visitor", visitor)
        print("ready", flush=True)
        while os.read(0, 1):
            pass


if __name__ == "__main__":
    main()
