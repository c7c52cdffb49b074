"""The record of a file that was read: from the catalogue, the file itself, or its first page."""

from __future__ import annotations

from gendergpt import firstpage
from gendergpt.catalogue import Record
from gendergpt.files import SourceFile
from gendergpt.types import Document, Kind, Reading


def describe(file: SourceFile, reading: Reading, count: int) -> Document:
    """Return the document's record: the catalogue's, else the file's own, else what page 1 tells.

    Of our own summaries only the language is guessed, since the rest would be the publications'.
    """
    record = file.record or Record(file=file.path.name)
    own = firstpage.own(reading, file.path.name)
    told = firstpage.guess(reading, file.path.name)
    if record.kind is Kind.SUMMARY:
        told = firstpage.Guess(language=told.language)
    said = {name: getattr(record, name) or getattr(own, name) for name in firstpage.FIELDS}
    guessed = tuple(name for name in firstpage.FIELDS if not said[name] and getattr(told, name))
    said |= {name: getattr(told, name) for name in guessed}
    numbered = [page for page in reading.pages if page.number is not None]
    return Document(
        id=file.document_id,
        title=said["title"] or file.path.stem.replace("_", " ").replace("-", " "),
        publisher=record.publisher,
        year=said["year"],
        edition=record.edition,
        language=said["language"],
        kind=Kind(record.kind),
        based_on=tuple(basis.to_basis() for basis in record.based_on),
        path=file.key,
        url=record.url,
        licence=record.licence,
        pages=len(numbered) or None,
        passages=count,
        superseded_by=record.superseded_by,
        symbol=said["symbol"],
        guessed=guessed,
        original=record.original,
    )


def remarks(document: Document, reading: Reading) -> str | None:
    """Return what is to be said about a file just read: warnings, and what was guessed.

    The language is nearly always guessed and is left out here; ``Document.guessed`` names it.
    """
    guessed = [name for name in document.guessed if name != "language"]
    told = [f"guessed from the first page: {', '.join(guessed)}"] if guessed else []
    return "; ".join([*reading.warnings, *told]) or None
