"""From a page's own text to text for reading and searching, with the way back.

The rules, in this order of precedence at each position:

1. A hyphen at a line's end (``-``, ``‐`` or U+FFFE, which PDFium puts for one) between two letters
   is dropped with the line break when the joined word is likelier (see :func:`joins`), and kept
   without the break otherwise.
2. White space, of whatever kind and length, becomes one space, with what is invisible in it.
3. Soft hyphens and invisible control characters elsewhere are dropped.
4. Ligatures (``ﬁ``) become their letters; U+FFFE elsewhere becomes ``-``.
5. The mark of a footnote, glued to a word or its punctuation and followed by white space, is
   dropped where the page has a footnote of that number.

Everything else stays as it is. ``offsets`` leads from each cleaned character to the raw one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from gendergpt.glyphs import INVISIBLE, LIGATURES, LINE_HYPHEN, WHITE_SPACE

_TOKEN = re.compile(
    rf"(?P<hyphen>{LINE_HYPHEN})"
    rf"|(?P<space>{WHITE_SPACE})"
    rf"|(?P<drop>[{INVISIBLE}]+)"
    r"|(?P<other>[\ufb00-\ufb06\ufffe])"
)
_LETTERS_BEFORE = re.compile(r"[^\W\d_]+$")
_LETTERS_AFTER = re.compile(r"[^\W\d_]+")
_DIVIDED = re.compile(  # begins where a word begins and never goes back: linear in long words, too
    r"(?<![^\W\d_])[^\W\d_]++"
    r"(?:(?:[-\u2010\u00ad][^\S\n]*+\n\s*+|\ufffe\s*+)[^\W\d_]+|[-\u2010\ufffe]\s*+$)"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_NOTE = re.compile(r"(?:^|[\r\n]|[.!?)]\s)[\[(]?(\d{1,3})(?=\W|[A-Z])")
_NUMBER = re.compile(r"(?<![\d\s])(?<!^)\d{1,3}(?=\s|$)")
_BEFORE_MARK = re.compile(r"(?:([^\W\d_]{2,})|[”’\"')\]»])([.,;:?!]?)[”’\"')\]»]*$")
_BEFORE_CHARACTERS = 40
_NUMBERED_BY = frozenset(  # "Add.1", "para.5": a number that belongs to the word
    "add amend art arts ch chap corr dec doc ed fig misc no nos num núm ord para paras párr pp pt "
    "pub rec reg res rev sec sect sess ser suppl tab vol wg".split()
)

Joins = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``text[i]`` was read at ``offsets[i]`` of the raw text; ``offsets`` has one entry more.

    ``marks`` are the raw ranges of the footnote marks that were dropped, in their order.
    """

    text: str
    offsets: tuple[int, ...]
    marks: tuple[tuple[int, int], ...] = ()

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw range behind ``text[start:end]`` (not empty)."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def stretches(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the raw ranges behind ``text[start:end]`` (not empty), footnote marks left out."""
        low, high = self.raw(start, end)
        for first, last in self.marks:
            if low < first and last < high:
                yield low, first
                low = last
        yield low, high


def joins(vocabulary: Collection[str]) -> Joins:
    """Return the rule that decides whether two halves of a word are joined without the hyphen.

    Joined unless the hyphenated form occurs in ``vocabulary`` (lower-case words of the document),
    or only the halves do and the whole does not. A capital ("Inter-Agency") begins a word of its
    own, unless all are capitals.
    """

    def rule(left: str, right: str) -> bool:
        if right[0].isupper() and not left.isupper():
            return False
        left, right = left.lower(), right.lower()
        if left + right in vocabulary:
            return True
        if f"{left}-{right}" in vocabulary:
            return False
        return not (left in vocabulary and right in vocabulary)

    return rule


def words(text: str) -> set[str]:
    """Return the lower-case words of a text, hyphenated ones whole as well as in parts.

    Words that are divided at a line's end, or at the text's own, are left out: their halves are
    none.
    """
    found: set[str] = set()
    for match in _WORD.finditer(_DIVIDED.sub(" ", text)):
        word = match.group().lower().replace("\u2010", "-")
        found.add(word)
        if "-" in word:
            found.update(word.split("-"))
    return found


def note_numbers(footnote: str) -> set[str]:
    """Return the numbers that open the notes of a footnote block, which may hold several."""
    return set(_NOTE.findall(footnote))


def clean(text: str, joined: Joins | None = None, notes: Collection[str] = ()) -> Cleaned:
    """Clean ``text`` by the rules above and keep where each character came from.

    Args:
        text: raw text of a block.
        joined: the rule for hyphens at line ends; by default they are always dropped.
        notes: the numbers of the footnotes on the block's page (see :func:`note_numbers`).
    """
    marks = tuple(_note_marks(text, notes)) if notes else ()
    changes = [
        (match.start(), match.end(), _replacement(text, match, joined))
        for match in _TOKEN.finditer(text)
    ]
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for start, end, replacement in sorted([*changes, *((*mark, "") for mark in marks)]):
        pieces.append(text[position:start])
        offsets.extend(range(position, start))
        pieces.append(replacement)
        offsets.extend([start] * len(replacement))
        position = end
    pieces.append(text[position:])
    offsets.extend(range(position, len(text) + 1))
    return _stripped("".join(pieces), offsets, marks)


def _note_marks(text: str, notes: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of numbers that are marks of one of these notes."""
    for match in _NUMBER.finditer(text):
        if match.group() not in notes:
            continue
        low = max(0, match.start() - _BEFORE_CHARACTERS)
        before = _BEFORE_MARK.search(text, low, match.start())
        if before is not None and _may_bear_mark(before, text):
            yield match.span()


def _may_bear_mark(before: re.Match[str], text: str) -> bool:
    """Whether the number after a word is no part of it, as in "BRCA1", "Add.1" or a symbol."""
    word = before.group(1)
    if word is None:
        return True
    ahead = text[max(0, before.start() - _BEFORE_CHARACTERS) : before.start()]
    if ahead and not ahead[-1].isspace() and "/" in ahead.split()[-1]:
        return False
    bare = before.end(1) == before.end()
    return not (bare and word.isupper()) and word.casefold() not in _NUMBERED_BY


def _replacement(text: str, match: re.Match[str], joined: Joins | None) -> str:
    if match.lastgroup == "space":
        return " "
    if match.lastgroup == "other":
        return LIGATURES.get(match.group(), "-")
    if match.lastgroup == "hyphen" and joined is not None and "\u00ad" not in match.group():
        left = _LETTERS_BEFORE.search(text, max(0, match.start() - 40), match.start())
        right = _LETTERS_AFTER.match(text, match.end())
        if left and right and not joined(left.group(), right.group()):
            return "-"
    return ""


def _stripped(text: str, offsets: list[int], marks: tuple[tuple[int, int], ...]) -> Cleaned:
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    if end <= start:
        return Cleaned("", (offsets[-1],))
    return Cleaned(text[start:end], (*offsets[start:end], offsets[end - 1] + 1), marks)
