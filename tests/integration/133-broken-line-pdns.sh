#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 40 s
SERVER=pdns
# shellcheck source=tests/integration/broken-line.sh
. "$(dirname "$0")/broken-line.sh"
