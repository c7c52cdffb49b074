"""Lines on their way to blocks, and what all steps ask of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from gendergpt.types import BlockKind


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: characters ``start`` to ``end`` of its text, stripped of white space.

    Positions and sizes are in points from the page's lower left corner as it is read; all of them
    are 0 where nothing is known. ``mark_size`` is the size of the first character.
    """

    start: int
    end: int
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    top: float = 0.0
    size: float = 0.0
    mark_size: float = 0.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry of the document's outline: ``page`` is an index from 0, ``level`` counts from 1."""

    title: str
    page: int
    level: int


@dataclass(slots=True)
class Row:
    """A line on its way to a block."""

    page: int
    line: Line
    words: str
    kind: BlockKind | None = None
    level: int = 0
    group: int = 0


Pages = list[list[Row]]
"""The rows of each page."""
TAIL = 12
_QUOTES = "\"'”\u2019»)\\]"
CLOSED = re.compile(
    rf"(?:[!?…。]|(?<!\d)\.)[{_QUOTES}]*\d{{0,3}}$|\d\.[{_QUOTES}]*$|[.,;:]”\d{{0,3}}$"
)
STOP = re.compile(rf"(?:[!?:;…。]|(?<!\d)\.)[{_QUOTES}]*\d{{0,3}}$|\d\.[{_QUOTES}]*$")
BULLET = re.compile(r"[•▪●◦‣■□▶►✓✔➢❖∙·\uf020-\uf0ff\u2013\u2014*-](?:\s|$)|o\s(?=[A-Z])")
_MARKER = re.compile(
    r"(?:\((?:\d{1,3}|[a-z]{1,2}|[ivxlc]{1,6}|[A-Z])\)|(?:\d{1,3}|[^\W\d_]|[ivxlc]{1,5})\)"
    r"|(?:[a-z]|[ivx]{1,4})\.)\s+\S"
)
NUMBERED = re.compile(r"(\d{1,3})\.\s+(?=\S)")
SECTION = re.compile(
    r"(?i:chapter|section|part|annex|appendix|article|objective|title|module|tool|capítulo|sección|"
    r"anexo|artículo|chapitre|annexe|bölüm|madde|глава|раздел|приложение|статья)\s+"
    r"(?:[IVXLC]+|\d+|[A-Z])\b|[IVXLC]{1,6}\.\s+\S|[A-Z]\.\s+\S|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+\S"
)
RULE = re.compile(r"[_\-\u2013—=*·.\s]{5,}")
DIGITS = re.compile(r"\d+")
NOTE_MARK = re.compile(
    r"(?:\d{1,3}|[*†‡§]{1,3})\s?(?=[^\s\d.,)/%])|\d{1,3}$|[a-z] (?=[A-Z\u0410-\u042f])"
    r"|\[\d{1,3}\]|\(\d{1,2}\) "
)
LARGE = 1.15
BODY = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
SKIPPED = (BlockKind.FURNITURE, BlockKind.FOOTNOTE)


def plain_lines(text: str) -> list[Line]:
    """Return the lines of a text without positions."""
    found = []
    for match in re.finditer(r"[^\r\n]+", text):
        words = match.group()
        if stripped := words.strip():
            start = match.start() + words.index(stripped[0])
            found.append(Line(start, start + len(stripped)))
    return found


def body_size(pages: Pages) -> float:
    """Return the type size that most characters have (0 where sizes are unknown)."""
    counts: Counter[float] = Counter()
    for rows in pages:
        for row in rows:
            counts[round(row.line.size * 2) / 2] += len(row.words)
    return counts.most_common(1)[0][0] if counts else 0.0


def step(before: Row, row: Row) -> float:
    """Return the distance from one line to the next.

    pdfium writes two lines that are parted by a hyphen as one line with U+FFFE in its middle.
    """
    return (before.line.bottom - row.line.bottom) / (1 + before.words.count("\ufffe"))


def end_bottom(row: Row) -> float:
    """Return where a line ends: with a hyphen in its middle (see :func:`step`) not where it began.

    Its second half may even stand at the top of the next column.
    """
    return row.line.top - 1.2 * row.line.size if "\ufffe" in row.words else row.line.bottom


def share_column(row: Row, other: Row) -> bool:
    """Whether two lines stand over one another, wholly or in part, whichever way they run."""
    line, beside = row.line, other.line
    return min(line.left, line.right) < max(beside.left, beside.right) and min(
        beside.left, beside.right
    ) < max(line.left, line.right)


def is_sideways(row: Row) -> bool:
    """Whether a line runs up or down the page; one with U+FFFE in its middle may only seem to."""
    line = row.line
    tall = line.top - line.bottom > 4 * line.size
    narrow = abs(line.right - line.left) < 3 * line.size
    return line.size > 0 and tall and narrow and "\ufffe" not in row.words


def opens_item(words: str) -> bool:
    """Whether a line begins with the mark of a list item: a bullet, "(a)", "iv."."""
    return bool(BULLET.match(words) or _MARKER.match(words))
