"""Checking quotations against pages: pure functions, no model, no guess.

A quotation is ``EXACT`` when it is the page's own text, character for character. It is
``NORMALISED`` when it is the same after these rules, and nothing else:

* white space of any kind and length counts as one space;
* soft hyphens, zero-width and control characters count as nothing;
* a ligature counts as its letters;
* a hyphen at the end of a line (or U+FFFE, PDFium's sign for one) may stand or not.

Anything else is ``NOT_FOUND``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gendergpt.glyphs import INVISIBLE, LIGATURES, LINE_HYPHEN, WHITE_SPACE
from gendergpt.types import Status

_UNIT = re.compile(
    rf"(?P<line_hyphen>{LINE_HYPHEN})"
    rf"|(?P<space>{WHITE_SPACE})"
    rf"|(?P<invisible>[{INVISIBLE}]+)"
    r"|(?P<hyphen>\ufffe)"
    r"|(?P<ligature>[\ufb00-\ufb06])"
)
_SAME = {
    "line_hyphen": re.compile(r"[-\u2010\u00ad\ufffe]?\s*"),
    "space": re.compile(rf"[\s{INVISIBLE}]+"),
    "invisible": re.compile(rf"[{INVISIBLE}]*"),
    "hyphen": re.compile(r"[-\u2010\ufffe]"),
    **{key: re.compile(f"{key}|{letters}") for key, letters in LIGATURES.items()},
}
_UNSEEN = re.compile(rf"[\s{INVISIBLE}]")


def verify(quote: str, pieces: Sequence[str]) -> Status:
    """Say how a quotation relates to the stretches of page text that it names.

    Args:
        quote: the words as they are shown.
        pieces: ``page.text[start:end]`` of each span, in order.
    """
    if not quote.strip() or not pieces:
        return Status.NOT_FOUND
    raw = "\n".join(pieces)
    if quote == raw:
        return Status.EXACT
    wanted, found = _trimmed(quote), _trimmed(raw)
    return Status.NORMALISED if wanted and _same(wanted, found) else Status.NOT_FOUND


def find(quote: str, page: str) -> tuple[int, int] | None:
    """Return where a quotation stands on a page, by the same rules, or None.

    Args:
        quote: the words as they are shown.
        page: the page's own text.
    """
    if not _trimmed(quote):
        return None
    position = page.find(quote)
    if position >= 0:
        return position, position + len(quote)
    letters, offsets = _squeezed(page)
    wanted, within = _squeezed(quote)
    start = letters.find(wanted) if wanted else -1
    while start >= 0:
        low = _reach(page, offsets[start], quote[: within[0]], -1)
        last = offsets[start + len(wanted) - 1]
        high = _reach(page, last, quote[within[-1] + 1 :], 1) + 1
        if verify(quote, [page[low:high]]) is not Status.NOT_FOUND:
            return low, high
        start = letters.find(wanted, start + 1)
    return None


def _trimmed(text: str) -> str:
    """Drop what cannot be seen at both ends."""
    if not text or not (_UNSEEN.match(text[0]) or _UNSEEN.match(text[-1])):
        return text
    seen = [index for index, character in enumerate(text) if not _UNSEEN.match(character)]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def _same(quote: str, raw: str) -> bool:
    """Say whether ``quote`` is the same as ``raw`` by the rules above, in one pass."""
    place = position = 0
    for match in _UNIT.finditer(raw):
        literal = raw[position : match.start()]
        if not quote.startswith(literal, place):
            return False
        rule = _SAME[match.group() if match.lastgroup == "ligature" else str(match.lastgroup)]
        found = rule.match(quote, place + len(literal))
        if found is None:
            return False
        place, position = found.end(), match.end()
    return quote[place:] == raw[position:]


def _reach(page: str, index: int, marks: str, step: int) -> int:
    """Go on from a letter of the page over as many marks as the quotation has beyond it."""
    wanted = len(_UNSEEN.sub("", marks))
    while wanted and 0 <= index + step < len(page) and not page[index + step].isalnum():
        index += step
        wanted -= not _UNSEEN.match(page[index])
    return index


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Return the letters and figures of a text, and where each of them stands."""
    letters: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        for letter in LIGATURES.get(character, character):
            if letter.isalnum():
                letters.append(letter)
                offsets.append(index)
    return "".join(letters), offsets
