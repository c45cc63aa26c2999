#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where: the completion of repointctl, as bash does it: the installed file, loaded by bash-completion, with a daemon that runs,
#        with one that stands still, and with none.
# What:  commands and options out of the table, names from the daemon; nothing is said and nobody waits where none answers.
# Names: CLI-14, PKG-11.
# shellcheck source=tests/integration/daemon.sh
. "$(dirname "$0")/daemon.sh"

REPOINTCTL=${REPOINTCTL:-$BUILD/repointctl}
LIBRARY=/usr/share/bash-completion/bash_completion
[ -e $LIBRARY ] || { skip "completion" "no bash-completion"; done_testing; }
new_key repointd hmac-sha256
NS_PORT=53 # nobody is there: what this is about needs no name server
write_config 'audit: 1h' <<CONFIG
$(quick_check)
records:
  www.$ZONE: {check: web, primary: {address: [$P4], label: fra1}, secondary: $S4}
  six.$ZONE: {check: web, primary: $P6, secondary: $S6}
  cname.$ZONE: {check: web, primary: lb1.example.org, secondary: lb2.example.org}
CONFIG
mkdir -p "$DIR/bin"
ln -s "$(realpath "$REPOINTCTL")" "$DIR/bin/repointctl"
start_daemon

# What bash offers when Tab is pressed at the end of this line, sorted, on one line. A shell of its own each time, as people have.
tab() # LINE
{
    RUNTIME_DIRECTORY=${SOCKETS:-$DIR/run} PATH=$DIR/bin:$PATH bash --norc -c '
        . '$LIBRARY'
        . '"$TESTS"'/../conf/bash-completion/repointctl
        COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9
        # As readline breaks words.
        mapfile -t COMP_WORDS < <(sed -E "s/([:=]+)/ \1 /g; s/ +/\n/g" <<<"$1" | sed "/^$/d")
        case $1 in *[:\ =]) COMP_WORDS+=("") ;; esac
        case $1 in *[:=]) unset "COMP_WORDS[-1]" ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _repointctl repointctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd" "' tab "$1" 2>&1
}

say "out of the table"
is "commands" "$(tab 'repointctl fail')" "failback failover"
"$REPOINTCTL" --help | awk '/^$/ { n++ } n == 1' >"$DIR/help"
is "each of them" "$(tab 'repointctl ')" "$({ cut -c3-12 "$DIR/help"; cut -c41-50 "$DIR/help"; } | grep -o '[a-z-]*' | sort | paste -sd' ')"
is "options of a command" "$(tab 'repointctl hold --')" "--all --color --for --help --json --no-wait --reason --socket"
is "words of an option" "$(tab 'repointctl status --color ')" "always auto never"
is "behind an equals sign" "$(tab 'repointctl status --color=a')" "always auto"
say "from the daemon"
is "records" "$(tab 'repointctl status ')" "cname.$ZONE six.$ZONE www.$ZONE"
is "that begin so" "$(tab 'repointctl explain w')" "www.$ZONE"
is "their targets" "$(tab "repointctl failover www.$ZONE --to ")" "fra1 primary secondary"
is "labels and addresses" "$(tab 'repointctl drain 1')" "192.0.2.250 198.51.100.76"
is "an IPv6 address is taken up behind its last colon" "$(tab 'repointctl drain 2001:db8:1::2')" "250"
is "checks" "$(tab 'repointctl heartbeat ')" "web"
is "words of an argument" "$(tab "repointctl heartbeat web $P4 ")" "down up"
say "no daemon"
freeze_process repointd
began=$(now_ms)
is "one that stands still knows no names" "$(tab 'repointctl status ')" ""
ok "and nobody waits for it" [ $(($(now_ms) - began)) -lt 4000 ]
thaw_process repointd
stop repointd
began=$(now_ms)
is "none knows no names" "$(tab 'repointctl status ')" ""
ok "at once" [ $(($(now_ms) - began)) -lt 1500 ]
is "commands are there all the same" "$(tab 'repointctl stat')" "status"
is "nothing is said, and it is no failure" "$(SOCKETS=/nowhere tab 'repointctl status ')" ""
done_testing
