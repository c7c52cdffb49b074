"""Retrieval: how early what answers comes, the assistant's way and the plain one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gendergpt.evaluation import metrics
from gendergpt.evaluation.bench import DEPTH, Bench
from gendergpt.evaluation.figures import OURS, PLAIN, Figure, Gain, Results
from gendergpt.evaluation.metrics import HIT, MEASURES, MRR, NDCG, Floats
from gendergpt.types import Stage

Qrels = Mapping[str, Mapping[str, int]]
Ranking = Sequence[str]
GOLD = "gold"

_STAGES = (Stage.LEXICAL, Stage.DENSE, Stage.FUSED)


@dataclass
class Rankings:
    """What each way brought, by query: ids of documents, best first.

    Args:
        task: the name under which it is reported.
        qrels: query id to document id to relevance.
        measures: which of :data:`MEASURES` are reported.
    """

    task: str
    qrels: Qrels
    measures: Sequence[str] = tuple(MEASURES)
    ways: dict[str, dict[str, Ranking]] = field(default_factory=dict)

    def add(self, way: str, query: str, ranking: Ranking) -> None:
        """Note what a way brought for a query."""
        self.ways.setdefault(way, {})[query] = ranking

    def results(self) -> Results:
        """Return the figures of every way, and ours minus each of the others."""
        asked = {query: self.qrels[query] for query in next(iter(self.ways.values()), {})}
        if not asked:
            return Results(notes=(f"{self.task}: no question to ask",))
        values = {way: metrics.by_query(asked, found) for way, found in self.ways.items()}
        figures = [
            Figure(self.task, name, way, metrics.mean(by_name[name]), len(asked))
            for way, by_name in values.items()
            for name in self.measures
        ]
        return Results(tuple(figures), tuple(self._gains(values)))

    def _gains(self, values: Mapping[str, Mapping[str, Floats]]) -> list[Gain]:
        measure = self.measures[0]
        ours = values.get(OURS)
        return [
            Gain(self.task, measure, OURS, way, metrics.difference(ours[measure], other[measure]))
            for way, other in values.items()
            if ours is not None and way != OURS
        ]


def documents(
    bench: Bench,
    task: str,
    queries: Mapping[str, str],
    qrels: Qrels,
    measures: Sequence[str] = (NDCG, HIT, MRR),
    stages: bool = False,
) -> Results:
    """Rank whole documents for each query; a document's rank is that of its best passage.

    Args:
        bench: where questions are asked.
        task: the name under which it is reported.
        queries: texts by id.
        qrels: query id to document id to relevance; queries that are not in it are left out.
        measures: what is reported, the most important one first.
        stages: whether the single steps of retrieval are measured, too.
    """
    asked = bench.sample(query for query in queries if query in qrels)
    rankings = Rankings(task, qrels, measures)
    for query in bench.each(asked, task):
        text = queries[query]
        rankings.add(OURS, query, bench.loaded.ranking(bench.search(text)))
        if stages:
            for stage in _STAGES:
                found = bench.loaded.ranking(bench.search(text, stage=stage))
                rankings.add(str(stage), query, found)
        if bench.plain is not None:
            chunks = bench.plain_search(text, DEPTH)
            rankings.add(PLAIN, query, list(dict.fromkeys(chunk.document for chunk in chunks)))
    return rankings.results()


def judged(flags: Sequence[bool]) -> Ranking:
    """Return a ranking of places of which those that hold the answer are one document."""
    return [GOLD if flag else f"other {number}" for number, flag in enumerate(flags)]


def places(task: str, queries: Sequence[str]) -> Rankings:
    """Return rankings for :func:`judged` places: was the answer's place found, and how early."""
    return Rankings(task, {query: {GOLD: 1} for query in queries}, (HIT, MRR))
