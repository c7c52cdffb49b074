"""Sections of a document to read, with the quoted words marked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt import sections
from gendergpt.embedding import Encoder
from gendergpt.ingestion import ingest
from gendergpt.library import Library
from gendergpt.sections import Section, section
from gendergpt.settings import Settings
from gendergpt.types import Form, Page, PageRef, Passage, Sentence, Span
from tests.conftest import TinyEncoder

TEXT = (
    "Searches\n\nTwo officers are\npresent. The room is clean.\n\n"
    "- a list\n- of two\n\nRecords\n\nKept."
)


def passage(start: int, end: int, heading: str, page: PageRef | None = None) -> Passage:
    spans = (Span(page, start, end),)
    sentence = Sentence(0, end - start, spans, Form.PROSE)
    return Passage(f"p{start}", "d", TEXT[start:end], spans, (heading,), (sentence,))


def at(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


PAGES = (Page(None, None, TEXT),)
FIRST = at("Two officers are\npresent. The room is clean.")
PASSAGES = (
    passage(*FIRST, "Searches"),
    passage(*at("Kept."), "Records"),
)


def words(found: Section | None, marked: bool | None = None) -> str:
    assert found is not None
    return "".join(each.text for each in found.stretches if marked is None or each.marked is marked)


def test_a_quotation_opens_its_section_with_its_words_marked() -> None:
    found = section(PAGES, PASSAGES, [Span(None, *at("Two officers are\npresent."))])
    assert found is not None
    assert (found.number, found.count, found.heading, found.page) == (1, 2, ("Searches",), None)
    assert words(found, marked=True) == "Two officers are present."  # the line end was the page's
    assert words(found) == "Two officers are present. The room is clean."


def test_the_next_section_has_no_marks() -> None:
    found = section(PAGES, PASSAGES, [Span(None, *at("The room"))], number=2)
    assert found is not None and found.heading == ("Records",)
    assert (words(found), words(found, marked=True)) == ("Kept.", "")


def test_what_is_not_there_is_none() -> None:
    assert section(PAGES, PASSAGES, [Span(None, 5000, 5004)]) is None
    assert section(PAGES, PASSAGES, number=3) is None
    assert section(PAGES, PASSAGES) is None
    assert section((), (), [Span(None, 0, 4)]) is None


def test_marks_with_only_space_between_them_are_one() -> None:
    spans = [Span(None, *at("Two officers are\npresent.")), Span(None, *at("The room"))]
    found = section(PAGES, PASSAGES, spans)
    assert found is not None
    assert [each.text for each in found.stretches if each.marked] == [
        "Two officers are present. The room"
    ]


def test_lists_keep_their_lines() -> None:
    start, end = at("- a list\n- of two")
    spans = (Span(None, start, end),)
    held = Passage("l", "d", "", spans, (), (Sentence(0, end - start, spans, Form.LIST),))
    assert words(section(PAGES, (held,), spans), marked=True) == "- a list\n- of two"


def test_a_long_section_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "LONGEST", 10)
    halves = (passage(*at("Two officers"), "Searches"), passage(*at("The room"), "Searches"))
    found = section(PAGES, halves, [Span(None, *at("room"))])
    assert found is not None and (found.number, found.count) == (2, 2)


def test_slides_are_sections_of_their_own() -> None:
    slides = [PageRef(number, None) for number in (1, 2)]
    pages = [Page(number, None, TEXT) for number in (1, 2)]
    held = [passage(*at("Kept."), "Same title", slide) for slide in slides]
    found = section(pages, held, [Span(slides[1], *at("Kept."))])
    assert found is not None and (found.number, found.page) == (2, slides[1])
    assert words(found, marked=True) == "Kept."


@given(st.integers(0, len(TEXT)), st.integers(1, 30))
def test_nothing_is_lost_or_doubled_by_marks(start: int, length: int) -> None:
    spans = [Span(None, start, start + length)]
    found = section(PAGES, PASSAGES, spans, number=1)
    assert words(found) == TEXT[slice(*FIRST)].replace("\n", " ")
    low, high = max(start, FIRST[0]), min(start + length, FIRST[1])
    assert words(found, marked=True) == TEXT[low:high].replace("\n", " ")


@pytest.mark.parametrize("suffix", ["md", "html", "docx", "txt"])
def test_every_sentence_of_every_format_is_found_and_marked(
    suffix: str,
    settings: Settings,
    notes: Path,
    tiny: TinyEncoder,
    opened: Callable[[Encoder], Library],
) -> None:
    write(notes / f"guide.{suffix}")
    ingest([notes], settings, encoder=tiny)
    ledger = opened(tiny).ledger
    (document,) = ledger.documents()
    found = ledger.revision(document.id)
    assert found is not None
    held = [each.passage for each in ledger.passages(found[0])]
    count = 0
    for each in (sentence for passage in held for sentence in passage.sentences):
        shown = section(ledger.pages(document.id), held, each.spans)
        text = next(p.text[each.start : each.end] for p in held if each in p.sentences)
        assert "".join(words(shown, marked=True).split()) == "".join(text.split())
        count += 1
    assert count >= 3


def write(path: Path) -> None:
    """Write the same short guide in a format."""
    if path.suffix == ".docx":
        from docx import Document

        made = Document()
        made.add_heading("Searches", 1)
        made.add_paragraph("Two officers are present. The room is clean.")
        made.add_heading("Records", 1)
        made.add_paragraph("Each search is put down in the register.")
        made.save(str(path))
        return
    paragraphs = ("Two officers are present.\nThe room is clean.", "Each search is put down.")
    forms = {
        ".md": "# Searches\n\n{}\n\n# Records\n\n{}\n",
        ".html": "<html><body><h1>Searches</h1><p>{}</p><h1>Records</h1><p>{}</p></body></html>",
        ".txt": "Searches\n\n{}\n\n{}\n",
    }
    path.write_text(forms[path.suffix].format(*paragraphs), encoding="utf-8")
