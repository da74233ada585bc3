#!/bin/sh
# Installs what the live tests need: a browser from Debian, browser driver and workflow tools from
# PyPI, the Bluesky server and axe from npm. Safe to run again; what is there is left alone.
set -eu
cd "$(dirname "$0")/../.."
BIN="${BIN:-.venv/bin}"

if ! command -v chromium >/dev/null 2>&1; then
    echo "Installing chromium from Debian ..."
    if [ "$(id -u)" = 0 ]; then SUDO=""; else SUDO="sudo"; fi
    $SUDO apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi

if ! command -v npm >/dev/null 2>&1; then
    echo "The live tests need Node.js 20 or newer with npm; install them first." >&2
    exit 1
fi

stamp="$($BIN/python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' tests/live/requirements.lock)"
if [ "$(cat .venv/.live 2>/dev/null || true)" != "$stamp" ]; then
    echo "Installing the live tests' Python tools ..."
    $BIN/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/live/requirements.lock
    echo "$stamp" > .venv/.live
fi

stamp="$(cksum < tests/live/site/package-lock.json)"
if [ "$(cat tests/live/site/node_modules/.mimin 2>/dev/null || true)" != "$stamp" ]; then
    echo "Installing axe ..."
    (cd tests/live/site && npm ci --silent --ignore-scripts --no-audit --no-fund)
    echo "$stamp" > tests/live/site/node_modules/.mimin
fi

stamp="$($BIN/python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest(), end="")' tests/live/vendors/package-lock.json)"
if [ "$(cat tests/live/vendors/node_modules/.installed-from 2>/dev/null || true)" != "$stamp" ]; then
    echo "Installing the vendors' libraries that count texts ..."
    (cd tests/live/vendors && npm ci --silent --ignore-scripts --no-audit --no-fund)
    printf %s "$stamp" > tests/live/vendors/node_modules/.installed-from
fi
