"""PDFs with questions whose answer stands on a known page: FinanceBench (Islam et al., 2023)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gendergpt.errors import UsageError
from gendergpt.evaluation import ranking, sets
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import OURS, PLAIN, Results
from gendergpt.evaluation.libraries import Loaded, Material
from gendergpt.evaluation.plain import Chunk
from gendergpt.evaluation.sources import Checks
from gendergpt.types import Hit

GOLD_PAGE = "gold page"
_LOOKED_AT = 10
_SMALL = 400_000
"""Bytes: most PDFs below have few pages."""


class PdfPages:
    """The set in a folder: ``pdfs/`` and ``queries.jsonl`` with evidence {doc, page1}.

    Args:
        folder: of the set.
        whole: take all PDFs; else only the smaller ones, which are read within a minute.

    Raises:
        UsageError: no question's PDF is there.
    """

    kind = "pages of PDFs"
    compared = True

    def __init__(self, folder: Path, whole: bool = True) -> None:
        self.name = folder.resolve().name + ("" if whole else "-few")
        files = sorted((folder / "pdfs").glob("*.pdf"))
        self._files = tuple(each for each in files if whole or each.stat().st_size < _SMALL)
        questions = list(sets.rows(folder / "queries.jsonl", ("id", "text", "evidence")))
        there = {file.stem for file in self._files}
        self._questions = [each for each in questions if _pages(each) and _named(each) <= there]
        self.queries = len(self._questions)
        if not self._questions:
            raise UsageError(f"{folder}: no question's PDF is in {folder / 'pdfs'}.")

    def material(self) -> Material:
        """Return the PDFs, where they are."""
        return Material(files=self._files)

    def measure(self, bench: Bench) -> Results:
        """Measure whether the gold page comes up, and whether quotations stand on their pages."""
        asked = bench.sample(self._questions)
        pages = ranking.places(GOLD_PAGE, [str(each["id"]) for each in asked])
        checks = Checks(bench.loaded)
        for each in bench.each(asked, "questions"):
            gold, id_, text = _pages(each), str(each["id"]), str(each["text"])
            hits = bench.search(text, _LOOKED_AT)
            pages.add(OURS, id_, ranking.judged([_holds(bench.loaded, hit, gold) for hit in hits]))
            if bench.plain is not None:
                chunks = bench.plain_search(text, _LOOKED_AT)
                pages.add(PLAIN, id_, ranking.judged(_plain(chunks, gold)))
            checks.add(bench.ask(text).citations)
        return pages.results() + checks.results()


def _pages(question: dict[str, Any]) -> set[tuple[str, int]]:
    return {(str(each["doc"]), int(each["page1"])) for each in question["evidence"]}


def _named(question: dict[str, Any]) -> set[str]:
    return {document for document, _ in _pages(question)}


def _holds(loaded: Loaded, hit: Hit, gold: set[tuple[str, int]]) -> bool:
    numbers = {span.page.number for span in hit.passage.spans if span.page}
    names = loaded.origin.get(hit.document.id, ())
    return any((name, number) in gold for name in names for number in numbers)


def _plain(chunks: Sequence[Chunk], gold: set[tuple[str, int]]) -> list[bool]:
    return [(chunk.document, chunk.page) in gold for chunk in chunks]
