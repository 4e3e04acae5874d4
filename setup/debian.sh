#!/bin/sh
# Install the Debian packages of debian-packages.txt, or of the list beside it that is named, that are missing. Without
# root or password-free sudo, or away from Debian: say exactly what is missing and what is left out for it, and succeed,
# so that the rest can run.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
list=$here/${1:-debian-packages.txt}
lock_timeout_s=300
cluster_conf=/etc/postgresql-common/createcluster.conf

say() { printf '%s\n' "$*" >&2; }

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

any_installed() { # of "a|b"
    for name in $(printf '%s' "$1" | tr '|' ' '); do
        is_installed "$name" && return 0
    done
    return 1
}

available() { # of "a|b": the first this release of Debian has, or else the first
    for name in $(printf '%s' "$1" | tr '|' ' '); do
        candidate=$(LC_ALL=C apt-cache policy "$name" 2>/dev/null | sed -n 's/^ *Candidate: //p')
        if [ -n "$candidate" ] && [ "$candidate" != '(none)' ]; then
            printf '%s' "$name"
            return
        fi
    done
    printf '%s' "${1%%|*}"
}

missing() { # the rows not yet installed
    grep -v '^#' "$list" | while read -r names left_out; do
        any_installed "$names" || printf '%s %s\n' "$names" "$left_out"
    done
}

missing_names() {
    missing | while read -r names _; do printf '%s ' "$(available "$names")"; done
}

report() { # what is still missing, with the one command that brings it
    rows=$(missing)
    [ -n "$rows" ] || return 0
    say "Missing Debian packages, and what is left out without them:"
    printf '%s\n' "$rows" | while read -r names left_out; do
        printf '  %-22s %s\n' "$(available "$names")" "$left_out" >&2
    done
    say "To have everything run:"
    say "  sudo apt-get install -y --no-install-recommends $(missing_names)"
}

if ! command -v apt-get >/dev/null 2>&1; then
    say "This is not Debian, so system packages are left alone. The tests use, where they find them:"
    grep -v '^#' "$list" | while read -r names _; do printf '  %s\n' "${names%%|*}" >&2; done
    exit 0
fi

[ -n "$(missing)" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root() { "$@"; }
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root() { sudo -n "$@"; }
else
    report
    exit 0
fi

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o "DPkg::Lock::Timeout=$lock_timeout_s" \
        -o Dpkg::Options::=--force-confold "$@" >&2
}

apt_get update -q || say "apt-get update failed; trying with the package lists this machine has"

# The tests start PostgreSQL for themselves in a folder of their own. A server that runs on this machine because
# somebody ran the tests would be a surprise, so Debian is asked not to create one, this time only.
wrote_conf=no
if [ ! -e "$cluster_conf" ]; then
    as_root mkdir -p "$(dirname "$cluster_conf")"
    echo 'create_main_cluster = false' | as_root tee "$cluster_conf" >/dev/null
    wrote_conf=yes
fi
forget_conf() { [ "$wrote_conf" = no ] || as_root rm -f "$cluster_conf"; }
trap forget_conf EXIT

names=$(missing_names)
say "Installing $names"
# shellcheck disable=SC2086  # a list of names
if ! apt_get install -q -y --no-install-recommends $names; then
    for name in $names; do # one that cannot be had must not cost the others
        apt_get install -q -y --no-install-recommends "$name" || say "could not install $name"
    done
fi
report
