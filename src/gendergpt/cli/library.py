"""``gendergpt library list``, ``show`` and ``remove``: what the library holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gendergpt.cli.options import (
    DocumentOption,
    JsonOption,
    KindOption,
    LibraryOption,
    ManyOption,
    YearOption,
    filters_of,
    settings_for,
)
from gendergpt.cli.output import NO_LIMIT, console, print_json, print_report

if TYPE_CHECKING:
    from rich.table import Table

    from gendergpt.library import Library
    from gendergpt.types import Document

app = typer.Typer(help="See what the library holds, and keep it in order.", no_args_is_help=True)


@app.command("list")
def list_documents(
    publisher: ManyOption = None,
    document: DocumentOption = None,
    language: ManyOption = None,
    kind: KindOption = None,
    edition: ManyOption = None,
    year_from: YearOption = None,
    year_to: YearOption = None,
    guessed: Annotated[
        bool, typer.Option("--guessed", help="Only where more than the language was guessed.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the documents of the library."""
    from gendergpt.filters import passes

    filters = filters_of(publisher, document, language, kind, edition, year_from, year_to)
    documents = [
        each
        for each in _ledger_documents(library)
        if (filters is None or passes(each, filters))
        and (not guessed or set(each.guessed) - {"language"})
    ]
    if as_json:
        print_json([each.to_dict() for each in documents])
        return
    screen = console()
    if not screen.is_terminal:
        screen.width = NO_LIMIT
    screen.print(_table(documents, guessed))


@app.command("show")
def show_document(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="An id, or its beginning.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one document's record, pages, labels, files and warnings."""
    from gendergpt.library import Library

    opened = Library(settings_for(library))
    try:
        document = opened.find(document_id)
        shown = _shown(opened, document)
        labels = _labels(opened, document)
    finally:
        opened.close()
    if as_json:
        print_json(shown)
        return
    for key, value in _lines(document, shown, labels):
        print(f"{key:14} {value}")


@app.command("remove")
def remove_documents(
    document_ids: Annotated[
        list[str], typer.Argument(metavar="ID…", help="Ids, or their beginnings.")
    ],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from the library; their files stay where they are."""
    from gendergpt.ingestion import remove

    report = remove(document_ids, settings_for(library))
    if as_json:
        print_json(report.to_dict())
    else:
        print_report(report)


def _ledger_documents(library: Path | None) -> list[Document]:
    from gendergpt.ledger import Ledger

    return Ledger(settings_for(library).library.expanduser() / "ledger.sqlite").documents()


def _shown(library: Library, document: Document) -> dict[str, Any]:
    """Return the document's JSON and what else the ledger knows about it."""
    from gendergpt.cli.labels import origins, ranges

    ledger = library.ledger
    pages = [page for page in ledger.pages(document.id) if page.number]
    paths = sorted(path for path, each in ledger.sources().items() if each == document.id)
    quarantined = ledger.quarantined()
    return {
        **document.to_dict(),
        "page_list": [
            {"number": page.number, "label": page.label, "label_from": page.label_from}
            for page in pages
        ],
        "labels": {
            "ranges": ranges([page.label for page in pages if page.label is not None]),
            **origins(pages),
        },
        "warnings": ledger.warnings(document.id),
        "edits": ledger.correction(document.id),
        "sources": paths,
        "added": ledger.added(document.id),
        "quarantine": [
            {"path": path, "reason": quarantined[path][1]} for path in paths if path in quarantined
        ],
    }


def _labels(library: Library, document: Document) -> str:
    from gendergpt.cli.labels import described

    return described([page for page in library.ledger.pages(document.id) if page.number])


def _lines(document: Document, shown: dict[str, Any], labels: str) -> Iterator[tuple[str, object]]:
    """Yield what is printed of a document, as pairs of name and value."""
    for key, value in document.to_dict().items():
        if key not in ("based_on", "guessed") and value is not None:
            yield key, value
    for basis in document.based_on:
        parts = (basis.title, basis.publisher, basis.year, basis.place, basis.url)
        yield "based on", ", ".join(str(part) for part in parts if part)
    yield "added", f"{shown['added']} UTC"
    if document.pages:
        yield "page labels", labels
    if document.guessed:
        yield "guessed", ", ".join(document.guessed)
    for name, value in shown["edits"].items():
        yield "edited", f"{name}: {'(emptied)' if value is None else value}"
    for path in shown["sources"]:
        yield "file", path
    for each in shown["quarantine"]:
        yield "quarantined", each["reason"]
    for warning in shown["warnings"]:
        yield "warning", warning


def _table(documents: Sequence[Document], guesses: bool = False) -> Table:
    """Return a table whose ids are whole, to be copied; the other columns fold."""
    from rich.table import Column, Table

    widest = max((len(each.id) for each in documents), default=0)
    names = ("title", "publisher", "year", "kind", "pages", "passages")
    columns = [Column(name, overflow="fold") for name in (*names, *(["guessed"] * guesses))]
    table = Table(Column("id", no_wrap=True, min_width=widest), *columns, box=None)
    for each in documents:
        cells: list[object] = [each.title, each.publisher, each.year, each.kind, each.pages]
        cells += [each.passages, *([", ".join(each.guessed)] * guesses)]
        table.add_row(each.id, *("" if cell is None else str(cell) for cell in cells))
    return table
