"""A tantivy index of terms that are analysed already, keyed by the ledger's revisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tantivy

from gendergpt.errors import UnavailableError

TERMS = "terms"
_WRITER_BYTES = 64_000_000


class Store:
    """One tantivy index with an unsigned field ``revision``.

    Args:
        folder: where it is; made when it is missing.
        fields: the further fields.

    Raises:
        UnavailableError: the folder holds an index that is damaged or of another make.
    """

    def __init__(self, folder: Path, fields: tantivy.SchemaBuilder) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        fields.add_unsigned_field("revision", indexed=True, fast=True)
        self.schema = fields.build()
        try:
            self._index = tantivy.Index(self.schema, path=str(folder))
        except ValueError as error:
            raise UnavailableError(
                f"The library's word index in {folder} cannot be used: {error} Restore it from a "
                "copy, or remove the library's folder and ingest again."
            ) from error
        split = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer(TERMS, split)

    def searcher(self) -> tantivy.Searcher:
        """Return what searches the index as it is now."""
        return self._index.searcher()

    def add(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Add and commit entries."""
        writer = self._writer()
        for entry in entries:
            writer.add_document(tantivy.Document.from_dict(dict(entry), self.schema))
        self._commit(writer)

    def remove(self, revisions: Collection[int]) -> None:
        """Remove and commit all entries of the revisions."""
        if revisions:
            writer = self._writer()
            # By query: delete_documents_by_term makes a signed term, which no unsigned field has.
            writer.delete_documents_by_query(self.of(revisions))
            self._commit(writer)

    def search(
        self,
        query: tantivy.Query,
        limit: int,
        fields: Sequence[str],
        revisions: Collection[int] | None = None,
    ) -> list[tuple[tuple[int, ...], float]]:
        """Return the numbers that entries have in some fields, with their scores, best first.

        Args:
            query: what is looked for.
            limit: most entries to return, at least 1.
            fields: names of unsigned fields.
            revisions: only entries of these; None for all.
        """
        if revisions is not None:
            allowed = tantivy.Query.const_score_query(self.of(revisions), 0.0)
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), (must, allowed)])
        searcher = self.searcher()
        hits = searcher.search(query, limit).hits
        addresses = [address for _, address in hits]
        columns = [searcher.fast_field_values(each, addresses) for each in fields]
        rows = [tuple(int(value or 0) for value in row) for row in zip(*columns, strict=True)]
        return [(row, float(score)) for row, (score, _) in zip(rows, hits, strict=True)]

    def all(self, field: str) -> set[int]:
        """Return the numbers that entries have in a field."""
        count = self.count()
        found = self.search(tantivy.Query.all_query(), count, [field]) if count else ()
        return {number for (number,), _ in found}

    def count(self) -> int:
        """Return the number of entries."""
        return int(self.searcher().num_docs)

    def values(self, field: str) -> dict[str, int]:
        """Return the terms of a field, and how many entries that are not removed have each."""
        everything = tantivy.Query.all_query()
        return dict(self.searcher().terms_with_prefix(field, "", everything))

    def reload(self) -> None:
        """See what another process has written."""
        self._index.reload()

    def of(self, revisions: Collection[int]) -> tantivy.Query:
        """Return the query for all entries of the revisions."""
        return tantivy.Query.term_set_query(self.schema, "revision", sorted(set(revisions)))

    def term(self, field: str, term: str, boost: float = 1.0) -> tantivy.Query:
        """Return the query for a term in a field, whose score counts ``boost`` times."""
        query = tantivy.Query.term_query(self.schema, field, term)
        return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)

    def _writer(self) -> tantivy.IndexWriter:
        return self._index.writer(_WRITER_BYTES, 1)

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    """Return the query whose score is the sum of those of its parts that match."""
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in queries])
