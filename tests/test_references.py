"""How citations are worded: ours as ours, pages as printed and as counted."""

from __future__ import annotations

import dataclasses

import pytest

from gendergpt import references
from gendergpt.types import (
    Answer,
    Basis,
    Citation,
    Document,
    Hit,
    Kind,
    Original,
    Outcome,
    PageRef,
    Passage,
    Sentence,
    Span,
    Stage,
    Status,
)

TOOL = Basis("Tool 6: Border Management", "DCAF", 2020, "p. 14", "https://d.org/6", heading="Six")
RULES = Basis("Nelson Mandela Rules", "UN", 2015, heading="Rules")
GENERAL = Basis("All tools", "DCAF", 2020)
SUMMARY = Document("s", "Our note", "GenderGPT", 2026, kind=Kind.SUMMARY, based_on=(TOOL, RULES))
ORIGINAL = Document("o", "Guide", "APT", 2019, url="https://apt.org/guide")


def span(number: int, label: str | None) -> Span:
    return Span(PageRef(number, label), 0, 1)


def cite(document: Document, *spans: Span, basis: Basis | None = None) -> Citation:
    return Citation(1, "“Q”", Status.EXACT, spans, ("Guide", "Six"), "p", document, basis)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([span(22, "14")], "p. 14 (PDF page 22)"),
        ([span(22, "14"), span(22, "14")], "p. 14 (PDF page 22)"),
        ([span(22, "14"), span(23, "15")], "pp. 14–15 (PDF pages 22–23)"),
        ([span(4, "iv")], "p. iv (PDF page 4)"),
        ([span(4, None)], "PDF page 4"),
        ([span(4, None), span(5, "1")], "PDF pages 4–5"),
        ([Span(None, 0, 1)], "section “Six”"),
        ([], "section “Six”"),
    ],
)
def test_places(spans: list[Span], expected: str) -> None:
    assert references.locator(cite(ORIGINAL, *spans)) == expected


def test_no_heading_and_no_page() -> None:
    assert references.place([Span(None, 0, 1)], ()) == "no pages"


def test_the_words_of_a_publisher_and_our_own() -> None:
    assert references.attribution(cite(ORIGINAL)) == "APT, Guide (2019)"
    dated = dataclasses.replace(ORIGINAL, edition="2nd edition, 2019", publisher=None)
    assert references.attribution(cite(dated)) == "Guide (2nd edition, 2019)"
    assert references.attribution(cite(SUMMARY, basis=TOOL)) == (
        "our summary of Tool 6: Border Management (DCAF, 2020), p. 14"
    )
    assert references.attribution(cite(SUMMARY)) == "our summary “Our note”"
    assert references.publication(cite(SUMMARY, basis=TOOL)) == (
        "our summary of Tool 6: Border Management (DCAF, 2020)"
    )
    assert references.publication(cite(ORIGINAL)) == "APT, Guide (2019)"


def test_a_summary_never_reads_as_the_publishers_words() -> None:
    for basis in (TOOL, RULES, GENERAL, None):
        assert references.reference(cite(SUMMARY, basis=basis)).startswith("our summary")
        assert "our own note" in references.reference(cite(SUMMARY, basis=basis))


def test_a_full_reference() -> None:
    assert references.reference(cite(ORIGINAL, span(22, "14"))) == (
        "APT, Guide (2019), p. 14 (PDF page 22), https://apt.org/guide"
    )
    also = dataclasses.replace(cite(ORIGINAL, span(2, None)), also=(SUMMARY,))
    assert references.reference(also).endswith("; also said in our summary “Our note”")


def test_the_basis_of_a_section() -> None:
    assert references.basis_of(SUMMARY, ("Note", "Six")) is TOOL
    assert references.basis_of(SUMMARY, ("Note", "Rules", "A detail")) is RULES
    assert references.basis_of(SUMMARY, ("Six", "Rules")) is RULES, "the innermost heading"
    assert references.basis_of(SUMMARY, ("Note",)) is None
    assert references.basis_of(ORIGINAL, ("Six",)) is None
    one = dataclasses.replace(SUMMARY, based_on=(TOOL, GENERAL))
    assert references.basis_of(one, ("Note",)) is GENERAL
    two = dataclasses.replace(SUMMARY, based_on=(GENERAL, GENERAL))
    assert references.basis_of(two, ("Note",)) is None


def test_superseded() -> None:
    assert references.superseded(ORIGINAL) is None
    old = dataclasses.replace(ORIGINAL, superseded_by="Guide, 3rd edition")
    assert "Guide, 3rd edition" in (references.superseded(old) or "")
    assert references.reference(cite(old)).endswith(
        ". A newer edition replaces this one: Guide, 3rd edition."
    )


def test_the_edition_stands_beside_the_title_with_the_year() -> None:
    second = dataclasses.replace(ORIGINAL, edition="2nd edition")
    assert references.attribution(cite(second)) == "APT, Guide (2nd edition, 2019)"
    assert references.whose(dataclasses.replace(second, year=None)) == "APT, Guide (2nd edition)"


def test_a_hit_that_is_no_answer() -> None:
    passage = Passage("p", "o", "Long  words " * 40, (span(3, None),), ("Guide",))
    line = references.nearest(Hit(1, 0.5, Stage.RERANKED, passage, ORIGINAL))
    assert line.startswith("APT, Guide (2019), PDF page 3: Long words Long")
    assert line.endswith(" …")
    assert len(line) < 270
    assert "\n" not in line


def test_an_answer_as_plain_text() -> None:
    answer = Answer("Who?", Outcome.ANSWERED, "“Q” [1]", (cite(ORIGINAL, span(22, "14")),))
    text = references.as_text(answer)
    assert text == (
        "Who?\n\n“Q” [1]\n\nReferences\n"
        "[1] APT, Guide (2019), p. 14 (PDF page 22), https://apt.org/guide"
    )
    bare = dataclasses.replace(answer, citations=())
    assert "References" not in references.as_text(bare)


def test_publications_that_may_hold_it() -> None:
    one = references.may_stand_in([TOOL])
    assert one.startswith("It may stand in Tool 6: Border Management (DCAF, 2020), p. 14, which")
    assert one.endswith("is not in this library (https://d.org/6).")
    two = references.may_stand_in([TOOL, RULES]).splitlines()
    assert len(two) == 3
    assert two[2] == "– Nelson Mandela Rules (UN, 2015), no address known: ask UN"


def test_address_or_whom_to_ask() -> None:
    assert references.address(Original("a", "A", "DCAF", url="https://d.org")) == "https://d.org"
    asked = references.address(Original("a", "A", "UN", symbol="A/1/2"))
    assert asked == "no address known: ask UN for A/1/2"
    assert references.address(Basis("A")) == "no address known: ask the publisher"


def test_a_numbered_place_is_named_before_the_page() -> None:
    citation = dataclasses.replace(
        cite(ORIGINAL, span(22, "14")), numbers=("Article 7", "para. 2", "(b)")
    )
    assert references.locator(citation) == "Article 7, para. 2 (b), p. 14 (PDF page 22)"


def test_a_remark_of_ours_is_not_called_a_summary() -> None:
    citation = dataclasses.replace(
        cite(SUMMARY, span(3, None), basis=TOOL), quote="GenderGPT's remark: check the edition."
    )
    assert references.attribution(citation).startswith("our own remark on Tool 6")
    assert references.publication(citation).startswith("our own remark on Tool 6")
    said_by_them = dataclasses.replace(citation, document=ORIGINAL, basis=None)
    assert references.attribution(said_by_them).startswith("APT, Guide")


def test_a_section_that_is_ours_alone_is_called_so() -> None:
    own = Basis("Glossary: acronyms", "GenderGPT", 2026, heading="Six")
    citation = cite(SUMMARY, span(3, None), basis=own)
    assert references.attribution(citation) == "our own Glossary: acronyms"
    assert references.publication(citation) == "our own Glossary: acronyms"


def test_where_a_passage_stands() -> None:
    def sentence(*numbers: str) -> Sentence:
        return Sentence(0, 1, (span(3, None),), numbers=numbers)

    passage = Passage("p", "o", "x", (span(3, None),), (), (sentence("para. 27"),
                      sentence(), sentence("para. 28", "(a)")))  # fmt: skip
    hit = Hit(1, 1.0, Stage.RERANKED, passage, ORIGINAL)
    assert references.whereabouts(hit) == "para. 27 to para. 28 (a), PDF page 3"
    ours = dataclasses.replace(hit, document=SUMMARY)
    assert references.whereabouts(ours) == "PDF page 3"


def test_a_publisher_that_the_title_begins_with_is_named_once() -> None:
    named = dataclasses.replace(ORIGINAL, title="APT guide to searches")
    assert references.whose(named) == "APT guide to searches (2019)"
