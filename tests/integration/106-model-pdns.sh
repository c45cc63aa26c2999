#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=pdns
# shellcheck source=tests/integration/model.sh
. "$(dirname "$0")/model.sh"
