#!/bin/sh
# Make .venv: the Python packages of requirements.lock, each checked against its hash, and the `noac` command.
# Does nothing when that has been done for this lock file already. Needs only python3 (3.11 or newer).
set -eu
cd -- "$(dirname -- "$0")/.."

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
            printf '%s' "$name"
            return
        fi
    done
    say "NOAC needs Python 3.11 or newer and found none. Debian 12 and Raspberry Pi OS 12 bring it:"
    say "  sudo apt-get install -y python3"
    exit 1
}

make_venv() {
    python=$1
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv
        return
    fi
    if command -v apt-get >/dev/null 2>&1; then
        say "Python's venv module is missing; installing python3-venv"
        if [ "$(id -u)" -eq 0 ]; then sudo=''; else sudo='sudo -n'; fi
        install="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300"
        if { $install update -q && $install install -q -y --no-install-recommends python3-venv; } >&2 2>/dev/null \
            && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            "$python" -m venv .venv
            return
        fi
    fi
    if "$python" -m virtualenv --version >/dev/null 2>&1; then
        "$python" -m virtualenv -q .venv
        return
    fi
    say "A virtual environment cannot be made: Python's venv module is missing. This brings it:"
    say "  sudo apt-get install -y python3-venv"
    exit 1
}

pip() { # says only what went wrong, asks nothing; which index to use is this machine's own affair
    .venv/bin/python -m pip -qq --no-input --disable-pip-version-check "$@" >&2
}

mkdir -p .venv
exec 9>.venv/.setup-lock
if command -v flock >/dev/null 2>&1; then flock 9; fi

if ! [ -x .venv/bin/python ] || ! is_new_enough .venv/bin/python || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    make_venv "$python"
fi

stamp=.venv/.noac-setup
wanted="$(cat requirements.lock pyproject.toml setup/environment.sh | cksum) at=$(pwd)"
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    rm -f "$stamp"
    say "Installing Python packages (once; this takes a minute or two)"
    pip install --require-hashes -r requirements.lock
    pip install --no-deps --no-build-isolation --editable .
    printf '%s\n' "$wanted" >"$stamp"
fi
