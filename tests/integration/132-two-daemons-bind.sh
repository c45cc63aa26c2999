#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 40 s
SERVER=bind
# shellcheck source=tests/integration/two-daemons.sh
. "$(dirname "$0")/two-daemons.sh"
