"""MaxSim against a loop that anyone can check."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gendergpt.rerank import best_matches, maxsim, standardise

Floats = NDArray[np.float32]


def unit(count: int, seed: int, dimensions: int = 8) -> Floats:
    rows = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def naive(question: Floats, weights: Floats, passage: Floats) -> float:
    if not len(passage):
        return -1.0
    total = 0.0
    for word, weight in zip(question, weights, strict=True):
        total += float(weight) * max(float(word @ token) for token in passage)
    return total / float(weights.sum())


@given(
    st.integers(1, 6), st.lists(st.integers(0, 5), max_size=6), st.integers(0, 10_000), st.data()
)
def test_maxsim_is_the_weighted_mean_of_the_best(
    words: int, lengths: list[int], seed: int, data: st.DataObject
) -> None:
    question = unit(words, seed)
    weights = np.array(
        data.draw(st.lists(st.floats(0.1, 10), min_size=words, max_size=words)), np.float32
    )
    passages = [unit(length, seed + 1 + index) for index, length in enumerate(lengths)]
    scores = maxsim(question, weights, passages)
    assert scores.shape == (len(passages),)
    expected = [naive(question, weights, passage) for passage in passages]
    assert scores.tolist() == pytest.approx(expected, abs=1e-5)
    assert all(-1.0001 <= score <= 1.0001 for score in scores)


def test_best_matches_by_word() -> None:
    axes = np.eye(8, dtype=np.float32)
    found = best_matches(axes[:2], [axes[[0, 5]], axes[[]], axes[[1]]])
    assert found.tolist() == [[1.0, 0.0], [-1.0, -1.0], [0.0, 1.0]]


def test_the_passage_with_the_questions_words_comes_first() -> None:
    question = unit(3, 1)
    scores = maxsim(question, np.ones(3, np.float32), [unit(9, 2), question[::-1], unit(0, 3)])
    assert scores.argmax() == 1
    assert scores[1] == pytest.approx(1.0, abs=1e-6)


def test_a_question_without_tokens_ranks_nothing() -> None:
    assert maxsim(unit(0, 1), np.ones(1, np.float32), [unit(3, 2)]).tolist() == [0.0]


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=30))
def test_standardise(values: list[float]) -> None:
    scores = np.array(values, np.float32)
    result = standardise(scores)
    assert result.dtype == np.float32
    if scores.std() < 1e-3 * max(1.0, abs(scores).max()):
        return
    assert float(result.mean()) == pytest.approx(0, abs=1e-3)
    assert float(result.std()) == pytest.approx(1, abs=1e-3)
    assert (np.diff(result[np.argsort(scores)]) >= 0).all()


def test_standardise_without_differences() -> None:
    assert standardise(np.full(4, 0.3, np.float32)).tolist() == [0, 0, 0, 0]
