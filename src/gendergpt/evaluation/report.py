"""What an evaluation found: values, JSON files, tables, and the comparison with the last run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from gendergpt.evaluation.metrics import MEASURES, NDCG, Estimate

FORM = 1
"""Version of the JSON. Files of another version are not compared with."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """How one stage's order fared. ``median_ms`` is the median time of a search."""

    stage: str
    measures: Mapping[str, Estimate]
    median_ms: float

    def to_dict(self) -> dict[str, Any]:
        """Return the measures by name and the time."""
        measures = {name: estimate.to_dict() for name, estimate in self.measures.items()}
        return {"measures": measures, "median_ms": round(self.median_ms, 1)}


@dataclass(frozen=True, slots=True)
class Gain:
    """The difference in nDCG@10 of two stages on the same queries (``stage`` minus ``over``)."""

    stage: str
    over: str
    difference: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the two stages and the difference."""
        return {"stage": self.stage, "over": self.over, NDCG: self.difference.to_dict()}


@dataclass(frozen=True, slots=True)
class SetResult:
    """The result on one set.

    ``quarantined`` counts documents that ingest refused; they cannot be found. ``ingest_seconds``
    is None where a kept library was used again.
    """

    name: str
    documents: int
    passages: int
    queries: int
    quarantined: int
    ingest_seconds: float | None
    seconds: float
    stages: tuple[StageResult, ...]
    gains: tuple[Gain, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON holds about the set."""
        return {
            "documents": self.documents,
            "passages": self.passages,
            "queries": self.queries,
            "quarantined": self.quarantined,
            "ingest_seconds": self.ingest_seconds,
            "seconds": self.seconds,
            "stages": {result.stage: result.to_dict() for result in self.stages},
            "gains": [gain.to_dict() for gain in self.gains],
        }


@dataclass(frozen=True, slots=True)
class Change:
    """A measure that differs from the last run's."""

    set: str
    stage: str
    measure: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All results of one run. ``path`` is the JSON that was written; ``changes`` those since then.

    ``previous`` names the JSON of the run before in the same folder, or is None.
    """

    date: str
    encoder: str
    fingerprint: str
    precision: str
    versions: Mapping[str, str]
    sets: tuple[SetResult, ...]
    path: str | None = None
    previous: str | None = None
    changes: tuple[Change, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON that is written and printed."""
        return {
            "form": FORM,
            "date": self.date,
            "encoder": self.encoder,
            "fingerprint": self.fingerprint,
            "precision": self.precision,
            "versions": dict(self.versions),
            "sets": {result.name: result.to_dict() for result in self.sets},
            "previous": self.previous,
        }


def latest(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """Return the newest report in a folder and its content, or None."""
    for path in sorted(folder.glob("eval-*.json"), reverse=True):
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(content, dict) and content.get("form") == FORM:
            return path, content
    return None


def changes(before: Mapping[str, Any], report: EvalReport) -> Iterator[Change]:
    """Yield each measure that differs from that of an earlier report's JSON."""
    for result in report.sets:
        earlier = before["sets"].get(result.name, {}).get("stages", {})
        for stage in result.stages:
            measures = earlier.get(stage.stage, {}).get("measures", {})
            for name, estimate in stage.measures.items():
                now, old = round(estimate.value, 5), measures.get(name, {}).get("value")
                if old is not None and old != now:
                    yield Change(result.name, stage.stage, name, old, now)


def render(report: EvalReport) -> Group:
    """Return the report for a terminal of at least 80 columns."""
    parts: list[Table | str] = []
    for result in report.sets:
        title = f"{result.name}: {result.queries} queries, {result.documents} documents"
        table = Table("order", *MEASURES, "ms", title=title, box=None, pad_edge=False)
        for row in rows(result):
            table.add_row(*row)
        parts += [table, f"Differences in {NDCG}; brackets hold 95 % bootstrap intervals:"]
        parts += [f"{g.stage} − {g.over}: {shown(g.difference, '+')}" for g in result.gains]
    parts += [
        f"{each.set}, {each.stage}, {each.measure}: {each.before:.3f} → {each.now:.3f}"
        for each in report.changes
    ]
    if report.previous and not report.changes:
        parts.append(f"No measure differs from {report.previous}.")
    if report.path:
        parts.append(f"Written to {report.path}")
    return Group(*(Text(part) if isinstance(part, str) else part for part in parts))


def rows(result: SetResult) -> Iterator[list[str]]:
    """Yield a table's rows: stage, each measure with its interval, milliseconds."""
    for stage in result.stages:
        cells = [shown(stage.measures[name]) for name in MEASURES]
        yield [stage.stage, *cells, f"{stage.median_ms:.0f}"]


def shown(estimate: Estimate, sign: str = "") -> str:
    """Return an estimate as ``0.727 [0.681, 0.770]``; ``sign="+"`` shows signs."""
    value, low, high = (
        f"{each:{sign}.3f}" for each in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} [{low}, {high}]"


def markdown(result: SetResult) -> str:
    """Return the result on one set as Markdown tables."""
    head = ["order", *MEASURES, "ms"]
    lines = [head, ["---"] * len(head), *rows(result)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    gains = "\n".join(
        f"| {gain.stage} − {gain.over} | {shown(gain.difference, '+')} |" for gain in result.gains
    )
    return f"{table}\n\n| difference in {NDCG} | paired bootstrap |\n| --- | --- |\n{gains}\n"
