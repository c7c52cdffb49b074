"""Where a quotation stands in a passage, for marking it. Pure functions.

White space, hyphens at line ends and ligatures may differ between the two; letters, digits and
punctuation may not.
"""

from __future__ import annotations

import unicodedata

_DASHES = frozenset("-\u00ad\u2010\u2011")


def find(quote: str, passage: str) -> tuple[int, int] | None:
    """Return start and end of ``quote`` in ``passage`` (characters), or None."""
    wanted, _ = _letters(quote)
    letters, places = _letters(passage)
    at = letters.find(wanted) if wanted else -1
    if at < 0:
        return None
    return places[at], places[at + len(wanted) - 1] + 1


def _letters(text: str) -> tuple[str, list[int]]:
    """Return the text without spaces and hyphens, and where each character came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character):
            if not letter.isspace() and letter not in _DASHES:
                letters.append(letter)
                places.append(place)
    return "".join(letters), places
