"""Headings: what the outline names, else lines set larger or bolder than the body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gendergpt.layout.rows import (
    BULLET,
    LARGE,
    SECTION,
    STOP,
    TAIL,
    OutlineEntry,
    Pages,
    Row,
    opens_item,
    share_column,
    step,
)
from gendergpt.types import BlockKind

_HEADING_CHARACTERS = 250
_HEADING_LINES = 4
_LEAD_IN_CHARACTERS = 120
_HEADING_LEVELS = 6

_Style = tuple[int, bool]


def mark_outline(pages: Pages, outline: Sequence[OutlineEntry]) -> None:
    """Claim the lines that the outline names, on the page that it names."""
    for group, entry in enumerate(outline, 1):
        wanted = _letters(entry.title)
        if not wanted or not 0 <= entry.page < len(pages):
            continue
        for row in _matching_rows(pages[entry.page], wanted):
            row.kind, row.group = BlockKind.HEADING, -group
            row.level = min(max(entry.level, 1), _HEADING_LEVELS)


def _letters(words: str) -> str:
    """Return letters and digits only, so that spaces and dashes do not matter."""
    return "".join(char for char in words.casefold() if char.isalnum())


def _matching_rows(rows: list[Row], wanted: str) -> list[Row]:
    """Return the one to four lines in a row that say just what is wanted, or none."""
    free = [row for row in rows if row.kind is None]
    for first in range(len(free)):
        said = ""
        for last in range(first, min(first + _HEADING_LINES, len(free))):
            said += _letters(free[last].words)
            if said == wanted:
                return free[first : last + 1]
            if not wanted.startswith(said):
                break
    return []


def mark_headings(pages: Pages, body: float) -> None:
    """Claim lines that are set as headings; without sizes, short numbered lines.

    What the outline named already sets the level of its style; other styles rank beneath it.
    """
    known: dict[_Style, int] = {}
    for row in (row for rows in pages for row in rows if row.kind is BlockKind.HEADING):
        known[_style(row)] = min(row.level, known.get(_style(row), row.level))
    found = [run for rows in pages for run in _heading_runs(rows, body)]
    levels = _levels_beneath(found, known) if known else _levels(found, len(pages))
    for group, run in enumerate(found, 1):
        for row in run:
            row.kind, row.group = BlockKind.HEADING, group
            row.level = levels[_style(run[0])]


def _style(row: Row) -> _Style:
    return round(row.line.size), row.line.bold


def _levels(runs: list[list[Row]], pages: int) -> dict[_Style, int]:
    """Rank heading styles: larger before smaller, bold before plain.

    Styles of a single page (covers, diagrams) do not count; they take the level of the next larger
    style that does.
    """
    places: dict[_Style, set[int]] = {}
    for run in runs:
        places.setdefault(_style(run[0]), set()).add(run[0].page)
    needed = 2 if pages > 4 else 1
    levels, rank = {}, 0
    for style in sorted(places, reverse=True):
        rank += len(places[style]) >= needed
        levels[style] = min(max(rank, 1), _HEADING_LEVELS)
    return levels


def _levels_beneath(runs: list[list[Row]], known: dict[_Style, int]) -> dict[_Style, int]:
    """Give each style its level in the outline, or the one beneath those of all larger styles."""
    levels = {}
    for style in {_style(run[0]) for run in runs}:
        above = max((level for other, level in known.items() if other > style), default=0)
        levels[style] = known.get(style, min(above + 1, _HEADING_LEVELS))
    return levels


def _heading_runs(rows: list[Row], body: float) -> Iterator[list[Row]]:
    """Yield runs of lines of one heading style that read like a heading."""
    first = 0
    while first < len(rows):
        last = first
        if rows[first].kind is None and _is_set_apart(rows[first], body):
            while last + 1 < len(rows) and _is_same_heading(rows[last], rows[last + 1]):
                last += 1
            run = rows[first : last + 1]
            if _reads_like_heading(run) and not _is_run_in(rows, first, last, body):
                yield run
        first = last + 1


def _is_set_apart(row: Row, body: float) -> bool:
    line = row.line
    if not body:
        return bool(SECTION.match(row.words)) and len(row.words) <= 100
    if line.size >= LARGE * body or (line.bold and line.size >= 0.95 * body):
        return True
    return line.size >= 0.95 * body and row.words.isupper() and bool(SECTION.match(row.words))


def _is_same_heading(before: Row, row: Row) -> bool:
    """Whether two lines are one heading: same style, close together, no item."""
    if row.kind is not None or not before.line.size or opens_item(row.words):
        return False
    return _style(before) == _style(row) and -0.3 * row.line.size < step(before, row) < (
        1.6 * row.line.size
    )


def _reads_like_heading(run: list[Row]) -> bool:
    words = " ".join(row.words for row in run)
    letters = sum(char.isalpha() for char in words)
    if len(run) > _HEADING_LINES or len(words) > _HEADING_CHARACTERS:
        return False
    if letters < max(2, 0.4 * len(words)) or "://" in words:
        return False
    if len(words) > _LEAD_IN_CHARACTERS and words[-1] == ":":
        return False
    return not (words[-1] in ".,;" or words[0].islower() or BULLET.match(words))


def _is_run_in(rows: list[Row], first: int, last: int, body: float) -> bool:
    """Whether bold words are a stretch of a paragraph: the text around them is one sentence."""
    if not body or rows[first].line.size >= LARGE * body:
        return False
    before = rows[first - 1] if first else None
    after = rows[last + 1] if last + 1 < len(rows) else None
    if before is not None and before.kind is None and _is_close(before, rows[first]):
        return not STOP.search(before.words[-TAIL:])
    if after is not None and after.kind is None and _is_close(rows[last], after):
        return after.words[0].islower()
    return False


def _is_close(before: Row, row: Row) -> bool:
    size = row.line.size
    return -0.3 * size < step(before, row) < 1.6 * size and share_column(before, row)
