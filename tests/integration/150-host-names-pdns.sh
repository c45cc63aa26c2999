#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=pdns
# shellcheck source=tests/integration/host-names.sh
. "$(dirname "$0")/host-names.sh"
