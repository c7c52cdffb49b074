"""What was said before a question: what of it counts, and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.conversation import (
    LEAST,
    Evidence,
    blended,
    publications,
    reliance,
    running_on,
    spoken,
)
from gendergpt.types import Answer, Outcome, Turn

ASKED = "Who may search a woman at the border?"
TOLD = "Only a female officer may search her, in a private room."
LONG = (
    "My insurance ended so what should I do? You will need to get insurance or we will suspend "
    "your registration and license. Okay, and can I keep the plates until then?"
)


def turn(question: str, text: str, outcome: Outcome = Outcome.ANSWERED) -> Turn:
    return Turn(question, Answer(question, outcome, text))


def token_spans(text: str) -> list[tuple[int, int]]:
    spans, place = [], 0
    for word in text.split(" "):
        spans.append((place, place + len(word)))
        place += len(word) + 1
    return spans


def test_first_question_has_nothing_before_it() -> None:
    assert spoken(ASKED, []) is None


def test_turn_counts_fully_and_what_is_further_back_counts_less() -> None:
    said = spoken("And if there is none?", [turn(ASKED, TOLD)])
    assert said is not None
    assert said.turn == "And if there is none?"
    words = token_spans(said.text)
    shares = said.shares(words)
    own = np.array([start >= said.own for start, _ in words])
    assert np.all(shares[own] == 1.0)
    assert np.all(np.diff(shares[~own]) > 0)
    assert 0 < shares[~own].max() < 1
    assert said.text[: said.own].rstrip().endswith(said.before)


def test_all_that_was_said_tells_the_publication() -> None:
    said = spoken("And then?", [turn(ASKED, TOLD), turn("Why?", "For her dignity.")])
    assert said is not None
    for part in (ASKED, TOLD, "Why?", "For her dignity."):
        assert part in said.said


def test_of_a_refusal_only_the_question_counts() -> None:
    refused = turn(ASKED, "The library holds no answer.", Outcome.NOT_IN_LIBRARY)
    said = spoken("And then?", [refused])
    assert said is not None
    assert "library" not in said.said
    assert ASKED in said.said


def test_what_is_said_stays_short() -> None:
    said = spoken("And then?", [turn("word " * 400, "reply " * 400)] * 5)
    assert said is not None
    assert len(said.said) <= 3000
    assert len(said.text.split()) < 40


@pytest.mark.parametrize(
    "text",
    [
        "body searches",
        "A woman traveller asks to be searched by a female officer. What does the guidance say?",
        " ".join(["border"] * 39),
    ],
)
def test_short_text_or_one_sentence_is_searched_for_as_it_is(text: str) -> None:
    assert running_on(text) is None


def test_last_words_of_a_long_text_count_most() -> None:
    said = running_on(LONG)
    assert said is not None
    assert said.turn == "I keep the plates until then?"
    assert said.said == said.text == LONG
    shares = said.shares(token_spans(LONG))
    assert shares[-1] == 1.0
    assert shares[0] < 0.05


def test_sentences_of_other_languages_are_counted() -> None:
    russian = (
        "Кто может обыскивать женщину на границе, если сотрудницы рядом нет и ждать нельзя? "
        "Это делает только женщина, в отдельной комнате и без посторонних. А если комнаты нет "
        "вовсе, что тогда?"
    )
    assert running_on(russian) is not None


def test_passages_of_the_best_publication_are_equal() -> None:
    prior = publications(np.array([1, 9, 2, 3], np.float32), [7, 7, 5, 5])
    assert prior[0] == prior[1] > prior[2] == prior[3]


def test_no_passages_have_no_publication() -> None:
    assert publications(np.zeros(0, np.float32), []).shape == (0,)


def evidence(**changes: object) -> Evidence:
    """A turn of few words, met as well in the publication talked about as elsewhere."""
    late = np.array([0.5, 0.5, 0.3], np.float32)
    prior = np.array([1.0, -1.0, -1.0], np.float32)
    return replace(Evidence(late, prior, 8.0), **changes)  # type: ignore[arg-type]


def test_few_common_words_rely_on_history_more_than_many_rare_ones() -> None:
    assert reliance(evidence()) > 0.3
    assert reliance(evidence(rarity=60.0)) < reliance(evidence())


def test_question_met_much_better_elsewhere_is_searched_for_alone() -> None:
    elsewhere = np.array([0.3, 0.9, 0.3], np.float32)
    assert reliance(evidence(late=elsewhere, rarity=40.0)) < LEAST


def test_without_passages_nothing_is_relied_on() -> None:
    assert reliance(evidence(late=np.zeros(0, np.float32), prior=np.zeros(0, np.float32))) == 0.0


def test_scores_stay_where_history_hardly_counts() -> None:
    alone, behind = np.array([1.0, 0.0], np.float32), np.array([0.0, 2.0], np.float32)
    assert blended(alone, behind, LEAST / 2) is alone
    np.testing.assert_allclose(blended(alone, behind, 0.5), [0.5, 1.0])
    np.testing.assert_allclose(blended(alone, behind, 1.0), behind)


@given(
    st.text(max_size=300),
    st.lists(st.tuples(st.text(max_size=200), st.text(max_size=300)), max_size=4),
)
def test_any_conversation_is_weighed(question: str, said: list[tuple[str, str]]) -> None:
    found = spoken(question, [turn(*each) for each in said])
    for each in (found, running_on(question)):
        if each is not None:
            shares = each.shares(token_spans(each.text))
            assert np.all((shares >= 0) & (shares <= 1))
            assert each.text[each.own :] == each.turn
