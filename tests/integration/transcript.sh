# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
#
# Where: sourced after daemon.sh by the stories that tell a page of docs/.
# What:  goes through a page, does what it says, and writes the page anew with what came of it: the page is right if that is the
#        same. UPDATE=yes puts the new one in its place.
# Why:   an example that nobody runs is wrong one day.
#
#   ```console                 each line that begins with "$ " is run; what it prints, in a pipe, and its exit status stand below
#   ```console terminal        the same in a real terminal, 100 columns wide
#   <!-- $ COMMAND -->         is done by the story's own shell and not shown: something dies, something is awaited
#
# What differs from run to run (times, ports, latencies) is replaced by fixed words: transcript_words.py.

REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
PAGES=$(cd "$TESTS/../docs" && pwd)
export RUNTIME_DIRECTORY=$DIR/run
unset NO_COLOR
mkdir -p "$DIR/bin"
ln -sf "$(realpath "$REPOINTCTL")" "$DIR/bin/repointctl"
ln -sf "$(realpath "$REPOINTD")" "$DIR/bin/repointd"
export PATH=$DIR/bin:$PATH

# The paths of an installed daemon, in what is typed and in what is said.
theirs() { sed "s|/run/repointd/|$DIR/run/|g; s|/etc/repointd/|$DIR/|g" <<<"$1"; }
ours() { sed "s|$DIR/run/|/run/repointd/|g; s|$DIR/state/|/var/lib/repointd/|g; s|$DIR/|/etc/repointd/|g"; }
fixed() { ours | /usr/bin/python3 "$TESTS/integration/transcript_words.py" "$NS_PORT"; }

give_up() { bail "$@" "$(tail -n 12 "$DIR/page" | sed 's/^/# /')" >&5; }

# ---- one command ---------------------------------------------------------------------------------------------------------------

in_pipe() # COMMAND
{
    local status=0
    (set -o pipefail; eval "$1") >"$DIR/said" 2>&1 </dev/null || status=$?
    fixed <"$DIR/said"
    printf -- '-> exit %d\n' $status
}

tmux_now() { tmux -S "$DIR/tmux" -f /dev/null "$@"; }

open_terminal()
{
    tmux_now new-session -d -x 100 -y 50 "env PS1='\$ ' bash --norc --noprofile" >/dev/null 2>&1 5>&- 4<&-
    PIDS[tmux]=$(tmux_now display-message -p '#{pid}')
    tmux_now send-keys -l "PROMPT_COMMAND='echo \$? >$DIR/status.new; mv $DIR/status.new $DIR/status'"
    tmux_now send-keys Enter
    wait_until 10 test -e "$DIR/status" || give_up "no terminal"
}

# With what stands on the screen; COLOURS says whether any of it was in colour.
in_terminal() # COMMAND
{
    [ -S "$DIR/tmux" ] || open_terminal
    tmux_now send-keys -l clear
    rm -f "$DIR/status"
    tmux_now send-keys Enter
    wait_until 10 test -e "$DIR/status" || give_up "the terminal does not answer"
    rm -f "$DIR/status"
    tmux_now send-keys -l "$1"
    tmux_now send-keys Enter
    wait_until 100 test -e "$DIR/status" || give_up "the terminal does not answer: $1"
    wait_until 5 eval 'tmux_now capture-pane -p | sed "/^$/d" | tail -n 1 | grep -qx "\\$ *"'
    tmux_now capture-pane -p -e | grep -q $'\e\\[3[0-9]m' && COLOURS=yes
    tmux_now capture-pane -p | sed -E 's/ +$//; /^$/d' | sed -e '1{/^\$ /d}' -e '$d' | fixed
    printf -- '-> exit %d\n' "$(<"$DIR/status")"
}

# ---- the daemon of the pages: docs/operators.md shows its configuration -----------------------------------------------------------

record() { repointctl status --json | jq -e ".records[] | select(.record == \"$1.$ZONE\") | $2" >/dev/null; } # NAME FILTER
settled() { record "$1" ".answer == \"$2\" and .in_dns == true and .condition == \"ok\""; }               # NAME ROLE

# With what the page does not say.
start_example()
{
    local name
    new_key repointd hmac-sha256
    write_zone <<ZONE
www 30 A $P4
mail 30 A $P4
ZONE
    start_bind
    start_site primary $P4
    start_site secondary $S4
    {
        printf '  owner: 4be1c0de77aa0912\nsafety: {start-grace: 1s}\n'
        awk '/^```/ { inside = $0 == "```yaml"; next } inside' "$PAGES/operators.md" |
            sed 's/ *fail-back-delay: 0s/&\n    ttl: 30s\n    max-switches: 100/'
    } | write_config 'audit: 1s' 'timeout: 2s'
    start_daemon
    repointctl heartbeat pulse $P4 up
    for name in www mail; do
        wait_until 15 told owned "record=$name" || bail "$name is not ours"
        wait_until 15 settled $name primary || bail "$name is not served"
    done
}

# ---- a page --------------------------------------------------------------------------------------------------------------------

tell_line() # LINE OF A PAGE: leaves `where`, which is "", in_pipe or in_terminal
{
    case $1 in
    '```console terminal') where=in_terminal ;;
    '```console') where=in_pipe ;;
    '```'*) where= ;;
    '<!-- $ '*' -->')
        local hidden=${1#'<!-- $ '}
        eval "${hidden% -->}" >"$DIR/hidden" 2>&1 || give_up "$hidden: $(tail -n 3 "$DIR/hidden")"
        ;;
    '$ '*)
        printf '%s\n' "$1"
        if [ -n "$where" ]; then $where "$(theirs "${1#'$ '}")"; fi
        return
        ;;
    *) [ -z "$where" ] || return ;;
    esac
    printf '%s\n' "$1"
}

# Tests that the page is what comes of it.
tell_page() # NAME
{
    local line where='' page=$PAGES/$1
    COLOURS=no
    exec 5>&1
    while IFS= read -r line <&4; do tell_line "$line"; done 4<"$page" >"$DIR/page"
    if [ -n "${UPDATE:-}" ]; then cp "$DIR/page" "$page"; fi
    ok "docs/$1 is what happens (UPDATE=yes writes it anew)" diff "$page" "$DIR/page"
}
