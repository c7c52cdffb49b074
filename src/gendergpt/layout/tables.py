"""Tables: lines that are mostly figures, or cells set beside one another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from gendergpt.layout.rows import DIGITS, Pages, Row
from gendergpt.types import BlockKind

_NUMBER_WORD = re.compile(r"[$€£%]?[\d.,%/()\-\u2013+]*\d[\d.,%/()\-\u2013+]*[%]?")


def mark_tables(pages: Pages) -> None:
    """Claim runs of lines that are mostly figures, or cells set beside one another."""
    for rows in pages:
        free = [row for row in rows if row.kind is None]
        flags = [_is_figures(row) or jump for row, jump in zip(free, _jumps(free), strict=True)]
        for first, last in _dense_runs(flags):
            for row in free[first : last + 1]:
                row.kind = BlockKind.TABLE


def _is_figures(row: Row) -> bool:
    """Whether at least half of a line's words, and three of them, are figures."""
    if not DIGITS.search(row.words):
        return False
    words = row.words.split()
    figures = sum(bool(_NUMBER_WORD.fullmatch(word)) for word in words)
    return figures >= 2 and figures >= 0.5 * len(words)


def _jumps(rows: list[Row]) -> list[bool]:
    """Say of each line whether it stands beside or above the line before it, to its right."""
    jumps = [False] * len(rows)
    for index, (before, row) in enumerate(pairwise(rows), 1):
        higher = row.line.bottom > before.line.bottom - 0.3 * row.line.size
        near = row.line.bottom < before.line.bottom + 12 * row.line.size
        right = row.line.left >= before.line.right + row.line.size
        jumps[index] = bool(row.line.size) and higher and near and right
    return jumps


def _dense_runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of stretches with at least three flags no more than four lines apart."""
    run: list[int] = []
    for index, flag in enumerate(flags):
        if not flag:
            continue
        if run and index - run[-1] > 4:
            if len(run) >= 3:
                yield max(run[0] - 1, 0), run[-1]
            run = []
        run.append(index)
    if len(run) >= 3:
        yield max(run[0] - 1, 0), run[-1]
