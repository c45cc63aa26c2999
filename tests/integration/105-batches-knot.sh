#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 30 s
SERVER=knot
# shellcheck source=tests/integration/batches.sh
. "$(dirname "$0")/batches.sh"
