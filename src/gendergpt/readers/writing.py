"""What readers of marked-up formats share: they write a page's text themselves, block by block."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gendergpt.types import Block, BlockKind

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CLOSE = (BlockKind.LIST_ITEM, BlockKind.TABLE)


@dataclass
class Writer:
    """Collects the text and blocks of one page; ``page`` is its index in the reading.

    ``mark`` is set before the first block of a list item ("- ", "27. ", "term: "); it is written
    before the next words and then gone.
    """

    page: int = 0
    mark: str = ""
    blocks: list[Block] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """All that was written, as the page's own text."""
        return "".join(self._parts)

    def add(self, kind: BlockKind, words: str, level: int = 0) -> None:
        """Add a block after a blank line; items and rows stand close to their like.

        Words that are white space alone are left out. ``level`` is the depth of a heading from 1.
        """
        words = _UNSTORABLE.sub("\ufffd", words).strip()
        if not words:
            return
        words = (self.mark + words).strip()
        self.mark = ""
        close = kind in _CLOSE and bool(self.blocks) and self.blocks[-1].kind is kind
        gap = "" if not self.blocks else "\n" if close else "\n\n"
        start = self._length + len(gap)
        self._parts += [gap, words]
        self._length = start + len(words)
        self.blocks.append(Block(kind, self.page, start, self._length, level=level))


def one_line(words: str) -> str:
    """Return the words with every run of white space as one space, and none at the ends."""
    return " ".join(_UNSTORABLE.sub("\ufffd", words).split())


TYPED_ITEM = re.compile(r"(?:[-*•▪●\u2013—]|\(?(?:[a-z]|[ivx]{1,4})[.)]|\(\d{1,2}\))\s+\S")
"""What opens a list item whose mark was typed by hand; "27. " may open a paragraph and does not."""
