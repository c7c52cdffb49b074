"""What the small form of the token vectors costs: MaxSim over 2 bits a dimension against floats.

The same candidates, tokens and weights are scored twice; only the stored form differs. Floats are
made anew by encoding each candidate once, since the library does not keep them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gendergpt.embedding import Encoder
from gendergpt.evaluation import metrics
from gendergpt.evaluation.metrics import NDCG, Estimate
from gendergpt.evaluation.run import Loaded
from gendergpt.fusion import reciprocal_rank_fusion
from gendergpt.prepared import context
from gendergpt.rerank import maxsim, standardise
from gendergpt.retrieval import CANDIDATES, Query, Retriever
from gendergpt.tokens import quantise, restore, rotate
from gendergpt.types import Hit, Stage

Floats = NDArray[np.float32]
_BATCH = 256
FORMS: dict[str, Callable[[Floats], Floats]] = {
    "fp32": rotate,
    "2 bits": lambda tokens: restore(quantise(tokens)),
}


@dataclass
class _Asked:
    """A query with its fused candidates; ``late`` holds MaxSim scores by form, as they come."""

    query: Query
    hits: list[Hit]
    early: Floats
    late: dict[str, Floats]


@dataclass(frozen=True)
class Cost:
    """nDCG@10 of the reranked order by form, and the smaller form's minus the floats'."""

    forms: dict[str, Estimate]
    difference: Estimate
    bytes_a_token: dict[str, int]


def cost(loaded: Loaded, encoder: Encoder, progress: Callable[[int, int], None]) -> Cost:
    """Measure on a loaded set. ``progress`` is called with passages done and to do."""
    retriever = Retriever(loaded.assistant.library, encoder)
    asked = {id_: _ask(retriever, text) for id_, text in loaded.set.queries.items()}
    wanted: dict[str, list[tuple[_Asked, int]]] = defaultdict(list)
    for each in asked.values():
        for place, hit in enumerate(each.hits):
            wanted[hit.passage.id].append((each, place))
    done = 0
    for hits in _batches([uses[0][0].hits[uses[0][1]] for uses in wanted.values()]):
        _score(hits, encoder, wanted)
        progress(done := done + len(hits), len(wanted))
    values = {form: _ndcg(loaded, asked, form) for form in FORMS}
    width = len(next(iter(asked.values())).query.vector)
    return Cost(
        {form: metrics.mean(values[form]) for form in FORMS},
        metrics.difference(values["2 bits"], values["fp32"]),
        {"fp32": 4 * width, "2 bits": width // 4},
    )


def _ask(retriever: Retriever, text: str) -> _Asked:
    rankings = [
        retriever.search(text, CANDIDATES, stage=stage) for stage in (Stage.DENSE, Stage.LEXICAL)
    ]
    by_id = {hit.passage.id: hit for ranking in rankings for hit in ranking}
    ids = [[hit.passage.id for hit in ranking] for ranking in rankings]
    fused = reciprocal_rank_fusion(ids)[:CANDIDATES]
    hits = [by_id[each] for each, _ in fused]
    early = np.array([score for _, score in fused], np.float32)
    return _Asked(
        retriever.query(text),
        hits,
        early,
        {form: np.zeros(len(hits), np.float32) for form in FORMS},
    )


def _batches(hits: Sequence[Hit]) -> Iterator[Sequence[Hit]]:
    for start in range(0, len(hits), _BATCH):
        yield hits[start : start + _BATCH]


def _score(
    hits: Sequence[Hit], encoder: Encoder, wanted: dict[str, list[tuple[_Asked, int]]]
) -> None:
    """Encode passages as ingest does and score them for every query that has them."""
    texts = [f"{context(hit.document, hit.passage)}\n{hit.passage.text}" for hit in hits]
    for hit, encoding in zip(hits, encoder.encode(texts, "document"), strict=True):
        for form, small in FORMS.items():
            matrix = small(encoding.tokens)
            for each, place in wanted[hit.passage.id]:
                score = maxsim(each.query.tokens, each.query.weights, [matrix])[0]
                each.late[form][place] = score


def _ndcg(loaded: Loaded, asked: dict[str, _Asked], form: str) -> metrics.Floats:
    rankings = {}
    for id_, each in asked.items():
        scores = 0.5 * standardise(each.early) + 0.5 * standardise(each.late[form])
        order = np.argsort(-scores, kind="stable")
        rankings[id_] = loaded.ranking([each.hits[place] for place in order])
    return metrics.by_query(loaded.set.qrels, rankings)[NDCG]
