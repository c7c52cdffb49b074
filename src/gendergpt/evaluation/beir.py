"""Judged sets in the form of BEIR: documents, queries, and which document answers which query."""

from __future__ import annotations

from pathlib import Path

from gendergpt.evaluation import ranking, sets
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import Results
from gendergpt.evaluation.libraries import Material

RETRIEVAL = "retrieval"


class Judged:
    """The set in a folder; see :mod:`gendergpt.evaluation.sets`."""

    kind = "judged documents"
    compared = True

    def __init__(self, folder: Path) -> None:
        self._set = sets.load(folder)
        self.name = self._set.name
        self.queries = len(self._set.queries)

    def material(self) -> Material:
        """Return the documents."""
        return Material(documents=self._set.documents)

    def measure(self, bench: Bench) -> Results:
        """Measure retrieval."""
        queries, qrels, stages = self._set.queries, self._set.qrels, bench.options.stages
        return ranking.documents(bench, RETRIEVAL, queries, qrels, stages=stages)
