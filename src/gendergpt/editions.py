"""Which of two documents is the newer edition of the same publication."""

from __future__ import annotations

from gendergpt.originals import words
from gendergpt.types import Document


def replaces(newer: Document, older: Document) -> bool:
    """Say whether the older document's record names the newer one as what replaces it.

    The record names it by id, by title, or by title with year or edition, in any spelling of
    capitals and marks.
    """
    named = older.superseded_by
    if named is None or newer.id == older.id:
        return False
    if named in (newer.id, newer.original):
        return True
    return words(named) in [words(name) for name in _names(newer)] and not _same(newer, older)


def _names(document: Document) -> list[str]:
    added = [document.year, document.edition, f"{document.edition}, {document.year}"]
    return [document.title, *(f"{document.title} ({each})" for each in added if each)]


def _same(one: Document, other: Document) -> bool:
    """Say whether two records cannot be told apart: a title alone then names neither."""
    alike = (one.title, one.year, one.edition) == (other.title, other.year, other.edition)
    return alike and one.title == other.superseded_by
