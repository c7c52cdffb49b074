"""The filters of the web chat: what is offered with which counts, and what is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.filters import passes
from gendergpt.types import Basis, Document, Filters, Kind
from gendergpt.ui import choices
from gendergpt.ui.choices import GROUPS, Chosen

EVIL = "\x00<script>\ud800</script>"
TOOL = Document("t", "Tool 6", "DCAF", 2020, "2nd edition", "en")
OLDER = Document("o", "Tool 6", "DCAF", 2008, "1st edition", "en")
RUSSIAN = Document("r", "Гендер", "OSCE", 2012, language="ru")
NOTE = Document(
    "n", "Notes", "GenderGPT (summary)", 2026, "first edition of this note", "en", Kind.SUMMARY,
    based_on=(Basis("Compact", "UN", 2018), Basis("Glossary", "GenderGPT", 2026)),
)  # fmt: skip
HELD = (TOOL, OLDER, RUSSIAN, NOTE)


def labels(chosen: Chosen, group: str, held: Sequence[Document] = HELD) -> list[str]:
    return [label for label, _ in choices.offered(held, chosen)[group]]


def test_each_choice_says_how_many_documents_it_leads_to() -> None:
    assert labels(Chosen(), "language") == ["English (3)", "Russian (1)"]
    assert labels(Chosen(), "publisher") == ["DCAF (2)", "OSCE (1)", "UN (1)"]
    assert labels(Chosen(), "edition") == ["1st edition (1)", "2nd edition (1)"]
    assert labels(Chosen(), "kind") == ["Publications (3)", "Our summaries (1)"]


def test_a_choice_counts_what_the_other_groups_admit() -> None:
    chosen = Chosen(publisher=("DCAF",), year_from=2010)
    assert labels(chosen, "publisher") == ["DCAF (1)", "OSCE (1)", "UN (1)"]
    assert labels(chosen, "language") == ["English (1)", "Russian (0)"]


def test_years_and_where_they_lead() -> None:
    assert choices.years_told(HELD, Chosen()) == "From 2008 to 2020"
    assert choices.years_told(HELD, Chosen(language=("ru",))) == "From 2008 to 2020"
    assert choices.years_told(HELD, Chosen(year_to=2012)) == "Leads to 2 documents"
    assert choices.years_told(HELD, Chosen(("DCAF",), year_to=2012)) == "Leads to 1 document"
    assert choices.years_told([TOOL], Chosen()) == ""
    assert choices.years_told([], Chosen()) == ""


@pytest.mark.parametrize(
    ("typed", "year"),
    [("2015", 2015), (" 2015 ", 2015), ("20", None), ("0999", None), ("٢٠١٥", None), (EVIL, None)],
)
def test_only_whole_years_limit_a_search(typed: str, year: int | None) -> None:
    assert choices.chosen_of([], [], [], [], [], typed, None) == Chosen(year_from=year)
    assert choices.chosen_of(None, [], [], [], [], "", typed) == Chosen(year_to=year)


def test_a_kind_that_there_is_not_limits_nothing() -> None:
    chosen = choices.chosen_of([], [], [], [], ["summary", EVIL], "", "")
    assert choices.filters_of(chosen) == Filters(kind=frozenset({"summary"}))
    assert choices.filters_of(Chosen()) is None


def test_what_json_cannot_carry_is_not_offered() -> None:
    hostile = Document("h", EVIL, EVIL, 2020, EVIL, EVIL)
    offered = choices.offered([hostile, TOOL], Chosen())
    assert [len(offered[group]) for group in GROUPS] == [1, 2, 1, 1, 1]


def test_languages_have_names() -> None:
    assert [choices.language_name(code) for code in ("ru", "pt-BR", "de-XX", "xx", "", "?")] == [
        "Russian", "Brazilian Portuguese", "German", "xx", "", "?"
    ]  # fmt: skip


texts = st.sampled_from([None, "UN", "OSCE", "1st", EVIL])
documents = st.builds(
    Document,
    id=st.uuids().map(str),
    title=st.sampled_from(["Tool", EVIL]),
    publisher=texts,
    year=st.sampled_from([None, 1999, 2020]),
    edition=texts,
    language=st.sampled_from([None, "en", "ru", EVIL]),
    kind=st.sampled_from(Kind),
    based_on=st.lists(st.builds(Basis, st.just("Compact"), texts), max_size=2).map(tuple),
)


@given(st.lists(documents, max_size=8), st.data())
def test_counts_are_those_of_the_search(held: list[Document], data: Any) -> None:
    boxes = [
        data.draw(st.lists(st.sampled_from([v for _, v in offered]), max_size=1) if offered
                  else st.just([]))
        for offered in (choices.offered(held, Chosen())[group] for group in GROUPS)
    ]  # fmt: skip
    chosen = choices.chosen_of(*boxes, data.draw(st.sampled_from(["", "2000"])), "")
    for group, offered in choices.offered(held, chosen).items():
        for label, value in offered if group != "document" else ():
            values = list(boxes)
            values[GROUPS.index(group)] = [value]
            years = [str(chosen.year_from or ""), ""]
            filters = choices.filters_of(choices.chosen_of(*values, *years))
            assert filters is not None
            label.encode("utf-8")
            assert label.endswith(f" ({sum(passes(each, filters) for each in held)})")
