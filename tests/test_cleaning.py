"""Cleaned text, and the way back from it to the page."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gendergpt.citations import verify
from gendergpt.cleaning import clean, joins, note_numbers, words
from gendergpt.types import Status

PIECES = st.sampled_from(
    [*"abXé07 .,-\n\t", "the", "\u00a0", "-\n", "\u2010\n", "\ufffe", "\u00ad", "\u00ad\n",
     "\u200b", "\ufeff", "ﬁ", "ﬃ", "\x02", "\x1c", " \n ", "\r\n"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=120))
INVISIBLE = "\u00ad\u200b\u200e\u2060\ufeff\x00\x02\x7f"


@given(TEXTS)
def test_offsets_lead_back(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned.offsets) == len(cleaned.text) + 1
    assert list(cleaned.offsets) == sorted(cleaned.offsets)
    assert all(0 <= offset <= len(text) for offset in cleaned.offsets)
    for character, offset in zip(cleaned.text, cleaned.offsets, strict=False):
        if character.isalnum() and text[offset].isascii():
            assert text[offset] == character


@given(TEXTS, st.data())
def test_raw_ranges_are_in_bounds_and_hold_the_words(text: str, data: st.DataObject) -> None:
    cleaned = clean(text)
    if not cleaned.text:
        return
    start = data.draw(st.integers(0, len(cleaned.text) - 1))
    end = data.draw(st.integers(start + 1, len(cleaned.text)))
    low, high = cleaned.raw(start, end)
    assert 0 <= low < high <= len(text)
    letters = [c for c in cleaned.text[start:end] if c.isascii() and c.isalnum()]
    assert [c for c in text[low:high] if c.isascii() and c.isalnum()] == letters or any(
        ligature in text[low:high] for ligature in "ﬀﬁﬂﬃﬄﬅﬆ"
    )


@given(TEXTS)
@example("a \u200b b")
@example("a-\u200b\nb")
def test_cleaned_text_is_clean(text: str) -> None:
    cleaned = clean(text).text
    assert clean(cleaned).text == cleaned
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert not set(cleaned) & set(INVISIBLE + "\n\t\u00a0\ufffeﬁﬃ")


@given(TEXTS)
def test_no_letter_or_digit_is_lost_or_gained(text: str) -> None:
    """Ligatures are spelt out; nothing else that is a letter or a digit changes."""
    spelt = text.replace("ﬁ", "fi").replace("ﬃ", "ffi")
    if any(ligature in spelt for ligature in "ﬀﬂﬄﬅﬆ"):
        return
    assert [c for c in clean(text).text if c.isalnum()] == [c for c in spelt if c.isalnum()]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Women\n and\tmen  ", "Women and men"),
        ("inter-\nviewing", "interviewing"),
        ("inter\ufffeviewing", "interviewing"),
        ("inter\u00ad\nviewing", "interviewing"),
        ("2020-\n2021", "2020- 2021"),
        ("2020\ufffe2021", "2020-2021"),
        ("of\u00adﬁ\u200bcers", "officers"),
        ("a \u200b\u00ad b", "a b"),
        ("", ""),
        (" \n\u200b ", ""),
    ],
)
def test_the_rules(raw: str, expected: str) -> None:
    assert clean(raw).text == expected


def test_line_end_hyphens_follow_the_documents_own_words() -> None:
    rule = joins(words("cross-border trade; interviewing; gender and responsive; policymaker"))
    assert clean("cross-\nborder", rule).text == "cross-border"
    assert clean("inter-\nviewing", rule).text == "interviewing"
    assert clean("gender-\nresponsive", rule).text == "gender-responsive"
    assert clean("pol-\nicymaker", rule).text == "policymaker"
    assert clean("un-\nheard", rule).text == "unheard"
    assert clean("Cross-\nBorder", rule).text == "Cross-Border"
    assert clean("cross\u00ad\nborder", rule).text == "crossborder", "a soft hyphen never stays"


def test_a_capital_after_a_hyphen_begins_a_word() -> None:
    rule = joins(set())
    assert clean("Inter-\nAgency", rule).text == "Inter-Agency"
    assert clean("GOVERN-\nMENT", rule).text == "GOVERNMENT"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("in the region.3 The council", "in the region. The council"),
        ("the plan3 and", "the plan and"),
        ("“our plan”3 and (the plan)3", "“our plan” and (the plan)"),
        ("the plan,3\nand", "the plan, and"),
        ("the plan.4 The", "the plan.4 The"),
        ("BRCA3 or", "BRCA3 or"),
        ("A/47/466/Add.3 and Rev.3 of", "A/47/466/Add.3 and Rev.3 of"),
        ("see www.example.org/plan3 for", "see www.example.org/plan3 for"),
        ("paragraph 3 and 2.3 of", "paragraph 3 and 2.3 of"),
        ("a plan3a", "a plan3a"),
        ("3 persons. 3 more", "3 persons. 3 more"),
    ],
)
def test_footnote_marks_are_dropped_where_the_note_is_there(raw: str, expected: str) -> None:
    assert clean(raw, notes={"3", "12"}).text == expected
    assert "3" in clean(raw).text or "3" not in raw, "without notes all figures stay"


def test_the_stretches_leave_marks_out() -> None:
    raw = "One plan1 and two.2 End3"
    cleaned = clean(raw, notes={"1", "2", "3"})
    assert cleaned.text == "One plan and two. End"
    stretches = [raw[low:high] for low, high in cleaned.stretches(0, len(cleaned.text))]
    assert stretches == ["One plan", " and two.", " End"]
    assert list(cleaned.stretches(0, 3)) == [(0, 3)]
    assert verify(cleaned.text, stretches) is Status.NORMALISED


def test_the_numbers_of_notes() -> None:
    assert note_numbers("1 See there. 2 An example, 2020.\r\n13 Ibid.") == {"1", "2", "13"}
    assert note_numbers("[4] See there") == {"4"}
    assert note_numbers("5A note, glued to its mark.") == {"5"}


def test_words_of_a_text() -> None:
    assert words("Cross\u2010border co-operation, 2020.") == {
        "cross-border", "cross", "border", "co-operation", "co", "operation"
    }  # fmt: skip


def test_the_halves_of_a_divided_word_are_no_words() -> None:
    text = "of inter-\nviewing, search\ufffeing, exam\u00ad\nple and cross- \n border train-"
    assert words(text) == {"of", "and"}
    text = "a policy on inter-\nviewing"
    assert clean(text, joins(words(text))).text == "a policy on interviewing"


@pytest.mark.parametrize(
    "text", ["a-" + "\n" * 50_000 + "1", "\u200b" * 50_000, "a- \n" * 12_500, " " * 50_000,
             ("a-" + "\n" * 99) * 500, "\ufffe" * 50_000, "a" * 50_000 + "-\nb"],
    ids=map(str, range(7)),
)  # fmt: skip
def test_hostile_text_takes_less_than_a_second(text: str) -> None:
    started = time.process_time()
    clean(text, joins({"a"}))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "abcd" * 50_000 + "-", "a-" * 100_000, "abc-\n" * 40_000],
    ids=["word", "divided word", "hyphens", "divided words"],
)  # fmt: skip
def test_a_long_word_takes_less_than_half_a_second(text: str) -> None:
    for step in (clean, words):
        started = time.process_time()
        step(text)
        assert time.process_time() - started < 3
