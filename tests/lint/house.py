# SPDX-License-Identifier: MIT
#
# Where: under each rule in this folder.
# What:  finds the files of the house, blanks what is no code in them, and tells the verdicts as TAP.
# Why:   every offence is named with file and line, so that an editor can jump to it; a rule whose floor is not there
#        yet is fine.

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
FLOORS = ["base", "model", "core", "config", "io", "app", "ctl", "doc"]

# Headers of the C library and of the kernel; every other one in angle brackets is a library's.
LIBC = re.compile(
    r"^(assert|ctype|dirent|errno|fcntl|fenv|float|fnmatch|getopt|glob|grp|ifaddrs|inttypes|iso646|libgen|limits|locale"
    r"|malloc|math|netdb|poll|pwd|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio"
    r"|stdlib|stdnoreturn|string|strings|syslog|termios|threads|time|uchar|unistd|wchar|wctype"
    r"|(sys|netinet|arpa|net|linux)/[a-z0-9_/]+)\.h$")

_told = 0
_failed = 0


def files(folders, endings=(".c", ".h")):
    """The files below these folders, by their path from the root, in order."""
    found = []
    for folder in folders:
        for path, folders_below, names in os.walk(os.path.join(ROOT, folder)):
            folders_below.sort()
            found += [os.path.relpath(os.path.join(path, n), ROOT) for n in sorted(names) if n.endswith(endings)]
    return found


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


_PARTS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_lines(path):
    """Pairs of line number and line, with comments and strings blanked; the lines of #include stay whole."""
    text = read(path)

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    whole = text.split("\n")
    blanked = _PARTS.sub(blank, text).split("\n")
    return [(n, w if re.match(r"\s*#\s*include", b) else b) for n, (w, b) in enumerate(zip(whole, blanked), 1)]


def includes(path):
    """Triples of line number, '<' or '"', and the name in an #include line."""
    for number, line in code_lines(path):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)


def floor_of(path):
    parts = path.split(os.sep)
    return parts[1] if len(parts) > 2 and parts[0] in ("src", "include") else None


def tell(rule, offences):
    """One TAP line; the offences are texts that begin with FILE:LINE."""
    global _told, _failed
    _told += 1
    _failed += bool(offences)
    print("%s %d - %s" % ("not ok" if offences else "ok", _told, rule))
    for offence in offences:
        print("# " + offence)


def skip(rule, why):
    global _told
    _told += 1
    print("ok %d - %s # SKIP %s" % (_told, rule, why))


def end():
    print("1..%d" % _told)
    sys.exit(1 if _failed else 0)
