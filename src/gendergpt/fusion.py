"""Merging rankings: pure functions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

K = 60


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[Key]], k: int = K
) -> list[tuple[Key, float]]:
    """Merge rankings by the sum of ``1 / (k + rank)``, ranks from 1.

    Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank
    learning methods", SIGIR 2009.

    Args:
        rankings: each from best to worst, without repeats within one ranking.
        k: damping of the first ranks; 60 in the paper.

    Returns:
        Pairs of key and score, best first; ties in the order of first appearance.
    """
    scores: dict[Key, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            scores[key] = scores.get(key, 0.0) + 1.0 / (k + rank)
    return sorted(scores.items(), key=lambda item: -item[1])
