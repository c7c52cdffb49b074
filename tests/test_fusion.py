"""Reciprocal rank fusion, as its paper has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.fusion import K, reciprocal_rank_fusion

RANKINGS = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=20), max_size=4)


@given(RANKINGS, st.integers(1, 100))
def test_scores_are_the_sum_of_reciprocal_ranks(rankings: list[list[int]], k: int) -> None:
    fused = reciprocal_rank_fusion(rankings, k)
    assert {key for key, _ in fused} == {key for ranking in rankings for key in ranking}
    assert len(fused) == len({key for key, _ in fused})
    for key, score in fused:
        expected = sum(1 / (k + 1 + r.index(key)) for r in rankings if key in r)
        assert score == pytest.approx(expected)
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)


@given(st.lists(st.integers(), unique=True, max_size=30))
def test_one_ranking_keeps_its_order(ranking: list[int]) -> None:
    assert [key for key, _ in reciprocal_rank_fusion([ranking])] == ranking
    assert [key for key, _ in reciprocal_rank_fusion([ranking, ranking])] == ranking


@given(RANKINGS)
def test_the_order_of_rankings_changes_no_score(rankings: list[list[int]]) -> None:
    forth = dict(reciprocal_rank_fusion(rankings))
    back = dict(reciprocal_rank_fusion(rankings[::-1]))
    assert forth == pytest.approx(back)


@given(RANKINGS, st.integers(0, 30))
def test_a_better_rank_never_hurts(rankings: list[list[int]], key: int) -> None:
    """Moving a key to the front of a ranking does not lower its place."""
    before = [each for each, _ in reciprocal_rank_fusion(rankings)]
    if key not in before:
        return
    moved = [[key, *(each for each in ranking if each != key)] for ranking in rankings]
    after = [each for each, _ in reciprocal_rank_fusion(moved)]
    assert after.index(key) <= before.index(key)


def test_ties_keep_the_order_of_first_appearance() -> None:
    assert reciprocal_rank_fusion([["a"], ["b"]]) == [("a", 1 / (K + 1)), ("b", 1 / (K + 1))]
    assert reciprocal_rank_fusion([]) == []
