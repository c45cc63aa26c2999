#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Where in the memory of a process a secret lies.

    secret_in_memory.py PID BASE64

Prints a line "FORM FLAGS" for each place: FORM is raw, base64, hex, or inner and outer (the key as HMAC pads it, with which one can
sign just as well); FLAGS are "locked,not-dumped" as far as they hold for the pages there. Needs the right to trace the process.
"""
import base64
import re
import sys


def regions(pid):
    """(start, end, flags) of everything that can be read."""
    found = []
    with open("/proc/%s/smaps" % pid, encoding="utf-8") as smaps:
        for line in smaps:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if head:
                found.append([int(head[1], 16), int(head[2], 16), ""])
            elif re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                found.append([0, 0, ""])
            elif line.startswith("VmFlags:"):
                words = line.split()
                found[-1][2] = ",".join(name for flag, name in (("lo", "locked"), ("dd", "not-dumped")) if flag in words)
    return [region for region in found if region[1] > region[0]]


def main():
    pid, text = sys.argv[1:]
    raw = base64.b64decode(text)
    needles = {
        "raw": raw,
        "base64": text.rstrip("=").encode(),
        "hex": raw.hex().encode(),
        "inner": bytes(octet ^ 0x36 for octet in raw),
        "outer": bytes(octet ^ 0x5C for octet in raw),
    }
    with open("/proc/%s/mem" % pid, "rb", 0) as memory:
        for start, end, flags in regions(pid):
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except (OSError, OverflowError, ValueError):  # [vvar] and the like
                continue
            for form, needle in needles.items():
                for _ in range(content.count(needle)):
                    print(form, flags or "-")


if __name__ == "__main__":
    main()
