#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A TCP line that misbehaves, between us and a real name server.

    proxy.py --listen ADDRESS:PORT --upstream ADDRESS:PORT [--mode-file FILE] [--record FILE]

The mode is read anew for each connection, so that a story changes it by writing one line; "once" in front of a mode
has it hold for the next connection only, and the file says from then on what stood behind ";", or "pass":

    pass               as if it were not there
    delay MS           answers come later by so much
    hold               requests reach the server when the mode is "release", also when the client has gone
    release            as pass, and what was held goes on its way
    cut-request N      N octets of the client's pass, then both sides are reset
    cut-answer N       the server has answered in full; N octets of it pass, then the client is reset
    swallow            requests pass, answers never do, the line stays up
    double             each request reaches the server twice, by two lines; the first answer passes
    drip MS            answers come octet by octet, with so much between two

It knows nothing of DNS but the two octets of length in front of a message. --record appends each whole message in hex,
">" to the server, "<" from it.
"""
import argparse
import socket
import struct
import sys
import threading
import time

GIVE_UP_S = 60


def endpoint(text):
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


def reset(line):
    """Ends it with RST instead of FIN; first whoever else waits on it is woken, or the kernel would keep it."""
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RD)
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
    """One message with its length in front, or None at the end."""
    prefix = read_exactly(line, 2)
    body = prefix and read_exactly(line, struct.unpack("!H", prefix)[0])
    return body is not None and prefix + body or None


class Proxy:
    def __init__(self, upstream, mode_file, record):
        self.upstream = upstream
        self.mode_file = mode_file
        self.record = record
        self.recording = threading.Lock()
        self.choosing = threading.Lock()

    def mode(self):
        if not self.mode_file:
            return "pass", 0
        with self.choosing:
            with open(self.mode_file, encoding="ascii") as file:
                now, _, then = file.read().partition(";")
            words = now.split() or ["pass"]
            if words[0] == "once":
                words = words[1:]
                with open(self.mode_file, "w", encoding="ascii") as file:
                    file.write((then.strip() or "pass") + "\n")
        return words[0], int(words[1]) if len(words) > 1 else 0

    def is_released(self):
        with open(self.mode_file, encoding="ascii") as file:
            return file.read().startswith("release")

    def note(self, sign, message):
        if self.record:
            with self.recording, open(self.record, "a", encoding="ascii") as file:
                file.write(f"{sign} {message[2:].hex()}\n")

    def connect(self):
        line = socket.create_connection(self.upstream, timeout=GIVE_UP_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def ask_again(self, message):
        with self.connect() as second:
            second.sendall(message)
            read_message(second)

    def requests(self, client, server, mode, number):
        passed = 0
        while True:
            if mode == "cut-request":
                part = client.recv(min(4096, number - passed)) if passed < number else b""
                if part:
                    server.sendall(part)
                    passed += len(part)
                if passed >= number or not part:
                    reset(server)
                    reset(client)
                    return
                continue
            message = read_message(client)
            if not message:
                break
            self.note(">", message)
            while mode == "hold" and not self.is_released():
                time.sleep(0.01)
            server.sendall(message)
            if mode == "double":
                self.ask_again(message)
        if mode != "hold":
            server.shutdown(socket.SHUT_WR)

    def answers(self, client, server, mode, number):
        passed = 0
        while True:
            message = read_message(server)
            if not message:
                break
            self.note("<", message)
            if mode == "swallow":
                continue
            if mode == "delay":
                time.sleep(number / 1000)
            if mode == "cut-answer":
                client.sendall(message[: number - passed])
                passed += len(message)
                if passed >= number:
                    reset(client)
                    return
            elif mode == "drip":
                for octet in message:
                    client.sendall(bytes([octet]))
                    time.sleep(number / 1000)
            else:
                client.sendall(message)
        if mode != "swallow":
            client.shutdown(socket.SHUT_WR)

    def serve(self, client):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(GIVE_UP_S)
        mode, number = self.mode()
        try:
            server = self.connect()
        except OSError:
            reset(client)
            return

        def pump(way):
            try:
                way(client, server, mode, number)
            except (OSError, ValueError):
                pass

        there = threading.Thread(target=pump, args=(self.requests,), daemon=True)
        there.start()
        pump(self.answers)
        there.join(GIVE_UP_S)
        client.close()
        server.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", type=endpoint, required=True)
    parser.add_argument("--upstream", type=endpoint, required=True)
    parser.add_argument("--mode-file")
    parser.add_argument("--record")
    options = parser.parse_args()
    proxy = Proxy(options.upstream, options.mode_file, options.record)
    family = socket.AF_INET6 if ":" in options.listen[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(options.listen)
    listener.listen(128)
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=proxy.serve, args=(client,), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
