"""Ingest documents: the same as ``gendergpt ingest``, by default of the folder ``corpus``."""

import sys

try:
    from gendergpt.cli import main
except ImportError:
    sys.exit(
        "GenderGPT is not installed for this Python; run `make setup` and use .venv/bin/python"
    )

if __name__ == "__main__":
    sys.exit(main(["ingest", *(sys.argv[1:] or ["corpus"])]))
