"""A quotation is what stands on its page, and nothing else is."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gendergpt.citations import find, verify
from gendergpt.cleaning import clean
from gendergpt.types import Status

SHOWN = (Status.EXACT, Status.NORMALISED)

# Letters, figures, marks, all kinds of space, line-end hyphens, ligatures, invisible characters.
PIECES = st.sampled_from(
    [*"abcXYZé07 .,;:()“”’–-\n\t", "the", "officer", "27", "\u00a0", "-\n", "\u2010\n", "\ufffe",
     "\u00ad", "\u00ad\n", "\u200b", "\ufeff", "ﬁ", "ﬀ", "ﬆ", "\x02", "\x1c", " \n ", "\r\n", "\f"]
)  # fmt: skip
MESSY = st.lists(PIECES, min_size=1, max_size=60).map("".join)
PAGES = st.one_of(MESSY, st.text(min_size=1, max_size=120))


@st.composite
def slices(draw: st.DrawFn, pages: st.SearchStrategy[str] = PAGES) -> tuple[str, int, int]:
    """A page and a stretch of it that holds something to be seen."""
    page = draw(pages)
    start = draw(st.integers(0, len(page) - 1))
    end = draw(st.integers(start + 1, len(page)))
    assume(clean(page[start:end]).text.strip())
    return page, start, end


@given(slices())
def test_any_stretch_of_a_page_is_exact(case: tuple[str, int, int]) -> None:
    page, start, end = case
    assert verify(page[start:end], [page[start:end]]) is Status.EXACT


@given(slices())
def test_any_stretch_is_found_where_it_verifies(case: tuple[str, int, int]) -> None:
    page, start, end = case
    found = find(page[start:end], page)
    assert found is not None
    assert page[slice(*found)] == page[start:end]


@given(slices())
@example(("Hello \u200b", 0, 7))
@example(("a \u200b b", 0, 5))
@example(("exam-\n\nple", 0, 10))
@example(("a-\n\u200bb", 0, 5))
def test_the_cleaned_form_of_any_stretch_verifies(case: tuple[str, int, int]) -> None:
    page, start, end = case
    assert verify(clean(page[start:end]).text, [page[start:end]]) in SHOWN


@given(slices())
def test_the_cleaned_form_with_hyphens_kept_verifies(case: tuple[str, int, int]) -> None:
    page, start, end = case
    kept = clean(page[start:end], lambda left, right: False).text
    assert verify(kept, [page[start:end]]) in SHOWN


@given(slices())
@example(("Foo\nbar.", 0, 8))
@example(("“Foo\nbar”.", 0, 10))
@example(("(a  b)(a  b)", 6, 12))
def test_the_cleaned_form_is_found_where_it_verifies(case: tuple[str, int, int]) -> None:
    page, start, end = case
    quote = clean(page[start:end]).text
    assume(any(character.isalnum() for character in quote))
    found = find(quote, page)
    assert found is not None
    low, high = found
    assert 0 <= low < high <= len(page)
    assert verify(quote, [page[low:high]]) in SHOWN


@given(PAGES, PAGES)
def test_whatever_is_found_verifies(quote: str, page: str) -> None:
    found = find(quote, page)
    if found is not None:
        assert verify(quote, [page[slice(*found)]]) in SHOWN


def changed(quote: str, index: int, letter: str) -> str:
    return quote[:index] + letter + quote[index + 1 :]


def dropped(quote: str, index: int, letter: str) -> str:
    return quote[:index] + quote[index + 1 :]


def added(quote: str, index: int, letter: str) -> str:
    return quote[:index] + letter + quote[index:]


@given(
    slices(), st.data(), st.sampled_from("aeZé09"), st.sampled_from([changed, dropped, added]),
    st.booleans(),
)  # fmt: skip
def test_one_letter_or_digit_more_or_less_is_not_found(
    case: tuple[str, int, int],
    data: st.DataObject,
    letter: str,
    alter: Callable[[str, int, str], str],
    cleaned: bool,
) -> None:
    page, start, end = case
    quote = clean(page[start:end]).text if cleaned else page[start:end]
    places = [index for index, character in enumerate(quote) if character.isalnum()]
    assume(places)
    index = data.draw(st.sampled_from(places))
    assume(quote[index] != letter)
    assert verify(alter(quote, index, letter), [page[start:end]]) is Status.NOT_FOUND


def test_punctuation_and_case_count() -> None:
    page = "Body searches are carried out by officers of the same sex."
    assert verify(page.replace(".", "!"), [page]) is Status.NOT_FOUND
    assert verify(page.lower(), [page]) is Status.NOT_FOUND
    assert verify(page[:-1], [page]) is Status.NOT_FOUND
    assert verify(page.replace("same", "“same”"), [page]) is Status.NOT_FOUND
    assert verify(page.replace("sex", "s ex"), [page]) is Status.NOT_FOUND
    assert verify(page.replace(" sex", "sex"), [page]) is Status.NOT_FOUND


@pytest.mark.parametrize(
    ("quote", "piece"),
    [
        ("cooperation", "co-\noperation"),
        ("co-operation", "co-\noperation"),
        ("cooperation", "co\ufffeoperation"),
        ("co-operation", "co\ufffeoperation"),
        ("2020-2021", "2020\ufffe2021"),
        ("officers", "of\u00adficers"),
        ("officers", "oﬃcers"),
        ("first", "ﬁrst"),
        ("a b", "a \t\r\n\u00a0 b"),
        ("women and men", "women\nand   men"),
    ],
)
def test_each_rule_of_normalisation(quote: str, piece: str) -> None:
    assert verify(quote, [piece]) is Status.NORMALISED


@pytest.mark.parametrize(
    ("quote", "piece"),
    [("co-operation", "cooperation"), ("cooperation", "co-operation"), ("2020 2021", "2020-\n2021"),
     ("ab", "a b"), ("", "a"), ("  ", "  "), ("\u200b", " \u200b"), ("a", ""), ("a", " ")],
)  # fmt: skip
def test_what_no_rule_covers(quote: str, piece: str) -> None:
    assert verify(quote, [piece]) is Status.NOT_FOUND


def test_a_sentence_over_a_page_break() -> None:
    pieces = ["Women officers are trained in inter-", "viewing and in\nfirst aid."]
    quote = "Women officers are trained in interviewing and in first aid."
    assert verify(quote, pieces) is Status.NORMALISED
    assert verify(quote, pieces[:1]) is Status.NOT_FOUND
    assert verify(quote, []) is Status.NOT_FOUND


def test_nothing_is_found_nowhere() -> None:
    for quote in ("", " ", "\n", "\u200b", "—"):
        assert find(quote, "A page of text \u200b.") is None
    assert find("text", "") is None


def test_a_second_occurrence_is_found_when_the_first_is_other_text() -> None:
    page = "no-one; noone; no one"
    found = find("no  one", page)
    assert found is not None
    assert page[slice(*found)] == "no one"


N = 50_000


@pytest.mark.parametrize(
    ("quote", "page"),
    [
        ("a 1", "a" + " " * N + "1"),
        ("a 1", "a-" + "\n" * N + "1"),
        ("a- 1", "a-" + "\n" * N + "1"),
        ("a 1", ("a-" + "\n" * 99) * (N // 100) + "1"),
        ("a b", "a" + "\u200b" * N + "b"),
        ("a b", "\u200b \u00ad" * (N // 3)),
        ("a a", "a" * N),
        ("aé", "\ufffe" * N),
        ("a b " * (N // 4), "a  b " * (N // 5)),
        ("ﬁ" * 100, "fi" * (N // 2)),
        ("(a) " * 50 + "b", "(a)\n" * (N // 4)),
    ],
    ids=map(str, range(11)),
)
def test_hostile_pages_take_less_than_a_second(quote: str, page: str) -> None:
    started = time.process_time()
    verify(quote, [page])
    verify(clean(page).text, [page])
    find(quote, page)
    assert time.process_time() - started < 5
