"""Passages that a question asks for by their place: "Article 7 of the Schengen Borders Code".

The publication is the one whose record shares the question's rarest words; the place is looked up,
not searched for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from gendergpt.ledger import Stored
from gendergpt.library import Library
from gendergpt.numbering import Place, page_name, places_in, stands_in, without_places
from gendergpt.originals import names_by_id
from gendergpt.types import Document, Sentence

_MOST = 12
_NAMED = 0.75
"""Least share of the best match for a publication to be meant as well."""
_ASKING = frozenset(
    "say tell state mean requir provid read text pleas show quot give do what how which under "
    "accord cite find word wording content lay down set out stand".split()
)
"""Stems of words with which one asks for a place, whatever the place is about."""
_KINDS = frozenset(
    "report guid guidanc guidelin handbook manual toolkit tool document public note letter".split()
)
_KIND_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Pinned:
    """Passages at the places asked for, and whether the question says of which publication.

    ``topic`` says that the question has further words, by which to choose within the place.
    """

    passages: tuple[Stored, ...] = ()
    named: bool = False
    topic: bool = False


def pinned(question: str, library: Library, revisions: set[int] | None) -> Pinned:
    """Look up the passages at the places that a question asks for.

    Args:
        question: as it was asked.
        library: an open library.
        revisions: what the search is limited to (None: all).
    """
    places = places_in(question)
    if not places:
        return Pinned()
    keys = dict.fromkeys(key for place in places for key in library.ledger.at(place, revisions))
    found = [each for each in library.stored(keys).values() if _touches(each, places)]
    terms = set(library.lexical.terms(without_places(question))) - _ASKING
    if not found or not terms:
        return Pinned(_ordered(found, keys), not terms, False)
    records = _records(library)
    scores = _matches(records, terms)
    best = max(scores[each.document.id] for each in found)
    if best <= 0:
        return Pinned(_ordered(found, keys), False, True)
    meant = [each for each in found if scores[each.document.id] >= _NAMED * best]
    title = set().union(*(records[each.document.id] for each in meant))
    return Pinned(_ordered(meant, keys), True, bool(terms - title - _KINDS))


def at_place(sentence: Sentence, places: Iterable[Place]) -> bool:
    """Say whether a sentence stands in one of the places asked for."""
    pages = {
        page_name(span.page.label or str(span.page.number))
        for span in sentence.spans
        if span.page is not None
    }
    return any(place.page in pages or stands_in(place, sentence.numbers) for place in places)


def _touches(stored: Stored, places: Sequence[Place]) -> bool:
    return any(at_place(sentence, places) for sentence in stored.passage.sentences)


def _ordered(found: Iterable[Stored], keys: Iterable[int]) -> tuple[Stored, ...]:
    known = {each.key: each for each in found}
    return tuple(known[key] for key in keys if key in known)[:_MOST]


def _records(library: Library) -> dict[str, set[str]]:
    """Return the stemmed words of each document's record, other names of it included."""
    names = names_by_id(library.ledger.originals())
    return {
        each.id: _terms(library, each, names.get(each.original or "", ""))
        for each in library.documents()
    }


def _matches(records: Mapping[str, set[str]], terms: set[str]) -> dict[str, float]:
    """Return how much of the question's words each record holds.

    A word counts by its inverse document frequency among the library's records; a word for a kind
    of document counts little.
    """
    held = {key: terms & words for key, words in records.items()}
    frequency = Counter(term for words in held.values() for term in words)
    weights = {
        term: log(1 + len(records) / count) * (_KIND_WEIGHT if term in _KINDS else 1)
        for term, count in frequency.items()
    }
    return {key: sum(weights[term] for term in words) for key, words in held.items()}


def _terms(library: Library, document: Document, names: str) -> set[str]:
    parts = (document.title, document.publisher, document.edition, document.symbol, document.year,
             names)  # fmt: skip
    return set(library.lexical.terms(" ".join(str(part) for part in parts if part)))
