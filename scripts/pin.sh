#!/bin/sh
# Resolve all dependencies anew and write constraints.txt: sh scripts/pin.sh TORCH_VERSION
# Run it with Python 3.11, the oldest that is supported, then run `make test`.
set -eu
cd "$(dirname "$0")/.."
torch=${1:?"give the version of torch to pin, e.g. sh scripts/pin.sh 2.13.0"}

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"${PYTHON:-python3}" -m venv "$fresh"
"$fresh/bin/pip" install -qq "torch==$torch"
"$fresh/bin/pip" install -qq -e '.[dev,bench,eval]'
{
    echo "# Exact versions of all that GenderGPT, its checks and its benchmarks install, as resolved in"
    echo "# a new environment on $(date +%F) by scripts/pin.sh; not to be edited by hand."
    echo "# Torch has no build suffix here: its CPU build is enough."
    "$fresh/bin/pip" freeze --exclude-editable | sed 's/+cpu$//'
    echo 'audioop-lts==0.2.2; python_version >= "3.13"  # needed by pydub there'
} >"$fresh/constraints.txt"
mv "$fresh/constraints.txt" constraints.txt
