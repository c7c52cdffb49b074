"""From a page's own text to text for reading and searching, with the way back.

The rules, in this order of precedence at each position:

1. A hyphen at a line's end (``-``, ``‐`` or U+FFFE, which PDFium puts for one) between two letters
   is dropped with the line break when the joined word is likelier (see :func:`joins`), and kept
   without the break otherwise.
2. White space, of whatever kind and length, becomes one space, with what is invisible in it.
3. Soft hyphens and invisible control characters elsewhere are dropped.
4. Ligatures (``ﬁ``) become their letters; U+FFFE elsewhere becomes ``-``.

Everything else stays as it is. ``offsets`` leads from each cleaned character to the raw one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
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

Joins = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``text[i]`` was read at ``offsets[i]`` of the raw text; ``offsets`` has one entry more."""

    text: str
    offsets: tuple[int, ...]

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw range behind ``text[start:end]`` (not empty)."""
        return self.offsets[start], self.offsets[end - 1] + 1


def joins(vocabulary: Collection[str]) -> Joins:
    """Return the rule that decides whether two halves of a word are joined without the hyphen.

    Joined unless the hyphenated form occurs in ``vocabulary`` (lower-case words of the document),
    or only the halves do and the whole does not.
    """

    def rule(left: str, right: str) -> bool:
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


def clean(text: str, joined: Joins | None = None) -> Cleaned:
    """Clean ``text`` by the rules above and keep where each character came from.

    Args:
        text: raw text of a block.
        joined: the rule for hyphens at line ends; by default they are always dropped.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for match in _TOKEN.finditer(text):
        pieces.append(text[position : match.start()])
        offsets.extend(range(position, match.start()))
        replacement = _replacement(text, match, joined)
        pieces.append(replacement)
        offsets.extend([match.start()] * len(replacement))
        position = match.end()
    pieces.append(text[position:])
    offsets.extend(range(position, len(text) + 1))
    return _stripped("".join(pieces), offsets)


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


def _stripped(text: str, offsets: list[int]) -> Cleaned:
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    if end <= start:
        return Cleaned("", (offsets[-1],))
    return Cleaned(text[start:end], (*offsets[start:end], offsets[end - 1] + 1))
