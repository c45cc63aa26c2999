#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: under the stories about notifications.
# What:  a receiver of POSTs that behaves as a file tells it to, and writes down each request as a line of JSON.
# Why:   what a receiver does wrong is a word in that file, changed while it runs, or else the path that it is asked for;
#        neither is a word: it is well and says 204.
#
#   receiver.py PORT LOG MODE [CERTIFICATE KEY]
#
# Words: 500, 404 and the like, 302 (to itself), slow (never answers), drip (an octet of the status line a second), endless (a body
# without an end behind 200), bad-endless (behind 500), headers (without an end), cut (closes), 200-then-nothing (a body
# that is announced and never comes).

import http.server
import json
import socketserver
import ssl
import sys
import time

PORT, LOG, MODE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
WORDS = ["slow", "drip", "endless", "bad-endless", "headers", "cut", "200-then-nothing"]


def mode():
    try:
        with open(MODE, encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.write_down("")
        self.send_error(404)

    def write_down(self, body):
        line = {"time": time.time(), "path": self.path, "mode": mode(), "headers": dict(self.headers), "body": body}
        with open(LOG, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def pour(self, piece, pause):
        while True:
            self.wfile.write(piece)
            time.sleep(pause)

    def do_POST(self):
        word = mode() or self.path[1:]
        if not word.isdigit() and word not in WORDS:
            word = ""
        self.write_down(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self.close_connection = True
        if word == "slow":
            time.sleep(60)
        elif word == "cut":
            return
        elif word == "drip":
            self.pour(b"H", 1)
        elif word == "headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.pour(b"X-More: " + b"x" * 1000 + b"\r\n", 0)
        elif word in ("endless", "bad-endless"):
            self.wfile.write(b"HTTP/1.1 %d X\r\n\r\n" % (200 if word == "endless" else 500))
            self.pour(b"all work and no play\n" * 100, 0)
        elif word == "200-then-nothing":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            time.sleep(60)
        elif word == "302":
            self.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        elif word:
            self.wfile.write(b"HTTP/1.1 %d X\r\nContent-Length: 9\r\n\r\nno\x1b[1m way" % int(word))
        else:
            self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


server = Server(("127.0.0.1", PORT), Receiver)
if len(sys.argv) > 5:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
