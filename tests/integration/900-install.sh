#!/bin/bash
# SPDX-License-Identifier: MIT
# Lasts: 40 s
#
# What: make install puts everything in its place below DESTDIR, systemd takes the unit, an edited configuration is left
#       alone, another prefix is followed, and uninstall takes away what install brought.
set -u
cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL
build=${BUILD:-$PWD/build}
tree=$(mktemp -d "${TMPDIR:-/tmp}/repointd-install.XXXXXX")
trap 'rm -rf "$tree"' EXIT
told=0 failed=0

# tell NAME COMMAND...: "ok" if the command succeeds; its output is shown if it does not.
tell()
{
    local name=$1 verdict=ok
    shift
    "$@" >"$tree.log" 2>&1 || { verdict="not ok" failed=1; }
    told=$((told + 1))
    echo "$verdict $told - $name"
    [ "$verdict" = ok ] || sed 's/^/# /' "$tree.log"
    rm -f "$tree.log"
}

# Files below a folder, with modes.
listing() { (cd "$1" && find . -type f -printf '%m %P\n' | sort -k2); }

make_in() { make BUILD="$build" DESTDIR="$1" PREFIX="$2" "$3"; }

# Without a word: a key that systemd does not know is only a warning to it. The tree is lent the targets that every unit
# refers to, which on a real machine are there.
verify()
{
    cp -a "$1" "$tree/verify-tree"
    cp -a /lib/systemd/system/*.target "$tree/verify-tree/usr/lib/systemd/system/"
    local words
    words=$(systemd-analyze verify --man=no --root="$tree/verify-tree" repointd.service 2>&1) && [ -z "$words" ] && return
    echo "$words"
    return 1
}

if [ ! -e systemd/repointd.service ]; then
    echo "ok 1 - install # SKIP no systemd/repointd.service yet"
    echo "1..1"
    exit 0
fi

tell "install below DESTDIR" make_in "$tree/usr-tree" /usr install
{
    echo "640 etc/repointd/repointd.yaml"
    echo "755 usr/bin/repointctl"
    echo "755 usr/sbin/repointd"
    echo "644 usr/lib/systemd/catalog/repointd.catalog"
    echo "644 usr/lib/systemd/system/repointd.service"
    echo "644 usr/lib/sysusers.d/repointd.conf"
    echo "644 usr/share/bash-completion/completions/repointctl"
    echo "644 usr/share/man/man1/repointctl.1"
    echo "644 usr/share/man/man5/repointd.yaml.5"
    echo "644 usr/share/man/man7/repointd-hooks.7"
    echo "644 usr/share/man/man8/repointd.8"
    for file in conf/examples/*; do echo "644 usr/share/doc/repointd/examples/${file##*/}"; done
} | sort -k2 >"$tree/expected"
listing "$tree/usr-tree" >"$tree/found"
tell "these files and no others" diff "$tree/expected" "$tree/found"
unit=$tree/usr-tree/usr/lib/systemd/system/repointd.service
tell "systemd takes the unit" verify "$tree/usr-tree"
tell "the sandbox scores 1.5 at the most" \
    systemd-analyze security --offline=true --threshold=15 --no-pager "$unit"
mkdir "$unit.d"
cp "$tree/usr-tree/usr/share/doc/repointd/examples/relax-exec.conf" "$unit.d/"
rm -rf "$tree/verify-tree"
tell "and the drop-in for programs" verify "$tree/usr-tree"
rm -r "$unit.d"
tell "the installed configuration is good" "$tree/usr-tree/usr/sbin/repointd" --check-config \
    "$tree/usr-tree/etc/repointd/repointd.yaml"

echo "# mine" >>"$tree/usr-tree/etc/repointd/repointd.yaml"
tell "install again" make_in "$tree/usr-tree" /usr install
tell "an edited configuration is left alone" grep -qx '# mine' "$tree/usr-tree/etc/repointd/repointd.yaml"

tell "install below another prefix" make_in "$tree/opt-tree" /opt/repointd install
unit=$tree/opt-tree/opt/repointd/lib/systemd/system/repointd.service
tell "its unit names no program below /usr" sh -c "! grep '/usr/s*bin/repoint' '$unit'"
tell "its unit starts the program there" grep '^ExecStart=/opt/repointd/sbin/repointd' "$unit"

tell "uninstall" make_in "$tree/usr-tree" /usr uninstall
listing "$tree/usr-tree" >"$tree/found"
tell "the configuration alone is left" diff - "$tree/found" <<<"640 etc/repointd/repointd.yaml"
echo "1..$told"
exit "$failed"
