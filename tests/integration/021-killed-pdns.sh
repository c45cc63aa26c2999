#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 60 s
SERVER=pdns
# shellcheck source=tests/integration/killed.sh
. "$(dirname "$0")/killed.sh"
