#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 30 s
SERVER=bind
# shellcheck source=tests/integration/batches.sh
. "$(dirname "$0")/batches.sh"
