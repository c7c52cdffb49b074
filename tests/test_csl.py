"""References through a CSL processor: complete, with what is missing, and ours as ours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gendergpt import csl
from gendergpt.errors import UsageError
from gendergpt.types import Basis, Citation, Document, Kind, PageRef, Span, Status

HANDBOOK = Document(
    "h", "Handbook on Borders", "IOM", 2019, "2nd edition", "en", url="https://iom.int/handbook"
)
COMPACT = Document("c", "Global Compact for Migration", "UN", 2018, symbol="A/RES/73/195")
BASIS = Basis("Tool 6", "DCAF", 2020, "p. 14", "https://dcaf.ch/6", heading="Six")
NOTE = Document("n", "Our note", "GenderGPT", 2026, kind=Kind.SUMMARY, based_on=(BASIS,))


def cite(document: Document, *pages: PageRef, numbers: tuple[str, ...] = ()) -> Citation:
    spans = tuple(Span(page, 0, 1) for page in pages) or (Span(None, 0, 1),)
    basis = document.based_on[0] if document.based_on else None
    heading = ("Guide", "Six")
    return Citation(
        1, "Q", Status.EXACT, spans, heading, "p", document, basis=basis, numbers=numbers
    )


def worded(citation: Citation, style: str) -> str:
    return csl.as_plain(csl.reference(csl.item(citation), csl.place_of(citation), style))


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (
            "footnote",
            "IOM, Handbook on Borders, 2nd ed. (IOM, 2019), 14, https://iom.int/handbook.",
        ),
        (
            "apa",
            "IOM. (2019). Handbook on Borders (2nd ed.). https://iom.int/handbook\n"
            "In the text: (IOM, 2019, p. 14)",
        ),
        (
            "chicago",
            "IOM. 2019. Handbook on Borders. 2nd ed. IOM. https://iom.int/handbook.\n"
            "In the text: (IOM 2019, 14)",
        ),
    ],
)
def test_a_reference_in_each_style(style: str, expected: str) -> None:
    assert worded(cite(HANDBOOK, PageRef(22, "14")), style) == expected


def test_italics_are_marked() -> None:
    citation = cite(HANDBOOK, PageRef(22, "14"))
    runs = csl.reference(csl.item(citation), csl.place_of(citation), "apa")
    assert [run.text for run in runs if run.italic] == ["Handbook on Borders"]


@pytest.mark.parametrize("style", csl.STYLES)
def test_what_is_not_known_is_left_out(style: str) -> None:
    bare = worded(cite(Document("b", "A bare guide"), PageRef(3, None)), style)
    assert "n.d." in bare
    assert "PDF page 3" in bare
    assert "p. PDF" not in bare
    assert bare.splitlines()[0].count("A bare guide") == 1
    assert "None" not in bare and "()" not in bare and ".." not in bare and ", ," not in bare


def test_a_document_symbol_is_its_number() -> None:
    assert csl.item(cite(COMPACT))["number"] == "A/RES/73/195"
    for style in csl.STYLES:
        assert "A/RES/73/195" in worded(cite(COMPACT), style)


def test_pages_without_numbers_and_no_pages() -> None:
    assert csl.place_of(cite(HANDBOOK, PageRef(1, "iv"), PageRef(2, "v"))) == csl.Place("iv–v")
    assert csl.place_of(cite(HANDBOOK, PageRef(1, None), PageRef(2, "1"))) == csl.Place(
        beside="PDF pages 1–2"
    )
    assert csl.place_of(cite(HANDBOOK)) == csl.Place(beside="section “Six”")
    assert "pp. iv–v)" in worded(cite(HANDBOOK, PageRef(1, "iv"), PageRef(2, "v")), "apa")


def test_a_numbered_place_stands_beside_the_page() -> None:
    citation = cite(HANDBOOK, PageRef(22, "14"), numbers=("Article 7", "para. 2"))
    assert "p. 14, Article 7, para. 2)" in worded(citation, "apa")
    assert "14, Article 7, para. 2, https" in worded(citation, "footnote")


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("DCAF, OSCE/ODIHR, UN Women", ["DCAF", "OSCE/ODIHR", "UN Women"]),
        ("UN; APT (Prevention, Torture)", ["UN", "APT (Prevention, Torture)"]),
        ("International Organization for Migration", ["International Organization for Migration"]),
        (None, []),
        (" , ", []),
    ],
)  # fmt: skip
def test_publishers_in_a_row(named: str | None, expected: list[str]) -> None:
    assert csl.publishers(named) == expected


def test_several_corporate_authors() -> None:
    three = replace(HANDBOOK, publisher="DCAF, OSCE/ODIHR, UN Women")
    assert worded(cite(three), "footnote").startswith("DCAF, OSCE/ODIHR, and UN Women, Handbook")
    assert worded(cite(three), "apa").startswith("DCAF, OSCE/ODIHR, & UN Women. (2019)")
    two = replace(HANDBOOK, publisher="IOM; OSCE")
    assert worded(cite(two), "apa").startswith("IOM & OSCE. (2019)")
    assert worded(cite(two), "chicago").startswith("IOM and OSCE. 2019")


@pytest.mark.parametrize("style", csl.STYLES)
def test_our_summary_is_never_cited_as_the_publishers(style: str) -> None:
    text = worded(cite(NOTE, PageRef(3, "3")), style)
    assert text.startswith("GenderGPT")
    assert "Our summary of Tool 6 (DCAF, 2020), p. 14, in our own note “Our note”" in text
    assert text.endswith("The publication itself: https://dcaf.ch/6")
    assert "URL" not in csl.item(cite(NOTE))
    assert "publisher" not in csl.item(cite(NOTE))


def test_a_title_keeps_its_capitals_and_marks() -> None:
    odd = replace(HANDBOOK, title="a <i>guide</i> & “more” for the OSCE")
    for style in csl.STYLES:
        assert odd.title in worded(cite(odd), style)


@hypothesis_settings(max_examples=30, deadline=None)
@given(
    st.text(max_size=60), st.text(max_size=30), st.text(max_size=30), st.sampled_from([*csl.STYLES])
)
def test_any_record_can_be_cited(title: str, publisher: str, edition: str, style: str) -> None:
    document = Document("x", title, publisher, None, edition, "en", symbol=edition, url=title)
    assert worded(cite(document, PageRef(1, publisher or None)), style)


@pytest.mark.parametrize("item", [{"author": 1}, {"author": [1]}, {"issued": {}}, {"issued": 5}])
def test_what_is_no_item_is_refused(item: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="cannot be cited"):
        csl.reference(item, csl.Place(), "apa")


def test_an_unknown_style_is_named() -> None:
    with pytest.raises(UsageError, match="no style 'mla'; the styles are footnote, apa, chicago"):
        csl.reference({"title": "x"}, csl.Place(), "mla")
