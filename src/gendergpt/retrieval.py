"""From a question to passages: dense and lexical candidates, fused, then reranked by MaxSim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gendergpt.embedding import Encoder, Encoding
from gendergpt.filters import section_passes
from gendergpt.fusion import reciprocal_rank_fusion
from gendergpt.ledger import Stored
from gendergpt.library import Library
from gendergpt.originals import stepped_back
from gendergpt.pinning import Pinned, pinned
from gendergpt.references import basis_of
from gendergpt.rerank import maxsim, standardise
from gendergpt.tokens import TokenMatrix, rotate
from gendergpt.types import Filters, Hit, Stage

CANDIDATES = 50
"""How many passages each of the two searches contributes, and how many are reranked."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Query:
    """A question, encoded. ``tokens`` (m, d) are rotated; ``weights`` (m,) tell rare from common.

    ``words`` holds the characters of the question behind each token, as (start, end).
    """

    text: str
    vector: Floats
    tokens: Floats
    weights: Floats
    words: tuple[tuple[int, int], ...]


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
        encoding = self._encoder.encode([text], "query")[0]
        words = tuple(zip(encoding.starts.tolist(), encoding.ends.tolist(), strict=True))
        return Query(
            text, encoding.vector, rotate(encoding.tokens), self._weights(text, encoding), words
        )

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
            return self._hits(self._library.bm25(text, depth, revisions), stage, filters)[:limit]
        query = self.query(text)
        if stage is Stage.DENSE:
            dense = self._library.dense(query.vector, depth, revisions)
            return self._hits([key for key, _ in dense], stage, filters)[:limit]
        fused, _ = self._fused(query, depth, revisions)
        if stage is Stage.FUSED:
            return self._hits([key for key, _ in fused], stage, filters)[:limit]
        pins = pinned(text, self._library, revisions)
        return [each.hit for each in self._reranked(query, fused, pins, filters)[:limit]]

    def candidates(self, query: Query, filters: Filters | None = None) -> Found:
        """Return the reranked passages for an encoded question."""
        revisions = self._library.matching(filters)
        fused, similarity = self._fused(query, CANDIDATES, revisions)
        pins = pinned(query.text, self._library, revisions)
        placed = frozenset(each.passage.id for each in pins.passages) if pins.named else frozenset()
        ranked = self._reranked(query, fused, pins, filters)
        return Found(tuple(ranked), similarity, placed, pins.topic)

    def _fused(
        self, query: Query, depth: int, revisions: set[int] | None
    ) -> tuple[list[tuple[int, float]], float]:
        dense = self._library.dense(query.vector, depth, revisions)
        lexical = self._library.bm25(query.text, depth, revisions)
        fused = reciprocal_rank_fusion([[key for key, _ in dense], lexical])[:depth]
        return fused, max((similarity for _, similarity in dense), default=0.0)

    def _reranked(
        self,
        query: Query,
        fused: Sequence[tuple[int, float]],
        pins: Pinned,
        filters: Filters | None,
    ) -> list[Candidate]:
        found = self._library.stored(key for key, _ in fused)
        known = [(found[key], score) for key, score in fused if key in found]
        known += [(each, 0.0) for each in pins.passages if each.key not in found]
        known = [(each, score) for each, score in known if _admitted(each, filters)]
        places = [(each.revision, each.token_first, each.token_count) for each, _ in known]
        matrices = self._library.tokens.read_many(places)
        kept = [
            (stored, score, tokens)
            for (stored, score), tokens in zip(known, matrices, strict=True)
            if tokens is not None
        ]
        if not kept:
            return []
        late = maxsim(query.tokens, query.weights, [tokens.vectors for _, _, tokens in kept])
        early = np.array([score for _, score, _ in kept], np.float32)
        scores = 0.5 * standardise(early) + 0.5 * standardise(late)
        falling = np.argsort(-scores, kind="stable")
        ranked = [(kept[index][0], kept[index][2]) for index in falling]
        ranked = _places_first(_notes_behind(ranked), pins)
        return [
            Candidate(_hit(rank, float(score), Stage.RERANKED, stored), stored, tokens)
            for rank, (score, (stored, tokens)) in enumerate(
                zip(scores[falling], ranked, strict=True), 1
            )
        ]

    def _hits(self, keys: Sequence[int], stage: Stage, filters: Filters | None) -> list[Hit]:
        found = self._library.stored(keys)
        kept = [found[key] for key in keys if key in found and _admitted(found[key], filters)]
        return [_hit(rank, 1.0 / rank, stage, stored) for rank, stored in enumerate(kept, 1)]

    def _weights(self, text: str, encoding: Encoding) -> Floats:
        """Weigh each token by the rarity of its word; words that BM25 ignores count little."""
        weights = np.full(len(encoding.starts), 0.1, np.float32)
        for index, word in enumerate(whole_words(text, encoding)):
            terms = self._library.lexical.terms(word)
            if terms:
                weights[index] = 1.0 + max(self._library.lexical.rarity(terms).values())
        return weights if len(weights) else np.ones(1, np.float32)


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
