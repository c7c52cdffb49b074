"""Numbered places: on the document's side and on the question's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.numbering import (
    Place,
    normal,
    number,
    places_in,
    stands_in,
    without_pages,
    without_places,
)
from gendergpt.types import BlockKind

HEADING, PARAGRAPH, ITEM = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM


def test_articles_hold_their_paragraphs_and_items() -> None:
    blocks = [
        (HEADING, "Chapter II"),
        (HEADING, "Article 7"),
        (PARAGRAPH, "1. Border guards shall respect dignity."),
        (PARAGRAPH, "2. Border guards shall not:"),
        (ITEM, "(a) discriminate on grounds of sex;"),
        (ITEM, "(b) search without cause."),
        (HEADING, "Article 8"),
        (PARAGRAPH, "Cross-border movement is checked."),
    ]
    assert number(blocks) == [
        ("Chapter II",),
        ("Article 7",),
        ("Article 7", "para. 1"),
        ("Article 7", "para. 2"),
        ("Article 7", "para. 2", "(a)"),
        ("Article 7", "para. 2", "(b)"),
        ("Article 8",),
        ("Article 8",),
    ]


def test_an_article_named_in_running_text_opens_no_place() -> None:
    text = "Article 7 of the convention obliges States to act."
    assert number([(PARAGRAPH, text)]) == [()]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rule 19", "Rule 19"),
        ("Art. 7. Searches", "Article 7"),
        ("ARTICLE 12 – Detention", "Article 12"),
        ("Annex II: Checklist", "Annex II"),
        ("Madde 5- (1) Kişisel veriler işlenemez.", "Madde 5"),
        ("Статья 7", "Статья 7"),
        ("4.2 Searching travellers", "section 4.2"),
    ],
)
def test_headings_with_numbers_are_places(text: str, name: str) -> None:
    assert number([(HEADING, text)]) == [(name,)]


def running(first: int, last: int) -> list[tuple[BlockKind, str]]:
    return [(PARAGRAPH, f"{value}. Paragraph about borders.") for value in range(first, last + 1)]


@given(first=st.integers(1, 60), length=st.integers(8, 40))
def test_a_run_of_numbers_through_the_document_names_its_paragraphs(
    first: int, length: int
) -> None:
    blocks = running(first, first + length - 1)
    expected = [(f"para. {first + step}",) for step in range(length)]
    assert number(blocks) == expected


def test_a_run_goes_on_under_new_headings_and_over_a_missed_number() -> None:
    blocks = [*running(1, 6), (HEADING, "II. Findings"), *running(8, 14)]
    assert [path[-1] for path in number(blocks) if path][-1] == "para. 14"
    assert number(blocks)[6] == ()


def test_a_paragraph_without_a_number_belongs_to_the_one_before_it() -> None:
    blocks = [*running(1, 9), (PARAGRAPH, "It goes on here."), *running(10, 12)]
    assert number(blocks)[9] == ("para. 9",)


def test_a_list_of_a_few_items_is_no_numbering() -> None:
    filling = [(PARAGRAPH, "Some prose about borders.")] * 60
    items = [(ITEM, f"{value}. Train the staff.") for value in range(1, 9)]
    assert all(not path for path in number([*filling, *items]))


def test_footnotes_and_furniture_stand_in_no_place() -> None:
    blocks = [
        *running(1, 9),
        (BlockKind.FOOTNOTE, "4. See Article 7."),
        (BlockKind.FURNITURE, "Article 7"),
        *running(10, 12),
    ]
    paths = number(blocks)
    assert paths[9:11] == [(), ()]
    assert paths[11] == ("para. 10",)


@given(st.lists(st.tuples(st.sampled_from(list(BlockKind)), st.text(max_size=60)), max_size=40))
def test_any_text_gets_a_path_a_block(blocks: list[tuple[BlockKind, str]]) -> None:
    assert len(number(blocks)) == len(blocks)


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("What does paragraph 28 of the compact say?", [("28",)]),
        ("Art. 7 Schengen Borders Code", [("article 7",)]),
        ("article 7(2)(b)", [("article 7", "2", "b")]),
        ("paragraph 2 (b) of Article 7", [("article 7", "2", "b")]),
        ("paras 28–30", [("28",), ("29",), ("30",)]),
        ("Rules 19, 20 and 21", [("rule 19",), ("rule 20",), ("rule 21",)]),
        ("§ 12 of the act", [("12",)]),
        ("section 4.2", [("section 4.2",)]),
        ("Annex II", [("annex ii",)]),
        ("How do I take part in a search?", []),
        ("What happened in 2016?", []),
    ],
)
def test_places_in_questions(question: str, places: list[tuple[str, ...]]) -> None:
    assert [place.names for place in places_in(question)] == places


@pytest.mark.parametrize(
    ("question", "label"),
    [("p. xiv of the handbook", "xiv"), ("What is on page 14?", "14"), ("pp. 3", "3")],
)
def test_pages_in_questions(question: str, label: str) -> None:
    assert places_in(question) == (Place(page=label),)
    assert label not in without_pages(question)


def test_how_many_pages_asks_for_no_page() -> None:
    assert places_in("How many pages does the tool have?") == ()


def test_what_is_left_of_a_question_without_its_places() -> None:
    assert without_places("Art. 7 Schengen Borders Code") == "Schengen Borders Code"


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        ("para. 27", "27"),
        ("Paragraph 27", "27"),
        ("(b)", "b"),
        ("Art. 7", "article 7"),
        ("Madde 5", "article 5"),
        ("Annex II", "annex ii"),
    ],
)
def test_names_have_one_normal_form(printed: str, asked: str) -> None:
    assert normal(printed) == asked


@given(st.text(max_size=30))
def test_normal_forms_are_stable(name: str) -> None:
    assert normal(normal(name)) == normal(name) or not normal(name)[:1].isalnum()


def test_a_place_holds_what_lies_within_it_and_nothing_beside() -> None:
    wanted = Place(("article 7", "2"))
    assert stands_in(wanted, ("Article 7", "para. 2", "(b)"))
    assert stands_in(wanted, ("Article 7", "(2)"))
    assert not stands_in(wanted, ("Article 7", "para. 3"))
    assert not stands_in(wanted, ("Article 8", "para. 2"))
    assert not stands_in(Place(("2", "article 7")), ("Article 7", "para. 2"))
    assert not stands_in(Place(page="7"), ("Article 7",))
