"""What the library view shows: a row for each document, sorted and searched, and what is missing.

Apart from its markup, so that it can be told what comes out without a page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gendergpt.editions import replaces
from gendergpt.originals import missing, sections_on
from gendergpt.references import address
from gendergpt.types import Document, Kind, Original
from gendergpt.ui.choices import language_name

COLUMNS = {
    "title": "Title",
    "publisher": "Publisher",
    "year": "Year",
    "edition": "Edition",
    "language": "Language",
    "kind": "Kind",
    "pages": "Pages",
    "passages": "Passages",
    "state": "State",
}
NUMBERS = frozenset({"year", "pages", "passages"})
LONGEST_SEARCH = 200
READY = "Ready"
_KINDS = {Kind.ORIGINAL: "Publication", Kind.SUMMARY: "Our summary"}


@dataclass(frozen=True, slots=True)
class View:
    """How somebody looks at the library: what is searched for, and in which order it stands."""

    search: str = ""
    sort: str = "title"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A document as it is shown. ``cells`` holds a value for each of ``COLUMNS``, or None.

    ``newer`` is the document of the library that replaces this one; ``words`` what a search
    looks through.
    """

    document: Document
    cells: Mapping[str, str | int | None]
    newer: Document | None
    words: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A publication that the library lacks, and how many sections of our notes stand on it.

    ``address`` is its official address, or says whom to ask; ``newer`` the edition replacing it.
    """

    original: Original
    address: str
    sections: int
    newer: Original | None
    words: str


def view_of(search: str, sort: str, direction: str) -> View:
    """Return the view that an address asks for; what it names wrongly is as if left out."""
    known = sort if sort in COLUMNS else "title"
    return View(search.strip()[:LONGEST_SEARCH], known, direction == "desc")


def rows(documents: Sequence[Document], view: View) -> list[Row]:
    """Return all documents in the view's order; empty cells come last in either direction."""
    made = sorted((_row(each, documents) for each in documents), key=lambda row: _order(row))
    filled = [row for row in made if row.cells[view.sort] is not None]
    empty = [row for row in made if row.cells[view.sort] is None]
    filled.sort(key=lambda row: sort_key(row.cells[view.sort]), reverse=view.descending)
    return filled + empty


def absent(documents: Sequence[Document], originals: Sequence[Original]) -> list[Absent]:
    """Return the publications that the library lacks, by title."""
    names = {each.id: each for each in originals}
    sections = sections_on(documents)
    return [
        _absent(each, sections[each.id], names.get(each.superseded_by or ""))
        for each in missing(documents, originals)
    ]


def fits(words: str, search: str) -> bool:
    """Say whether all words of a search stand in what is looked through."""
    return all(word in words for word in folded(search).split())


def folded(text: str) -> str:
    """Return a text without its capitals and accents; ``static/library.js`` does the same."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(each for each in apart if unicodedata.category(each) != "Mn")


def sort_key(value: str | int | None) -> tuple[int, str]:
    """Return what a cell is sorted by: numbers by their size, texts without capitals."""
    return (value, "") if isinstance(value, int) else (0, folded(value or ""))


def _order(row: Row) -> tuple[str, str]:
    return folded(row.document.title), row.document.id


def _row(document: Document, documents: Iterable[Document]) -> Row:
    newer = None
    if document.superseded_by is not None:
        newer = next((each for each in documents if replaces(each, document)), None)
    cells: dict[str, str | int | None] = {
        "title": document.title,
        "publisher": document.publisher or None,
        "year": document.year,
        "edition": document.edition or None,
        "language": language_name(document.language) if document.language else None,
        "kind": _KINDS[document.kind],
        "pages": document.pages,
        "passages": document.passages,
        "state": _state(document, newer),
    }
    told = [*cells.values(), document.symbol, document.url]
    return Row(document, cells, newer, _words(told))


def _state(document: Document, newer: Document | None) -> str:
    if document.superseded_by is None:
        return READY
    return f"Superseded by {called(newer) if newer else document.superseded_by}"


def called(publication: Document | Original) -> str:
    """Return a title with its year."""
    year = f" ({publication.year})" if publication.year else ""
    return f"{publication.title}{year}"


def _absent(original: Original, sections: int, newer: Original | None) -> Absent:
    whom = address(original)
    record = (original.publisher, original.year, original.edition, original.symbol)
    told = [original.title, *original.also, *record, whom]
    return Absent(original, whom, sections, newer, _words(told))


def _words(parts: Iterable[str | int | None]) -> str:
    return folded(" ".join(str(part) for part in parts if part is not None))
