"""Sentences end where they end, not after "para." and "No."."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.sentences import complete, segment


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in segment(text)]


@given(
    st.lists(
        st.sampled_from(
            ["Women", "officers", "search", "para.", "Art.", "No.", "7", "38", "e.g.", "U.N.", "1.",
             ".", "!", "?", "…", "(", ")", "“", "”", "so.", "APT.", "[12]", "²", ";", ":", "–",
             "Doc.", "A/74/191", "the", "\n", " "]
        ),
        max_size=30,
    ).map(" ".join) | st.text(max_size=100)
)  # fmt: skip
def test_spans_are_ordered_and_leave_out_white_space_alone(text: str) -> None:
    position = 0
    for start, end in segment(text):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


WHOLE = [
    "The duty to ask is laid down in para. 27 of the report.",
    "See para. Four of the annex.",
    "Under Art. 7 of the Code, every search is put on record.",
    "The rule is set out in Recommendation No. 38 of the Committee.",
    "The steps are listed on pp. 3–4 of the guide.",
    "Some groups, e.g. Women travelling alone, may ask for a private room.",
    "The U.N. Charter applies to all of them.",
    "The survey by Smith et al. Covered four borders.",
    "As paras. 4-5 explain, consent is needed.",
    "The report (Doc. A/74/191) was sent to all States.",
    "Force is a last resort (cf. Rule 19) in every case.",
    "The study (vol. 2, ch. 3, fig. 4) shows it.",
    "Ms. Jones and Dr. Smith spoke at 5 p.m. on Monday.",
    "La norma figura en el párr. Primero del informe.",
    "Part III. Women in border services",
]


@pytest.mark.parametrize("sentence", WHOLE)
def test_abbreviations_end_no_sentence(sentence: str) -> None:
    assert split(sentence) == [sentence]
    after = "It applies to all officers."
    whole = sentence if complete(sentence) else sentence + "."
    assert split(f"{whole} {after}") == [whole, after]


@pytest.mark.parametrize(
    "first",
    [
        "The guide was drawn up by the APT.",
        "The guide was drawn up by DCAF.",
        "Water is the task of WASH.",
        "The mission was sent by the UN.",
        "Officers are asked to do so.",
        "The share of women was 12 per cent.",
        "The rule binds women and men alike.",
        "It was so in the last century.",
        "The share is low.",
        "The guide (as drawn up by the APT).",
        "The guide was adopted in 2020.",
        "Is a search by a man allowed?",
        "They said: “We do so.”",
        "The report is Doc. A/74/191.",
        "It covers age, sex, etc.",
    ],
)
@pytest.mark.parametrize("second", ["Searches are made by women.", "“Same sex” is the rule."])
def test_real_ends_end_a_sentence(first: str, second: str) -> None:
    assert split(f"{first} {second}") == [first, second]


def test_an_acronym_before_lower_case_or_a_figure_ends_nothing() -> None:
    text = "Both the APT. and others ask for it."
    assert split(text) == [text]


def test_footnote_marks_stay_with_their_sentence() -> None:
    assert split("Women work there.² Men do too.") == ["Women work there.²", "Men do too."]
    assert split("Women work there. [12] Men do too.") == ["Women work there. [12]", "Men do too."]


def test_nothing_has_no_sentence() -> None:
    assert segment("") == segment(" \n ") == []


def test_complete() -> None:
    for text in ("It is.", "Is it?", "(It is.)", "“It is.”", "first item;", "as follows:", "So…"):
        assert complete(text)
    for text in ("Chapter 3", "and the", "It is (", ""):
        assert not complete(text)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Guards were trained. 21 In the north, posts closed.", "In the north, posts closed."),
        ("Guards were trained. 21 States took part.", "21 States took part."),
        ("Guards were trained. 12 The posts closed.", "The posts closed."),
    ],
)
def test_a_notes_mark_does_not_open_the_next_sentence(text: str, second: str) -> None:
    spans = segment(text)
    assert [text[start:end] for start, end in spans][1] == second
