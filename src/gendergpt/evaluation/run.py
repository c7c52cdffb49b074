"""One evaluation: sets into throw-away libraries, their questions to the assistant, figures out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from gendergpt.embedding import has_bf16
from gendergpt.errors import UsageError
from gendergpt.evaluation import kinds, metrics, page, plain, plots
from gendergpt.evaluation.bench import Bench, Options
from gendergpt.evaluation.figures import SetResult
from gendergpt.evaluation.kinds import Task
from gendergpt.evaluation.libraries import Loaded, library_of
from gendergpt.evaluation.log import Log
from gendergpt.evaluation.report import EvalReport, written
from gendergpt.settings import Settings

_VERSIONED = (
    "gendergpt",
    "sentence-transformers",
    "torch",
    "chromadb",
    "tantivy",
    "ir-measures",
    "langchain",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """How much of each set is measured.

    ``sample`` is the number of questions of a task that the samples are made by (None: all),
    ``most_documents`` the largest set that is taken (None: any), ``whole`` says whether the larger
    documents beside the practitioners' questions are loaded, ``stages`` whether the single steps
    of retrieval are measured too.
    """

    sample: int | None
    most_documents: int | None
    whole: bool
    stages: bool


PROFILES = {
    "quick": Profile(sample=36, most_documents=1000, whole=False, stages=False),
    "full": Profile(sample=None, most_documents=None, whole=True, stages=True),
}


def evaluate(
    folders: Sequence[Path],
    settings: Settings | None = None,
    out: Path | None = None,
    *,
    profile: str = "full",
    sample: int | None = None,
    languages: Sequence[str] | None = None,
    pages: str = "en",
    compare: bool = True,
    workspace: Path | None = None,
    console: Console | None = None,
) -> EvalReport:
    """Measure on sets with gold labels.

    Args:
        folders: sets, or folders of sets; see :mod:`gendergpt.evaluation.kinds`.
        settings: encoder and precision; its ``library`` is not touched.
        out: folder for a dated JSON and a page; the newest JSON in it is compared with.
        profile: one of :data:`PROFILES`.
        sample: at most about so many questions of a task, instead of the profile's number.
        languages: only questions in these languages, where a set has several.
        pages: the language of the documents, where a set has several.
        compare: also measure the plain LangChain way.
        workspace: keep files and libraries here and use them again; by default they are made in a
            temporary folder and removed.
        console: where progress is shown; standard error by default.

    Raises:
        UsageError: a folder is not a set, two have the same name, or there is no such profile.
        UnavailableError: something that is needed is not installed.
    """
    settings, log = settings or Settings(), Log(console)
    chosen = _profile(profile)
    tasks = [kinds.load(folder, pages, chosen.whole) for folder in kinds.expanded(folders)]
    metrics.require()
    if compare:
        plain.require()
    if out is not None:
        plots.require()
    options = Options(
        sample=chosen.sample if sample is None else sample,
        languages=None if languages is None else tuple(languages),
        pages=pages,
        stages=chosen.stages,
    )
    began = time.monotonic()
    results, skipped, made_with = [], {}, ("", "")
    for task in tasks:
        documents = len(task.material().documents)
        if chosen.most_documents is not None and documents > chosen.most_documents:
            skipped[task.name] = f"it has {documents:,} documents; --profile full measures it"
            log.say(f"{task.name}: left out, {skipped[task.name]}")
            continue
        result, made_with = _measured(task, settings, options, compare, workspace, log)
        results.append(result)
    report = EvalReport(
        date=time.strftime("%Y-%m-%dT%H:%M:%S"),
        profile=profile,
        sample=options.sample,
        encoder=made_with[0],
        fingerprint=made_with[1],
        precision=precision(settings),
        versions=_versions(),
        seconds=round(time.monotonic() - began, 1),
        sets=tuple(results),
        skipped=skipped,
    )
    return report if out is None else _kept(report, out)


def precision(settings: Settings) -> str:
    """Return the number format that the encoder computes in under these settings."""
    if settings.precision != "auto":
        return settings.precision
    return "bf16" if has_bf16() else "fp32"


def _kept(report: EvalReport, out: Path) -> EvalReport:
    """Write the JSON and, beside it, the page."""
    report = written(report, out)
    Path(report.path or "").with_suffix(".html").write_text(page.html(report.to_dict()), "utf-8")
    return report


def _measured(
    task: Task,
    settings: Settings,
    options: Options,
    compare: bool,
    workspace: Path | None,
    log: Log,
) -> tuple[SetResult, tuple[str, str]]:
    """Ingest and ask one set; also return the name and fingerprint of what encoded it."""
    with (
        tempfile.TemporaryDirectory(prefix="gendergpt-eval-") as temporary,
        library_of(task.name, task.material(), settings, workspace, log) as loaded,
    ):
        other = _plain(task, (workspace or Path(temporary)) / task.name, log) if compare else None
        bench = Bench(loaded, other, options, log, task.name)
        began = time.monotonic()
        bench.warm_up(lambda: (bench.search("first"), bench.plain_search("first")))
        results = task.measure(bench)
        seconds = round(time.monotonic() - began, 1)
        ledger = loaded.assistant.library.ledger
        made_with = (ledger.meta("encoder_name") or "", ledger.meta("encoder") or "")
        documents, passages = ledger.counts()
        result = SetResult(
            name=task.name,
            kind=task.kind,
            documents=documents,
            passages=passages,
            queries=task.queries,
            quarantined=len(loaded.ingested.quarantined),
            ingest_seconds=_ingest_seconds(loaded, documents),
            seconds=seconds,
            results=results,
            latencies=bench.latencies(),
        )
        return result, made_with


def _plain(task: Task, folder: Path, log: Log) -> plain.Plain | None:
    if not task.compared:
        return None
    log.say(f"{task.name}: the plain LangChain way")
    return plain.make(task.material(), folder / "plain")


def _ingest_seconds(loaded: Loaded, documents: int) -> float | None:
    ingested = loaded.ingested
    return round(ingested.seconds, 1) if len(ingested.added) == documents else None


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise UsageError(f"There is no profile '{name}'; the profiles are {', '.join(PROFILES)}.")
    return PROFILES[name]


def _versions() -> dict[str, str]:
    versions = {}
    for name in _VERSIONED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # a source tree on the path, not installed
            versions[name] = "not installed"
    return versions
