"""Terms and acronyms that a library explains, found in its documents."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.glossary import Glossary, Term, glossary, is_acronym, is_glossary
from gendergpt.lexical.acronyms import Acronym
from gendergpt.types import Document, Kind, Passage, Sentence

OURS = Document("d-ours", "Glossary: terms", language="en", kind=Kind.SUMMARY)
GUIDE = Document("d-guide", "Guide to borders", language="en")
OTHER = Document("d-other", "Other guide", language="en")


def passage(heading: str, *sentences: str) -> Passage:
    text, marks = "", []
    for sentence in sentences:
        marks.append(Sentence(len(text), len(text) + len(sentence), ()))
        text += sentence + " "
    return Passage("p", "d", text, (), ("Glossary", heading), tuple(marks))


HEADED = passage(
    "Integrated border management (IBM): the three levels",
    "The model has a history.",
    "Integrated border management (IBM) works on three levels.",
)
ACRONYMS = passage(
    "Acronyms of many bodies",
    "GBV stands for gender-based violence.",
    "The acronym IBM stands for integrated border management, and for another thing.",
    "UN DESA stands for a department of the United Nations.",
    "Many more are in use.",
)


def known() -> Glossary:
    spelled = [
        (GUIDE, [Acronym("PNR", "Passenger name record"), Acronym("GBV", "good border ventures")]),
        (OTHER, [Acronym("PNR", "passenger name record"), Acronym("SOPs", "standing orders")]),
    ]
    return glossary([(OURS, HEADED), (OURS, ACRONYMS)], spelled)


def found(text: str, *cited: str) -> dict[str, str]:
    return {text[a:b]: term.definition for a, b, term in known().occurrences(text, cited)}


def test_a_heading_and_the_sentence_that_names_its_term() -> None:
    meant = found("They speak of Integrated\nBorder Management here.")
    assert meant == {
        "Integrated\nBorder Management": "The acronym IBM stands for integrated border management, "
        "and for another thing. Integrated border management (IBM) works on three levels."
    }
    assert set(found("What IBM means")) == {"IBM"}


def test_acronyms_are_found_as_they_are_written_and_in_the_plural() -> None:
    assert set(found("GBV, gbv, GBVs and PNRs of UN DESA; XGBV and GBV-free")) == {
        "GBV",
        "GBVs",
        "PNRs",
        "UN DESA",
    }


def test_what_the_quoted_document_means_goes_first() -> None:
    assert found("GBV") == {"GBV": "GBV stands for gender-based violence."}
    assert found("GBV", "d-guide") == {"GBV": "GBV: good border ventures"}
    term = next(known().occurrences("PNR", ["d-other"]))[2]
    assert (term.document, term.in_glossary) == (OTHER, False)


def test_a_glossary_agrees_with_the_quoted_document_and_keeps_its_own_words() -> None:
    agreeing = glossary([(OURS, ACRONYMS)], [(GUIDE, [Acronym("GBV", "Gender-based violence")])])
    ((_, _, term),) = agreeing.occurrences("GBV", ["d-guide"])
    assert term.in_glossary


def test_lines_of_a_printed_glossary() -> None:
    printed = passage(
        "Annex", "Screening – a first look at people who arrive by sea.", "Note: short."
    )
    made = glossary([(GUIDE, replace(printed, heading=("Glossary",)))])
    assert [(term.name, term.definition) for term in made.terms] == [
        ("Screening", "a first look at people who arrive by sea.")
    ]


def test_a_long_definition_is_cut() -> None:
    made = glossary([(OURS, passage("A term: more", "A term is " + "very " * 200 + "long."))])
    assert len(made.terms[0].definition) < 430
    assert made.terms[0].definition.endswith("very …")


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Guide", "Annex II: GLOSSARY"], True),
        (["Key terms and abbreviations"], True),
        (["Glosario"], True),
        (["Guide", "Short terms of office"], False),
    ],
)
def test_what_calls_itself_a_glossary(titles: list[str], expected: bool) -> None:
    assert is_glossary(titles) is expected


@pytest.mark.parametrize(("text", "expected"), [("UN DESA", True), ("Sex", False), ("VoTs", True)])
def test_acronyms(text: str, expected: bool) -> None:
    assert is_acronym(text) is expected


def test_an_empty_library_explains_nothing() -> None:
    assert list(glossary([]).occurrences("GBV and integrated border management")) == []


@given(
    st.lists(st.text(min_size=1, max_size=12).filter(str.strip), max_size=4),
    st.text(max_size=80),
)
def test_occurrences_stand_in_the_text_one_after_another(names: list[str], text: str) -> None:
    terms = tuple(Term(name, (name,), "meaning", OURS) for name in names)
    done = 0
    for start, end, term in Glossary(terms).occurrences(f"{text} {' '.join(names)}"):
        assert done <= start < end
        assert term in terms
        done = end
