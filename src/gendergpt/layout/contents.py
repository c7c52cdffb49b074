"""Contents: the lines of tables of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from gendergpt.layout.rows import SECTION, STOP, Pages, Row
from gendergpt.types import BlockKind

_LEADERS = re.compile(r"(?:\.{4,}|(?:\. ){3,}|…{2,}|_{4,})[\s.]*(?:\d{1,4}|[ivxlc]{1,7})?$")
_LEADER_CHARACTERS = 200
_ENTRY = re.compile(r"\S.{2,150}\s(\d{1,4})$")
_ROMAN_ENTRY = re.compile(r"\S.{2,150}\s(?=[xvi])x{0,3}(?:ix|iv|v?i{0,3})$")
_CONTENTS_TITLE = re.compile(
    r"(?:table of )?contents|índice|sumario|contenido|sommaire|table des matières|"
    r"i[çÇ]indekiler|содержание|оглавление|inhalt(?:sverzeichnis)?|page|página|страница|sayfa",
    re.IGNORECASE,
)


def mark_contents(pages: Pages) -> None:
    """Claim the lines of tables of contents."""
    for rows in pages:
        free = [row for row in rows if row.kind is None]
        titled = any(_CONTENTS_TITLE.fullmatch(row.words) for row in free)
        for first, last in _contents_runs(free, titled, len(pages)):
            for row in free[first : last + 1]:
                row.kind = BlockKind.CONTENTS
        if any(row.kind is BlockKind.CONTENTS for row in free):
            _mark_contents_titles(free)


def _mark_contents_titles(rows: list[Row]) -> None:
    for row in rows:
        if _CONTENTS_TITLE.fullmatch(row.words):
            row.kind = BlockKind.CONTENTS


def _contents_runs(rows: list[Row], titled: bool, pages: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of entries; up to three lines may stand between two entries."""
    run: list[int] = []
    previous = 0
    for index, row in enumerate(rows):
        number = _entry_number(row.words, pages, titled)
        if number is None:
            continue
        if run and (index - run[-1] > 4 or 0 < number < previous):
            yield from _worthy_run(rows, run, titled)
            run = []
        run.append(index)
        previous = number or previous
    yield from _worthy_run(rows, run, titled)


def _entry_number(words: str, pages: int, titled: bool) -> int | None:
    """Return an entry's page number (0: leaders without an Arabic number); None: no entry."""
    if _has_leaders(words):
        match = re.search(r"(\d{1,4})$", words)
        return int(match.group(1)) if match else 0
    if titled and _ROMAN_ENTRY.fullmatch(words):
        return 0
    match = _ENTRY.fullmatch(words)
    if match is None or int(match.group(1)) > 2 * pages + 20:
        return None
    return int(match.group(1))


def _has_leaders(words: str) -> bool:
    """Whether a line ends in leaders; only its end is looked at, as rows of dots may be long."""
    return bool(_LEADERS.search(words[-_LEADER_CHARACTERS:]))


def _worthy_run(rows: list[Row], run: list[int], titled: bool) -> Iterator[tuple[int, int]]:
    """Yield the run if it is a table of contents rather than lines that end in figures."""
    if not run:
        return
    leaders = sum(_has_leaders(rows[index].words) for index in run)
    numbers = {rows[index].words.rsplit(None, 1)[-1] for index in run}
    dense = len(run) >= 0.4 * (run[-1] - run[0] + 1)
    if dense and (leaders >= 2 or (len(run) >= 3 and titled) or _is_rising(run, numbers)):
        first = run[0]
        while first > 0 and run[0] - first < 3 and _is_entry_start(rows[first - 1].words):
            first -= 1
        yield first, run[-1]


def _is_rising(run: list[int], numbers: set[str]) -> bool:
    return len(run) >= 6 and len(numbers) >= 0.6 * len(run)


def _is_entry_start(words: str) -> bool:
    """Whether a line before a run is the first line of an entry that was broken in two."""
    return len(words) > 40 and not STOP.search(words) and bool(SECTION.match(words))


def mark_contents_headings(pages: Pages) -> None:
    """Give headings right before contents lines ("Boxes", "Annexes") to the contents."""
    for rows in pages:
        for row, following in reversed(list(pairwise(rows))):
            if row.kind is BlockKind.HEADING and following.kind is BlockKind.CONTENTS:
                row.kind, row.level, row.group = BlockKind.CONTENTS, 0, 0
