#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 50 s
SERVER=pdns
# shellcheck source=tests/integration/update-faults.sh
. "$(dirname "$0")/update-faults.sh"
