#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=pdns
# shellcheck source=tests/integration/apex.sh
. "$(dirname "$0")/apex.sh"
