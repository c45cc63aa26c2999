#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=pdns
# shellcheck source=tests/integration/failover.sh
. "$(dirname "$0")/failover.sh"
