"""Which characters of a set's own text a stretch of a library's page is.

Both hold the same words; only white space, marks of markup and a title before the text differ. So
letters and digits alone are laid beside one another, line by line.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Alignment:
    """``places[i]`` is where character ``i`` of the page stands in the set's text, or -1."""

    places: NDArray[np.int64]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the stretch of the set's text behind ``page[start:end]``, or None."""
        found = self.places[start:end]
        found = found[found >= 0]
        return (int(found.min()), int(found.max()) + 1) if len(found) else None


def align(page: str, text: str) -> Alignment:
    """Lay a page's text beside the set's. Lines that are not on the page are left out."""
    squeezed, where = bare(page)
    places = np.full(len(page), -1, np.int64)
    after = _after_title(squeezed, text)
    offset = 0
    for line in text.splitlines(keepends=True):
        letters, positions = bare(line)
        found = squeezed.find(letters, after) if letters else -1
        if found >= 0:
            after = found + len(letters)
            places[where[found:after]] = positions + offset
        offset += len(line)
    return Alignment(places)


def bare(text: str) -> tuple[str, NDArray[np.int64]]:
    """Return the letters and digits of a text in lower case, and where each of them stands."""
    letters, places = [], []
    for place, character in enumerate(text):
        for each in unicodedata.normalize("NFKC", character).casefold():
            if each.isalnum():
                letters.append(each)
                places.append(place)
    return "".join(letters), np.array(places, np.int64)


def overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return how many characters two stretches share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _after_title(squeezed: str, text: str) -> int:
    """Return where the whole text begins on the page, 0 where it does not stand there in one."""
    return max(0, squeezed.find(bare(text)[0]))
