#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 60 s
SERVER=knot
. "$(dirname "$0")/dns-client.sh"
