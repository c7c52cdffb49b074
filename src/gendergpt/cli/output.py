"""Exit codes, and how results are printed."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from gendergpt.types import FileOutcome, IngestReport

DONE, FOUND, USAGE, UNAVAILABLE, STOPPED = 0, 1, 2, 3, 130
NO_LIMIT = 10_000
"""A width for pipes and files: one line an entry, however long."""


def print_json(value: Any) -> None:
    """Print one JSON value on one line."""
    print(json.dumps(value, ensure_ascii=False))


def console(stderr: bool = False) -> Console:
    """Return a console that neither colours nor interprets what it prints."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=True)


def print_report(report: IngestReport) -> None:
    """Print what became of each file and why, as a table, and the counts.

    In a terminal, names are cut short of the folder that all files share; elsewhere a line is as
    long as it needs to be, with the whole path.
    """
    groups = _groups(report)
    rows = [
        (name, each)
        for name, outcomes in groups
        for each in outcomes
        if name != "unchanged" or each.reason
    ]
    screen = console()
    if not screen.is_terminal:
        screen.width = NO_LIMIT
    if rows:
        folder = _shared_folder([each.path for _, each in rows]) if screen.is_terminal else ""
        if folder:
            screen.print(f"In {folder}:")
        screen.print(_report_table(rows, folder))
    counts = ", ".join(f"{len(outcomes)} {name}" for name, outcomes in groups)
    screen.print(f"{counts}; {report.seconds:.1f} s")
    if not any(outcomes for _, outcomes in groups):
        screen.print("No file of a kind that can be read was found there.")


def _groups(report: IngestReport) -> tuple[tuple[str, Sequence[FileOutcome]], ...]:
    return (
        ("added", report.added),
        ("replaced", report.replaced),
        ("removed", report.removed),
        ("unchanged", report.unchanged),
        ("quarantined", report.quarantined),
    )


def _report_table(rows: Sequence[tuple[str, FileOutcome]], folder: str) -> Table:
    from rich.table import Column, Table

    table = Table(
        Column("what", no_wrap=True),
        Column("file", overflow="fold", ratio=2),
        Column("pages", justify="right"),
        Column("passages", justify="right"),
        Column("why", overflow="fold", ratio=3),
        box=None,
        pad_edge=False,
    )
    for name, each in rows:
        path = each.path.removeprefix(folder + os.sep) if folder else each.path
        passages = str(each.passages) if each.passages else ""
        table.add_row(name, path, str(each.pages or ""), passages, each.reason or "")
    return table


def _shared_folder(paths: Sequence[str]) -> str:
    """Return the folder that holds all paths, or nothing where that is no help."""
    if not all(map(os.path.isabs, paths)):
        return ""
    folder = os.path.commonpath([os.path.dirname(path) for path in paths])
    return "" if folder == os.sep else folder


def megabytes(size: int) -> str:
    """Return a size in round figures."""
    return f"about {size / 1e6:,.0f} MB" if size >= 1_500_000 else "about 1 MB"


def about(seconds: float) -> str:
    """Return a time in round figures."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"about {minutes} minute{'' if minutes == 1 else 's'}"
    return f"about {minutes // 60} h {minutes % 60:02} min"


def progress_bar() -> Progress:
    """Return a bar for standard error, shown where that is a terminal; tasks have ``left``."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    screen = console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}", markup=False),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )
