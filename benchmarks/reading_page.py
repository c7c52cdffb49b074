"""The page ``docs/reading.md``: one part per benchmark, each written by its own command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reading.md"

_INTRO = """# Reading

How well files are read, measured on files that nobody on this project made. Each part below stands
between two marks and is made by the command that its first mark names; do not edit it by hand.
"""


def put(command: str, text: str, page: Path = PAGE) -> None:
    """Write ``text`` as the part of the page that ``command`` makes; other parts stay."""
    begin, end = f"<!-- made by `{command}` -->", f"<!-- end of `{command}` -->"
    part = f"{begin}\n\n{text.strip()}\n\n{end}\n"
    old = page.read_text("utf-8") if page.exists() else _INTRO
    found = re.compile(re.escape(begin) + r".*?" + re.escape(end) + r"\n", re.DOTALL)
    new = found.sub(lambda _: part, old) if found.search(old) else f"{old.rstrip()}\n\n{part}"
    page.parent.mkdir(exist_ok=True)
    page.write_text(new, "utf-8")


def table(rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; the first row is its head."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])
