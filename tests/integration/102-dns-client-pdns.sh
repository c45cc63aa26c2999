#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 60 s
SERVER=pdns
. "$(dirname "$0")/dns-client.sh"
