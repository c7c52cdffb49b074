"""One evaluation: a set into a throw-away library, its queries to the assistant, figures out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from json import dumps
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import track

from gendergpt.assistant import Assistant, build_assistant
from gendergpt.embedding import has_bf16
from gendergpt.errors import UsageError
from gendergpt.evaluation import metrics, sets
from gendergpt.evaluation.metrics import MEASURES, NDCG, Floats
from gendergpt.evaluation.report import (
    EvalReport,
    Gain,
    SetResult,
    StageResult,
    changes,
    latest,
)
from gendergpt.evaluation.sets import EvalSet
from gendergpt.ingestion import Progress, ingest
from gendergpt.retrieval import CANDIDATES
from gendergpt.settings import Settings
from gendergpt.types import Hit, IngestReport, Stage

_VERSIONED = ("gendergpt", "sentence-transformers", "torch", "chromadb", "tantivy", "ir-measures")
_STAGES = (Stage.LEXICAL, Stage.DENSE, Stage.FUSED, Stage.RERANKED)
_COMPARED = (
    (Stage.FUSED, Stage.DENSE),
    (Stage.FUSED, Stage.LEXICAL),
    (Stage.RERANKED, Stage.DENSE),
    (Stage.RERANKED, Stage.LEXICAL),
    (Stage.RERANKED, Stage.FUSED),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A set whose documents are in a library.

    ``origin`` leads from a library document's id to the ids of the set's documents with that
    content (mostly one).
    """

    set: EvalSet
    assistant: Assistant
    origin: dict[str, list[str]]
    ingested: IngestReport

    def ranking(self, hits: Sequence[Hit]) -> list[str]:
        """Return the set's documents behind hits, each at the rank of its best passage."""
        found = (each for hit in hits for each in self.origin[hit.document.id])
        return list(dict.fromkeys(found))


def evaluate(
    folders: Sequence[Path],
    settings: Settings | None = None,
    out: Path | None = None,
    *,
    workspace: Path | None = None,
    console: Console | None = None,
) -> EvalReport:
    """Measure retrieval on judged sets.

    Args:
        folders: the sets, see :mod:`gendergpt.evaluation.sets`.
        settings: encoder and precision; its ``library`` is not touched.
        out: folder for a dated JSON; the newest one in it is compared with.
        workspace: keep files and libraries here and use them again; by default they are made in a
            temporary folder and removed.
        console: where progress is shown; standard error by default.

    Raises:
        UsageError: a folder is not a set, or two have the same name.
        UnavailableError: ir-measures or the model is not installed.
    """
    settings, console = settings or Settings(), console or Console(stderr=True)
    metrics.require()
    loaded = [sets.load(folder) for folder in folders]
    _check_names(loaded)
    results, made_with = [], ("", "")
    for judged in loaded:
        with library_of(judged, settings, workspace, console) as ready:
            results.append(measure(ready, console))
            ledger = ready.assistant.library.ledger
            made_with = (ledger.meta("encoder_name") or "", ledger.meta("encoder") or "")
    report = EvalReport(
        date=time.strftime("%Y-%m-%dT%H:%M:%S"),
        encoder=made_with[0],
        fingerprint=made_with[1],
        precision=precision(settings),
        versions=_versions(),
        sets=tuple(results),
    )
    return report if out is None else _written(report, out)


@contextmanager
def library_of(
    judged: EvalSet, settings: Settings, workspace: Path | None, console: Console
) -> Iterator[Loaded]:
    """Ingest a set into a library of its own and yield it with an open assistant."""
    with tempfile.TemporaryDirectory(prefix="gendergpt-eval-") as temporary:
        folder = (workspace or Path(temporary)) / judged.name
        sets.write(judged.documents, folder / "files")
        own = settings.model_copy(update={"library": folder / "library"})
        report = _ingest(folder / "files", own, console)
        assistant = build_assistant(own)
        try:
            yield Loaded(judged, assistant, _origin(judged, report), report)
        finally:
            assistant.library.close()


def measure(loaded: Loaded, console: Console) -> SetResult:
    """Ask all queries of a set at every stage and return the figures."""
    started = time.monotonic()
    values, stages = {}, []
    for stage in _STAGES:
        values[stage], result = _stage(loaded, stage, console)
        stages.append(result)
    gains = [
        Gain(str(a), str(b), metrics.difference(values[a][NDCG], values[b][NDCG]))
        for a, b in _COMPARED
    ]
    ingested = loaded.ingested
    documents, passages = loaded.assistant.library.ledger.counts()
    return SetResult(
        name=loaded.set.name,
        documents=len(loaded.set.documents),
        passages=passages,
        queries=len(loaded.set.queries),
        quarantined=len(ingested.quarantined),
        ingest_seconds=ingested.seconds if len(ingested.added) == documents else None,
        seconds=round(time.monotonic() - started, 1),
        stages=tuple(stages),
        gains=tuple(gains),
    )


def precision(settings: Settings) -> str:
    """Return the number format that the encoder computes in under these settings."""
    if settings.precision != "auto":
        return settings.precision
    return "bf16" if has_bf16() else "fp32"


def _stage(loaded: Loaded, stage: Stage, console: Console) -> tuple[dict[str, Floats], StageResult]:
    """Measure one stage; as many passages are asked for as are reranked."""
    queries, search = loaded.set.queries, loaded.assistant.search
    rankings, seconds = {}, []
    search(next(iter(queries.values())), CANDIDATES, stage=stage)  # loads what loads once
    shown = track(
        queries.items(),
        f"{loaded.set.name}: {stage}",
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    for query, text in shown:
        started = time.perf_counter()
        hits = search(text, CANDIDATES, stage=stage)
        seconds.append(time.perf_counter() - started)
        rankings[query] = loaded.ranking(hits)
    values = metrics.by_query(loaded.set.qrels, rankings)
    estimates = {name: metrics.mean(values[name]) for name in MEASURES}
    return values, StageResult(str(stage), estimates, 1000 * median(seconds))


def _ingest(files: Path, settings: Settings, console: Console) -> IngestReport:
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"{files.parent.name}: ingest", total=None)

        def show(progress: Progress) -> None:
            bar.update(task, total=progress.total, completed=progress.done)

        return ingest([files], settings, progress=show)


def _origin(judged: EvalSet, report: IngestReport) -> dict[str, list[str]]:
    origin: dict[str, list[str]] = {}
    for outcome in (*report.added, *report.replaced, *report.unchanged):
        if outcome.document_id is not None:
            document = judged.documents[sets.position(outcome.path)]
            origin.setdefault(outcome.document_id, []).append(document.id)
    return origin


def _check_names(loaded: Sequence[EvalSet]) -> None:
    names = [judged.name for judged in loaded]
    twice = {name for name in names if names.count(name) > 1}
    if twice or not names:
        what = f"two sets are named '{min(twice)}'" if twice else "no set was named"
        raise UsageError(f"Nothing can be measured: {what}. Name folders, each once.")


def _versions() -> dict[str, str]:
    versions = {}
    for name in _VERSIONED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # a source tree on the path, not installed
            versions[name] = "not installed"
    return versions


def _written(report: EvalReport, out: Path) -> EvalReport:
    out.mkdir(parents=True, exist_ok=True)
    before = latest(out)
    stamp = report.date.replace(":", "").replace("-", "").replace("T", "-")
    path = out / f"eval-{stamp}.json"
    number = 2
    while path.exists():
        path = out / f"eval-{stamp}-{number}.json"
        number += 1
    if before is not None:
        report = replace(report, previous=before[0].name, changes=tuple(changes(before[1], report)))
    report = replace(report, path=str(path))
    path.write_text(dumps(report.to_dict(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return report
