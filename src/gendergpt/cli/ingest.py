"""``gendergpt ingest``: files and folders into the library."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gendergpt.cli.options import JsonOption, LibraryOption, settings_for
from gendergpt.cli.output import (
    DONE,
    FOUND,
    STOPPED,
    about,
    megabytes,
    print_json,
    print_report,
    progress_bar,
)

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from gendergpt.estimates import Estimate
    from gendergpt.ingestion import IngestStopped, Progress

app = typer.Typer()


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", show_default=False)],
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what is gone from these folders.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring files and folders into the library."""
    from gendergpt.ingestion import IngestStopped
    from gendergpt.ingestion import ingest as run

    settings = settings_for(library)
    try:
        with _shown() as shown:
            report = run(paths, settings, prune=prune, progress=shown.step, planned=shown.announce)
    except IngestStopped as stopped:
        print(_stopped(stopped), file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    if as_json:
        print_json(report.to_dict())
    else:
        print_report(report)
    raise typer.Exit(FOUND if report.quarantined else DONE)


def _stopped(stopped: IngestStopped) -> str:
    left = stopped.files - stopped.done
    return (
        f"gendergpt: {stopped.done} of {stopped.files} files are done. Run the same command again "
        f"to go on with the other {left}."
    )


@contextmanager
def _shown() -> Iterator[_Shown]:
    with progress_bar() as bar:
        yield _Shown(bar)


class _Shown:
    """Shows on standard error what lies ahead, and each file as it is taken."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("Looking", total=None, left="")

    def announce(self, estimate: Estimate) -> None:
        """Say what a large run is likely to take."""
        if estimate.large:
            print(
                f"{estimate.files} files to read, {megabytes(estimate.bytes)}: likely to take "
                f"{about(estimate.seconds)} and {megabytes(estimate.disk)} of disk. This is "
                "judged by file sizes; scans take less, and the time is corrected on the way.",
                file=sys.stderr,
                flush=True,
            )

    def step(self, progress: Progress) -> None:
        """Show the file that is being taken."""
        left = "" if progress.seconds_left is None else f"{about(progress.seconds_left)} left"
        self._bar.update(
            self._task,
            description=Path(progress.path).name[:40],
            completed=progress.done,
            total=progress.total,
            left=left,
        )
