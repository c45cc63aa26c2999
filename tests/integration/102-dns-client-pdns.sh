#!/bin/bash
# SPDX-License-Identifier: MIT
SERVER=pdns
. "$(dirname "$0")/dns-client.sh"
