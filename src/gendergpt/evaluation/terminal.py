"""The report for a terminal of at least 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from gendergpt.evaluation.figures import SetResult
from gendergpt.evaluation.own import OwnReport
from gendergpt.evaluation.report import EvalReport, shown


def render(report: EvalReport) -> Group:
    """Return tables of all figures, then what has changed since the last run."""
    parts: list[Table | str] = []
    for result in report.sets:
        parts += [*_tables(result), ""]
    parts += [f"{name}: left out, {why}" for name, why in report.skipped.items()]
    parts += _changes(report)
    if report.path:
        parts.append(f"Written to {report.path}, and as a page beside it (.html)")
    return Group(*(Text(part) if isinstance(part, str) else part for part in parts))


def render_own(report: OwnReport) -> Group:
    """Return what each of a user's questions got, and the totals."""
    table = _table(f"{report.file}, asked of {report.library}", ["line", "question", "cited"], [])
    table.add_column("right", overflow="fold")
    for each in report.got:
        cited = "; ".join(each.cited) or str(each.outcome)
        table.add_row(str(each.wanted.line), each.wanted.question, cited, each.fault or "yes")
    totals = [
        f"{figure.task}, {figure.measure}: {shown(figure.estimate)} of {figure.count}"
        for figure in report.figures
    ]
    return Group(table, *map(Text, ["", *totals]))


def _tables(result: SetResult) -> Iterator[Table | str]:
    title = f"{result.name}: {result.documents} documents, {result.queries} questions"
    table = _table(title, ["task", "measure", "way"], ["figure", "n"])
    for figure in result.results.figures:
        row = [figure.task, figure.measure, figure.way, shown(figure.estimate), str(figure.count)]
        table.add_row(*row)
    yield table
    yield from (
        f"{gain.task}, {gain.measure}: {gain.way} − {gain.over} {shown(gain.difference, '+')}"
        for gain in result.results.gains
    )
    for curve in result.results.curves:
        yield (
            f"{curve.task}: area under risk–coverage {curve.aurc:.3f}, AUROC {curve.auroc:.3f} "
            f"({curve.confidence})"
        )
    for each in result.latencies:
        yield f"{each.what}, {each.way}: median {each.median_ms:.0f} ms, p95 {each.p95_ms:.0f} ms"
    yield from result.results.notes


def _changes(report: EvalReport) -> list[str]:
    lines = [
        f"{each.set}, {each.task}, {each.measure}, {each.way}: "
        f"{each.before:.3f} → {each.now:.3f}{' (intervals apart)' if each.beyond else ''}"
        for each in report.changes
    ]
    if report.previous is None:
        return lines
    return [f"Since {report.previous}:", *lines] if lines else [
        f"No figure differs from {report.previous}."
    ]  # fmt: skip


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    columns = [Column(name, overflow="fold") for name in words]
    columns += [Column(name, justify="right", no_wrap=True) for name in numbers]
    return Table(*columns, title=title, box=None, pad_edge=False, title_justify="left")
