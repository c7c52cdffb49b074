"""BM25 over passages, in tantivy: terms, their pairs, headings, and the whole document's words."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import NamedTuple

import tantivy

from gendergpt.languages import language as language_of
from gendergpt.lexical import analysis
from gendergpt.lexical.acronyms import Acronym, acronyms
from gendergpt.lexical.analysis import ENGLISH
from gendergpt.lexical.asking import asking
from gendergpt.lexical.documents import Documents, Whole
from gendergpt.lexical.spelling import Corrected, corrected
from gendergpt.lexical.store import TERMS, Store, any_of

FOLDER = "words"
"""The index's folder in a library; another form of index has another one."""
FORMER = "lexical"
"""The folder of the form before."""

_HEADING = 0.5
_DOCUMENT = 0.4
_PAIRS = {ENGLISH: 0.4}
_PAIRS_ELSEWHERE = 0.2
_GRAMS = 0.2
_SPELLED_OUT = 1.0
"""Shares of the fields beside the body's terms. Tried on OMoS-QA in five languages, doc2dial,
cranfield and SQuAD 2.0; pieces of words help all languages but English."""
_LOOKED_AT = 200


class Words(NamedTuple):
    """A passage as the word index has it: ledger's key and revision, its text and headings."""

    key: int
    revision: int
    body: str
    heading: str
    language: str = ENGLISH


class LexicalIndex:
    """The words of a library's passages, keyed by the ledger's passage keys.

    Raises:
        UnavailableError: the folder holds an index that is damaged or of another make.
    """

    def __init__(self, folder: Path) -> None:
        fields = tantivy.SchemaBuilder()
        fields.add_unsigned_field("key", stored=True, indexed=True, fast=True)
        for name in ("body", "heading", "pairs", "grams"):
            fields.add_text_field(name, tokenizer_name=TERMS, index_option="freq")
        fields.add_text_field("words", tokenizer_name=TERMS, index_option="basic")
        self._store = Store(folder, fields)
        self._documents = Documents(folder / "documents")
        self._vocabulary: dict[str, int] | None = None

    def add(self, entries: Iterable[Words | tuple[int, int, str, str]]) -> None:
        """Add and commit passages; those of one revision come together."""
        analysed = [_Analysed.of(Words(*each)) for each in entries]
        self._documents.add(_wholes(analysed))
        self._store.add(each.fields() for each in analysed)
        self._vocabulary = None

    def remove(self, revisions: Collection[int]) -> None:
        """Remove and commit all entries of the revisions."""
        self._store.remove(revisions)
        self._documents.remove(revisions)
        self._vocabulary = None

    def query(
        self,
        text: str,
        limit: int,
        revisions: Collection[int] | None = None,
        language: str | None = None,
    ) -> list[tuple[int, float]]:
        """Return up to ``limit`` pairs of key and BM25 score, best first.

        Args:
            text: the question; none of its characters has a special meaning.
            limit: most pairs to return.
            revisions: only passages of these revisions; None for all.
            language: of the question; None to have it recognised. Its words are also looked for
                in the forms that they have in the library's other languages, as names are.
        """
        language = language or language_of(text)
        topical = self._topical(text, language)
        if not topical:
            return []
        clauses = [
            *self._any_form(topical),
            *self._closer(text, language),
            *self._otherwise(text),
        ]
        depth = max(limit, _LOOKED_AT)
        found = self._store.search(any_of(clauses), depth, ("key", "revision"), revisions)
        return self._with_documents(found, topical)[:limit]

    def terms(self, text: str, language: str | None = None) -> list[str]:
        """Return the terms of a text, in order, without stop words.

        Args:
            text: any text.
            language: its own; None for English.
        """
        return analysis.terms(text, language or ENGLISH)

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """Return the inverse document frequency of terms, as BM25 has it."""
        searcher = self._store.searcher()
        total = searcher.num_docs
        result = {}
        for term in set(terms):
            frequency = min(searcher.doc_freq("body", term), total)
            result[term] = log(1 + (total - frequency + 0.5) / (frequency + 0.5))
        return result

    def corrected(self, text: str, language: str | None = None) -> Corrected:
        """Correct a question's misspelled words to words of the library.

        Nothing is corrected in a language that the library has no document in.
        """
        language = language or language_of(text)
        if language not in self._documents.languages():
            return Corrected(text)
        return corrected(text, language, self._words(), lambda word: self._known(word, language))

    def expanded(self, text: str) -> str:
        """Return a question with its acronyms spelled out, and the acronyms of what it spells out.

        Both are as the library's documents explain them.
        """
        return self._documents.acronyms().expanded(text)

    def explained(self) -> dict[int, list[Acronym]]:
        """Return the acronyms that each document spells out, by revision."""
        return self._documents.explained()

    def count(self) -> int:
        """Return the number of passages."""
        return self._store.count()

    def revisions(self) -> set[int]:
        """Return the revisions that have entries."""
        return self._store.all("revision") | self._documents.store.all("revision")

    def keys(self) -> set[int]:
        """Return the keys of all passages."""
        return self._store.all("key")

    def reopen(self) -> None:
        """See what another process has written."""
        self._store.reload()
        self._documents.reload()
        self._vocabulary = None

    def _topical(self, text: str, language: str) -> list[tuple[str, ...]]:
        """Return the words of a question that tell its topic, each in all forms of the library.

        Where there are only words with which one asks, those are returned.
        """
        found = analysis.without_stopwords(analysis.words(text, language), language)
        some = [word for word in found if word not in asking(language)] or found
        spoken = self._documents.languages() or (language,)
        ordered = sorted(spoken, key=lambda code: code != language)
        forms = [
            tuple(dict.fromkeys(itertools.chain(*(analysis.terms_of([word], c) for c in ordered))))
            for word in some
        ]
        return [each for each in dict.fromkeys(forms) if each]

    def _any_form(self, topical: Iterable[tuple[str, ...]]) -> Iterator[tantivy.Query]:
        """Yield the query for each word: of its forms, that which a passage has."""
        for forms in topical:
            queries = [
                any_of(
                    [self._store.term("body", form), self._store.term("heading", form, _HEADING)]
                )
                for form in forms
            ]
            yield queries[0] if len(queries) == 1 else tantivy.Query.disjunction_max_query(queries)

    def _closer(self, text: str, language: str) -> Iterator[tantivy.Query]:
        """Yield the queries for pairs of words and for pieces of words, within one language."""
        if language not in self._documents.languages():
            return
        share = _PAIRS.get(language, _PAIRS_ELSEWHERE)
        for pair in dict.fromkeys(analysis.pairs(analysis.terms(text, language))):
            yield self._store.term("pairs", pair, share)
        for gram in dict.fromkeys(_grams(analysis.words(text, language), language)):
            yield self._store.term("grams", gram, _GRAMS)

    def _otherwise(self, text: str) -> Iterator[tantivy.Query]:
        """Yield the queries for what acronyms stand for, and for acronyms of what is spelled out.

        What they stand for is looked for in pairs of words: each word by itself says too little.
        """
        table = self._documents.acronyms()
        spoken = tuple(self._documents.languages())
        for longs in table.meant(text).values():
            some = [analysis.terms(long, code) for long in longs for code in spoken]
            for pair in dict.fromkeys(pair for each in some for pair in analysis.pairs(each)):
                yield self._store.term("pairs", pair, _SPELLED_OUT)
        for short in dict.fromkeys(table.shortened(analysis.terms(text)).values()):
            for term in analysis.terms(short):
                yield self._store.term("body", term, _SPELLED_OUT)

    def _with_documents(
        self, found: Sequence[tuple[tuple[int, ...], float]], topical: Iterable[tuple[str, ...]]
    ) -> list[tuple[int, float]]:
        """Add what each passage's document scores as a whole; return keys, best first."""
        if not found:
            return []
        flat = dict.fromkeys(form for forms in topical for form in forms)
        whole = self._documents.scores(flat, {revision for (_, revision), _ in found})
        scored = [
            (key, score + _DOCUMENT * whole.get(revision, 0.0)) for (key, revision), score in found
        ]
        return sorted(scored, key=lambda each: -each[1])

    def _words(self) -> dict[str, int]:
        """Return the words of all passages in lower case, and in how many each is."""
        if self._vocabulary is None:
            self._vocabulary = self._store.values("words")
        return self._vocabulary

    def _known(self, word: str, language: str) -> bool:
        """Say whether a dictionary has a word, or the library has another form of it."""
        if analysis.is_word(word, language):
            return True
        searcher = self._store.searcher()
        forms = analysis.terms_of([word], language)
        return any(searcher.doc_freq("body", form) > 0 for form in forms)


@dataclass(frozen=True, slots=True)
class _Analysed:
    """A passage with its words and terms."""

    entry: Words
    words: list[str]
    terms: list[str]

    @classmethod
    def of(cls, entry: Words) -> _Analysed:
        found = analysis.words(entry.body, entry.language)
        return cls(entry, found, analysis.terms_of(found, entry.language))

    def fields(self) -> dict[str, object]:
        """Return what the index holds of the passage."""
        heading = analysis.terms(self.entry.heading, self.entry.language)
        return {
            "key": self.entry.key,
            "revision": self.entry.revision,
            "body": " ".join(self.terms),
            "heading": " ".join(heading),
            "pairs": " ".join(analysis.pairs([*heading, *self.terms])),
            "grams": " ".join(_grams(self.words, self.entry.language)),
            "words": " ".join(self.words),
        }


def _grams(words: Iterable[str], language: str) -> list[str]:
    """Return the pieces of words; none in English, where they do not help."""
    if language == ENGLISH:
        return []
    return analysis.grams(analysis.without_stopwords(words, language))


def _wholes(analysed: Iterable[_Analysed]) -> Iterator[Whole]:
    """Yield the documents that passages, those of one revision together, belong to."""
    for revision, passages in itertools.groupby(analysed, key=lambda each: each.entry.revision):
        listed = list(passages)
        some = [term for each in listed for term in each.terms]
        text = "\n".join(each.entry.body for each in listed)
        yield Whole(revision, listed[0].entry.language, some, acronyms(text))
