"""Page numbers read off the page: what is believed, what is not, and what was seen by eye."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gendergpt.layout import Line, plain_lines
from gendergpt.layout.printed import printed_labels

HEIGHT = 800.0
BODY = ("Women and men cross the border here", "and officers ask them all the same")


def laid_out(rows: Sequence[tuple[str, float]], size: float = 10.0) -> tuple[str, list[Line]]:
    """Return a page's text and lines; each row is its words and its height above the lower edge."""
    text, lines = "", []
    for words, bottom in rows:
        start = len(text)
        lines.append(
            Line(start, start + len(words), 72, 500, bottom, bottom + size, size, size, False)
        )
        text += words + "\r\n"
    return text, lines


def page(
    foot: str | None = None, head: str | None = None, body: Sequence[str] = BODY
) -> tuple[str, list[Line]]:
    """Return a page with many lines of body text and perhaps a head and a foot."""
    rows = [(f"{words} {n}x", 700.0 - 12 * n) for n, words in enumerate(tuple(body) * 6)]
    if head is not None:
        rows.insert(0, (head, 760.0))
    if foot is not None:
        rows.append((foot, 40.0))
    return laid_out(rows)


def labels(pages: Sequence[tuple[str, list[Line]]]) -> tuple[str | None, ...]:
    texts, lines = zip(*pages, strict=True)
    return printed_labels(texts, lines, [HEIGHT] * len(pages))


def roman(number: int) -> str:
    signs = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"))
    numeral = ""
    for value, sign in (*signs, (4, "iv"), (1, "i")):
        while number >= value:
            numeral, number = numeral + sign, number - value
    return numeral


FORMS = (
    "{n}",
    "– {n} –",
    "[{n}]",
    "{n}/999",
    "{n} / 999",
    "A/80/38 {n}/999",
    "{n}/999 25-01234",
    "Page {n}",
    "page {n} of 999",
    "Página {n} de 999",
    "Page No. {n}",
    "стр. {n}",
    "{n} | Handbook on borders",
    "Handbook on borders | {n}",
    "Handbook on borders {n}",
    "{n} Handbook on borders",
    "DRAFT Page {n} of 999 (2025)",
    "GE.25-10053 {n}",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("at_top", [True, False])
def test_all_forms_are_read(form: str, at_top: bool) -> None:
    numbers = range(14, 20)
    found = labels(
        [
            page(head=form.format(n=n)) if at_top else page(foot=form.format(n=n), head="A/80/38")
            for n in numbers
        ]
    )
    assert found == tuple(map(str, numbers))


def test_left_and_right_alternate() -> None:
    feet = [f"{n} Handbook" if n % 2 else f"A chapter of it {n}" for n in range(1, 12)]
    assert labels([page(foot) for foot in feet]) == tuple(map(str, range(1, 12)))


def test_a_number_is_kept_as_it_is_printed() -> None:
    assert labels([page(f"{n:02}") for n in range(4, 9)]) == ("04", "05", "06", "07", "08")
    assert labels([page(" ".join(str(n))) for n in range(9, 13)]) == ("9", "10", "11", "12")
    assert labels([page(roman(n).upper()) for n in range(3, 7)]) == ("III", "IV", "V", "VI")


@given(
    front=st.integers(3, 8),
    first=st.integers(1, 30),
    offset=st.integers(1, 400),
    count=st.integers(12, 40),
    unprinted=st.sets(st.integers(0, 60), max_size=4),
    noise=st.randoms(use_true_random=False),
)
def test_runs_are_found_again(
    front: int, first: int, offset: int, count: int, unprinted: set[int], noise: random.Random
) -> None:
    """Roman front matter, then Arabic numbers from anywhere, some pages without, years beside."""
    true = [roman(first + n) for n in range(front)] + [str(offset + n) for n in range(count)]
    numbers = [None if n in unprinted and n >= front else label for n, label in enumerate(true)]
    pages = [
        page(label, head=f"Report of {noise.choice((1995, 2008, 2020))}", body=[f"{BODY[0]} {n}"])
        for n, label in enumerate(numbers)
    ]
    assert labels(pages) == tuple(numbers)


@given(numbers=st.lists(st.integers(1, 300), min_size=8, max_size=40), roman_too=st.booleans())
def test_numbers_without_order_are_no_page_numbers(numbers: list[int], roman_too: bool) -> None:
    offsets = Counter(number - index for index, number in enumerate(numbers))
    assume(max(offsets.values()) < 3)
    feet = [roman(n) if roman_too and n % 2 else str(n) for n in numbers]
    assert set(labels([page(foot) for foot in feet])) == {None}


@given(st.permutations(range(1, 30)))
def test_shuffled_numbers_are_no_page_numbers(numbers: list[int]) -> None:
    offsets = Counter(number - index for index, number in enumerate(numbers))
    assume(max(offsets.values()) < len(numbers) / 2)
    assert set(labels([page(str(number)) for number in numbers])) == {None}


@given(st.lists(st.text("0123456789ivx/ -|.()PpageA\r\n", max_size=40), max_size=12))
def test_a_label_stands_on_its_page(texts: list[str]) -> None:
    found = printed_labels(texts, [plain_lines(text) for text in texts])
    assert len(found) == len(texts)
    for label, text in zip(found, texts, strict=True):
        assert label is None or label in text.replace(" ", "")


def test_a_page_that_prints_none_has_none() -> None:
    feet = ["1", "2", None, "4", "5", "a note 5", "7", "8"]
    assert labels([page(foot) for foot in feet]) == ("1", "2", None, "4", "5", None, "7", "8")


def test_restarts_are_followed() -> None:
    feet = [*map(str, range(1, 9)), None, *map(str, range(2, 9))]
    assert labels([page(foot) for foot in feet]) == tuple(feet)


def test_one_roman_page_before_the_run() -> None:
    feet = [None, None, "GE.25-1 iii", None, *(f"GE.25-1 {n}" for n in range(1, 8))]
    expected = (None, None, "iii", None, *map(str, range(1, 8)))
    assert labels([page(foot) for foot in feet]) == expected


@pytest.mark.parametrize(
    "front",
    [
        page(head="iii"),  # at the other edge
        page(foot="Annex i"),  # not alone, as the run's numbers are
        page(foot="xl"),  # more than there are pages before it
        laid_out([("Contents of this handbook", 700.0), ("ii", 52.0)]),  # at another height
    ],
)
def test_other_roman_numbers_before_the_run(front: tuple[str, list[Line]]) -> None:
    pages = [page(), page(), front, *(page(str(n)) for n in range(1, 8))]
    assert labels(pages) == (None, None, None, *map(str, range(1, 8)))


def test_the_longer_of_two_counts_is_the_pages() -> None:
    pages = [
        page(head=str(100 + n), foot=f"Sheet No {n} of it {n - 4}" if n > 4 else None)
        for n in range(20)
    ]
    assert labels(pages) == tuple(str(100 + n) for n in range(20))


def test_a_number_far_from_its_run_is_chance() -> None:
    pages = [*(page(str(n)) for n in range(1, 21)), *(page() for _ in range(12)), page("33")]
    assert labels(pages) == (*map(str, range(1, 21)), *[None] * 13)


def test_a_thin_run_is_chance() -> None:
    thin = [str(500 + n) if n % 4 == 0 else None for n in range(24)]
    pages = [*(page(str(n)) for n in range(1, 41)), *(page(foot) for foot in thin)]
    assert labels(pages) == (*map(str, range(1, 41)), *[None] * 24)


def test_a_chapter_may_open_with_its_number_at_the_foot() -> None:
    pages = [
        page(foot=str(n)) if n % 5 == 0 else page(head=f"{n} A handbook") for n in range(1, 20)
    ]
    assert labels(pages) == tuple(map(str, range(1, 20)))


@pytest.mark.parametrize(
    "form",
    [
        "{year}",
        "{n}. Everybody has the right to leave any country.",
        "({n}) text",
        "Tool {n}",
        "Annex {n}",
        "Table {n}.",
        "Chapter {n}",
        "Supplement No. {n}",
        "Everybody has rights.{n}",
        "A/80/{n}",
        "A/{n}/38",
        "Paragraph 3.{n}",
        "{n}.{n} Women at borders",
        "{n}/2",
    ],
)
def test_other_numbers_are_left_alone(form: str) -> None:
    feet = [form.format(n=n, year=2010 + n % 3) for n in range(4, 16)]
    assert set(labels([page(foot) for foot in feet])) == {None}
    assert set(labels([page(head=foot) for foot in feet])) == {None}


def test_a_raised_mark_is_a_note() -> None:
    pages = []
    for n in range(1, 12):
        text, lines = page(f"{n} See the handbook of 2020.")
        *others, last = lines
        raised = Line(last.start, last.end, 72, 500, 40, 50, size=8, mark_size=5)
        pages.append((text, [*others, raised]))
    assert set(labels(pages)) == {None}


def test_numbers_in_the_middle_of_a_page_are_left_alone() -> None:
    pages = []
    for n in range(1, 12):
        rows = [(f"{word} words", 700.0 - 12 * i) for i, word in enumerate("abcdefghijklm")]
        rows[6] = (str(n), rows[6][1])
        pages.append(laid_out(rows))
    assert set(labels(pages)) == {None}


def test_a_number_must_stand_at_the_same_height() -> None:
    pages = []
    for n in range(1, 13):
        rows = [(f"{BODY[0]} {i}x", 700.0 - 12 * i) for i in range(n % 3 * 14, 48)]
        pages.append(laid_out([(str(n), 712 - n % 3 * 168.0), *rows]))
    assert labels(pages).count(None) >= 8


def test_numbers_on_few_pages_of_a_file_are_not_taken() -> None:
    pages = [page() for _ in range(12)] + [page(str(n)) for n in range(1, 9)]
    assert set(labels(pages)) == {None}
    assert labels(pages[6:])[-1] == "8"


def test_two_pages_are_too_few() -> None:
    assert labels([page("1"), page("2")]) == (None, None)


def test_without_positions_the_order_of_lines_stands_for_them() -> None:
    texts = [f"{BODY[0]}\n{BODY[1]}\n" * 4 + f"- {n} -\n" for n in range(7, 12)]
    found = printed_labels(texts, [plain_lines(text) for text in texts])
    assert found == ("7", "8", "9", "10", "11")


def test_no_pages() -> None:
    assert printed_labels([], []) == ()
