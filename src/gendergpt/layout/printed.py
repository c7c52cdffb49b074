"""Page numbers as printed: read off the pages of a file that declares none.

Pure functions on lines and their positions, independent of blocks. A number at a page's edge is
believed only as part of a *run*: numbers that go up by one from page to page, at about the same
height. Years, notes and table rows seldom do that, and never on most pages of a file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from gendergpt.layout.rows import Line

_ROWS = 4  # rows of lines at the top and at the bottom in which a number may stand
_ROW_HEIGHT = 3.0
_SAME_HEIGHT = 36.0  # points; scanned pages are shifted by that much
_ENOUGH = 3
_ENOUGH_MORE = 5  # of a run beside a longer one, unless it is Roman
_GAP = 8  # pages without the number after which a run has ended
_SHARE = 0.5
_FEWEST_CHARACTERS = 10  # a page with less holds no more than its number
_RAISED = 0.8

_WORD = (
    r"(?:page|p\.|pp\.|pág\.|página|pagina|seite|s\.|стр\.|страница|sayfa|side|sida|strona|"
    r"strana|stranica|faqe|oldal|lk)(?:\s*n[or]\.)?"
)
_NUMBER = r"(?:\d{1,5}|[ivxlc]{1,8}|[IVXLC]{1,8})"
_SPACED = r"\d(?: \d){1,3}"
_TOTAL = r"(?:\s?/\s?|\s(?:of|de|von|sur|из|di|od|z|van|av|af)\s)(?P<total>\d{1,5})"
_DASH = r"[-\u2010-\u2014|•·]"
_SIGN = rf"(?:(?i:{_WORD})\s*)?(?P<number>{_NUMBER})(?:(?i:{_TOTAL}))?"
_ALONE = re.compile(rf"(?:{_DASH}|[\[(<\s])*(?:{_SIGN}|(?P<spaced>{_SPACED}))(?:{_DASH}|[\])>\s])*")
_OPENING = re.compile(rf"(?:{_DASH}\s*)?{_SIGN}(?=\s)")
_CLOSING = re.compile(rf"(?<=[\s|]){_SIGN}(?:\s*{_DASH})?$")
_WITHIN = re.compile(rf"\b(?i:{_WORD}\s*(?P<number>\d{{1,5}}){_TOTAL})\b")
_COUNTED = re.compile(  # what has numbers of its own, which may go up with the pages
    r"(?:\b(?:annexe?|anexo|anhang|appendix|art|article|artículo|box|case|chapter|chapitre|capítulo|"
    r"day|encadré|exercise|exhibit|fig|figure|form|goal|handout|item|lesson|level|map|module|"
    r"objective|panel|paragraph|para|part|phase|principle|question|recommendation|rule|section|"
    r"session|slide|step|supplement|tab|table|tableau|target|task|tool|unit|vol|volume|"
    r"глава|приложение|статья|таблица|bölüm|madde)|(?i:\bn[or]s?)|n°|№|#)[.:]?\s*$",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"(?=[ivxlc])(?:c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class _Sign:
    """A number at a page's edge that may be the page's own.

    ``height`` is the distance in points from the page's edge (upper or lower); ``alone`` says that
    nothing else stands on the line.
    """

    page: int
    label: str
    roman: bool
    value: int
    top: bool
    height: float
    alone: bool

    @property
    def series(self) -> tuple[bool, int]:
        """What is the same for all pages that are numbered on: style, and number minus position."""
        return self.roman, self.value - self.page


@dataclass(frozen=True, slots=True)
class _Run:
    """Signs of one series, one a page, in the order of pages."""

    signs: tuple[_Sign, ...]

    @property
    def first(self) -> int:
        return self.signs[0].page

    @property
    def last(self) -> int:
        return self.signs[-1].page

    @property
    def dense(self) -> bool:
        return len(self.signs) >= _SHARE * (self.last - self.first + 1)


def printed_labels(
    texts: Sequence[str], lines: Sequence[Sequence[Line]], heights: Sequence[float] = ()
) -> tuple[str | None, ...]:
    """Return for each page the number that is printed on it, or None.

    All are None unless the numbers run through the file: every run counts on by one, holds at least
    three pages (five for an Arabic run beside a longer one) and half of those it spans, and all
    runs together hold half of the pages with text. A page on which its number is not read has None
    even inside a run.

    Args:
        texts: each page's own text.
        lines: each page's lines; without positions, their order stands for them.
        heights: each page's height in points (default: all the same).
    """
    heights = heights or [0.0] * len(texts)
    usual = median(sizes) if (sizes := [line.size for found in lines for line in found]) else 0.0
    signs = [
        sign
        for page, (text, found) in enumerate(zip(texts, lines, strict=True))
        for sign in _signs(page, text, found, heights[page], usual)
    ]
    runs = _chosen(_runs(signs))
    labels: list[str | None] = [None] * len(texts)
    for run in runs:
        for sign in run.signs:
            labels[sign.page] = sign.label
    written = sum(len(text.strip()) >= _FEWEST_CHARACTERS for text in texts)
    if sum(label is not None for label in labels) < max(_ENOUGH, _SHARE * written):
        return (None,) * len(texts)
    for sign in _front_matter(signs, runs):
        labels[sign.page] = sign.label
    return tuple(labels)


# --- numbers at the edge of a page ---------------------------------------------------------------


def _signs(
    page: int, text: str, lines: Sequence[Line], page_height: float, usual: float
) -> Iterator[_Sign]:
    """Yield what may be the page's number, in the outermost rows at the top and the bottom.

    ``usual`` is the type size of most lines.
    """
    for top in (True, False):
        for line in _edge(lines, top):
            words = text[line.start : line.end]
            height = page_height - line.bottom if top else line.bottom
            raised = line.mark_size < _RAISED * min(line.size, usual)  # the mark of a note
            for match, alone in _numbers(words, raised):
                found = match.groupdict()
                label = found["number"] or found["spaced"].replace(" ", "")
                value, total = _value(label), found["total"]
                if value and (total is None or value <= int(total)):
                    roman = not label[0].isdigit()
                    yield _Sign(page, label, roman, value, top, height, alone)


def _edge(lines: Sequence[Line], top: bool) -> list[Line]:
    """Return the lines of the outermost rows, the outermost first."""
    if not any(line.size or line.bottom for line in lines):
        return list(lines[:_ROWS] if top else lines[::-1][:_ROWS])
    ordered = sorted(lines, key=lambda line: -line.bottom if top else line.bottom)
    rows = 1
    for index, (before, line) in enumerate(pairwise(ordered), 1):
        rows += abs(line.bottom - before.bottom) > _ROW_HEIGHT
        if rows > _ROWS:
            return ordered[:index]
    return ordered


def _numbers(words: str, raised: bool) -> Iterator[tuple[re.Match[str], bool]]:
    """Yield numbers that make up, open or end a line, and whether they stand alone.

    What opens a line with a raised mark is no number of a page.
    """
    if match := _ALONE.fullmatch(words):
        yield match, True
        return
    if (match := _OPENING.match(words)) and not raised:
        yield match, False
    match = _CLOSING.search(words)
    if match and not _COUNTED.search(words[: match.start()]):
        yield match, False
    if match := _WITHIN.search(words):
        yield match, False


def _value(label: str) -> int:
    """Return a number's value; 0 where it is no well-formed Roman numeral."""
    if label[0].isdigit():
        return int(label) if label.isdigit() else 0
    numeral = label.lower()
    if not _ROMAN.fullmatch(numeral):
        return 0
    values = [_VALUES[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


# --- runs through the file -----------------------------------------------------------------------


def _runs(signs: Iterable[_Sign]) -> Iterator[_Run]:
    """Yield the runs that hold enough pages."""
    series = defaultdict(list)
    for sign in signs:
        series[sign.series].append(sign)
    for members in series.values():
        for run in _unbroken(_level(members)):
            if len(run.signs) >= _ENOUGH and run.dense:
                yield run


def _level(members: Sequence[_Sign]) -> list[_Sign]:
    """Return one sign a page, of those that stand about where most do at their edge."""
    usual = {
        top: median(sign.height for sign in members if sign.top is top)
        for top in {sign.top for sign in members}
    }
    mostly_top = sum(sign.top for sign in members) * 2 > len(members)
    best: dict[int, _Sign] = {}
    for sign in sorted(members, key=lambda sign: (sign.top is not mostly_top, not sign.alone)):
        # Books move the number to the other edge where a chapter opens, and there it stands alone.
        at_home = sign.top is mostly_top or sign.alone
        if at_home and abs(sign.height - usual[sign.top]) <= _SAME_HEIGHT:
            best.setdefault(sign.page, sign)
    return [best[page] for page in sorted(best)]


def _unbroken(signs: Sequence[_Sign]) -> Iterator[_Run]:
    """Cut where the number is missing on many pages."""
    start = 0
    for index in range(1, len(signs) + 1):
        if index == len(signs) or signs[index].page - signs[index - 1].page > _GAP:
            yield _Run(tuple(signs[start:index]))
            start = index


def _chosen(runs: Iterable[_Run]) -> list[_Run]:
    """Return the longest runs that do not reach into one another."""
    chosen: list[_Run] = []
    for run in sorted(runs, key=lambda run: (-len(run.signs), run.first)):
        short = len(run.signs) < _ENOUGH_MORE and not run.signs[0].roman
        apart = all(run.last < other.first or other.last < run.first for other in chosen)
        if apart and not (chosen and short):
            chosen.append(run)
    return chosen


def _front_matter(signs: Iterable[_Sign], runs: Sequence[_Run]) -> list[_Sign]:
    """Return Roman numbers before the first run that stand where its numbers stand.

    Front matter is often too short for a run of its own: one page of contents, numbered iii.
    """
    first = min(runs, key=lambda run: run.first)
    places = {(sign.top, sign.alone) for sign in first.signs}
    heights = [sign.height for sign in first.signs]
    before = [
        sign
        for sign in signs
        if sign.roman
        and sign.page < first.first
        and sign.value <= sign.page + 1
        and (sign.top, sign.alone) in places
        and min(abs(sign.height - height) for height in heights) <= _ROW_HEIGHT
    ]
    counted = {sign.series for sign in before}
    return before if len(counted) == 1 else []
