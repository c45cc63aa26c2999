#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=bind
# shellcheck source=tests/integration/frozen.sh
. "$(dirname "$0")/frozen.sh"
