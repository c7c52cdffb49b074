#!/bin/sh
# Ingest corpus/, print one cited answer, serve the web chat: sh scripts/run.sh PORT
set -eu
cd "$(dirname "$0")/.."
port=$1

# Told before the work starts; `serve` looks again.
.venv/bin/python scripts/check_port.py "$port"
.venv/bin/gendergpt ingest corpus || [ $? = 1 ] # 1: done, but some files could not be read
exec .venv/bin/gendergpt serve --port "$port" \
	--ask "Which five approaches does DCAF's border management tool recommend?"
