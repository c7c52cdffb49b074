"""Filters: what a document must have, and what a section of a note of ours must have."""

from __future__ import annotations

import dataclasses

import pytest

from gendergpt.filters import passes, section_passes
from gendergpt.types import Basis, Document, Filters, Kind

FRONTEX = Basis("Handbook", "Frontex", 2015, heading="Children")
UN = Basis("Resolution", "United Nations", 2000, heading="Peace")
NOTE = Document(
    "n", "Our note", "GenderGPT", 2026, kind=Kind.SUMMARY, language="en", based_on=(FRONTEX, UN)
)
GUIDE = Document("g", "Guide", "IOM", 2019, language="fr")


@pytest.mark.parametrize(
    ("filters", "note", "guide"),
    [
        (Filters(), True, True),
        (Filters(publisher="Frontex"), True, False),
        (Filters(publisher={"IOM", "OSCE"}), False, True),
        (Filters(document="g"), False, True),
        (Filters(language="fr"), False, True),
        (Filters(kind="summary"), True, False),
        (Filters(year_from=2018, year_to=2020), False, True),
        (Filters(year_to=2001), True, False),
    ],
)
def test_documents(filters: Filters, note: bool, guide: bool) -> None:
    assert (passes(NOTE, filters), passes(GUIDE, filters)) == (note, guide)


def test_a_section_counts_for_its_own_publication() -> None:
    only = Filters(publisher="Frontex")
    assert section_passes(NOTE, FRONTEX, only)
    assert not section_passes(NOTE, UN, only)
    assert section_passes(NOTE, UN, Filters(publisher="GenderGPT"))
    assert not section_passes(NOTE, FRONTEX, Filters(year_to=2001))
    assert section_passes(NOTE, UN, Filters(year_to=2001))


def test_sections_that_name_no_publication_and_originals_go_by_their_document() -> None:
    only = Filters(publisher="Frontex")
    assert section_passes(NOTE, None, only)
    assert section_passes(GUIDE, FRONTEX, only)
    assert section_passes(NOTE, UN, None)
    undated = dataclasses.replace(UN, year=None)
    assert section_passes(NOTE, undated, Filters(year_from=2026))
