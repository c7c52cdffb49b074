"""Body: lines joined into blocks, page by page, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from gendergpt.layout.footnotes import opens_note
from gendergpt.layout.order import in_reading_order
from gendergpt.layout.rows import (
    BULLET,
    CLOSED,
    NUMBERED,
    TAIL,
    Pages,
    Row,
    end_bottom,
    opens_item,
    share_column,
    step,
)
from gendergpt.types import Block, BlockKind

_TIGHT = 1.1
_LONE_MARKER = re.compile(r"\(?(?:\d{1,3}|[^\W\d_]|[ivxlc]{1,5}|[IVXLC]{1,5})[.)]")
_DASH = re.compile(r"[\u2013\u2014-]\s+(?=\S)")


def body_blocks(pages: Pages, body: float) -> Iterator[Block]:
    """Join lines into blocks, page by page, in reading order."""
    numbered = _has_numbered_paragraphs(pages)
    for rows in pages:
        leading = _leading(rows, body)
        for group in in_reading_order(_groups(rows, leading)):
            yield _block(group, numbered)


def _has_numbered_paragraphs(pages: Pages) -> bool:
    """Whether numbers such as "27." count paragraphs through the document rather than items."""
    numbers = [
        int(match.group(1))
        for rows in pages
        for row in rows
        if row.kind is None and (match := NUMBERED.match(row.words))
    ]
    return len([1 for a, b in pairwise(numbers) if b == a + 1 and b > 8]) >= 3


def _leading(rows: list[Row], body: float) -> float:
    """Return the usual distance between body lines in type sizes, at least that of tight text."""
    gaps = [
        step(before, row) / body
        for before, row in pairwise(rows)
        if before.kind is None and row.kind is None and body and abs(row.line.size - body) < 0.5
    ]
    usual = [gap for gap in gaps if 0.5 < gap < 3]
    return max(median(usual), _TIGHT) if usual else _TIGHT


def _groups(rows: list[Row], leading: float) -> Iterator[list[Row]]:
    """Yield the lines of each block of a page."""
    group: list[Row] = []
    width = 0.0
    for row in rows:
        if group and _breaks(group, row, leading, width):
            yield group
            group, width = [], 0.0
        group.append(row)
        width = max(width, row.line.right)
    if group:
        yield group


def _breaks(group: list[Row], row: Row, leading: float, width: float) -> bool:
    """Whether a new block begins with this line; ``width`` is the group's right edge so far."""
    before = group[-1]
    if row.kind is not before.kind or row.group != before.group:
        return True
    if row.kind is BlockKind.FOOTNOTE:
        return opens_note(before, row)
    if row.kind is BlockKind.FURNITURE:
        return True
    if row.kind is not None:
        return False
    return _breaks_body(group, row, leading, width)


def _is_note_reference(before: Row, row: Row) -> bool:
    """Whether a line is only the mark of a footnote, raised at the end of the line before it."""
    near = abs(row.line.left - before.line.right) < before.line.size
    return near and len(row.words) <= 5 and row.line.size < 0.9 * before.line.size


def _breaks_body(group: list[Row], row: Row, leading: float, width: float) -> bool:
    before = group[-1]
    if _breaks_column(before, row, width):
        return True
    if opens_item(row.words):
        return not (_is_lone_marker(before.words) or _is_inserted(group, row))
    if _is_lone_marker(before.words) or _is_note_reference(before, row):
        return False
    if len(group) > 1 and _is_note_reference(group[-2], before):
        before = group[-2]
    closed = bool(CLOSED.search(before.words[-TAIL:]))
    if NUMBERED.match(row.words) and (closed or before.words[-1] in ":;"):
        return True
    if not row.line.size:
        return closed and len(before.words) < 0.75 * max(len(r.words) for r in group)
    if _differs_in_size(before, row) and (closed or not _reads_on(before, row)):
        return True
    return _breaks_by_place(before, row, leading, width, closed, len(group) > 1)


def _breaks_column(before: Row, row: Row, width: float) -> bool:
    """Whether a line stands far above the one before it, yet not in the next column.

    Text goes on at the top of a column only to the right of all that it had so far. Lines that run
    from right to left are let pass.
    """
    size = row.line.size
    if not size or row.line.bottom < end_bottom(before) + 1.5 * max(size, before.line.size):
        return False
    return before.line.left <= before.line.right and row.line.left < width - size


def _is_inserted(group: list[Row], row: Row) -> bool:
    """Whether a line's dash sets off part of the sentence before it rather than an item."""
    before, first = group[-1], group[0]
    if not _DASH.match(row.words) or _DASH.match(first.words) or not row.line.size:
        return False
    goes_on = row.words.lstrip("\u2013\u2014- ")[:1].islower() and before.words[-1].isalnum()
    flush = abs(row.line.left - before.line.left) < 0.5 * row.line.size
    return goes_on and flush and 0 < step(before, row) < 1.6 * row.line.size


def _differs_in_size(before: Row, row: Row) -> bool:
    return abs(row.line.size - before.line.size) > 0.12 * row.line.size


def _reads_on(before: Row, row: Row) -> bool:
    """Whether a line takes up the sentence before it, although small capitals or marks differ."""
    larger = max(row.line.size, before.line.size)
    near = abs(step(before, row)) < 1.5 * larger and share_column(before, row)
    return near and row.words[0].islower() and larger < 1.5 * min(row.line.size, before.line.size)


def _breaks_by_place(
    before: Row, row: Row, leading: float, width: float, closed: bool, several: bool
) -> bool:
    """Whether gap, indent or a short last line part two lines of the same size.

    ``closed``: the first of them ends a sentence; ``several``: it is not the first of its block.
    """
    size = row.line.size
    gap = step(before, row)
    if gap < -0.3 * size:
        beside = abs(row.line.left - before.line.right) < size
        return not beside and (closed or before.line.bold != row.line.bold)
    if gap > 1.3 * leading * size:
        return True
    if not closed or gap < 0.3 * size:
        return False
    indented = row.line.left > before.line.left + 0.8 * size
    outdented = several and row.line.left < before.line.left - 0.8 * size
    short = before.line.right < width - 6 * size
    return indented or outdented or short


def _is_lone_marker(words: str) -> bool:
    return len(words) <= 7 and bool(BULLET.fullmatch(words) or _LONE_MARKER.fullmatch(words))


def _block(group: list[Row], numbered: bool) -> Block:
    first = group[0]
    kind = first.kind or _body_kind(group, numbered)
    return Block(kind, first.page, first.line.start, group[-1].line.end, level=first.level)


def _body_kind(group: list[Row], numbered: bool) -> BlockKind:
    words = group[0].words
    if opens_item(words) or _is_lone_marker(words):
        return BlockKind.LIST_ITEM
    short = sum(len(row.words) for row in group) <= 200
    if NUMBERED.match(words) and short and not numbered:
        return BlockKind.LIST_ITEM
    return BlockKind.PARAGRAPH
