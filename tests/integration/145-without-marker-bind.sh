#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 25 s
SERVER=bind
# shellcheck source=tests/integration/without-marker.sh
. "$(dirname "$0")/without-marker.sh"
