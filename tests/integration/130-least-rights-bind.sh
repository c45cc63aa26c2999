#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=bind
# shellcheck source=tests/integration/least-rights.sh
. "$(dirname "$0")/least-rights.sh"
