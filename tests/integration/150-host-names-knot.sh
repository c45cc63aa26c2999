#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
# shellcheck source=tests/integration/host-names.sh
. "$(dirname "$0")/host-names.sh"
