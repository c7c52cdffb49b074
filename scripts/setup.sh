#!/bin/sh
# Make .venv and install GenderGPT into it: sh scripts/setup.sh [EXTRA...]
# What is installed is noted in .venv/.installed-*: while pyproject.toml and constraints.txt stay
# the same, a second run does nothing. Needs a POSIX shell and Python 3.11 to 3.13.
set -eu
cd "$(dirname "$0")/.."
needed_megabytes=3000

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

in_range() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

has_venv() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

find_python() {
    without_venv=
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        in_range "$python" || continue
        if has_venv "$python"; then return; fi
        without_venv=$python
    done
    [ -z "$without_venv" ] || stop "$without_venv lacks the module venv, which makes .venv." \
        "Install it (on Debian and Ubuntu: apt-get install python3-venv), then try again."
    stop "GenderGPT needs Python 3.11, 3.12 or 3.13, and ${PYTHON:-python3} is none of them." \
        "Install one, or name the one to use: make setup PYTHON=/path/to/python3.12"
}

make_venv() {
    find_python
    free=$(df -Pm . | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$needed_megabytes" ] || stop \
        "Installing needs about $needed_megabytes MB of disk space; only $free MB are free here." \
        "Free some space, or move this folder to a larger disk, then try again."
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv || stop "$python could not make .venv; its message is above." \
        "Mend that, or name another Python: make setup PYTHON=/path/to/python3.12"
}

pip_install() {
    .venv/bin/python -m pip install -qq --disable-pip-version-check -c constraints.txt "$@" ||
        stop "Installing failed; pip's message is above." \
            "Check the network and the disk space, then try again."
}

# An environment works only where it was made, so one that came along with a copy is made anew.
usable_venv() {
    grep -qF "$(pwd -P)/.venv" .venv/bin/activate 2>/dev/null && in_range .venv/bin/python &&
        .venv/bin/python -c 'import pip' 2>/dev/null
}

# Changes whenever something has to be installed again.
state=$(cat pyproject.toml constraints.txt | cksum)

is_done() {
    for part in base "$@"; do
        [ "$(cat ".venv/.installed-$part" 2>/dev/null)" = "$state" ] || return 1
    done
}

if ! usable_venv; then make_venv; fi
if is_done "$@"; then exit 0; fi
extras=$(echo "$*" | tr ' ' ',')
echo "Installing GenderGPT and what it needs into .venv; the first time takes some minutes ..."
# Torch first and pinned: left to itself, pip may take another build, several gigabytes large.
pip_install torch
pip_install -e ".${extras:+[$extras]}"
for part in base "$@"; do
    echo "$state" >".venv/.installed-$part"
done
echo "Installed."
