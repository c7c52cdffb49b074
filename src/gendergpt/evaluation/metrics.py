"""From rankings and counts to figures: measures by query, means, and how sure the means are.

The measures come from ir-measures. Intervals are percentile bootstraps over queries (Efron and
Tibshirani, "An Introduction to the Bootstrap", 1993; for retrieval, Sakai, "Evaluating evaluation
metrics based on the bootstrap", SIGIR 2006).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from gendergpt.errors import UnavailableError

Floats = NDArray[np.float64]

NDCG, HIT, MRR = "nDCG@10", "hit@5", "MRR@10"
MEASURES = {NDCG: "nDCG@10", HIT: "Success@5", MRR: "RR@10"}
"""Our names of the measures, and those of ir-measures."""

PRECISION, RECALL, F1 = "precision", "recall", "F1"

RESAMPLES = 10_000
_SEED = 20201031
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with its 95 % interval."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return the three numbers, rounded to five places."""
        return {name: round(getattr(self, name), 5) for name in ("value", "low", "high")}


def by_query(
    qrels: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, Floats]:
    """Return the measures of each query.

    Args:
        qrels: query id to document id to relevance.
        rankings: query id to document ids, best first, without repeats. A query without a ranking
            counts as one for which nothing was found.

    Returns:
        For each name of :data:`MEASURES` an array of shape (len(qrels),), in ``qrels``' order.

    Raises:
        UnavailableError: ir-measures is not installed.
    """
    measures = require()
    run = {
        query: {each: 1.0 / rank for rank, each in enumerate(rankings.get(query, ()), 1)}
        for query in qrels
    }
    places = {query: place for place, query in enumerate(qrels)}
    values = {name: np.zeros(len(places)) for name in MEASURES}
    for name, theirs in MEASURES.items():
        for metric in measures.iter_calc([measures.parse_measure(theirs)], qrels, run):
            values[name][places[metric.query_id]] = metric.value
    return values


def mean(values: Floats) -> Estimate:
    """Return the mean of (n,) values by query, n > 0, with its bootstrap interval."""
    low, high = np.percentile(_resampled_means(values), [2.5, 97.5])
    return Estimate(float(values.mean()), float(low), float(high))


def ratio(numerators: Floats, denominators: Floats) -> Estimate:
    """Return sum over sum of (n,) counts by query, with its bootstrap interval; 0/0 counts as 0."""
    return _pooled(np.stack([numerators, denominators], axis=1), lambda sums: _share(*sums))


def detection(counts: Floats) -> dict[str, Estimate]:
    """Return precision, recall and F1 of counts pooled over queries, with bootstrap intervals.

    Args:
        counts: shape (n, 3): by query how many were predicted and right, how many were predicted,
            how many there are. What is divided by nothing counts as 0.
    """
    return {
        PRECISION: _pooled(counts, lambda sums: _share(sums[0], sums[1])),
        RECALL: _pooled(counts, lambda sums: _share(sums[0], sums[2])),
        F1: _pooled(counts, lambda sums: _share(2 * sums[0], sums[1] + sums[2])),
    }


def difference(ours: Floats, theirs: Floats) -> Estimate:
    """Return the mean of ``ours - theirs``, (n,) values of the same queries: paired bootstrap."""
    if ours.shape != theirs.shape:
        raise ValueError(f"values of the same queries expected, not {ours.shape}, {theirs.shape}")
    return mean(ours - theirs)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)


def _pooled(counts: Floats, figure: Callable[[Floats], Floats]) -> Estimate:
    """Return a figure of the sums of (n, k) counts, and its interval when queries are redrawn."""
    generator = np.random.default_rng(_SEED)
    count = len(counts)
    values = [
        figure(counts[generator.integers(0, count, (_CHUNK, count))].sum(axis=1).T)
        for _ in range(RESAMPLES // _CHUNK)
    ]
    low, high = np.percentile(np.concatenate(values), [2.5, 97.5])
    return Estimate(float(figure(counts.sum(axis=0)[:, None])[0]), float(low), float(high))


def _resampled_means(values: Floats) -> Floats:
    """Return the means of :data:`RESAMPLES` samples drawn with replacement, the same each time."""
    generator = np.random.default_rng(_SEED)
    count = len(values)
    means = [
        values[generator.integers(0, count, (_CHUNK, count))].mean(axis=1)
        for _ in range(RESAMPLES // _CHUNK)
    ]
    return np.concatenate(means)


def require() -> ModuleType:
    """Return the module ir_measures.

    Raises:
        UnavailableError: it is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise UnavailableError(
            "Evaluation needs ir-measures, which is not installed. "
            "Install it with: pip install 'gendergpt[eval]'"
        ) from error
    return ir_measures
