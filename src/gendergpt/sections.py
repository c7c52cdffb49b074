"""A document as text to read: section by section, with quoted words marked. Pure functions.

Sections come from the passages' headings, their words from the pages' own text, so that marks stand
on exactly the characters that a citation names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gendergpt.types import Form, Page, PageRef, Passage, Span

LONGEST = 6000
"""A section of more characters is shown in several parts, between two passages."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of a section, quoted (``marked``) or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a document. ``number`` counts from 1 and ``count`` is how many there are.

    ``page`` is the slide that it stands on; None for formats without pages.
    """

    number: int
    count: int
    heading: tuple[str, ...]
    page: PageRef | None
    stretches: tuple[Stretch, ...]


def section(
    pages: Sequence[Page],
    passages: Sequence[Passage],
    spans: Sequence[Span] = (),
    number: int | None = None,
) -> Section | None:
    """Return one section with the characters at ``spans`` marked.

    Args:
        pages: the document's pages.
        passages: its passages, in order.
        spans: what is quoted.
        number: which section, from 1; None for the one in which the first of ``spans`` stands.

    Returns:
        The section, or None where the document has no such section.
    """
    parts = _parts(passages)
    if number is None:
        number = next((n for n, part in enumerate(parts, 1) if _holds(part, spans)), 0)
    if not 1 <= number <= len(parts):
        return None
    part = parts[number - 1]
    first = part[0]
    page = first.spans[0].page if first.spans else None
    stretches = tuple(_stretches(pages, part, spans))
    return Section(number, len(parts), first.heading, page, stretches)


# --- which passages make a section ---------------------------------------------------------------


def _parts(passages: Sequence[Passage]) -> list[list[Passage]]:
    parts: list[list[Passage]] = []
    size = 0
    for passage in passages:
        if not parts or not _together(parts[-1][-1], passage) or size > LONGEST:
            parts.append([])
            size = 0
        parts[-1].append(passage)
        size += len(passage.text)
    return parts


def _together(before: Passage, passage: Passage) -> bool:
    return before.heading == passage.heading and _numbers(before)[-1:] == _numbers(passage)[:1]


def _numbers(passage: Passage) -> list[int | None]:
    return [_number(span) for span in passage.spans]


def _number(span: Span) -> int | None:
    return span.page.number if span.page is not None else None


def _holds(part: Sequence[Passage], spans: Sequence[Span]) -> bool:
    held = (span for passage in part for span in passage.spans)
    return bool(spans) and any(_meet(span, spans[0]) for span in held)


def _meet(span: Span, other: Span) -> bool:
    same = _number(span) == _number(other)
    return same and span.start < other.end and other.start < span.end


# --- its words -----------------------------------------------------------------------------------


def _stretches(
    pages: Sequence[Page], part: Sequence[Passage], spans: Sequence[Span]
) -> Iterator[Stretch]:
    texts = {page.number: page.text for page in pages}
    extents = _extents(part)
    for place, (page, (start, end)) in enumerate(extents.items()):
        if place:
            yield Stretch("\n\n", marked=False)
        end = min(end, len(texts.get(page, "")))
        text = _unwrapped(texts.get(page, ""), page, part)
        marks = _merged([span for span in spans if _number(span) == page], text)
        yield from _cut(text, start, end, marks)


def _extents(part: Sequence[Passage]) -> dict[int | None, tuple[int, int]]:
    """Return where the section begins and ends on each of its pages."""
    extents: dict[int | None, tuple[int, int]] = {}
    for span in (span for passage in part for span in passage.spans):
        low, high = extents.get(_number(span), (span.start, span.end))
        extents[_number(span)] = min(low, span.start), max(high, span.end)
    return extents


def _unwrapped(text: str, page: int | None, part: Sequence[Passage]) -> str:
    """Return the page's text with line ends inside a sentence of prose turned into spaces."""
    letters = list(text)
    prose = (each for passage in part for each in passage.sentences if each.form is Form.PROSE)
    for span in (span for sentence in prose for span in sentence.spans):
        if _number(span) == page:
            for place in range(span.start, min(span.end, len(letters))):
                if letters[place] in "\r\n":
                    letters[place] = " "
    return "".join(letters)


def _merged(spans: Sequence[Span], text: str) -> list[tuple[int, int]]:
    """Return start and end of the marks; those with only white space between them are one."""
    marks: list[tuple[int, int]] = []
    for start, end in sorted((span.start, span.end) for span in spans):
        if marks and not text[marks[-1][1] : start].strip():
            marks[-1] = marks[-1][0], max(end, marks[-1][1])
        else:
            marks.append((start, end))
    return marks


def _cut(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    inside = [
        (max(low, start), min(high, end)) for low, high in marks if low < end and high > start
    ]
    edges = sorted({start, end, *(edge for mark in inside for edge in mark)})
    for low, high in pairwise(edges):
        yield Stretch(text[low:high], any(a <= low and high <= b for a, b in inside))
