#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 60 s
SERVER=bind
. "$(dirname "$0")/dns-client.sh"
