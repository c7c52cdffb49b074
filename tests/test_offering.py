"""Questions that are offered, over the starter library: all of them are answered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import pytest

from gendergpt.assistant import Assistant
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.library import Library
from gendergpt.offering import BEGINNINGS, FOLLOWUPS, Offers
from gendergpt.settings import Settings
from gendergpt.types import Answer, Filters, Outcome, Turn
from scripts.practitioners import CORPUS, build_library

HBM = "What is humanitarian border management?"


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, encoder: SentenceTransformerEncoder
) -> Iterator[Assistant]:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    settings = build_library(shared / "corpus-library", [CORPUS])
    library = Library(Settings(library=settings.library), encoder.fingerprint, encoder.name)
    yield Assistant(library, encoder)
    library.close()


def turn(assistant: Assistant, question: str, *before: Turn) -> Turn:
    return Turn(question, assistant.ask(question, before))


def test_the_glossary_is_the_librarys(assistant: Assistant) -> None:
    known = assistant.glossary()
    found = [term for _, _, term in known.occurrences("GBV, IBM, IASC and body search")]
    assert [term.in_glossary for term in found] == [True, True, False, True]
    assert "gender-based violence" in found[0].definition
    assert "Immigration and Border Management" in found[1].definition
    assert found[2].definition == "IASC: Inter-Agency Standing Committee"
    assert assistant.glossary() is known


def test_questions_to_begin_with_are_answered_and_kept(assistant: Assistant) -> None:
    offered = assistant.suggestions()
    assert len(offered) == len(set(offered)) == BEGINNINGS
    answers = [assistant.ask(each) for each in offered]
    assert {answer.outcome for answer in answers} == {Outcome.ANSWERED}
    assert len({answer.citations[0].document.id for answer in answers}) >= 3
    assert assistant.suggestions() == offered


def test_questions_to_go_on_with_are_answered_stand_alone_and_bring_something_new(
    assistant: Assistant,
) -> None:
    first = turn(assistant, HBM)
    offered = assistant.followups([first])
    assert 2 <= len(offered) <= FOLLOWUPS
    assert HBM not in offered
    told = {citation.quote for citation in first.answer.citations}
    for question in offered:
        in_context, alone = assistant.ask(question, [first]), assistant.ask(question)
        assert in_context.outcome is alone.outcome is Outcome.ANSWERED
        assert in_context.query == question
        quotes = {citation.quote for citation in in_context.citations}
        assert quotes - told
        told |= quotes
    second = turn(assistant, offered[0], first)
    assert not {HBM, offered[0]} & set(assistant.followups([first, second]))


def test_a_refusal_is_followed_by_what_is_answered(assistant: Assistant) -> None:
    refused = turn(assistant, "What is the budget of the Norwegian police for 2031?")
    assert refused.answer.outcome is Outcome.NOT_IN_LIBRARY
    assert all(
        assistant.ask(each, [refused]).outcome is Outcome.ANSWERED
        for each in assistant.followups([refused])
    )


def test_filters_hold_for_what_is_offered(assistant: Assistant) -> None:
    (note,) = [each for each in assistant.documents() if "DCAF toolkits" in each.title]
    filters = Filters(document=note.id)
    asked = "Why should border management have a gender perspective?"
    first = Turn(asked, assistant.ask(asked, (), filters))
    for question in assistant.followups([first], filters):
        answer = assistant.ask(question, [first], filters)
        assert answer.outcome is Outcome.ANSWERED


@pytest.mark.parametrize("question", ["Hello!", "Что такое гуманитарное управление границами?"])
def test_nothing_is_offered_after_talk_about_itself_or_in_another_language(
    assistant: Assistant, question: str
) -> None:
    assert assistant.followups([turn(assistant, question)]) == []
    assert assistant.followups([]) == []


def test_what_takes_too_long_is_not_offered(assistant: Assistant) -> None:
    hours = count(0, 3600)
    slow = Offers(
        assistant.library, assistant.ask, assistant.search, clock=lambda: float(next(hours))
    )
    known = assistant.glossary()
    assert slow.beginnings(known) == []
    assert slow.followups([turn(assistant, HBM)], None, known) == []


def test_one_conversation_at_a_time_is_looked_at(assistant: Assistant) -> None:
    first, known = turn(assistant, HBM), assistant.glossary()
    within: list[list[str]] = []

    def ask(question: str, history: object, filters: object) -> Answer:
        within.append(offers.followups([first], None, known))
        return assistant.ask(question)

    offers = Offers(assistant.library, ask, assistant.search)
    assert offers.followups([first], None, known)
    assert within
    assert not any(within)
