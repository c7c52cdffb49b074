"""Questions made of headings and terms: well-formed ones, or none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.glossary import Term
from gendergpt.suggesting import (
    Suggestion,
    about_heading,
    about_terms,
    asked,
    in_turn,
    meaning,
    short_title,
)
from gendergpt.types import Basis, Document, Kind, Passage

BODY = (
    "People at the border of the Central African Republic met. The searches of travellers and the "
    "recruitment of women are described, with administrative and financial aspects. Officers of "
    "the Border Force took part in it."
)
GUIDE = Document("d", "Border Management and Gender (Tool 6)", language="en")


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("4.2 Searches of Travellers", "searches of travellers"),
        ("IV. Recruitment of Women", "recruitment of women"),
        ("Annex B – Searches of travellers (2nd version)", "searches of travellers"),
        ("Administrative aspects and staff welfare", "administrative aspects and staff welfare"),
        ("Searches by the Border Force", "searches by the Border Force"),
        (
            "Violations in the Central African Republic",
            "violations in the Central African Republic",
        ),
        ("SEARCHES OF TRAVELLERS", "searches of travellers"),
        ("Why few women apply for posts", "why few women apply for posts"),
        ("How to search a traveller with respect", "how to search a traveller with respect"),
    ],
)
def test_a_heading_becomes_the_topic_of_a_question(heading: str, topic: str) -> None:
    assert asked(heading, "Handbook on Trafficking", BODY) == (
        f"What does “Handbook on Trafficking” say about {topic}?"
    )


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "Introduction",
        "1. Introduction and background",
        "Key recommendations",
        "Annex II",
        "Figure 3: Women in 27 States, 2019",
        "S e a r c h e s of travellers",
        "Searches ........ 14",
        "Few trafficking victims are identified",
        "Recruit women as officers",
        "Able to respond to different groups",
        "Their searches of travellers",
        "Searches and gender, what the officers asked for",
        "Handbook on trafficking cases",
        "Central African Republic",
        "Author, editor and date of the searches in all the languages of the many countries",
        "What is this about and for whom?",
        "Women <script>",
        "Searches of travellers: what the officers say",
    ],
)
def test_a_heading_that_makes_no_good_question_makes_none(heading: str) -> None:
    assert asked(heading, "Handbook on Trafficking", BODY) is None


def test_a_heading_that_is_a_question_is_asked_as_it_is() -> None:
    assert asked("3. Why does gender matter at borders ?", None, "") == (
        "Why does gender matter at borders?"
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Border Management and Gender (Tool 6, Toolkit)", "Border Management and Gender"),
        ("Gender and Security Toolkit: an introduction", "Gender and Security Toolkit"),
        ("GUIDE TO BORDER MANAGEMENT", None),
        ("un a 47 466 1992 scan", None),
        ("report_final.pdf", None),
        ("Principles and Guidelines", None),
        ("Guide", None),
        ("A guide <b>to</b> borders", None),
        ("Report of the Committee " * 5, None),
    ],
)
def test_titles_by_which_one_can_ask(title: str, expected: str | None) -> None:
    assert short_title(title) == expected


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("Gender mainstreaming", "What is gender mainstreaming?"),
        ("Points of entry", "What are points of entry?"),
        ("Twin-track approach", "What is a twin-track approach?"),
        ("Entry ban", "What is an entry ban?"),
        ("Sex and gender", "What is the difference between sex and gender?"),
        ("UN police", "What is a UN police?"),
        ("SOPs", "What does SOP stand for?"),
    ],
)
def test_questions_about_terms(name: str, question: str) -> None:
    assert meaning(name) == question


def test_only_terms_of_several_english_words_are_asked_about() -> None:
    french = Document("f", "Glossaire", language="fr")
    english = Document("e", "Glossary", language="en")
    terms = [
        Term("Contrôle aux frontières", ("x",), "…", french),
        Term("GBV", ("GBV",), "…", english),
        Term("Screening", ("Screening",), "…", english),
        Term("Border control", ("Border control",), "…", english),
    ]
    assert [each.question for each in about_terms(terms)] == ["What is a border control?"]


def test_a_summary_is_asked_about_by_the_publication_behind_it() -> None:
    note = Document("n", "Notes on searches", language="en", kind=Kind.SUMMARY)
    passage = Passage(
        "p", "n", BODY, (), ("Notes", "Tool 6: four reasons for mixed patrols (p. 3)")
    )
    made = about_heading(note, passage, Basis("Handbook on Trafficking", original="tool6"), BODY)
    assert made is None or made.publication == "tool6"
    passage = Passage("p", "n", BODY, (), ("Notes", "Tool 6: searches of travellers (p. 3)"))
    made = about_heading(note, passage, Basis("Handbook on Trafficking", original="tool6"), BODY)
    assert made == Suggestion(
        "What does “Handbook on Trafficking” say about searches of travellers?", "n", "tool6"
    )


@pytest.mark.parametrize(
    ("document", "heading"),
    [
        (GUIDE, ("About this note", "Searches of travellers")),
        (GUIDE, ("Glossary", "Searches of travellers")),
        (GUIDE, ()),
        (Document("f", "Guide des frontières", language="fr"), ("Searches of travellers",)),
    ],
)
def test_places_that_are_not_asked_about(document: Document, heading: tuple[str, ...]) -> None:
    assert about_heading(document, Passage("p", "d", BODY, (), heading), None, BODY) is None


def test_publications_take_turns() -> None:
    some = [Suggestion(f"{letter}{n}?", "d", letter) for letter in "ab" for n in range(3)]
    assert [each.question for each in in_turn(some, 2)] == ["a0?", "b0?", "a1?", "b1?"]


@given(st.text(max_size=60), st.text(max_size=30))
def test_whatever_is_printed_a_question_is_one_line_without_noise(heading: str, body: str) -> None:
    question = asked(heading, "Handbook on Trafficking", body)
    if question is not None:
        assert re.fullmatch(r"[A-Z][^\n<>{}\[\]|\\\d]*\?", question)
        assert len(question.split()) >= 5
