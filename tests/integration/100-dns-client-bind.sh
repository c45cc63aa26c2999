#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=bind
. "$(dirname "$0")/dns-client.sh"
