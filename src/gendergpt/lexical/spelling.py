"""Misspelled words of a question, corrected to words that the library has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gendergpt.lexical.analysis import words

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SHORTEST = 5
_LONG = 8


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text, and the words in it that were put in the place of others: (as asked, corrected)."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


def corrected(
    text: str, language: str, vocabulary: Mapping[str, int], known: Callable[[str], bool]
) -> Corrected:
    """Put the nearest word of the library in the place of each word that nobody knows.

    A word is only replaced by one at an edit distance (insertion, deletion, substitution, two
    letters swapped) of 1, or of 2 where it has eight letters or more. The nearest is taken, and of
    several the one in most passages. Short words, words in capitals and whatever has digits stay.

    Args:
        text: the question.
        language: its ISO 639-1 code.
        vocabulary: the library's words in lower case, and in how many passages each is.
        known: says of a word in lower case that it is spelled as it should be.
    """
    changes: list[tuple[str, str]] = []

    def put(match: re.Match[str]) -> str:
        word = match.group()
        if not _may_be_wrong(word, match, text):
            return word
        lower = "".join(words(word, language))
        right = not lower or lower in vocabulary or known(lower)  # no word at all if too long
        nearest = None if right else _nearest(lower, word, vocabulary)
        if nearest is None:
            return word
        better = nearest.capitalize() if word[0].isupper() else nearest
        changes.append((word, better))
        return better

    return Corrected(_WORD.sub(put, text), tuple(changes))


def _may_be_wrong(word: str, match: re.Match[str], text: str) -> bool:
    """Say whether a word is long enough, in small letters and stands free of digits and dots."""
    around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 2]
    joined = re.search(r"[\d_@/]|\.\w", around) is not None
    plain = word.isalpha() and word[1:] == word[1:].lower()
    return len(word) >= _SHORTEST and plain and not joined


def _nearest(lower: str, word: str, vocabulary: Mapping[str, int]) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    far = 2 if len(lower) >= _LONG and not word[0].isupper() else 1
    likely = [
        each
        for each in vocabulary
        if abs(len(each) - len(lower)) <= far and each[0] == lower[0] and each.isalpha()
    ]
    found = process.extract(lower, likely, scorer=OSA.distance, score_cutoff=far, limit=None)
    best = min(found, key=lambda each: (each[1], -vocabulary[each[0]]), default=None)
    return best[0] if best is not None else None
