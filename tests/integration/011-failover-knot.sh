#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
# shellcheck source=tests/integration/failover.sh
. "$(dirname "$0")/failover.sh"
