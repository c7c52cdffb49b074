"""Late interaction: how well each word of a question is met by some word of a passage.

MaxSim is from Khattab and Zaharia, "ColBERT", SIGIR 2020; here over the token vectors of an encoder
that was not trained for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def maxsim(question: Floats, weights: Floats, passages: Sequence[Floats]) -> Floats:
    """Return, for each passage, the weighted mean of the best match of each question token.

    Args:
        question: (m, d) token vectors of length 1.
        weights: (m,) weights of the question's tokens, not all zero.
        passages: (n_i, d) token vectors of length 1, in the same space; n_i may be 0.

    Returns:
        Scores of shape (len(passages),), from -1 to 1; an empty passage gets -1. Without question
        tokens all are 0.
    """
    if not len(question):
        return np.zeros(len(passages), np.float32)
    best = best_matches(question, passages)
    return np.asarray(best @ (weights / weights.sum()), np.float32)


def best_matches(question: Floats, passages: Sequence[Floats]) -> Floats:
    """Return the (len(passages), m) similarity of each question token's best match."""
    best = np.full((len(passages), len(question)), -1.0, np.float32)
    filled = [index for index, passage in enumerate(passages) if len(passage)]
    if filled:
        stacked = np.concatenate([passages[index] for index in filled])
        starts = np.cumsum([0] + [len(passages[index]) for index in filled[:-1]])
        best[filled] = np.maximum.reduceat(stacked @ question.T, starts, axis=0)
    return best


def standardise(scores: Floats) -> Floats:
    """Return scores with mean 0 and variance 1 (all 0 where they do not differ)."""
    deviation = scores.std()
    if deviation < 1e-9:
        return np.zeros_like(scores)
    return np.asarray((scores - scores.mean()) / deviation, np.float32)
