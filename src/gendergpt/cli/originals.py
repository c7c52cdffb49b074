"""``gendergpt library missing`` and ``fetch``: publications that users should add."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gendergpt.cli.options import JsonOption, LibraryOption, YearOption, settings_for
from gendergpt.cli.output import (
    DONE,
    FOUND,
    UNAVAILABLE,
    console,
    print_json,
    print_report,
)

if TYPE_CHECKING:
    from gendergpt.downloads import Fetched
    from gendergpt.settings import Settings
    from gendergpt.types import Document, IngestReport, Original

app = typer.Typer()
library_app = typer.Typer()


@library_app.command("missing")
def list_missing(
    publisher: Annotated[
        str | None, typer.Option(help="Only where the publisher's name holds this.")
    ] = None,
    year_from: YearOption = None,
    year_to: YearOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the publications that are not loaded yet, and where they are."""
    from gendergpt.originals import missing, sections_on

    documents, originals = _known(settings_for(library))
    absent = [
        each
        for each in missing(documents, originals)
        if _wanted(each, publisher, year_from, year_to)
    ]
    counts = sections_on(documents)
    if as_json:
        print_json([each.to_dict() | {"sections": counts[each.id]} for each in absent])
        return
    names = {each.id: each for each in originals}
    for each in absent:
        _print_missing(each, counts[each.id], names.get(each.superseded_by or ""))
    print(_summed_up(len(absent), len(originals)))


@app.command()
def fetch(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID…]", help="As `library missing` lists them; else all."),
    ] = None,
    address: Annotated[
        str | None, typer.Option("--from", help="Address to use for the one ID.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Download publications that are missing, and ingest them. Uses the internet."""
    from gendergpt.downloads import fetch as run
    from gendergpt.ingestion import ingest

    settings = settings_for(library)
    chosen, left_out = _chosen(settings, ids or [], address)
    with _progress() as progress:
        results = run(chosen, settings, progress=progress)
    paths = [each.path for each in results if each.path is not None]
    report = ingest(paths, settings) if paths else None
    _print_fetched(results, left_out, report, as_json)
    raise typer.Exit(_code(results, report))


# --- below ---------------------------------------------------------------------------------------


def _wanted(
    original: Original, publisher: str | None, year_from: int | None, year_to: int | None
) -> bool:
    if publisher and publisher.casefold() not in (original.publisher or "").casefold():
        return False
    if year_from is None and year_to is None:
        return True
    return original.year is not None and (year_from or 0) <= original.year <= (year_to or 9999)


def _known(settings: Settings) -> tuple[list[Document], list[Original]]:
    from gendergpt.ledger import Ledger
    from gendergpt.library import LEDGER

    ledger = Ledger(settings.library.expanduser() / LEDGER)
    try:
        return ledger.documents(), ledger.originals()
    finally:
        ledger.close()


def _print_missing(original: Original, sections: int, newer: Original | None) -> None:
    from gendergpt.references import address

    parts = (original.publisher, original.year, original.symbol)
    print(original.id)
    print(f"    {original.title} ({', '.join(str(part) for part in parts if part)})")
    print(f"    {address(original)}")
    if newer is not None:
        print(f"    replaced by a newer edition: {newer.title} ({newer.year}), {newer.id}")
    if sections:
        print(f"    {sections} section{'' if sections == 1 else 's'} of our notes stand on it")


def _summed_up(absent: int, listed: int) -> str:
    if not listed:
        return "No catalogue that was ingested lists publications to add."
    if not absent:
        return f"All {listed} publications are there."
    return (
        f"{absent} of {listed} publications are missing. Ingest your copies of them, or download "
        "those with an address: gendergpt fetch"
    )


def _chosen(
    settings: Settings, ids: Sequence[str], address: str | None
) -> tuple[list[Original], list[tuple[str, str]]]:
    """Return what is to be downloaded, and what is left out with the reason.

    Raises:
        UsageError: an id is unknown, or an address is given for more than one.
    """
    from gendergpt.errors import UsageError
    from gendergpt.originals import missing

    documents, originals = _known(settings)
    unknown = [each for each in ids if each not in {original.id for original in originals}]
    if unknown:
        raise UsageError(
            f"There is no publication '{unknown[0]}' to fetch. `gendergpt library missing` shows "
            "the ids."
        )
    if address is not None and len(ids) != 1:
        raise UsageError("--from gives the address of one publication: name its ID, and only it.")
    absent = missing(documents, originals)
    wanted = [each for each in absent if not ids or each.id in ids]
    if address is not None:
        return [replace(each, url=address) for each in wanted], _loaded(ids, wanted)
    if ids:
        return wanted, _loaded(ids, wanted)
    reasons = [(each, _left_out(each)) for each in wanted]
    return (
        [each for each, reason in reasons if not reason],
        [(each.id, reason) for each, reason in reasons if reason],
    )


def _loaded(ids: Sequence[str], wanted: Sequence[Original]) -> list[tuple[str, str]]:
    absent = {each.id for each in wanted}
    return [(each, "it is in the library already") for each in ids if each not in absent]


def _left_out(original: Original) -> str:
    """Return why a publication is downloaded only when it is named, or nothing."""
    from gendergpt.references import address

    if original.url is None:
        return address(original)
    if original.superseded_by is not None:
        return f"a newer edition replaces it ({original.superseded_by}); name it to have it"
    return ""


@contextmanager
def _progress() -> Iterator[Any]:
    """Yield a callback that shows a bar for each download, where that is a terminal."""
    from rich import progress

    columns = (
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
    )
    with progress.Progress(*columns, console=console(stderr=True), transient=True) as bar:
        tasks: dict[str, progress.TaskID] = {}

        def show(step: Any) -> None:
            name = step.original.id
            task = tasks.get(name)
            if task is None:
                task = tasks[name] = bar.add_task(name[:50])
            bar.update(task, completed=step.received, total=step.total)

        yield show


def _print_fetched(
    results: Sequence[Fetched],
    left_out: Sequence[tuple[str, str]],
    report: IngestReport | None,
    as_json: bool,
) -> None:
    if as_json:
        print_json(
            {
                "fetched": [each.to_dict() for each in results if each.path],
                "failed": [each.to_dict() for each in results if not each.path],
                "left_out": [{"id": name, "reason": reason} for name, reason in left_out],
                "ingest": report.to_dict() if report else None,
            }
        )
        return
    for each in results:
        print(f"{'fetched' if each.path else 'failed':12} {each.original.id}  {_told(each)}")
    for name, reason in left_out:
        print(f"{'left out':12} {name}  ({reason})")
    if report is not None:
        print_report(report)
    if _nothing_reached(results):
        print(
            "gendergpt: No address could be reached. Check the connection to the internet; "
            "behind a proxy, set HTTPS_PROXY.",
            file=sys.stderr,
        )


def _told(result: Fetched) -> str:
    if result.path is not None:
        return str(result.path)
    hint = ""
    if len(result.links) == 1:
        name, link = result.original.id, result.links[0]
        hint = f" It links to one PDF; if that is it: gendergpt fetch {name} --from {link}"
    return f"({result.reason}.{hint})"


def _nothing_reached(results: Sequence[Fetched]) -> bool:
    return bool(results) and not any(each.path or each.reachable for each in results)


def _code(results: Sequence[Fetched], report: IngestReport | None) -> int:
    if _nothing_reached(results):
        return UNAVAILABLE
    failed = any(each.path is None for each in results) or bool(report and report.quarantined)
    return FOUND if failed else DONE
