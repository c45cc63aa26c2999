#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: docs/api.md, on BIND.
# What:  each example of the page, run with curl; each path of the daemon stands on the page, in its table and in an example.
# Names: CLI-3, DOC-1.
ZONE=example.com
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"
# shellcheck source=tests/integration/transcript.sh
. "$TESTS/integration/transcript.sh"

start_example
tell_page api.md
sed -n 's|^#define PROTOCOL_PATH_[A-Z_]* *"\(.*\)"|\1|p' "$TESTS/../include/app/protocol.h" | sort >"$DIR/paths"
ok "there are many paths" [ "$(wc -l <"$DIR/paths")" -gt 15 ]
is "each path has its row" "$(sed -n 's/^| `\(\/v1[^`]*\)`.*/\1/p' "$PAGES/api.md" | sort | diff - "$DIR/paths")" ""
is "and an example" "$(grep -oE '^\$ .*localhost/v1/[a-z-]+' "$PAGES/api.md" | sed 's|.*localhost||' | sort -u | diff - "$DIR/paths")" ""
done_testing
