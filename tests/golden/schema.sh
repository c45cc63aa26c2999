#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: make quick and check; rule CFG-13.
# What:  --print-schema is JSON Schema, draft 7; it accepts what loads (the examples, their dumps, the configurations that
#        get warnings) and refuses the bad ones whose first line says "Schema: refused".
# Why:   what spans files or values ("blind") no schema can see. That the two lists are right is a test of the rows.
set -u

here=$(cd "$(dirname "$0")" && pwd)
export REPOINTD=${REPOINTD:-$here/../../build/repointd}
cd "$here/../.." || exit 1
exec /usr/bin/python3 - <<'PYTHON'
import glob
import json
import os
import subprocess
import tempfile

import jsonschema
import yaml

REPOINTD = os.environ["REPOINTD"]
number = 0


def tell(good, words, why=""):
    global number
    number += 1
    print("%s %d - %s%s" % ("ok" if good else "not ok", number, words, "" if good else "\n# " + str(why)))


def run(*arguments):
    return subprocess.run([REPOINTD, *arguments], capture_output=True, text=True, check=False)


def with_words(value):
    """A reader of YAML 1.1 takes the key `on` for a truth; editors read YAML 1.2, where it is a word."""
    if isinstance(value, list):
        return [with_words(item) for item in value]
    if isinstance(value, dict):
        return {"on" if key is True else key: with_words(item) for key, item in value.items()}
    return value


def faults(text):
    return [error.message[:300] for error in validator.iter_errors(with_words(yaml.safe_load(text)))]


printed = run("--print-schema")
schema = json.loads(printed.stdout)
tell(printed.returncode == 0 and schema["$schema"].startswith("http://json-schema.org/draft-07/schema"), "it says draft 7")
try:
    jsonschema.Draft7Validator.check_schema(schema)
    tell(True, "it is a schema")
except jsonschema.SchemaError as error:
    tell(False, "it is a schema", error)
validator = jsonschema.Draft7Validator(schema)

for path in sorted(glob.glob("conf/*.yaml") + glob.glob("conf/examples/*.yaml")):
    found = faults(open(path, encoding="utf-8").read())
    tell(not found, "it accepts " + path, found)
    dump = run("--dump-config", "--config", path)
    found = faults(dump.stdout)
    tell(dump.returncode == 0 and not found, "it accepts the dump of " + path, found)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(dump.stdout)
        file.flush()
        again = run("--dump-config", "--config", file.name)
    strip = lambda text: [line.split(" #")[0].rstrip() for line in text.splitlines()]
    tell(again.returncode == 0 and strip(again.stdout) == strip(dump.stdout), "the dump of %s dumps as itself" % path, again.stderr)

for path in sorted(glob.glob("tests/golden/warn/*.yaml")):
    found = faults(open(path, encoding="utf-8").read())
    tell(not found, "it accepts " + path, found)

for path in sorted(glob.glob("tests/golden/bad/*.yaml")):
    text = open(path, encoding="utf-8", errors="replace").read()
    head = text.split("\n", 1)[0]
    if "Schema: refused" in head:
        tell(faults(text), "it refuses " + path, "accepted")
    elif "Schema: blind" in head:
        try:
            found = faults(text)
        except (yaml.YAMLError, RecursionError, TypeError):
            found = []
        tell(not found, "it cannot see what is wrong with " + path, found)

print("1..%d" % number)
PYTHON
