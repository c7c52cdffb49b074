"""From a question to passages: dense and lexical candidates, fused, then reranked by MaxSim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gendergpt.conversation import (
    BEFORE,
    PRIOR,
    Evidence,
    Spoken,
    blended,
    publications,
    reliance,
    running_on,
)
from gendergpt.embedding import ENGLISH, Encoder, Encoding
from gendergpt.filters import section_passes
from gendergpt.fusion import reciprocal_rank_fusion
from gendergpt.languages import language
from gendergpt.ledger import Stored
from gendergpt.library import Library
from gendergpt.originals import stepped_back
from gendergpt.pinning import Pinned, pinned
from gendergpt.references import basis_of
from gendergpt.rerank import maxsim, standardise
from gendergpt.tokens import TokenMatrix, rotate
from gendergpt.types import Filters, Hit, Stage

CANDIDATES = 60
"""How many passages each of the two searches contributes; all of them are reranked."""

_DEEP = 300
_SAID = 30
_PUBLICATIONS = 3
_WITHIN = 30
"""For what was said before: how many passages are scored and taken by words; in how many of the
publications found so the question is searched for again, and how many passages each gives."""

_SAME_LANGUAGE = (1.5, 1.0, 2.0)
_ACROSS_LANGUAGES = (0.3, 0.5, 2.0)
"""Shares of BM25, cosine and MaxSim in the order of passages. Words hardly serve across languages.

Tried on OMoS-QA, doc2dial and cranfield; ``docs/evaluation.md`` has the figures.
"""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query:
    """A question, encoded. ``tokens`` (m, d) are rotated; ``weights`` (m,) tell rare from common.

    ``words`` holds the characters of the question behind each token, as (start, end);
    ``language`` is its ISO 639-1 code.
    """

    text: str
    vector: Floats
    tokens: Floats
    weights: Floats
    words: tuple[tuple[int, int], ...]
    language: str = ENGLISH


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reranked passage with its tokens, for whoever looks at its sentences."""

    hit: Hit
    stored: Stored
    tokens: TokenMatrix


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates, best first, and the cosine of the question and the nearest passage.

    ``placed`` are the ids of passages at a place that the question asks for by number or page;
    ``topic`` says that the question has more to it than the place.
    """

    candidates: tuple[Candidate, ...]
    similarity: float
    placed: frozenset[str] = frozenset()
    topic: bool = True


@dataclass(frozen=True, slots=True)
class _Signals:
    """What the two first searches found: passage key to cosine and to BM25 score, best first."""

    dense: dict[int, float]
    lexical: dict[int, float]

    @property
    def similarity(self) -> float:
        """The cosine of the question and the nearest passage."""
        return max(self.dense.values(), default=0.0)

    def fused(self) -> list[int]:
        """Return all keys, merged by reciprocal rank."""
        return [key for key, _ in reciprocal_rank_fusion([[*self.dense], [*self.lexical]])]

    def dense_of(self, keys: Sequence[int]) -> Floats:
        """Return the cosines of passages; one that was not found has the least of those found."""
        least = min(self.dense.values(), default=0.0)
        return np.array([self.dense.get(key, least) for key in keys], np.float32)

    def lexical_of(self, keys: Sequence[int]) -> Floats:
        """Return the BM25 scores of passages; 0 for one that was not found."""
        return np.array([self.lexical.get(key, 0.0) for key in keys], np.float32)


@dataclass(frozen=True, slots=True)
class _Said:
    """What was found for what was said before: passage key to BM25 score.

    ``keys`` are passages to look at; ``whole`` is the encoded text where it counts fully.
    """

    spoken: Spoken
    said: dict[int, float]
    before: dict[int, float]
    keys: tuple[int, ...]
    whole: Query | None = None


@dataclass(frozen=True, slots=True)
class Talked:
    """Scores (n,) of passages for a turn alone and behind its history, and what weighs them."""

    alone: Floats
    behind: Floats
    evidence: Evidence
    passages: tuple[Stored, ...]


class Retriever:
    """Finds passages in one library.

    Args:
        library: an open library.
        encoder: the encoder that the library was made with.
    """

    def __init__(self, library: Library, encoder: Encoder) -> None:
        self._library = library
        self._encoder = encoder

    def query(self, text: str) -> Query:
        """Encode a question and weigh its words by their rarity in the library."""
        spoken = language(text)
        encoding = self._encoder.encode([text], "query", [spoken])[0]
        words = tuple(zip(encoding.starts.tolist(), encoding.ends.tolist(), strict=True))
        weights = self._weights(text, encoding, spoken)
        return Query(text, encoding.vector, rotate(encoding.tokens), weights, words, spoken)

    def search(
        self,
        text: str,
        limit: int = 10,
        filters: Filters | None = None,
        stage: Stage = Stage.RERANKED,
    ) -> list[Hit]:
        """Return up to ``limit`` hits, best first.

        Args:
            text: the question.
            limit: most hits to return.
            filters: what the search is limited to.
            stage: the step of retrieval whose order is wanted; the last one by default.
        """
        revisions = self._library.matching(filters)
        depth = max(limit, CANDIDATES)
        if stage is Stage.LEXICAL:
            lexical = self._library.bm25(text, depth, revisions, language(text))
            return self._hits([key for key, _ in lexical], stage, filters)[:limit]
        query = self.query(text)
        signals = self._signals(query, depth, revisions)
        if stage is Stage.DENSE:
            return self._hits([*signals.dense], stage, filters)[:limit]
        if stage is Stage.FUSED:
            return self._hits(signals.fused(), stage, filters)[:limit]
        pins = pinned(text, self._library, revisions)
        said = self._running_on(query, signals, revisions)
        return [each.hit for each in self._reranked(query, signals, pins, filters, said)[:limit]]

    def candidates(
        self, query: Query, filters: Filters | None = None, spoken: Spoken | None = None
    ) -> Found:
        """Return the reranked passages for an encoded question, and what was said before it."""
        revisions = self._library.matching(filters)
        signals = self._signals(query, CANDIDATES, revisions)
        pins = pinned(query.text, self._library, revisions)
        placed = frozenset(each.passage.id for each in pins.passages) if pins.named else frozenset()
        said = None
        if spoken is not None and not pins.named:
            said = self._said(spoken, query, signals, revisions)
        ranked = self._reranked(query, signals, pins, filters, said)
        return Found(tuple(ranked), signals.similarity, placed, pins.topic)

    def _signals(self, query: Query, depth: int, revisions: set[int] | None) -> _Signals:
        return _Signals(
            dict(self._library.dense(query.vector, depth, revisions)),
            dict(self._library.bm25(query.text, depth, revisions, query.language)),
        )

    def talked(self, query: Query, spoken: Spoken) -> Talked | None:
        """Return what is weighed for a turn of a conversation; None where nothing is found."""
        signals = self._signals(query, CANDIDATES, None)
        said = self._said(spoken, query, signals, None)
        kept = self._kept(query, signals, Pinned(), None, said)
        return self._talked(said, query, signals, kept) if kept else None

    def _said(
        self, spoken: Spoken, query: Query, signals: _Signals, revisions: set[int] | None
    ) -> _Said:
        """Search for what was said before, and for the turn within what that is about."""
        said = dict(self._library.bm25(spoken.said, _DEEP, revisions, query.language))
        before = dict(self._library.bm25(spoken.before, _DEEP, revisions, query.language))
        keys = dict.fromkeys([*said][:_SAID] + [*before][:_SAID])
        stored = self._library.stored(keys)
        about = dict.fromkeys(stored[key].revision for key in keys if key in stored)
        among = set([*about][:_PUBLICATIONS])
        signals.lexical.update(self._library.bm25(query.text, _WITHIN, among, query.language))
        signals.dense.update(self._library.dense(query.vector, _WITHIN, among))
        return _Said(spoken, said, before, tuple(keys))

    def _running_on(
        self, query: Query, signals: _Signals, revisions: set[int] | None
    ) -> _Said | None:
        """Take a long text for a conversation in one, whose last words say what is looked for."""
        spoken = running_on(query.text)
        if spoken is None or len(spoken.text) != len(query.text):
            return None
        own = self._library.bm25(spoken.turn, _DEEP, revisions, query.language)
        signals.lexical.clear()
        signals.lexical.update(own)
        turn = replace(query, text=spoken.turn)
        return replace(self._said(spoken, turn, signals, revisions), whole=query)

    def _reranked(
        self,
        query: Query,
        signals: _Signals,
        pins: Pinned,
        filters: Filters | None,
        said: _Said | None = None,
    ) -> list[Candidate]:
        kept = self._kept(query, signals, pins, filters, said)
        if not kept:
            return []
        if said is None:
            scores = self._scores(query, signals, kept)
        elif said.whole is not None:
            scores = self._behind(said, said.whole, signals, kept)
        else:
            talked = self._talked(said, query, signals, kept)
            scores = blended(talked.alone, talked.behind, reliance(talked.evidence))
        falling = np.argsort(-scores, kind="stable")
        ranked = _places_first(_notes_behind([kept[index] for index in falling]), pins)
        return [
            Candidate(_hit(rank, float(score), Stage.RERANKED, stored), stored, tokens)
            for rank, (score, (stored, tokens)) in enumerate(
                zip(scores[falling], ranked, strict=True), 1
            )
        ]

    def _kept(
        self,
        query: Query,
        signals: _Signals,
        pins: Pinned,
        filters: Filters | None,
        said: _Said | None,
    ) -> _Ranked:
        """Return the passages to be ranked with their tokens."""
        found = self._library.stored(
            dict.fromkeys([*signals.fused(), *(said.keys if said else ())])
        )
        known = [*found.values(), *(each for each in pins.passages if each.key not in found)]
        known = [each for each in known if _admitted(each, filters)]
        places = [(each.revision, each.token_first, each.token_count) for each in known]
        matrices = self._library.tokens.read_many(places)
        return [
            (stored, tokens)
            for stored, tokens in zip(known, matrices, strict=True)
            if tokens is not None
        ]

    def _talked(self, said: _Said, query: Query, signals: _Signals, kept: _Ranked) -> Talked:
        whole = self.query(said.spoken.text)
        late = _late(query, kept)
        terms = tuple(set(self._library.lexical.terms(query.text, query.language)))
        evidence = Evidence(
            late,
            _prior(said, kept),
            sum(self._library.lexical.rarity(terms).values()),
        )
        alone = self._scores(query, signals, kept, late)
        behind = self._behind(said, whole, signals, kept)
        return Talked(alone, behind, evidence, tuple(stored for stored, _ in kept))

    def _behind(self, said: _Said, whole: Query, signals: _Signals, kept: _Ranked) -> Floats:
        """Score passages for a turn behind its history."""
        weights = whole.weights * said.spoken.shares(whole.words)
        some = weights > 0
        near = replace(whole, tokens=whole.tokens[some], weights=weights[some])
        lexical = {
            stored.key: signals.lexical.get(stored.key, 0.0)
            + BEFORE * said.before.get(stored.key, 0.0)
            for stored, _ in kept
        }
        scores = self._scores(near, replace(signals, lexical=lexical), kept)
        return np.asarray(scores + PRIOR * _prior(said, kept), np.float32)

    def _scores(
        self, query: Query, signals: _Signals, kept: _Ranked, late: Floats | None = None
    ) -> Floats:
        """Weigh what the three searches say of passages, each on a common scale.

        ``late`` are their MaxSim scores, where they are known already.
        """
        keys = [stored.key for stored, _ in kept]
        if late is None:
            late = _late(query, kept)
        shared = query.language in {stored.document.language or ENGLISH for stored, _ in kept}
        words, meaning, tokens = _SAME_LANGUAGE if shared else _ACROSS_LANGUAGES
        scores = words * standardise(signals.lexical_of(keys))
        scores += meaning * standardise(signals.dense_of(keys)) + tokens * standardise(late)
        return np.asarray(scores / (words + meaning + tokens), np.float32)

    def _hits(self, keys: Sequence[int], stage: Stage, filters: Filters | None) -> list[Hit]:
        found = self._library.stored(keys)
        kept = [found[key] for key in keys if key in found and _admitted(found[key], filters)]
        return [_hit(rank, 1.0 / rank, stage, stored) for rank, stored in enumerate(kept, 1)]

    def _weights(self, text: str, encoding: Encoding, spoken: str) -> Floats:
        """Weigh each token by the rarity of its word; words that BM25 ignores count little."""
        weights = np.full(len(encoding.starts), 0.1, np.float32)
        for index, word in enumerate(whole_words(text, encoding)):
            terms = self._library.lexical.terms(word, spoken)
            if terms:
                weights[index] = 1.0 + max(self._library.lexical.rarity(terms).values())
        return weights if len(weights) else np.ones(1, np.float32)


def _late(query: Query, kept: _Ranked) -> Floats:
    return maxsim(query.tokens, query.weights, [tokens.vectors for _, tokens in kept])


def _prior(said: _Said, kept: _Ranked) -> Floats:
    scores = np.array([said.said.get(stored.key, 0.0) for stored, _ in kept], np.float32)
    return publications(scores, [stored.revision for stored, _ in kept])


def _admitted(stored: Stored, filters: Filters | None) -> bool:
    """Say whether the filters admit the section of a note that a passage stands in."""
    basis = basis_of(stored.document, stored.passage.heading)
    return section_passes(stored.document, basis, filters)


_Ranked = list[tuple[Stored, TokenMatrix]]


def _places_first(ranked: _Ranked, pins: Pinned) -> _Ranked:
    """Put passages at the place asked for first.

    Within the place they keep their rank where the question is about more than the place, else
    they stand in the order in which they are read.
    """
    if not pins.named and not _best_holds(ranked, pins):
        return ranked
    position = {each.key: number for number, each in enumerate(pins.passages)}

    def key(each: tuple[Stored, TokenMatrix]) -> tuple[bool, int]:
        place = position.get(each[0].key)
        return (place is None, 0 if place is None or pins.topic else place)

    return sorted(ranked, key=key)


def _best_holds(ranked: _Ranked, pins: Pinned) -> bool:
    """Say whether the passage ranked first is of a publication that has the place asked for."""
    return ranked[0][0].revision in {each.revision for each in pins.passages}


def _notes_behind(ranked: _Ranked) -> _Ranked:
    """Put our notes behind the publications that they tell about."""
    bases = [basis_of(each.document, each.passage.heading) for each, _ in ranked]
    order = stepped_back(
        [each.document.original for each, _ in ranked],
        [basis.original if basis is not None else None for basis in bases],
    )
    return [ranked[index] for index in order]


def whole_words(text: str, encoding: Encoding) -> list[str]:
    """Return, for each token, the whole word that it is a part of."""
    result = []
    for start, end in zip(encoding.starts.tolist(), encoding.ends.tolist(), strict=True):
        while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
            end += 1
        result.append(text[start:end])
    return result


def _hit(rank: int, score: float, stage: Stage, stored: Stored) -> Hit:
    return Hit(rank, round(score, 6), stage, stored.passage, stored.document)
