"""Tables as text: every row carries its header, "header: cell; header: cell"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gendergpt.readers.writing import Writer
from gendergpt.types import BlockKind

_SPAN = 200
"""Most columns or rows that one cell is taken to span; files may claim billions."""
_HEADER_CHARACTERS = 80
_FIGURE = re.compile(r"[\d\s.,:%/()+\u2013-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's words, and how many columns and rows it spans."""

    words: str
    columns: int = 1
    rows: int = 1


def write_table(writer: Writer, rows: Sequence[Sequence[Cell]], headers: int | None) -> None:
    """Write a block for each row below the header, empty cells left out.

    Args:
        writer: where to.
        rows: the cells as they stand in the file; a merged cell once, where it begins.
        headers: number of header rows, or None where the file does not say; then the first row is
            one if it reads like one.
    """
    grid = _grid(rows, headers or 0)
    if headers is None:
        headers = 1 if len(grid) > 1 and _is_header(grid[0]) else 0
    names = _names(grid[:headers])
    for row in grid[headers:]:
        writer.add(BlockKind.TABLE, as_row(names, row))


def as_row(names: Sequence[str], cells: Sequence[str]) -> str:
    """Return "name: cell; name: cell"; cells without a name stand alone, empty ones not at all."""
    padded = [*names, *[""] * (len(cells) - len(names))]
    pairs = [(name, cell) for name, cell in zip(padded, cells, strict=False) if cell]
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs)


def _grid(rows: Sequence[Sequence[Cell]], headers: int) -> list[list[str]]:
    """Lay the cells out: words over several rows are repeated, over several columns are not.

    In header rows they are repeated over columns, too, since they head each of them.
    """
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            _fill(line, hanging)
            width = max(1, min(cell.columns, _SPAN))
            shown = [cell.words, *[cell.words if number < headers else ""] * (width - 1)]
            if cell.rows > 1:
                for column, words in enumerate(shown, len(line)):
                    hanging[column] = (min(cell.rows, _SPAN) - 1, words)
            line += shown
        _fill(line, hanging)
        grid.append(line)
    return grid


def _fill(line: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Put in what hangs down from cells above at the line's end."""
    while (column := len(line)) in hanging:
        left, words = hanging.pop(column)
        line.append(words)
        if left > 1:
            hanging[column] = (left - 1, words)


def _names(headers: Sequence[Sequence[str]]) -> list[str]:
    """Return one name a column; headers that stand on several rows are joined."""
    width = max((len(row) for row in headers), default=0)
    columns = [[row[column] for row in headers if column < len(row)] for column in range(width)]
    return [" ".join(dict.fromkeys(word for word in column if word)) for column in columns]


def _is_header(cells: Sequence[str]) -> bool:
    """Whether a first row holds short, different names in at least two columns."""
    named = [cell for cell in cells if cell]
    if len(named) < 2 or len(named) < len(cells) - 1 or len(set(named)) < len(named):
        return False
    return all(
        len(cell) <= _HEADER_CHARACTERS
        and not cell.endswith((".", ";"))
        and not _FIGURE.fullmatch(cell)
        for cell in named
    )
