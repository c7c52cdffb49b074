"""Footnotes: small print at the foot of a page or column that opens with a mark."""

from __future__ import annotations

import re

from gendergpt.layout.rows import NOTE_MARK, STOP, TAIL, Pages, Row, share_column, step
from gendergpt.types import BlockKind

_SLASHED = re.compile(r"\d{1,2}/\s+\S")
_SLASHED_LINES = 15
_RAISED_MARK = re.compile(r"\d{1,3}\s+\S")


def mark_footnotes(pages: Pages, body: float) -> None:
    """Claim small print from its first mark down to the foot of the page or column."""
    if body:
        for rows in pages:
            free = [row for row in rows if row.kind is None]
            _mark_page_footnotes(free, body)
            _mark_slashed(free)


def _mark_page_footnotes(rows: list[Row], body: float) -> None:
    index = 0
    while index < len(rows):
        if _opens_footnotes(rows, index, body):
            while index < len(rows) and _is_small(rows[index], body):
                rows[index].kind = BlockKind.FOOTNOTE
                index += 1
        else:
            index += 1


def _mark_slashed(rows: list[Row]) -> None:
    """Claim notes of older documents, in the body's size: from "1/ See" to the end of the page."""
    for index in range(max(len(rows) - _SLASHED_LINES, 1), len(rows)):
        if _SLASHED.match(rows[index].words):
            for row in rows[index:]:
                row.kind = BlockKind.FOOTNOTE
            return


def _is_small(row: Row, body: float) -> bool:
    return row.line.size <= 0.93 * body


def _opens_footnotes(rows: list[Row], index: int, body: float) -> bool:
    """Whether a small line with a mark stands lower than all body text of its column."""
    row = rows[index]
    if not _is_small(row, body) or not _has_mark(row):
        return False
    if index and not _is_raised(row) and _reads_on(rows[index - 1], row):
        return False
    beneath = [other for other in rows if other.line.bottom < row.line.bottom - 1]
    return all(_is_small(other, body) for other in beneath if share_column(row, other))


def _has_mark(row: Row) -> bool:
    raised = _is_raised(row) and _RAISED_MARK.match(row.words)
    return bool(raised or NOTE_MARK.match(row.words))


def _is_raised(row: Row) -> bool:
    return row.line.mark_size < 0.9 * row.line.size


def _reads_on(before: Row, row: Row) -> bool:
    """Whether a small line only goes on with the sentence of the one above it."""
    near = 0 < step(before, row) < 1.6 * row.line.size and share_column(before, row)
    same = abs(before.line.size - row.line.size) < 0.05 * row.line.size
    return near and same and not STOP.search(before.words[-TAIL:])


def opens_note(before: Row, row: Row) -> bool:
    """Whether a line of footnotes begins the next one."""
    if _SLASHED.match(row.words):
        return True
    if not _has_mark(row):
        return False
    return _is_raised(row) or row.words.isdigit() or bool(STOP.search(before.words[-TAIL:]))
