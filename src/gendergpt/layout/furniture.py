"""Furniture: running headers and footers, page numbers, rules, stamps, mastheads."""

from __future__ import annotations

import re
from collections import Counter

from gendergpt.layout.rows import (
    DIGITS,
    LARGE,
    NOTE_MARK,
    RULE,
    STOP,
    TAIL,
    Pages,
    Row,
    is_sideways,
    opens_item,
)
from gendergpt.types import BlockKind

_EDGE_LINES = 4
_ROMAN = re.compile(r"\b[ivxlc]+\b")
_SPACE = re.compile(r"\s+")
_PAGE_NUMBER = re.compile(
    r"[-\u2013—|\[( ]*(?:(?:page|p\.|pág\.|página|seite|стр\.|sayfa)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:of|de|von|sur|из|/)\s*\d{1,4})?[-\u2013—|\]) ]*",
    re.IGNORECASE,
)
_RUNNING_CHARACTERS = 90
_LABEL_CHARACTERS = 30
_ALONE_CHARACTERS = 120
_RUNNING_NUMBER = re.compile(
    r"^(\d{1,4}|(?=[xvi])x{0,3}(?:ix|iv|v?i{0,3}))(?=[\s|]|$)"
    r"|(?<![^\s|])(\d{1,4}|(?=[xvi])x{0,3}(?:ix|iv|v?i{0,3}))$"
)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_STAMP = re.compile(r"\*\d{7}\*|\d\d-\d{5}(?:X)? \([A-Z](?:,[A-Z])*\)[\s\d*]*")
_DOWNLOADED = re.compile(
    r".{0,8}(?:Downloaded (?:from|by|on)|Download date|Digitized by|This content downloaded)\b.*",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:source|note|figure|fig\.|table|box|chart|photo|fuente|nota|figura|tabla|cuadro|gráfico|"
    r"tableau|kaynak|şekil|tablo|источник|рисунок|таблица)\w*\b",
    re.IGNORECASE,
)
_MARGIN_SHARE = 0.3
_MASTHEAD = re.compile(
    r"(?:United Nations|Naciones Unidas|Nations Unies|Организация Объединенных Наций)\s+[A-Z]+/\S+"
    r"|.*\bDistr\.: ?\w+|Original: ?[\w/]+",
    re.IGNORECASE,
)


def mark_furniture(pages: Pages, body: float) -> None:
    """Claim running headers and footers, page numbers, rules and stamps."""
    edges = [(_edge(rows, top=True), _edge(rows, top=False)) for rows in pages]
    for side in (0, 1):
        _mark_repeated([edge[side] for edge in edges], body)
        _mark_numbered([edge[side] for edge in edges], body)
    for rows in pages:
        _mark_sideways(rows)
    for top, bottom in edges:
        for rows in (top, bottom):
            _mark_isolated(rows, body)
            _mark_page_number(rows)
    if pages:
        _mark_masthead(pages[0])
    for row in (row for rows in pages for row in rows):
        if RULE.fullmatch(row.words) or _STAMP.fullmatch(row.words):
            row.kind = BlockKind.FURNITURE
    for row in (row for edge in edges for rows in edge for row in rows):
        if _DOWNLOADED.fullmatch(row.words):
            row.kind = BlockKind.FURNITURE


def _edge(rows: list[Row], top: bool) -> list[Row]:
    """Return the outermost lines at the top or bottom of a page, the outermost first."""
    placed = any(row.line.size for row in rows)
    if placed:
        ordered = sorted(rows, key=lambda row: -row.line.bottom if top else row.line.bottom)
    else:
        ordered = rows if top else rows[::-1]
    return ordered[:_EDGE_LINES]


def _mark_repeated(edges: list[list[Row]], body: float) -> None:
    """Claim lines that stand at the same edge of several pages, figures aside.

    Large lines must come back on every third page, or "Section 1", "Section 2" would be lost.
    """
    seen = Counter(key for rows in edges for key in {_running_key(row) for row in rows})
    needed = 3 if len(edges) > 4 else 2
    for rows in edges:
        for row in rows:
            large = body and row.line.size >= LARGE * body
            least = max(needed, len(edges) / 3) if large else needed
            if seen[_running_key(row)] >= least and not RULE.fullmatch(row.words):
                row.kind = BlockKind.FURNITURE


def _running_key(row: Row) -> tuple[str, int]:
    """Return what a running line has in common over pages: its words and about its height."""
    words = _ROMAN.sub("#", DIGITS.sub("#", row.words.casefold()))
    return _SPACE.sub("", words), round(row.line.bottom / 8)


def _mark_numbered(edges: list[list[Row]], body: float) -> None:
    """Claim outermost lines that carry a number which counts the pages, such as "Contents ii"."""
    found = [
        (page, row, number)
        for page, rows in enumerate(edges)
        for row in rows[:2]
        if row.kind is None
        and _may_run(row, body)
        and (number := _running_number(row.words)) is not None
    ]
    counts = Counter((roman, value - page) for page, _, (roman, value) in found)
    for page, row, (roman, value) in found:
        if counts[roman, value - page] >= 3:
            row.kind = BlockKind.FURNITURE


def _may_run(row: Row, body: float) -> bool:
    """Whether a line is set like a running line: smaller than body text, or very short."""
    small = row.line.size < 0.95 * body and len(row.words) <= _RUNNING_CHARACTERS
    return small or (row.line.size <= LARGE * body and len(row.words) <= _LABEL_CHARACTERS)


def _running_number(words: str) -> tuple[bool, int] | None:
    """Return (is Roman, number) of the page number that opens or ends a short line."""
    match = _RUNNING_NUMBER.search(words)
    if match is None:
        return None
    number = match.group(1) or match.group(2)
    if number.isdigit():
        return False, int(number)
    return True, _from_roman(number)


def _from_roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[char] for char in numeral.casefold()]
    following = [*values[1:], 0]
    return sum(-a if a < b else a for a, b in zip(values, following, strict=True))


def _mark_sideways(rows: list[Row]) -> None:
    """Claim text that is set sideways in the margin, unless much of the page is set so."""
    turned = [row for row in rows if is_sideways(row)]
    upright = [row for row in rows if not is_sideways(row)]
    share = sum(len(row.words) for row in turned)
    if not upright or share > _MARGIN_SHARE * sum(len(row.words) for row in rows):
        return
    left = min(min(row.line.left, row.line.right) for row in upright)
    right = max(max(row.line.left, row.line.right) for row in upright)
    for row in turned:
        if row.line.right <= left or row.line.left >= right:
            row.kind = BlockKind.FURNITURE


def _mark_isolated(edge: list[Row], body: float) -> None:
    """Claim a small line at the very edge that stands well apart from all others."""
    free = [row for row in edge if row.kind is None]
    if not body or len(free) < 2:
        return
    line = free[0].line
    beside = [row for row in free if abs(row.line.bottom - line.bottom) < 0.5 * line.size]
    others = free[len(beside) :]
    worded = [row for row in beside if not _PAGE_NUMBER.fullmatch(row.words)]
    if not (others and worded and all(_may_stand_alone(row, body) for row in worded)):
        return
    if any(_is_its_mark(row, words) for row in beside for words in worded):
        return
    lower, upper = sorted((line, others[0].line), key=lambda each: each.bottom)
    if upper.bottom - lower.bottom - lower.size >= 2 * body:
        for row in beside:
            row.kind = BlockKind.FURNITURE


def _is_its_mark(row: Row, words: Row) -> bool:
    """Whether a number stands close before a line, as the mark of a footnote does."""
    near = 0 <= words.line.left - row.line.right < 3 * words.line.size
    return near and row.words.isdigit()


def _may_stand_alone(row: Row, body: float) -> bool:
    """Whether a line is small and short, and neither sentence, note, item nor caption."""
    if not row.words[0].isalnum():
        return False
    small = 0 < row.line.size <= 0.95 * body and len(row.words) <= _ALONE_CHARACTERS
    opens = NOTE_MARK.match(row.words) or opens_item(row.words) or _CAPTION.match(row.words)
    return small and not opens and not STOP.search(row.words[-TAIL:])


def _mark_masthead(rows: list[Row]) -> None:
    """Claim the head of a United Nations document: symbol, distribution, date, language."""
    found = [index for index, row in enumerate(rows[:30]) if _MASTHEAD.fullmatch(row.words)]
    if found and found[-1] - found[0] <= 10:
        for row in rows[found[0] : found[-1] + 1]:
            if len(row.words) <= 60:
                row.kind = BlockKind.FURNITURE


def _mark_page_number(edge: list[Row]) -> None:
    """Claim a page number that is the outermost line not yet claimed."""
    for row in edge:
        if row.kind is None:
            if _PAGE_NUMBER.fullmatch(row.words):
                row.kind = BlockKind.FURNITURE
            return
