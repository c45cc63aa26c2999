#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
# shellcheck source=tests/integration/apex.sh
. "$(dirname "$0")/apex.sh"
