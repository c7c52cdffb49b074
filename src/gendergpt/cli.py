"""The command line: ``gendergpt ingest``, ``ask``, ``search``, ``serve``, ``library``, ``doctor``.

Results go to standard output, everything else to standard error. Nothing heavy is imported before
a command needs it.

Exit codes: 0 done; 1 done, but files were quarantined or ``doctor`` found something; 2 wrong usage;
3 the library, the model or the port cannot be used; 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gendergpt.types import Kind

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gendergpt.settings import Settings
    from gendergpt.types import Document, FileOutcome, Filters, IngestReport

DONE, FOUND, USAGE, UNAVAILABLE, STOPPED = 0, 1, 2, 3, 130

app = typer.Typer(
    help="Cited answers on gender mainstreaming in border management, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
library_app = typer.Typer(help="See and remove what the library holds.", no_args_is_help=True)
app.add_typer(library_app, name="library")

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="Folder of the library.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
ManyOption = Annotated[list[str] | None, typer.Option(help="May be given more than once.")]
KindOption = Annotated[list[Kind] | None, typer.Option(help="May be given more than once.")]
YearOption = Annotated[int | None, typer.Option(help="A year; inclusive.")]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        argv: arguments without the program's name; those of the process by default.
    """
    from gendergpt.errors import GenderGPTError, UnavailableError

    command = typer.main.get_command(app)
    try:
        code = command.main(
            args=None if argv is None else list(argv), prog_name="gendergpt", standalone_mode=False
        )
    except GenderGPTError as error:
        print(f"gendergpt: {error}", file=sys.stderr)
        return UNAVAILABLE if isinstance(error, UnavailableError) else USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except Exception as error:
        if not hasattr(error, "show") or not hasattr(error, "exit_code"):
            raise
        error.show()
        return int(error.exit_code)
    if code == STOPPED:  # Typer makes this exit code of an interrupt, and says nothing
        print("gendergpt: stopped; what was finished stays.", file=sys.stderr)
    return int(code or DONE)


# --- commands ------------------------------------------------------------------------------------


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
    from gendergpt.ingestion import ingest as run

    settings = _settings(library)
    with _progress() as progress:
        report = run(paths, settings, prune=prune, progress=progress)
    if as_json:
        _print_json(report.to_dict())
    else:
        _print_report(report)
    raise typer.Exit(FOUND if report.quarantined else DONE)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    publisher: ManyOption = None,
    document: ManyOption = None,
    language: ManyOption = None,
    kind: KindOption = None,
    edition: ManyOption = None,
    year_from: YearOption = None,
    year_to: YearOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with quotations from the library."""
    from gendergpt.assistant import build_assistant
    from gendergpt.references import as_text

    filters = _filters(publisher, document, language, kind, edition, year_from, year_to)
    answer = build_assistant(_settings(library)).ask(question, filters=filters)
    if as_json:
        _print_json(answer.to_dict())
    else:
        print(as_text(answer))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A question or keywords.")],
    limit: Annotated[int, typer.Option(help="Most passages to print.", min=1)] = 10,
    publisher: ManyOption = None,
    document: ManyOption = None,
    language: ManyOption = None,
    kind: KindOption = None,
    edition: ManyOption = None,
    year_from: YearOption = None,
    year_to: YearOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages, best first."""
    from gendergpt.assistant import build_assistant
    from gendergpt.references import basis_of, place, whose

    filters = _filters(publisher, document, language, kind, edition, year_from, year_to)
    hits = build_assistant(_settings(library)).search(query, limit, filters)
    if as_json:
        _print_json([hit.to_dict() for hit in hits])
        return
    for hit in hits:
        source = whose(hit.document, basis_of(hit.document, hit.passage.heading))
        print(f"{hit.rank}. {source}, {place(hit.passage.spans, hit.passage.heading)}")
        print(f"   {' '.join(hit.passage.text.split())}\n")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Serve the web chat until stopped."""
    from gendergpt.ui.listening import listen

    settings = _settings(library)
    host, port = host or settings.host, settings.port if port is None else port
    listen(host, port).close()  # a taken port is told now, not after the model has loaded
    from gendergpt.assistant import build_assistant
    from gendergpt.ui import serve as run

    assistant = build_assistant(settings)
    print("Starting the web chat …", file=sys.stderr, flush=True)
    assistant.warm_up()
    run(assistant, host, port, on_ready=_announce)


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="First sweep the stores and forget what is damaged.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the model, the stores and the counts, and say what to do."""
    from gendergpt.doctor import examine
    from gendergpt.doctor import repair as run_repair

    settings = _settings(library)
    done = run_repair(settings) if repair else []
    findings = done + examine(settings)
    if as_json:
        _print_json([finding.to_dict() for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.what}: {finding.state}")
            if finding.way_out:
                print(f"         → {finding.way_out}")
    raise typer.Exit(DONE if all(finding.ok for finding in findings) else FOUND)


@app.command("eval")
def evaluate(
    sets: Annotated[list[Path], typer.Argument(help="Folders of evaluation sets.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the dated JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure retrieval on sets with gold labels, through the real ingest and search."""
    from gendergpt.evaluation import evaluate as run
    from gendergpt.evaluation import render

    report = run(sets, _settings(None), out=out)
    if as_json:
        _print_json(report.to_dict())
    else:
        _console().print(render(report))


@library_app.command("list")
def list_documents(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the documents of the library."""
    documents = _ledger_documents(library)
    if as_json:
        _print_json([document.to_dict() for document in documents])
        return
    console = _console()
    if not console.is_terminal:  # for a pipe or a file: one line a document, however long
        console.width = _NO_LIMIT
    console.print(_table(documents))


@library_app.command("show")
def show_document(
    document_id: Annotated[str, typer.Argument(metavar="ID")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one document's record, pages and warnings."""
    from gendergpt.library import Library

    opened = Library(_settings(library))
    document = opened.document(document_id)
    pages = opened.ledger.pages(document_id)
    numbered = [{"number": page.number, "label": page.label} for page in pages if page.number]
    warnings = opened.ledger.warnings(document_id)
    if as_json:
        _print_json({**document.to_dict(), "page_list": numbered, "warnings": warnings})
        return
    for key, value in document.to_dict().items():
        if key != "based_on" and value is not None:
            print(f"{key:14} {value}")
    for basis in document.based_on:
        parts = (basis.title, basis.publisher, basis.year, basis.place, basis.url)
        print(f"{'based on':14} {', '.join(str(part) for part in parts if part)}")
    if numbered:
        print(f"{'page labels':14} {' '.join(str(page['label'] or '–') for page in numbered)}")
    for warning in warnings:
        print(f"{'warning':14} {warning}")


@library_app.command("remove")
def remove_documents(
    document_ids: Annotated[list[str], typer.Argument(metavar="ID…")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from the library; their files stay where they are."""
    from gendergpt.ingestion import remove

    report = remove(document_ids, _settings(library))
    if as_json:
        _print_json(report.to_dict())
    else:
        _print_report(report)


# --- below ---------------------------------------------------------------------------------------

_NO_LIMIT = 10_000


def _settings(library: Path | None) -> Settings:
    from gendergpt.settings import Settings

    return Settings() if library is None else Settings(library=library)


def _filters(
    publisher: list[str] | None,
    document: list[str] | None,
    language: list[str] | None,
    kind: list[Kind] | None,
    edition: list[str] | None,
    year_from: int | None,
    year_to: int | None,
) -> Filters | None:
    from gendergpt.types import Filters

    many = {
        name: frozenset(str(value) for value in values)
        for name, values in (
            ("publisher", publisher),
            ("document", document),
            ("language", language),
            ("kind", kind),
            ("edition", edition),
        )
        if values
    }
    filters = Filters(**many, year_from=year_from, year_to=year_to)
    return filters if filters.to_dict() else None


def _ledger_documents(library: Path | None) -> list[Document]:
    from gendergpt.ledger import Ledger

    return Ledger(_settings(library).library.expanduser() / "ledger.sqlite").documents()


def _table(documents: Sequence[Document]) -> Table:
    """Return a table whose ids are whole, to be copied; the other columns fold."""
    from rich.table import Column, Table

    widest = max((len(each.id) for each in documents), default=0)
    names = ("title", "publisher", "year", "kind", "pages", "passages")
    columns = [Column(name, overflow="fold") for name in names]
    table = Table(Column("id", no_wrap=True, min_width=widest), *columns, box=None)
    for each in documents:
        cells = (each.id, each.title, each.publisher, each.year, each.kind, each.pages)
        table.add_row(*("" if cell is None else str(cell) for cell in cells), str(each.passages))
    return table


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def _progress() -> Iterator[Any]:
    """Yield a callback that shows a bar on standard error, where that is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        def show(step: Any) -> None:
            name = Path(step.path).name[:50]
            bar.update(task, description=name, completed=step.done, total=step.total)

        yield show


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _print_report(report: IngestReport) -> None:
    groups: tuple[tuple[str, Sequence[FileOutcome]], ...] = (
        ("added", report.added),
        ("replaced", report.replaced),
        ("removed", report.removed),
        ("unchanged", report.unchanged),
        ("quarantined", report.quarantined),
    )
    for name, outcomes in groups:
        for each in outcomes:
            if name != "unchanged" or each.reason:
                reason = f"  ({each.reason})" if each.reason else ""
                print(f"{name:12} {each.path}{reason}")
    counts = ", ".join(f"{len(outcomes)} {name}" for name, outcomes in groups)
    print(f"{counts}; {report.seconds:.1f} s")


def _announce(address: str) -> None:
    print(f"The web chat is at {address}  (stop it with Ctrl-C)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
