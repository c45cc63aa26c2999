#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
# shellcheck source=tests/integration/least-rights.sh
. "$(dirname "$0")/least-rights.sh"
