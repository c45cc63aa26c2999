#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=bind
# shellcheck source=tests/integration/not-ours.sh
. "$(dirname "$0")/not-ours.sh"
