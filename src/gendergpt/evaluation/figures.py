"""What an evaluation found on one set, as values: figures, differences, curves, times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gendergpt.evaluation.metrics import Estimate

OURS = "GenderGPT"
PLAIN = "plain LangChain"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its interval: ``measure`` of ``task``, over ``count`` queries or quotations.

    ``way`` is who was measured: :data:`OURS` (or a stage of it) or :data:`PLAIN`.
    """

    task: str
    measure: str
    way: str
    estimate: Estimate
    count: int

    def to_dict(self) -> dict[str, Any]:
        """Return the names, the three numbers and the count."""
        names = {"task": self.task, "measure": self.measure, "way": self.way}
        return {**names, **self.estimate.to_dict(), "count": self.count}


@dataclass(frozen=True, slots=True)
class Gain:
    """``way`` minus ``over`` in a measure, on the same queries (paired bootstrap)."""

    task: str
    measure: str
    way: str
    over: str
    difference: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the names and the three numbers."""
        names = {"task": self.task, "measure": self.measure, "way": self.way, "over": self.over}
        return {**names, **self.difference.to_dict()}


@dataclass(frozen=True, slots=True)
class Latency:
    """How long something took, in milliseconds."""

    what: str
    way: str
    median_ms: float
    p95_ms: float
    count: int

    def to_dict(self) -> dict[str, Any]:
        """Return the names and the numbers, rounded to a tenth."""
        return {
            "what": self.what,
            "way": self.way,
            "median_ms": round(self.median_ms, 1),
            "p95_ms": round(self.p95_ms, 1),
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk by coverage: the share of wrong ones among the surest ``coverage`` of the questions.

    ``confidence`` says what the questions were ordered by. ``aurc`` is the area under the curve
    (the lower the better), ``auroc`` how often a right one is surer than a wrong one.
    """

    task: str
    confidence: str
    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    aurc: float
    auroc: float

    def to_dict(self) -> dict[str, Any]:
        """Return all fields; numbers are rounded."""
        return {
            "task": self.task,
            "confidence": self.confidence,
            "aurc": round(self.aurc, 5),
            "auroc": round(self.auroc, 5),
            "coverage": [round(each, 4) for each in self.coverage],
            "risk": [round(each, 4) for each in self.risk],
        }


@dataclass(frozen=True, slots=True)
class Results:
    """What a task measured; ``notes`` say what was left out and why."""

    figures: tuple[Figure, ...] = ()
    gains: tuple[Gain, ...] = ()
    curves: tuple[Curve, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Results) -> Results:
        return Results(
            self.figures + other.figures,
            self.gains + other.gains,
            self.curves + other.curves,
            self.notes + other.notes,
        )


@dataclass(frozen=True, slots=True)
class SetResult:
    """The result on one set.

    ``quarantined`` counts files that ingest refused; they cannot be found. ``ingest_seconds`` is
    None where a kept library was used again or none was needed. ``queries`` is how many there are,
    of which a quick run asks a sample (the count of each figure).
    """

    name: str
    kind: str
    documents: int
    passages: int
    queries: int
    quarantined: int
    ingest_seconds: float | None
    seconds: float
    results: Results
    latencies: tuple[Latency, ...] = ()

    def figure(self, task: str, measure: str, way: str = OURS) -> Figure | None:
        """Return a figure by its names, or None."""
        for figure in self.results.figures:
            if (figure.task, figure.measure, figure.way) == (task, measure, way):
                return figure
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON holds about the set."""
        return {
            "kind": self.kind,
            "documents": self.documents,
            "passages": self.passages,
            "queries": self.queries,
            "quarantined": self.quarantined,
            "ingest_seconds": self.ingest_seconds,
            "seconds": self.seconds,
            "figures": [figure.to_dict() for figure in self.results.figures],
            "gains": [gain.to_dict() for gain in self.results.gains],
            "curves": [curve.to_dict() for curve in self.results.curves],
            "latencies": [latency.to_dict() for latency in self.latencies],
            "notes": list(self.results.notes),
        }


def latency(what: str, way: str, seconds: Sequence[float]) -> Latency:
    """Return the median and the 95th percentile of times in seconds, at least one."""
    median, p95 = 1000 * np.percentile(np.array(seconds), [50, 95])
    return Latency(what, way, float(median), float(p95), len(seconds))
