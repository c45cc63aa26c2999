#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 50 s
SERVER=bind
# shellcheck source=tests/integration/broken-line.sh
. "$(dirname "$0")/broken-line.sh"
