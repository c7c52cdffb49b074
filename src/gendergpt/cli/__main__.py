"""``python -m gendergpt.cli``, the same as ``gendergpt``."""

import sys

from gendergpt.cli import main

if __name__ == "__main__":
    sys.exit(main())
