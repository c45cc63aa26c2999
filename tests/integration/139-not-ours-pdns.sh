#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=pdns
# shellcheck source=tests/integration/not-ours.sh
. "$(dirname "$0")/not-ours.sh"
