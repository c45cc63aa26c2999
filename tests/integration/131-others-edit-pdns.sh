#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 40 s
SERVER=pdns
# shellcheck source=tests/integration/others-edit.sh
. "$(dirname "$0")/others-edit.sh"
