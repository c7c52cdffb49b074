"""Plain text: paragraphs separated by blank lines, or one paragraph a line.

The page's own text is the decoded file without its byte order mark, line ends as they are.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from gendergpt.errors import UnreadableFile
from gendergpt.readers.binary import binary, refuse_binary
from gendergpt.types import Block, BlockKind, Page, Reading

_TITLE_CHARACTERS = 250
_HEADING_WORDS = 12
_SENTENCE_CHARACTERS = 80
_WRAP_CHARACTERS = 120

_LINE = re.compile(r"[^\r\n\f\v\x85\u2028\u2029]+")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\]:?\s")
_LIST_MARK = re.compile(r"(?:[-*•\u2013—▪●]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_CODE_PAGES = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "gb18030", "shift_jis")
_VERB = re.compile(
    r"\b(?:is|are|was|were|been|has|have|had|must|shall|should|may|can|will|would|could)\b"
)
_CLOSED = tuple('.!?:;…”"»\u2019)')

_Span = tuple[int, int]


class TextReader:
    """Reads plain text in UTF-8, UTF-16 with a byte order mark, or a guessed encoding."""

    suffixes: tuple[str, ...] = (".txt", ".text")
    version: str = "2"

    def read(self, path: Path) -> Reading:
        """Read the file as one page without a number.

        Raises:
            UnreadableFile: the file is not text, or holds nothing but white space.
        """
        text, warnings = _decode(path.read_bytes(), path.name)
        if not text.strip():
            raise UnreadableFile(f"{path.name} holds no text; there is nothing to ingest.")
        blocks, title = _blocks(text)
        page = Page(number=None, label=None, text=text)
        return Reading(pages=(page,), blocks=blocks, title=title, warnings=warnings)


def _decode(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode the bytes; a guessed encoding comes with a warning."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return refuse_binary(raw.decode("utf-16", errors="replace"), name), ()
    try:
        return refuse_binary(raw.decode("utf-8-sig"), name), ()
    except UnicodeDecodeError:
        return guess(raw, name)


def guess(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode bytes in the encoding that fits best, with a warning that names it.

    Raises:
        UnreadableFile: none fits; the file is no text.
    """
    from charset_normalizer import from_bytes

    if b"\x00" in raw:
        raise binary(name)
    best = from_bytes(raw, cp_isolation=list(_CODE_PAGES)).best()
    if best is None:
        raise binary(name)
    text = refuse_binary(raw.decode(best.encoding, errors="replace"), name)
    return text, (f"{name} is not UTF-8; it was read as {best.encoding}, which is a guess.",)


def _blocks(text: str) -> tuple[tuple[Block, ...], str | None]:
    """Return the blocks of the text and its title."""
    paragraphs = list(_paragraphs(text))
    title_span = _title_span(text, paragraphs)
    blocks = [_block(text, span, title_span) for span in paragraphs]
    title = None if title_span is None else _clean_title(text[slice(*title_span)])
    return tuple(blocks), title


def _block(text: str, span: _Span, title_span: _Span | None) -> Block:
    if span == title_span:
        return Block(BlockKind.HEADING, 0, *span, level=1)
    kind = _kind(text[slice(*span)])
    level = 2 if kind is BlockKind.HEADING else 0
    return Block(kind, 0, *span, level=level)


def _kind(words: str) -> BlockKind:
    if _URL.fullmatch(words):
        return BlockKind.FURNITURE
    if _FOOTNOTE.match(words):
        return BlockKind.FOOTNOTE
    if _LIST_MARK.match(words):
        return BlockKind.LIST_ITEM
    if _is_heading(words):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH


def _is_heading(words: str) -> bool:
    """Whether a paragraph is a short line that opens like a name and ends like no sentence."""
    one_line = "\n" not in words and "\r" not in words
    opens = words[0].isupper() or words[0].isdigit()
    short = len(words.split()) <= _HEADING_WORDS and len(words) <= _WRAP_CHARACTERS
    return one_line and opens and short and not words.endswith((*_CLOSED, ","))


def _title_span(text: str, paragraphs: list[_Span]) -> _Span | None:
    """Return the first paragraph if it is short, alone on its line and followed by something.

    A whole sentence is to be searched and quoted and is no title, unless an address follows.
    """
    if len(paragraphs) < 2:
        return None
    start, end = paragraphs[0]
    words = text[start:end]
    if "\n" in words or len(words) > _TITLE_CHARACTERS or _kind(words) is BlockKind.FURNITURE:
        return None
    after_start, after_end = paragraphs[1]
    if _URL.fullmatch(text[after_start:after_end]):
        return start, end
    set_apart = text[end:after_start].count("\n") > 1
    ends_open = not words.endswith((".", ",", ";", ":"))
    return (start, end) if (ends_open or set_apart) and not _is_sentence(words) else None


def _is_sentence(words: str) -> bool:
    """Whether a line says something: it is long, and ends as a sentence or has a verb."""
    closed = words.rstrip('"”»\u2019)').endswith((".", "!", "?"))
    long = len(words) > _SENTENCE_CHARACTERS
    if closed and not words.endswith("..."):
        return long or len(words.split()) > _HEADING_WORDS
    return long and _VERB.search(words) is not None


def _clean_title(words: str) -> str:
    title = " ".join(words.split())
    return title if title.endswith("...") else title.removesuffix(".")


def _paragraphs(text: str) -> Iterator[_Span]:
    """Yield the (start, end) of each paragraph, stripped of white space."""
    lines = list(_lines(text))
    wrapped = _is_wrapped(text, lines)
    start, end = -1, -1
    for line in lines:
        if start >= 0 and _goes_on(text, (start, end), line, wrapped):
            end = line[1]
            continue
        if start >= 0:
            yield start, end
        start, end = line
    if start >= 0:
        yield start, end


def _lines(text: str) -> Iterator[_Span]:
    for match in _LINE.finditer(text):
        words = match.group()
        if stripped := words.strip():
            start = match.start() + words.index(stripped[0])
            yield start, start + len(stripped)


def _is_wrapped(text: str, lines: list[_Span]) -> bool:
    """Whether lines were broken at a fixed width: short, and mostly ending in mid-sentence."""
    pairs = [(a, b) for a, b in pairwise(lines) if _adjacent(text, a, b)]
    if not pairs or max(end - start for start, end in lines) > _WRAP_CHARACTERS:
        return False
    open_ends = sum(not text[a[1] - 1].endswith(_CLOSED) for a, _ in pairs)
    return open_ends > 0.4 * len(pairs)


def _adjacent(text: str, line: _Span, following: _Span) -> bool:
    """Whether no blank line stands between two lines."""
    gap = text[line[1] : following[0]].replace("\r\n", "\n").replace("\r", "\n")
    return gap.count("\n") <= 1 and "\f" not in gap


def _goes_on(text: str, paragraph: _Span, line: _Span, wrapped: bool) -> bool:
    """Whether the line belongs to the paragraph that came before it."""
    if not _adjacent(text, paragraph, line):
        return False
    words = text[slice(*line)]
    if _LIST_MARK.match(words) or _FOOTNOTE.match(words) or _URL.fullmatch(words):
        return False
    if wrapped:
        return True
    return not text[paragraph[1] - 1].endswith(_CLOSED) and words[0].islower()
