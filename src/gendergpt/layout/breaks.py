"""Page breaks: which block goes on where another broke off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gendergpt.layout.rows import BODY, NUMBERED, SKIPPED, STOP, TAIL
from gendergpt.types import Block, BlockKind

_STRETCH = 80


def join_over_breaks(texts: Sequence[str], blocks: Iterable[Block]) -> Iterator[Block]:
    """Say of each block whether it goes on where the last body block broke off."""
    last: Block | None = None
    apart = False
    for block in blocks:
        if block.kind in SKIPPED:
            apart = True
        elif (
            last is not None and (apart or block.page != last.page) and _goes_on(texts, last, block)
        ):
            block = Block(last.kind, block.page, block.start, block.end, continues=True)
        if block.kind not in SKIPPED:
            last, apart = block, False
        yield block


def _goes_on(texts: Sequence[str], last: Block, block: Block) -> bool:
    """Whether the last block stops in mid-sentence and this one takes the sentence up.

    A capital may take it up on the next page only, and only after a real stretch of text: captions
    and labels end without a full stop, too.
    """
    if last.kind not in BODY or block.kind is not BlockKind.PARAGRAPH:
        return False
    before = texts[last.page][last.start : last.end]
    words = texts[block.page][block.start : block.end][:40]
    if block.page > last.page + 1 or STOP.search(before[-TAIL:]) or NUMBERED.match(words):
        return False
    return words[0].islower() or (block.page > last.page and len(before) >= _STRETCH)
