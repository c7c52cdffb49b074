"""From a reading to passages: whole sentences under one heading, with the way back to the page.

Paragraphs that run over a page break are joined; a list stays with its lead-in; furniture, contents
lines and footnotes are left out. A passage holds up to :data:`MAX_CHARS` characters, so that it
fits the window of the default encoder (256 tokens), unless a single sentence is longer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gendergpt.cleaning import Cleaned, Joins, clean, joins, note_numbers, words
from gendergpt.numbering import number
from gendergpt.sentences import segment
from gendergpt.types import (
    Block,
    BlockKind,
    Form,
    Page,
    PageRef,
    Passage,
    Reading,
    Sentence,
    Span,
)

VERSION = "4"
MAX_CHARS = 800
_LONGEST_LIST = 900
_LONGEST_SENTENCE = 2000
_ENUMERATOR = re.compile(r"\((\d{1,2}|[b-z])\)\s")
_LETTERS = re.compile(r"[^\W\d_]+")
_DIVIDED = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-\u2010]$")
_TEXT_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE})


@dataclass(frozen=True, slots=True)
class _Part:
    """A cleaned block, where it begins in its unit's text, and the numbered places around it."""

    block: Block
    cleaned: Cleaned
    start: int
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A paragraph, list or table row: text, and the blocks that it came from."""

    text: str
    parts: tuple[_Part, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class _Piece:
    """One sentence before it has a place in a passage. ``opens`` marks the first of its unit."""

    text: str
    spans: tuple[Span, ...]
    form: Form
    opens: bool
    numbers: tuple[str, ...]


def split(document_id: str, reading: Reading) -> list[Passage]:
    """Split what was read from one file into passages.

    Args:
        document_id: id of the document; it becomes part of the passages' ids.
        reading: pages and blocks in reading order.

    Returns:
        Passages in reading order. Their ids depend on document id and spans alone.
    """
    rule = joins(_vocabulary(reading))
    passages: list[Passage] = []
    numbers, notes = _numbers(reading), _notes(reading)
    for heading, blocks in _sections(reading, rule, notes):
        units = _units(blocks, reading.pages, rule, numbers, notes)
        pieces = [piece for unit in units for piece in _pieces(unit, reading.pages)]
        for group in _packed(pieces):
            passages.append(_passage(document_id, heading, group, reading.pages))
    return passages


_Numbers = dict[tuple[int, int], tuple[str, ...]]
"""The numbered places of each block, by its page and start."""


def _numbers(reading: Reading) -> _Numbers:
    texts = [
        (block.kind, reading.pages[block.page].text[block.start : block.end])
        for block in reading.blocks
    ]
    places = [(block.page, block.start) for block in reading.blocks]
    return dict(zip(places, number(texts), strict=True))


_Notes = dict[int, set[str]]
"""The numbers of the footnotes on each page that has some."""


def _notes(reading: Reading) -> _Notes:
    notes: _Notes = {}
    for block in reading.blocks:
        if block.kind is BlockKind.FOOTNOTE:
            text = reading.pages[block.page].text[block.start : block.end]
            notes.setdefault(block.page, set()).update(note_numbers(text))
    return notes


def _vocabulary(reading: Reading) -> set[str]:
    """Return the words of all blocks, without what may be the second half of a divided one."""
    found: set[str] = set()
    for block in reading.blocks:
        text = reading.pages[block.page].text[block.start : block.end]
        found |= words(_LETTERS.sub(" ", text, count=1) if block.continues else text)
    return found


def _sections(
    reading: Reading, rule: Joins, notes: _Notes
) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Yield runs of text blocks, each with the heading path it stands under."""
    path: list[tuple[int, str]] = []
    run: list[Block] = []
    for block in reading.blocks:
        if block.kind is BlockKind.HEADING:
            if run:
                yield tuple(words for _, words in path), run
                run = []
            text = reading.pages[block.page].text[block.start : block.end]
            title = clean(text, rule, notes.get(block.page, ())).text
            path = [entry for entry in path if entry[0] < block.level] + [(block.level, title)]
        elif block.kind in _TEXT_KINDS:
            run.append(block)
    if run:
        yield tuple(words for _, words in path), run


def _units(
    blocks: Iterable[Block], pages: tuple[Page, ...], rule: Joins, numbers: _Numbers, notes: _Notes
) -> list[_Unit]:
    units: list[_Unit] = []
    for block in blocks:
        text = pages[block.page].text[block.start : block.end]
        cleaned = clean(text, rule, notes.get(block.page, ()))
        if not cleaned.text:
            continue
        part = _Part(block, cleaned, 0, numbers[block.page, block.start])
        previous = units[-1] if units else None
        if previous is not None and (block.continues or _runs_on(previous, block, cleaned)):
            units[-1] = _continued(previous, part, rule)
        elif previous is not None and _extends_list(previous, block, cleaned):
            units[-1] = _joined(previous, part, "\n", Form.LIST)
        else:
            form = Form.ROW if block.kind is BlockKind.TABLE else Form.PROSE
            units.append(_Unit(cleaned.text, (part,), form))
    return units


def _extends_list(previous: _Unit, block: Block, cleaned: Cleaned) -> bool:
    if block.kind is not BlockKind.LIST_ITEM:
        return False
    opened = previous.form is Form.LIST or previous.text.endswith(":")
    return opened and len(previous.text) + len(cleaned.text) < _LONGEST_LIST


def _runs_on(previous: _Unit, block: Block, cleaned: Cleaned) -> bool:
    """Say whether an item only looks like one: its paragraph counts "(1) …; (2) …" over lines."""
    mark = _ENUMERATOR.match(cleaned.text)
    if block.kind is not BlockKind.LIST_ITEM or mark is None:
        return False
    return previous.text[-1] not in ".!?:" and _counts(previous, mark)


def _counts(previous: _Unit, mark: re.Match[str]) -> bool:
    """Say whether the enumerator before ``mark`` stands within the previous unit's last line."""
    value = mark.group(1)
    before = str(int(value) - 1) if value.isdigit() else chr(ord(value) - 1)
    line = previous.text.rsplit("\n", 1)[-1]
    return f" ({before})" in line


def _continued(unit: _Unit, part: _Part, rule: Joins) -> _Unit:
    """Go on with a unit; a word that was divided at its end is joined as within a block."""
    left, right = _DIVIDED.search(unit.text), _LETTERS.match(part.cleaned.text)
    if left is None or right is None:
        return _joined(unit, part, " ", unit.form)
    if rule(left.group(1), right.group()):
        unit = _Unit(unit.text[:-1], unit.parts, unit.form)
    return _joined(unit, part, "", unit.form)


def _joined(unit: _Unit, part: _Part, glue: str, form: Form) -> _Unit:
    moved = replace(part, start=len(unit.text) + len(glue))
    return _Unit(unit.text + glue + part.cleaned.text, (*unit.parts, moved), form)


def _pieces(unit: _Unit, pages: tuple[Page, ...]) -> Iterator[_Piece]:
    for place, (start, end) in enumerate(_boundaries(unit)):
        spans = tuple(_spans(unit, start, end, pages))
        form = _form(unit, start, end)
        yield _Piece(unit.text[start:end], spans, form, place == 0, _places(unit, start))


def _places(unit: _Unit, start: int) -> tuple[str, ...]:
    """Return the numbered places of the part in which a sentence begins."""
    return [part.numbers for part in unit.parts if part.start <= start][-1]


def _form(unit: _Unit, start: int, end: int) -> Form:
    if unit.form is Form.LIST and "\n" not in unit.text[start:end]:
        return Form.PROSE
    return unit.form


def _boundaries(unit: _Unit) -> list[tuple[int, int]]:
    if unit.form is Form.ROW:
        return _bounded(unit.text, [(0, len(unit.text))])
    if unit.form is Form.LIST:
        lead = segment(unit.text[: unit.text.index("\n")])
        return [*lead[:-1], (lead[-1][0], len(unit.text))]
    return _bounded(unit.text, segment(unit.text))


def _bounded(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut what is too long for a sentence (pages of unpunctuated figures) at white space."""
    result = []
    for start, end in spans:
        if end - start <= _LONGEST_SENTENCE:
            result.append((start, end))
        else:
            result += [(start + low, start + high) for low, high in _cut(text[start:end])]
    return result


def _cut(text: str) -> list[tuple[int, int]]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=MAX_CHARS,
        chunk_overlap=0,
        add_start_index=True,
        separators=["\n", "; ", " ", ""],
    )
    pieces = splitter.create_documents([text])
    starts = [int(piece.metadata["start_index"]) for piece in pieces]
    return [
        (start, start + len(piece.page_content))
        for start, piece in zip(starts, pieces, strict=True)
    ]


def _spans(unit: _Unit, start: int, end: int, pages: tuple[Page, ...]) -> Iterator[Span]:
    for part in unit.parts:
        low = max(start, part.start) - part.start
        high = min(end, part.start + len(part.cleaned.text)) - part.start
        if low < high:
            page, base = page_ref(pages[part.block.page]), part.block.start
            for raw_start, raw_end in part.cleaned.stretches(low, high):
                yield Span(page, base + raw_start, base + raw_end)


def page_ref(page: Page) -> PageRef | None:
    """Return the reference to a page, or None for formats without pages."""
    return None if page.number is None else PageRef(page.number, page.label, page.label_from)


def _packed(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    size = 0
    for piece in pieces:
        if group and size + len(piece.text) > MAX_CHARS:
            yield group
            group, size = [], 0
        group.append(piece)
        size += len(piece.text) + 1
    if group:
        yield group


def _passage(
    document_id: str, heading: tuple[str, ...], group: list[_Piece], pages: tuple[Page, ...]
) -> Passage:
    text = ""
    sentences = []
    for piece in group:
        glue = "" if not text else "\n" if piece.opens else " "
        start = len(text) + len(glue)
        text += glue + piece.text
        sentences.append(Sentence(start, len(text), piece.spans, piece.form, piece.numbers))
    spans = _merged([span for piece in group for span in piece.spans], pages)
    key = ";".join(f"{s.page.number if s.page else ''}:{s.start}-{s.end}" for s in spans)
    digest = hashlib.sha256(key.encode()).hexdigest()[:10]
    return Passage(f"{document_id}-{digest}", document_id, text, spans, heading, tuple(sentences))


def _merged(spans: list[Span], pages: tuple[Page, ...]) -> tuple[Span, ...]:
    texts = {page.number: page.text for page in pages}
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last is not None and last.page == span.page and last.end <= span.start:
            between = texts[span.page.number if span.page else None][last.end : span.start]
            if not between.strip():
                merged[-1] = Span(span.page, last.start, span.end)
                continue
        merged.append(span)
    return tuple(merged)
