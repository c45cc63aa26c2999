#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
# shellcheck source=tests/integration/update-faults.sh
. "$(dirname "$0")/update-faults.sh"
