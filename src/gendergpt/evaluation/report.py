"""What a whole run found: the JSON that is kept, and the comparison with the run before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gendergpt.evaluation.figures import SetResult
from gendergpt.evaluation.metrics import Estimate

FORM = 2
"""Version of the JSON. Files of another version are not compared with."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that differs from the last run's. ``beyond`` says that the intervals are apart."""

    set: str
    task: str
    measure: str
    way: str
    before: float
    now: float
    beyond: bool

    def to_dict(self) -> dict[str, Any]:
        """Return all fields."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All results of one run.

    ``profile`` and ``sample`` say how many questions were asked; runs with another sample are not
    compared with. ``previous`` names the JSON of the run before in the same folder, or is None;
    ``changes`` are the figures that differ from it. ``path`` is the JSON that was written.
    """

    date: str
    profile: str
    sample: int | None
    encoder: str
    fingerprint: str
    precision: str
    versions: Mapping[str, str]
    seconds: float
    sets: tuple[SetResult, ...]
    skipped: Mapping[str, str]
    path: str | None = None
    previous: str | None = None
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON that is written and printed."""
        return {
            "form": FORM,
            "date": self.date,
            "profile": self.profile,
            "sample": self.sample,
            "encoder": self.encoder,
            "fingerprint": self.fingerprint,
            "precision": self.precision,
            "versions": dict(self.versions),
            "seconds": self.seconds,
            "sets": {result.name: result.to_dict() for result in self.sets},
            "skipped": dict(self.skipped),
            "previous": self.previous,
            "changes": [change.to_dict() for change in self.changes],
        }


def latest(folder: Path, sample: int | None) -> tuple[Path, dict[str, Any]] | None:
    """Return the newest report of as many questions in a folder with its content, or None."""
    for path in sorted(folder.glob("eval-*.json"), key=lambda each: each.stem, reverse=True):
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        known = isinstance(content, dict) and content.get("form") == FORM
        if known and content.get("sample") == sample:
            return path, content
    return None


def changes(before: Mapping[str, Any], report: EvalReport) -> Iterator[Change]:
    """Yield each figure that differs from that of an earlier report's JSON."""
    for result in report.sets:
        earlier = {
            (each["task"], each["measure"], each["way"]): each
            for each in before["sets"].get(result.name, {}).get("figures", ())
        }
        for figure in result.results.figures:
            key = (figure.task, figure.measure, figure.way)
            old, now = earlier.get(key), figure.estimate
            if old is not None and old["value"] != round(now.value, 5):
                yield Change(result.name, *key, old["value"], round(now.value, 5), _apart(old, now))


def written(report: EvalReport, out: Path) -> EvalReport:
    """Compare with the last run in a folder, write the JSON there, and return it with its place."""
    out.mkdir(parents=True, exist_ok=True)
    before = latest(out, report.sample)
    if before is not None:
        found = tuple(changes(before[1], report))
        report = replace(report, previous=before[0].name, changes=found)
    path = _free(out, report.date.replace(":", "").replace("-", "").replace("T", "-"))
    report = replace(report, path=str(path))
    path.write_text(json.dumps(report.to_dict(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return report


def shown(estimate: Estimate, sign: str = "") -> str:
    """Return an estimate as ``0.727 [0.681, 0.770]``; ``sign="+"`` shows signs."""
    value, low, high = (
        f"{each:{sign}.3f}" for each in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} [{low}, {high}]"


def _apart(old: Mapping[str, float], now: Estimate) -> bool:
    return old["high"] < now.low or now.high < old["low"]


def _free(out: Path, stamp: str) -> Path:
    path, number = out / f"eval-{stamp}.json", 2
    while path.exists():
        path = out / f"eval-{stamp}-{number}.json"
        number += 1
    return path
