#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
# shellcheck source=tests/integration/frozen.sh
. "$(dirname "$0")/frozen.sh"
