#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 50 s
SERVER=pdns
# shellcheck source=tests/integration/secondary-lags.sh
. "$(dirname "$0")/secondary-lags.sh"
