#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Where: make deps, with the names of Debian packages as arguments.
# What:  installs those that are missing, and does nothing (offline as well) when none is.
# Why:   a fresh Debian 12 has git and make and no more; `make check` and `make demo` bring the rest themselves. What comes along
#        for tests is not started: a web server that suddenly listens at port 80 is nothing that anybody asked for.
set -eu

if ! command -v dpkg-query >/dev/null; then
    echo "deps: this is no Debian; install what corresponds to: $*" >&2
    exit 1
fi
present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') || true
missing=$(printf '%s\n' "$@" | grep -vxF "$present" | tr '\n' ' ') || true
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "deps: not installed: $missing" >&2
    echo "deps: type this as root: apt-get install --no-install-recommends $missing" >&2
    exit 1
fi
echo "deps: installing $missing"
log=$(mktemp)
policy=/usr/sbin/policy-rc.d ours=
trap 'rm -f "$log"; [ -z "$ours" ] || $as_root rm -f $policy' EXIT
if [ ! -e $policy ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >"$log"
    $as_root chmod 755 $policy
fi
# shellcheck disable=SC2086
if ! { $as_root apt-get -q -o DPkg::Lock::Timeout=300 update &&
       $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
           install --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "deps: apt-get failed, see above" >&2
    exit 1
fi
