#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=bind
# shellcheck source=tests/integration/apex.sh
. "$(dirname "$0")/apex.sh"
