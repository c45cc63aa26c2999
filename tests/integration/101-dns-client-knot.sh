#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=knot
. "$(dirname "$0")/dns-client.sh"
