"""Questions on paragraphs, half unanswerable: SQuAD 2.0 (Rajpurkar, Jia and Liang, 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gendergpt.evaluation import confidence, metrics, ranking, risk, sets
from gendergpt.evaluation.alignment import bare
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import OURS, PLAIN, Figure, Results
from gendergpt.evaluation.libraries import Material
from gendergpt.evaluation.sources import Checks
from gendergpt.types import Answer, Outcome

RETRIEVAL, REFUSAL, SHORT = "retrieval", "refusal", "short answers"
HELD = "gold answer in what is shown"
_SHOWN = 1


class Unanswerable:
    """The set in a folder: ``corpus.jsonl`` and ``queries.jsonl`` with ``is_impossible``."""

    kind = "unanswerable questions"
    compared = True

    def __init__(self, folder: Path) -> None:
        self.name = folder.resolve().name
        self._documents = tuple(sets.documents(folder / "corpus.jsonl"))
        keys = ("id", "text", "is_impossible", "answers", "doc")
        self._questions = list(sets.rows(folder / "queries.jsonl", keys))
        self.queries = len(self._questions)

    def material(self) -> Material:
        """Return the paragraphs."""
        return Material(documents=self._documents)

    def measure(self, bench: Bench) -> Results:
        """Measure retrieval of the paragraph, refusals, and gold answers inside quotations."""
        asked = bench.sample(self._questions, share=1.5)
        possible = {str(each["id"]): each for each in asked if not each["is_impossible"]}
        checks = Checks(bench.loaded)
        given: list[Answer] = []
        ours: list[bool] = []
        plain: list[bool] = []
        for each in bench.each(asked, "answers"):
            answer = bench.ask(each["text"])
            checks.add(answer.citations)
            given.append(answer)
            if not each["is_impossible"]:
                ours.append(holds(each, [citation.quote for citation in answer.citations]))
                if bench.plain is not None:
                    shown = bench.plain_search(each["text"], _SHOWN)
                    plain.append(holds(each, [chunk.text for chunk in shown]))
        refused = [answer.outcome is Outcome.NOT_IN_LIBRARY for answer in given]
        impossible = [bool(each["is_impossible"]) for each in asked]
        figures = risk.refusals(REFUSAL, OURS, refused, impossible) + _short(OURS, ours)
        if bench.plain is not None:
            figures += risk.refusals(REFUSAL, PLAIN, [False] * len(asked), impossible)
            figures += _short(PLAIN, plain)
        results = Results(tuple(figures)) + confidence.curve(REFUSAL, given, impossible)
        qrels = {id_: {str(each["doc"]): 1} for id_, each in possible.items()}
        texts = {id_: str(each["text"]) for id_, each in possible.items()}
        found = ranking.documents(bench, RETRIEVAL, texts, qrels, (metrics.HIT, metrics.MRR))
        return found + results + checks.results()


def holds(question: dict[str, Any], texts: Sequence[str]) -> bool:
    """Say whether one of the gold answers stands in one of the texts."""
    shown = [bare(text)[0] for text in texts]
    gold = [bare(str(answer["text"]))[0] for answer in question["answers"]]
    return any(answer and answer in text for answer in gold for text in shown)


def _short(way: str, held: Sequence[bool]) -> list[Figure]:
    if not held:
        return []
    estimate = metrics.mean(np.array(held, np.float64))
    return [Figure(SHORT, HELD, way, estimate, len(held))]
