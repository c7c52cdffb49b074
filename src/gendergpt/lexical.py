"""BM25 over passages, in tantivy: words of the passage and of its title and headings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import log
from pathlib import Path

import tantivy

from gendergpt.errors import UnavailableError

_ANALYSER = "guidance_en"
_HEADING_BOOST = 0.5
_WRITER_BYTES = 64_000_000


def _analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", stored=True, indexed=True, fast=True)
    builder.add_unsigned_field("revision", indexed=True, fast=True)
    builder.add_text_field("body", tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_text_field("heading", tokenizer_name=_ANALYSER, index_option="freq")
    return builder.build()


class LexicalIndex:
    """A tantivy index, keyed by the ledger's passage keys.

    Raises:
        UnavailableError: the folder holds an index that is damaged or of another make.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except ValueError as error:
            raise UnavailableError(
                f"The library's word index in {folder} cannot be used: {error} Restore it from a "
                "copy, or remove the library's folder and ingest again."
            ) from error
        self._analyser = _analyser()
        self._index.register_tokenizer(_ANALYSER, _analyser())

    def add(self, entries: Iterable[tuple[int, int, str, str]]) -> None:
        """Add and commit entries of key, revision, passage text and heading text."""
        writer = self._writer()
        for key, revision, body, heading in entries:
            entry = {"key": key, "revision": revision, "body": body, "heading": heading}
            writer.add_document(tantivy.Document.from_dict(entry, self._schema))
        self._commit(writer)

    def remove(self, revisions: Collection[int]) -> None:
        """Remove and commit all entries of the revisions."""
        if revisions:
            writer = self._writer()
            # By query: delete_documents_by_term makes a signed term, which no unsigned field has.
            writer.delete_documents_by_query(self._of(revisions))
            self._commit(writer)

    def query(
        self, text: str, limit: int, revisions: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``limit`` pairs of key and BM25 score, best first.

        Args:
            text: the question; none of its characters has a special meaning.
            limit: most pairs to return.
            revisions: only passages of these revisions; None for all.
        """
        terms = self.terms(text)
        if not terms:
            return []
        query = self._any_of(terms)
        if revisions is not None:
            allowed = self._of(revisions)
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0)),
                ]
            )
        searcher = self._index.searcher()
        hits = searcher.search(query, limit).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return [(int(key or 0), float(score)) for key, (score, _) in zip(keys, hits, strict=True)]

    def terms(self, text: str) -> list[str]:
        """Return the stemmed words of a text, in order, without stop words."""
        return list(self._analyser.analyze(text))

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """Return the inverse document frequency of terms, as BM25 has it."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        result = {}
        for term in set(terms):
            frequency = min(searcher.doc_freq("body", term), total)
            result[term] = log(1 + (total - frequency + 0.5) / (frequency + 0.5))
        return result

    def count(self) -> int:
        """Return the number of entries."""
        return int(self._index.searcher().num_docs)

    def revisions(self) -> set[int]:
        """Return the revisions that have entries."""
        return self._all("revision")

    def keys(self) -> set[int]:
        """Return the keys of all entries."""
        return self._all("key")

    def reopen(self) -> None:
        """See what another process has written."""
        self._index.reload()

    def _all(self, field: str) -> set[int]:
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs).hits
        values = searcher.fast_field_values(field, [address for _, address in hits])
        return {int(value or 0) for value in values}

    def _of(self, revisions: Collection[int]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, "revision", sorted(set(revisions)))

    def _any_of(self, terms: Sequence[str]) -> tantivy.Query:
        clauses = []
        for term in terms:
            body = tantivy.Query.term_query(self._schema, "body", term)
            heading = tantivy.Query.boost_query(
                tantivy.Query.term_query(self._schema, "heading", term), _HEADING_BOOST
            )
            clauses += [(tantivy.Occur.Should, body), (tantivy.Occur.Should, heading)]
        return tantivy.Query.boolean_query(clauses)

    def _writer(self) -> tantivy.IndexWriter:
        return self._index.writer(_WRITER_BYTES, 1)

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
