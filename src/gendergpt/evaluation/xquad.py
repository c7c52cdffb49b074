"""Questions in several languages on the paragraphs of one: XQuAD (Artetxe et al., 2020)."""

from __future__ import annotations

from pathlib import Path

from gendergpt.evaluation import ranking, sets
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import Results
from gendergpt.evaluation.libraries import Material
from gendergpt.evaluation.metrics import HIT, MRR, NDCG


class MultilingualParagraphs:
    """The set in a folder.

    Args:
        folder: holds ``corpus.LL.jsonl``, ``qrels.LL.tsv`` and files ``queries.LL.jsonl``.
        pages: the language of the paragraphs.
    """

    kind = "questions in several languages"
    compared = True

    def __init__(self, folder: Path, pages: str) -> None:
        self.name = sets.named(folder, pages)
        self._folder, self._pages = folder, pages
        self._documents = tuple(sets.documents(folder / f"corpus.{pages}.jsonl"))
        self._qrels = sets.qrels(folder / f"qrels.{pages}.tsv")
        self.queries = len(self._qrels)

    def material(self) -> Material:
        """Return the paragraphs."""
        return Material(documents=self._documents)

    def measure(self, bench: Bench) -> Results:
        """Measure retrieval of the paragraph from each language."""
        results = Results()
        for language in sets.languages(self._folder, bench.options.languages):
            queries = sets.queries(self._folder / f"queries.{language}.jsonl")
            task = f"{language} → {self._pages}"
            results += ranking.documents(bench, task, queries, self._qrels, (HIT, NDCG, MRR))
        return results
