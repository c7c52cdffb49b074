"""Every stage of retrieval, its filters, and what happens to hits that do not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gendergpt.embedding import Encoder
from gendergpt.ingestion import ingest
from gendergpt.library import Library
from gendergpt.retrieval import Retriever, whole_words
from gendergpt.settings import Settings
from gendergpt.types import Filters, Kind, Stage

if TYPE_CHECKING:
    from tests.conftest import TinyEncoder

Opened = Callable[[Encoder], Library]

CATALOGUE = """
[[document]]
file = "tool.md"
title = "Tool note"
publisher = "GenderGPT"
year = 2026
language = "en"
edition = "first"
kind = "summary"
[[document.based_on]]
title = "Toolkit"
publisher = "DCAF"
year = 2020

[[document]]
file = "guide.md"
title = "Guide"
publisher = "OSCE"
year = 2019
language = "en"

[[document]]
file = "loi.md"
title = "Loi"
publisher = "OIM"
year = 2021
language = "fr"
"""
NOTES = {
    "tool": "Searches of women are made by women officers. The toolkit says so.",
    "guide": "Women officers serve at the border. Searches need consent.",
    "loi": "Les femmes passent la frontière. Women officers search women there.",
}


@pytest.fixture
def library(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> Iterator[Library]:
    (notes / "catalogue.toml").write_text(CATALOGUE)
    for name, text in NOTES.items():
        (notes / f"{name}.md").write_text(f"# {name}\n\n{text}\n", "utf-8")
    ingest([notes], settings, encoder=tiny)
    yield opened(tiny)


@pytest.fixture
def retriever(library: Library, tiny: TinyEncoder) -> Retriever:
    return Retriever(library, tiny)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_ranks_from_best_to_worst(retriever: Retriever, stage: Stage) -> None:
    hits = retriever.search("femmes frontière women officers", stage=stage)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.stage for hit in hits] == [stage] * 3
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert hits[0].document.title == "Loi"
    assert {hit.passage.document_id for hit in hits} == {hit.document.id for hit in hits}
    assert retriever.search("femmes frontière women officers", 1, stage=stage) == hits[:1]


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (None, {"Tool note", "Guide", "Loi"}),
        (Filters(), {"Tool note", "Guide", "Loi"}),
        (Filters(publisher="GenderGPT"), {"Tool note"}),
        (Filters(publisher="DCAF"), {"Tool note"}),
        (Filters(publisher={"OSCE", "OIM"}), {"Guide", "Loi"}),
        (Filters(language="fr"), {"Loi"}),
        (Filters(kind="summary"), {"Tool note"}),
        (Filters(kind=Kind.ORIGINAL), {"Guide", "Loi"}),
        (Filters(edition="first"), {"Tool note"}),
        (Filters(year_from=2020, year_to=2021), {"Tool note", "Loi"}),
        (Filters(year_to=2019), {"Guide"}),
        (Filters(kind="summary", language="fr"), set()),
        (Filters(publisher="Nobody"), set()),
    ],
)
def test_filters(
    retriever: Retriever, stage: Stage, filters: Filters | None, titles: set[str]
) -> None:
    hits = retriever.search("women officers", filters=filters, stage=stage)
    assert {hit.document.title for hit in hits} == titles


def test_a_document_by_its_id(retriever: Retriever, library: Library) -> None:
    for document in library.documents():
        hits = retriever.search("women", filters=Filters(document=document.id))
        assert [hit.document for hit in hits] == [document]


def test_a_filter_looks_beyond_the_first_candidates(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> None:
    """A document whose passages rank 200th of all is found when it alone is asked for."""
    for n in range(120):
        (notes / f"n{n}.md").write_text(f"# Note {n}\n\nWomen officers search women, note {n}.\n")
    (notes / "far.md").write_text("# Far\n\nTrade crosses rivers, and women officers too.\n")
    ingest([notes], settings, encoder=tiny)
    library = opened(tiny)
    (far,) = [document for document in library.documents() if document.title == "Far"]
    for stage in Stage:
        hits = Retriever(library, tiny).search(
            "women officers search women", filters=Filters(document=far.id), stage=stage
        )
        assert [hit.document.title for hit in hits] == ["Far"]
    assert len(Retriever(library, tiny).search("women officers", 80)) == 80


@pytest.mark.parametrize("stage", list(Stage))
def test_hits_that_the_ledger_does_not_know_are_dropped(
    retriever: Retriever, library: Library, tiny: TinyEncoder, stage: Stage
) -> None:
    """The stores hold remains of a broken-off run that are nearer than anything else."""
    question = "women officers search women"
    vector = tiny.encode([question], "query")[0].vector
    library.vectors.add([9001, 9002], [900, 900], [vector, vector])
    library.lexical.add([(9001, 900, question, question), (9002, 900, question, question)])
    hits = retriever.search(question, stage=stage)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert len({hit.passage.id for hit in hits}) == 3


def test_a_document_removed_between_two_steps_is_dropped(
    retriever: Retriever, library: Library
) -> None:
    revision = library.ledger.revisions()[0]
    library.tokens.remove(revision)
    assert len(retriever.search("women officers")) == 2
    assert len(retriever.search("women officers", stage=Stage.FUSED)) == 3


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize(
    "text", ["the of and", "!?", "\u200b", 'women" OR (body:* AND -x) [a TO b]~2^', "ж", "x" * 2000]
)
def test_questions_of_all_kinds(retriever: Retriever, stage: Stage, text: str) -> None:
    hits = retriever.search(text, stage=stage)
    assert len(hits) <= 3
    assert all(np.isfinite(hit.score) for hit in hits)


def test_words_are_found_in_other_forms(retriever: Retriever) -> None:
    for query in ("consenting", "FRONTIERE", "frontière", "Toolkits"):
        assert len(retriever.search(query, stage=Stage.LEXICAL)) == 1, query
    assert retriever.search("smugglers", stage=Stage.LEXICAL) == []


def test_whole_words(tiny: TinyEncoder) -> None:
    encoding = tiny.encode(["interviewing officers"], "query")[0]
    encoding.starts[0], encoding.ends[0] = 5, 9
    assert whole_words("interviewing officers", encoding) == ["interviewing", "officers"]


def test_the_real_encoder_finds_what_says_the_same_in_other_words(
    settings: Settings, notes: Path, encoder: Encoder, opened: Opened
) -> None:
    texts = {
        "frisk": "Female travellers are frisked by female guards, never by men.",
        "trade": "Small traders carry vegetables to the market across the border.",
        "staff": "The agency recruits widely and grants parental leave.",
    }
    for name, text in texts.items():
        (notes / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    ingest([notes], settings, encoder=encoder)
    retriever = Retriever(opened(encoder), encoder)
    question = "Who should do a body search of a woman?"
    for stage in (Stage.DENSE, Stage.FUSED, Stage.RERANKED):
        assert retriever.search(question, stage=stage)[0].passage.text == texts["frisk"]
    for text in ("\u200b", "🙂", "?"):
        assert len(retriever.search(text)) <= 3
