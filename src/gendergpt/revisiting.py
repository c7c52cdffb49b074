"""A kept answer, looked at again with the library as it is now.

Quotations are checked against their pages once more. What was removed from the library is not shown
any more; what was replaced is shown, and it is said by what.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from gendergpt.citations import verify
from gendergpt.framing import refusal
from gendergpt.kept import Kept, place_of
from gendergpt.phrases import Phrases, phrases
from gendergpt.types import Answer, Citation, Document, Hit, Outcome, Passage, Span, Status

_MARKER = re.compile(r"\[(\d{1,3})\]")
_GAP = re.compile(r"\n\s*\n")


class Shelf(Protocol):
    """What is in the library now."""

    def documents(self) -> Sequence[Document]:
        """Return the documents."""
        ...

    def page_text(self, document_id: str, number: int | None) -> str | None:
        """Return a page's own text (``number`` None: formats without pages), or None."""
        ...

    def passage(self, document_id: str, passage_id: str) -> Passage | None:
        """Return a passage, or None."""
        ...


class Fate(StrEnum):
    """What became of a document since it was quoted."""

    REPLACED = "replaced"
    SUPERSEDED = "superseded"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of a quoted document, the markers of its quotations, and what is newer."""

    fate: Fate
    markers: tuple[int, ...]
    document: Document
    newer: Document | None = None


@dataclass(frozen=True, slots=True)
class Revisited:
    """An answer as it can be shown now, its passages by id, and what has become of its sources.

    ``as_given`` is the answer as it was given, from which nothing is to be shown.
    """

    answer: Answer
    passages: Mapping[str, Passage]
    notices: tuple[Notice, ...]


def revisit(kept: Kept, shelf: Shelf) -> Revisited:
    """Return a kept answer as the library of now allows it to be shown."""
    held = {document.id: document for document in shelf.documents()}
    given = kept.answer
    judged = [_judged(each, kept, held, shelf) for each in given.citations]
    shown = tuple(citation for citation, _ in judged if citation is not None)
    near, reading = _hits(given.nearest, held, shelf), _hits(given.reading, held, shelf)
    passages = {hit.passage.id: hit.passage for hit in (*near, *reading)}
    for citation in shown:
        found = shelf.passage(citation.document.id, citation.passage_id)
        passages |= {found.id: found} if found is not None else {}
    gone = [each for each in given.citations if each.marker not in {c.marker for c in shown}]
    answer = replace(
        given,
        text=_text(given, near, gone, phrases(given.language)),
        citations=shown,
        nearest=near,
        reading=reading,
    )
    return Revisited(answer, passages, _joined(notice for _, notice in judged if notice))


# --- quotations ----------------------------------------------------------------------------------


def _judged(
    citation: Citation, kept: Kept, held: Mapping[str, Document], shelf: Shelf
) -> tuple[Citation | None, Notice | None]:
    """Return a citation as it can be shown, if it can, and what there is to say about it."""
    then = citation.document
    now = held.get(then.id)
    marker = (citation.marker,)
    if now is None:
        newer = _in_its_place(then, kept, held.values())
        fate = Fate.REPLACED if newer else Fate.REMOVED
        return (citation if newer else None), Notice(fate, marker, then, newer)
    if _status(citation, shelf) is Status.NOT_FOUND:
        return None, Notice(Fate.CHANGED, marker, now)
    also = tuple(held.get(each.id, each) for each in citation.also)
    shown = replace(citation, document=now, also=also)
    if now.superseded_by is None or now.superseded_by == then.superseded_by:
        return shown, None
    return shown, Notice(Fate.SUPERSEDED, marker, now, held.get(now.superseded_by))


def _in_its_place(then: Document, kept: Kept, held: Iterable[Document]) -> Document | None:
    """Return the document that a file now holds, or that is the same publication, or None."""
    place = kept.places.get(then.id)
    for document in held:
        if place is not None and document.path and place_of(document, then.id) == place:
            return document
        if then.original is not None and document.original == then.original:
            return document
    return None


def _status(citation: Citation, shelf: Shelf) -> Status:
    pieces = []
    for span in citation.spans:
        text = shelf.page_text(citation.document.id, _number(span))
        if text is None:
            return Status.NOT_FOUND
        pieces.append(text[span.start : span.end])
    return verify(citation.quote, pieces)


def _number(span: Span) -> int | None:
    return span.page.number if span.page is not None else None


def _joined(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Put what is to be said about one document together."""
    found: dict[tuple[Fate, str], Notice] = {}
    for each in notices:
        key = each.fate, each.document.id
        before = found.get(key)
        found[key] = replace(before, markers=before.markers + each.markers) if before else each
    return tuple(found.values())


def _hits(hits: Iterable[Hit], held: Mapping[str, Document], shelf: Shelf) -> tuple[Hit, ...]:
    """Return the passages that are still there, with their text of now."""
    found = []
    for hit in hits:
        document = held.get(hit.document.id)
        passage = shelf.passage(hit.document.id, hit.passage.id) if document else None
        if document is not None and passage is not None:
            found.append(replace(hit, document=document, passage=passage))
    return tuple(found)


# --- the text ------------------------------------------------------------------------------------


def _text(given: Answer, near: Sequence[Hit], gone: Sequence[Citation], say: Phrases) -> str:
    """Return the answer's text without words that are not in the library any more."""
    if given.outcome is Outcome.NOT_IN_LIBRARY:
        parts = refusal(given.missing, given.searched, near, given.originals, say), *given.notes
        return "\n\n".join(parts)
    if not gone:
        return given.text
    said = say.gettext("This quotation is not shown: its source is no longer in the library.")
    text = without(given.text, {each.marker for each in gone}, said)
    left = any(each.quote in text for each in gone)  # which would be a fault of the text
    return said if left else text


def without(text: str, markers: Collection[int], said: str) -> str:
    """Return an answer's text with a sentence in the place of some quotations.

    Args:
        text: paragraphs parted by an empty line; a first line without a marker says who is quoted.
        markers: of the quotations that go.
        said: what stands in their place.
    """
    return "\n\n".join(_thinned(group, markers, said) for group in _GAP.split(text))


def _thinned(group: str, markers: Collection[int], said: str) -> str:
    lines, chunk = [], list[str]()
    for number, line in enumerate(group.splitlines()):
        chunk.append(line)
        found = [int(each) for each in _MARKER.findall(line)]
        is_lead = number == 0 and line.rstrip().endswith(":")
        if found or is_lead:
            going = [each for each in found if each in markers]
            lines += [f"{said} [{each}]" for each in going] or chunk
            chunk = []
    return "\n".join(lines + chunk)
