"""The library as a LangChain retriever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("langchain_core", reason="langchain-core is not installed")

from gendergpt.assistant import Assistant
from gendergpt.ingestion import ingest
from gendergpt.langchain_retriever import LibraryRetriever
from gendergpt.library import Library
from gendergpt.settings import Settings
from gendergpt.types import Filters
from tests.conftest import TinyEncoder

CATALOGUE = """
[[document]]
file = "ours.md"
title = "Our note"
kind = "summary"

[[document.based_on]]
title = "Report on Brod"
publisher = "Brod Police"
year = 2018
place = "p. 4"
"""


@pytest.fixture
def assistant(settings: Settings, notes: Path, tiny: TinyEncoder) -> Iterator[Assistant]:
    (notes / "catalogue.toml").write_text(CATALOGUE)
    (notes / "ours.md").write_text("# Brod\n\nWomen officers of Brod search women travellers.\n")
    (notes / "theirs.md").write_text(
        "# Guide\n\n## Rooms\n\nSearches take place in a private room.\n\n"
        "## Courses\n\nOfficers take a course on gender each year.\n"
    )
    ingest([notes], settings, encoder=tiny)
    library = Library(settings, tiny.fingerprint, tiny.name)
    yield Assistant(library, tiny)
    library.close()


def test_documents_with_their_sources(assistant: Assistant) -> None:
    found = LibraryRetriever(assistant=assistant).invoke("Women officers of Brod search")
    hits = assistant.search("Women officers of Brod search", 4)
    assert [each.page_content for each in found] == [hit.passage.text for hit in hits]
    first = found[0]
    assert "Women officers of Brod" in first.page_content
    assert first.metadata["source"] == "our summary of Report on Brod (Brod Police, 2018), p. 4"
    assert first.metadata["kind"] == "summary"
    assert first.metadata["rank"] == 1
    assert first.metadata["passage_id"] == hits[0].passage.id
    assert first.metadata["document_id"] == hits[0].document.id
    assert first.metadata["score"] == hits[0].score
    assert "Brod" in first.metadata["place"]


def test_limit_and_filters(assistant: Assistant) -> None:
    assert len(LibraryRetriever(assistant=assistant, limit=1).invoke("officers")) == 1
    only = LibraryRetriever(assistant=assistant, filters=Filters(kind="original"))
    assert {each.metadata["kind"] for each in only.invoke("officers")} == {"original"}
    assert LibraryRetriever(assistant=assistant, limit=9).batch(["officers", "room"])[1]


def test_nothing_found(assistant: Assistant) -> None:
    nobody = LibraryRetriever(assistant=assistant, filters=Filters(publisher="Nobody"))
    assert nobody.invoke("officers") == []
