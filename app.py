"""Serve the web chat: the same as ``gendergpt serve``."""

import sys

try:
    from gendergpt.cli import main
except ImportError:
    sys.exit(
        "GenderGPT is not installed for this Python; run `make setup` and use .venv/bin/python"
    )

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
