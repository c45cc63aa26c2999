#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
# shellcheck source=tests/integration/model.sh
. "$(dirname "$0")/model.sh"
