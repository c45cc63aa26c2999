#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: between a command of a transcript and the page.
# What:  fixed words in the place of what differs from run to run; a table is laid out anew, as wide as its fixed words are.
# Why:   a page that changed with each run could not be compared.

import re
import sys

SPAN = r"(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ms|s|m)\b"
WORDS = [
    (r"(:|\bport )%s\b" % sys.argv[1], r"\g<1>53"),  # the name server's
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "2026-11-23T14:02:31.204Z"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-23T14:02:31Z"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b", "2026-11-23 14:02:31"),
    (r"\b\d\d:\d\d:\d\d\b", "14:02:31"),
    (r"\b\d+(\.\d+)? ms\b", "3 ms"),
    (r"\bafter \d+\.\d+ s\b", "after 0.1 s"),
    (r"\bserial \d+", "serial 2026112304"),
    (r"^(  in dns .* yes)(?: \(after \d+\.\d+ s\))?$", r"\1 (after 0.1 s)"),  # it is not known of one that was asked later
    (r'"after_ms": null', '"after_ms": 0.42'),
    (r"\(" + SPAN + r"\)", "(6m12s)"),
    (r"\b(was up|was down|failures? in|\) after) " + SPAN, r"\1 6m12s"),
    (r"\d+ (success)(?:es)? in a row(?= \((?:rise|fall))", r"24 \1es in a row"),
    (r"\d+ (failure)s? in a row(?= \((?:rise|fall))", r"24 \1s in a row"),
]
CELLS = [(r"(.*?)\b\d+x", r"\g<1>38x"), (SPAN, "6m12s")]
COLUMNS = {"SERIAL": "2026112304", "LATENCY": "3 ms"}
NUMBERS = {"serial": "2026112304", "streak": "24", "number": "42", "last": "57", "change": "17", "outage_seconds": "12"}


def number(match):
    key, blank, quote = match.groups()
    words = "0.42" if key.endswith("_ms") else "420000" if key.endswith("_usec") else NUMBERS.get(key)
    return '"%s":%s%s%s%s' % (key, blank, quote, words, quote) if words else match.group(0)


def fixed(line):
    for pattern, words in WORDS:
        line = re.sub(pattern, words, line)
    return re.sub(r'"(\w+)":( ?)("?)-?\d+(?:\.\d+)?\3(?=[,}\s]|$)', number, line)


def starts_of(line):
    """Where the columns of a head begin; nothing where it is none."""
    if not re.match(r"[A-Z]+( [A-Z]+)*  ", line):
        return []
    return [match.start() for match in re.finditer(r"(?:^|(?<=  ))\S", line)]


def cell(words, title):
    words = fixed(words.strip())
    if title in COLUMNS and re.match(r"\d", words):
        return COLUMNS[title]
    for pattern, fixed_words in CELLS:
        if re.fullmatch(pattern, words):
            return re.sub(pattern, fixed_words, words)
    return words


def tables(lines):
    """The lines, with each table laid out anew."""
    while lines:
        starts = starts_of(lines[0])
        rows = []
        while starts and lines and all(len(lines[0]) <= s or lines[0][s - 2:s] == "  " for s in starts[1:]):
            ends = starts[1:] + [None]
            rows.append([lines[0][s:e] for s, e in zip(starts, ends)])
            lines = lines[1:]
        if rows:
            titles = [words.strip() for words in rows[0]]
            rows = [titles] + [[cell(w, t) for w, t in zip(row, titles)] for row in rows[1:]]
            widths = [max(len(row[i]) for row in rows) for i in range(len(titles))]
            for row in rows:
                yield "  ".join(w.ljust(n) for w, n in zip(row, widths)).rstrip()
        else:
            yield fixed(lines[0])
            lines = lines[1:]


for text in tables(sys.stdin.read().splitlines()):
    print(text)
