"""Places asked for by number: found first, quoted as they stand, named in the citation."""

from __future__ import annotations

from pathlib import Path

import pytest

from gendergpt.assistant import Assistant, build_assistant
from gendergpt.ingestion import ingest
from gendergpt.references import as_text
from gendergpt.settings import Settings
from gendergpt.types import Filters, Outcome

pytestmark = pytest.mark.slow

CODE = """# Harbour Crossing Code

## Article 6

1. Travellers show a document at the booth.

2. Officers keep a record of each crossing.

## Article 7

1. Officers respect the dignity of each traveller during checks at the harbour.

2. A search of the body is made by an officer of the same sex, in a closed room:

- (a) after the traveller was told why;
- (b) with a second officer present.

## Article 8

Complaints about a search go to the ombudsperson within thirty days.
"""
PARAGRAPHS = [
    "Ferries leave every hour in summer.",
    "Staff are trained in the use of scanners.",
    "Women travellers can ask for a woman interpreter.",
    "Lockers are provided for personal belongings.",
    "Children are interviewed in the presence of a guardian.",
    "Statistics are broken down by sex and age.",
    "The duty officer signs the register each night.",
    "Signs are written in three languages.",
    "Medical help is called without delay.",
    "The compact is reviewed by the parties every four years.",
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("places")
    (folder / "code.md").write_text(CODE, "utf-8")
    for name in ("Island Ferry Compact", "Mountain Pass Handbook"):
        lines = [f"{n}. {text.replace('.', f' ({name}).')}" for n, text in enumerate(PARAGRAPHS, 1)]
        (folder / f"{name.split()[0].lower()}.txt").write_text(
            name + "\n\n" + "\n\n".join(lines) + "\n", "utf-8"
        )
    settings = Settings(library=folder / "library")
    report = ingest([folder / "code.md", *sorted(folder.glob("*.txt"))], settings)
    assert len(report.added) == 3
    return build_assistant(settings)


def test_an_article_is_quoted_and_named(assistant: Assistant) -> None:
    answer = assistant.ask("What does Article 7 of the Harbour Crossing Code say?")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.citations[0].quote.startswith("1. Officers respect the dignity")
    assert {citation.numbers[0] for citation in answer.citations} == {"Article 7"}
    assert "Article 7, para. 2" in as_text(answer)
    assert "ombudsperson" not in answer.text


def test_an_abbreviated_article_without_a_verb_ranks_first(assistant: Assistant) -> None:
    hits = assistant.search("Art. 8 Harbour Crossing Code", 3)
    assert "ombudsperson" in hits[0].passage.text


def test_a_paragraph_of_the_named_publication_comes_first(assistant: Assistant) -> None:
    for name in ("Island Ferry Compact", "Mountain Pass Handbook"):
        answer = assistant.ask(f"What does paragraph 5 of the {name} say?")
        assert [citation.document.title for citation in answer.citations] == [name]
        assert answer.citations[0].numbers == ("para. 5",)
        assert "guardian" in answer.citations[0].quote


def test_the_publication_may_be_named_by_one_rare_word(assistant: Assistant) -> None:
    answer = assistant.ask("What does paragraph 10 of the compact say?")
    assert [citation.numbers for citation in answer.citations] == [("para. 10",)]
    assert answer.citations[0].document.title == "Island Ferry Compact"


def test_a_paragraph_that_is_not_there_is_not_answered(assistant: Assistant) -> None:
    answer = assistant.ask("What does paragraph 28 of the Island Ferry Compact say?")
    assert answer.outcome is Outcome.NOT_IN_LIBRARY


def test_a_place_of_a_publication_that_is_not_there_is_not_answered(assistant: Assistant) -> None:
    answer = assistant.ask("What does Article 7 of the Desert Convention say?")
    assert answer.outcome is Outcome.NOT_IN_LIBRARY
    assert not answer.citations


def test_a_topic_chooses_within_the_place(assistant: Assistant) -> None:
    answer = assistant.ask("What does Article 7 of the Harbour Crossing Code say on a body search?")
    assert "officer of the same sex" in answer.text


def test_filters_hold_for_places_too(assistant: Assistant) -> None:
    compact = next(d for d in assistant.documents() if d.title == "Island Ferry Compact")
    hits = assistant.search("Article 7", 5, Filters(document=compact.id))
    assert {hit.document.id for hit in hits} == {compact.id}
