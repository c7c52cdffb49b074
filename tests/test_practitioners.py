"""The practitioners' questions of ``../shared``, answered from the starter library."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from gendergpt.assistant import Assistant
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.evaluation.practitioners import MUST_HOLD, Asked
from gendergpt.ingestion import ingest
from gendergpt.library import Library
from gendergpt.settings import Settings
from gendergpt.types import Outcome
from scripts.practitioners import (
    CORPUS,
    DOCUMENTS,
    QUESTIONS,
    REWORDINGS,
    ask_rewordings,
    base_questions,
    build_library,
    grouped,
    table,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not QUESTIONS.exists(), reason=f"there are no questions at {QUESTIONS}"),
]

FLOORS = {
    "answerable": 0.85,
    "unanswerable": 0.95,
    "new_unanswerable": 0.95,
    "about_assistant": 0.9,
    "follow_ups": 0.75,
}
"""Least share of each group of rewordings that gets what it should."""


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, encoder: SentenceTransformerEncoder
) -> Iterator[Assistant]:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    corpus = build_library(shared / "corpus-library", [CORPUS])
    folder = tmp_path_factory.mktemp("practitioners") / "library"
    shutil.copytree(corpus.library, folder)
    settings = Settings(library=folder)
    report = ingest([DOCUMENTS], settings, encoder=encoder)
    assert report.added
    assert report.quarantined == ()
    library = Library(settings, encoder.fingerprint, encoder.name)
    yield Assistant(library, encoder)
    library.close()


@pytest.fixture(scope="module")
def base(assistant: Assistant) -> list[Asked]:
    return base_questions(assistant)


def _of(asked: list[Asked], kind: str) -> list[Asked]:
    return [each for each in asked if each.kind == kind]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What does GBV mean?", "gender-based violence"),
        ("What does IOM stand for?", "International Organization for Migration"),
        ("Which five approaches does DCAF's border management tool recommend?", "gender analysis"),
    ],
)
def test_the_sentence_that_answers_comes_first(
    assistant: Assistant, question: str, first: str
) -> None:
    assert first in assistant.ask(question).citations[0].quote


def test_every_question_is_asked(base: list[Asked]) -> None:
    ids = [each.id for each in _of(base, "answerable")]
    assert set(ids) == set(MUST_HOLD)
    assert len(ids) >= 24
    assert len(_of(base, "unanswerable")) >= 6
    assert [each.id for each in _of(base, "follow_up")] == ["C01", "C02", "C06"]
    print("\n" + table(grouped(base)))


def test_answerable_questions_are_answered(base: list[Asked]) -> None:
    assert [each.line() for each in _of(base, "answerable") if each.fault] == []


def test_unanswerable_questions_are_refused(base: list[Asked]) -> None:
    asked = _of(base, "unanswerable")
    assert [each.line() for each in asked if each.fault] == []
    for each in asked:
        assert each.answer.citations == ()
        assert each.answer.nearest
        assert "not an answer" in each.answer.text


def test_what_is_missing_is_named(base: list[Asked]) -> None:
    missing = {each.id: " ".join(each.answer.missing) for each in _of(base, "unanswerable")}
    assert "2023" in missing["N01"]
    assert "Tool 16" in missing["N10"]
    assert all(missing.values()), missing


def test_follow_ups_use_the_conversation(base: list[Asked]) -> None:
    assert [each.line() for each in _of(base, "follow_up") if each.fault] == []


def test_no_figure_of_another_year_is_passed_off(base: list[Asked]) -> None:
    asked = {each.id: each for each in base}
    assert "2021" in asked["Q01"].quoted
    assert "2017" in asked["Q01"].quoted
    assert "48%" not in asked["C01"].quoted


def test_rewordings(assistant: Assistant) -> None:
    assert REWORDINGS.exists()
    groups = ask_rewordings(assistant)
    print("\n" + table(groups))
    for items in groups.values():
        for each in items:
            if each.fault:
                print(each.line())
    for name, floor in FLOORS.items():
        right = sum(each.fault is None for each in groups[name])
        assert right >= floor * len(groups[name]), name
    about = [each for each in groups["about_assistant"] if each.fault is None]
    assert all(each.answer.outcome is Outcome.ABOUT_ASSISTANT for each in about)
