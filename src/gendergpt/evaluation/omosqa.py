"""Pages for migrants in several languages: gold sentences, and questions that a page leaves open.

OMoS-QA (Kleinle, Prange and Friedrich, 2024). Questions in each language are asked against the
pages of one; sentences and refusals are measured with the question's own page given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gendergpt.evaluation import confidence, metrics, ranking, risk, sets
from gendergpt.evaluation.alignment import overlap
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import OURS, PLAIN, Figure, Results
from gendergpt.evaluation.libraries import Loaded, Material
from gendergpt.evaluation.sources import Checks
from gendergpt.types import Answer, Filters, Outcome

SENTENCES, REFUSAL = "answer sentences", "refusal from its page"


@dataclass(frozen=True)
class Question:
    """A question with its page's id and the numbers of the page's lines that answer it."""

    id: str
    text: str
    page: str
    answerable: bool
    lines: frozenset[int]
    split: str


class MultilingualPages:
    """The set in a folder.

    Args:
        folder: holds ``corpus.LL.jsonl``, ``queries.LL.jsonl`` and ``qrels.LL.tsv``.
        pages: the language of the pages.
    """

    kind = "pages in several languages"
    compared = True

    def __init__(self, folder: Path, pages: str) -> None:
        self.name = sets.named(folder, pages)
        self._folder, self._pages = folder, pages
        self._documents = tuple(sets.documents(folder / f"corpus.{pages}.jsonl"))
        self.queries = sum(1 for _ in sets.rows(folder / f"queries.{pages}.jsonl", ("id",)))

    def material(self) -> Material:
        """Return the pages."""
        return Material(documents=self._documents)

    def measure(self, bench: Bench) -> Results:
        """Measure retrieval from each language, then sentences and refusals in the pages' own."""
        qrels = sets.qrels(self._folder / f"qrels.{self._pages}.tsv")
        results = Results()
        for language in sets.languages(self._folder, bench.options.languages):
            queries = sets.queries(self._folder / f"queries.{language}.jsonl")
            measures = (metrics.HIT, metrics.NDCG) if language != self._pages else (
                metrics.NDCG, metrics.HIT, metrics.MRR)  # fmt: skip
            task = f"{language} → {self._pages}"
            results += ranking.documents(bench, task, queries, qrels, measures)
        return results + answers(bench, self._questions())

    def _questions(self) -> list[Question]:
        path = self._folder / f"queries.{self._pages}.jsonl"
        rows: list[dict[str, Any]] = list(sets.rows(path, ("id", "text", "pid", "answerable")))
        before = self._lines_before()
        return [
            Question(
                str(row["id"]),
                str(row["text"]),
                f"{self._pages}::{row['pid']}",
                bool(row["answerable"]),
                frozenset(
                    line - before.get(f"{self._pages}::{row['pid']}", 0)
                    for line in row.get("answer_lines", ())
                ),
                str(row.get("split", "dev")),
            )
            for row in rows
        ]

    def _lines_before(self) -> dict[str, int]:
        """Return by page how many of its ``lines`` come before its text: the title, on some.

        Gold lines are counted in ``lines``. One before the text gets a number below 0: it cannot
        be quoted, and is missed.
        """
        path = self._folder / f"corpus.{self._pages}.jsonl"
        rows: list[dict[str, Any]] = list(sets.rows(path, ("id", "text")))
        return {
            str(row["id"]): max(0, len(row["lines"]) - len(row["text"].split("\n")))
            for row in rows
            if "lines" in row
        }


def answers(bench: Bench, questions: Sequence[Question]) -> Results:
    """Ask the questions of the part ``dev``, each with its page given."""
    dev = [each for each in questions if each.split == "dev"]
    asked = bench.sample(dev, share=1.5)
    if not asked:
        return Results(notes=("no question with a page to ask",))
    checks = Checks(bench.loaded)
    given: list[Answer] = []
    ours: list[set[int]] = []
    plain: list[set[int]] = []
    for each in bench.each(asked, "answers"):
        filters = Filters(document=bench.loaded.library_id(each.page))
        answer = bench.ask(each.text, filters=filters)
        checks.add(answer.citations)
        given.append(answer)
        ours.append(quoted_lines(bench.loaded, each.page, answer))
        plain.append(_plain_lines(bench, each))
    unanswerable = [not each.answerable for each in asked]
    refused = [answer.outcome is Outcome.NOT_IN_LIBRARY for answer in given]
    figures = sentence_figures(OURS, asked, ours) + risk.refusals(
        REFUSAL, OURS, refused, unanswerable
    )
    if bench.plain is not None:
        figures += sentence_figures(PLAIN, asked, plain)
        figures += risk.refusals(REFUSAL, PLAIN, [False] * len(asked), unanswerable)
    return (
        Results(tuple(figures)) + confidence.curve(REFUSAL, given, unanswerable) + checks.results()
    )


def quoted_lines(loaded: Loaded, page: str, answer: Answer) -> set[int]:
    """Return the numbers of the page's lines that an answer's quotations hold."""
    text = loaded.text(page) or ""
    stretches = [
        loaded.span(citation.document.id, page, span.start, span.end)
        for citation in answer.citations
        if page in loaded.origin.get(citation.document.id, ())
        for span in citation.spans
    ]
    return lines_in(text, [each for each in stretches if each is not None])


def lines_in(text: str, stretches: Sequence[tuple[int, int]]) -> set[int]:
    """Return the numbers, from 0, of the lines that the stretches of a text are.

    A line counts when a stretch holds half of it, or when it holds half of a stretch.
    """
    found, begin = set(), 0
    for number, line in enumerate(text.split("\n")):
        where = (begin, begin + len(line))
        begin += len(line) + 1
        for stretch in stretches:
            shared = 2 * overlap(where, stretch)
            if shared and (shared >= len(line) or shared >= stretch[1] - stretch[0]):
                found.add(number)
    return found


def sentence_figures(
    way: str, asked: Sequence[Question], lines: Sequence[set[int]]
) -> list[Figure]:
    """Return precision, recall and F1 of the lines, pooled over the answerable questions."""
    counts = np.array(
        [
            (len(found & each.lines), len(found), len(each.lines))
            for each, found in zip(asked, lines, strict=True)
            if each.answerable
        ],
        np.float64,
    )
    if not len(counts):
        return []
    return [
        Figure(SENTENCES, name, way, estimate, len(counts))
        for name, estimate in metrics.detection(counts).items()
    ]


def _plain_lines(bench: Bench, question: Question) -> set[int]:
    """Return the lines of the chunk that is nearest on the question's page."""
    text = bench.loaded.text(question.page) or ""
    chunks = bench.plain_search(question.text, 1, question.page)
    return lines_in(text, [(chunk.start, chunk.end) for chunk in chunks])
