#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 20 s
SERVER=knot
# shellcheck source=tests/integration/signed.sh
. "$(dirname "$0")/signed.sh"
