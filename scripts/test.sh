#!/bin/sh
# Run every check, the fast ones first; the first failure ends the run.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
# Each test process computes on one core: more of them at once would only wait for one another.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"

step() {
    printf '\n== %s\n' "$1"
    shift
    "$@"
}

sh scripts/chromium.sh
if chromium=$(command -v chromium); then
    export GENDERGPT_CHROMIUM="${GENDERGPT_CHROMIUM:-$chromium}"
fi
step "ruff" $bin/ruff check .
step "ruff format" $bin/ruff format --check .
step "mypy" $bin/mypy
step "import contracts" $bin/lint-imports
step "tests, fast" $bin/pytest -q -n auto -m "not slow and not browser"
step "tests, slow" $bin/pytest -q -n auto --dist loadfile -m "slow and not browser"
step "tests, browser" $bin/pytest -q --durations 15 -m browser
