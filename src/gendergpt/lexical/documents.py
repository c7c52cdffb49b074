"""Whole documents by their words: a passage counts for more where its document is about them.

Beside the words of each document, the acronyms that it explains are kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import tantivy

from gendergpt.lexical.acronyms import Acronym, AcronymTable
from gendergpt.lexical.store import TERMS, Store, any_of


@dataclass(frozen=True, slots=True)
class Whole:
    """A document's words: its terms, its language, and the acronyms that it explains."""

    revision: int
    language: str
    terms: Sequence[str]
    acronyms: Sequence[Acronym]


class Documents:
    """An index of whole documents.

    Raises:
        UnavailableError: the folder holds an index that is damaged or of another make.
    """

    def __init__(self, folder: Path) -> None:
        fields = tantivy.SchemaBuilder()
        fields.add_text_field("whole", tokenizer_name=TERMS, index_option="freq")
        fields.add_text_field("language", tokenizer_name=TERMS, index_option="basic")
        fields.add_text_field("acronyms", stored=True, tokenizer_name=TERMS, index_option="basic")
        self.store = Store(folder, fields)
        self._acronyms: AcronymTable | None = None
        self._languages: dict[str, int] | None = None

    def add(self, wholes: Iterable[Whole]) -> None:
        """Add and commit documents."""
        self.store.add(
            {
                "revision": each.revision,
                "language": each.language,
                "whole": " ".join(each.terms),
                "acronyms": json.dumps([astuple(pair) for pair in each.acronyms]),
            }
            for each in wholes
        )
        self._acronyms = self._languages = None

    def remove(self, revisions: Collection[int]) -> None:
        """Remove and commit documents."""
        self.store.remove(revisions)
        self._acronyms = self._languages = None

    def reload(self) -> None:
        """See what another process has written."""
        self.store.reload()
        self._acronyms = self._languages = None

    def scores(self, some: Iterable[str], revisions: Collection[int]) -> dict[int, float]:
        """Return the BM25 scores of some documents for terms; 0 is left out."""
        query = any_of(self.store.term("whole", each) for each in some)
        found = self.store.search(query, max(1, len(revisions)), ["revision"], revisions)
        return {revision: score for (revision,), score in found}

    def languages(self) -> dict[str, int]:
        """Return the languages of the documents, and how many are in each."""
        if self._languages is None:
            self._languages = self.store.values("language")
        return self._languages

    def acronyms(self) -> AcronymTable:
        """Return what the documents say that acronyms stand for."""
        if self._acronyms is None:
            self._acronyms = AcronymTable.of(self.explained().values())
        return self._acronyms

    def explained(self) -> dict[int, list[Acronym]]:
        """Return the acronyms that each document explains, by revision."""
        searcher = self.store.searcher()
        if not searcher.num_docs:
            return {}
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs).hits
        addresses = [address for _, address in hits]
        revisions = searcher.fast_field_values("revision", addresses)
        kept = [str(searcher.doc(each).get_first("acronyms") or "[]") for each in addresses]
        return {
            int(revision or 0): [Acronym(*pair) for pair in json.loads(pairs)]
            for revision, pairs in zip(revisions, kept, strict=True)
        }
