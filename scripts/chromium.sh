#!/bin/sh
# See to it that there is a Chromium for the browser tests; install Debian's where that is allowed.
# Where it is not, browser tests are skipped; with CI=true that is an error.
set -eu

have_chromium() {
    command -v "${GENDERGPT_CHROMIUM:-chromium}" >/dev/null
}

install_chromium() {
    command -v apt-get || return 1
    if [ "$(id -u)" = 0 ]; then as_root="env"; else as_root="sudo -n env"; fi
    $as_root true || return 1
    $as_root DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
        $as_root DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core
}

if have_chromium; then exit 0; fi
echo "Looking for a way to install Debian's chromium for the browser tests ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if install_chromium >"$log" 2>&1 && have_chromium; then exit 0; fi

tail -n 5 "$log" >&2
if [ "${CI:-}" = true ]; then
    echo "Chromium could not be installed (see above), and CI must run the browser tests." >&2
    exit 1
fi
echo "Browser tests will be skipped: there is no Chromium, and it could not be installed." >&2
echo "To run them: sudo apt-get install chromium" >&2
