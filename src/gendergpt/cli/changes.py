"""``gendergpt library edit`` and ``reembed``: changes for which no file is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from gendergpt.cli.options import JsonOption, LibraryOption, settings_for
from gendergpt.cli.output import about, print_json, progress_bar
from gendergpt.types import Kind

if TYPE_CHECKING:
    from gendergpt.types import Document

app = typer.Typer()

_TextOption = Annotated[str | None, typer.Option(show_default=False)]


@app.command("edit")
def edit_record(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="An id, or its beginning.")],
    title: _TextOption = None,
    publisher: _TextOption = None,
    year: Annotated[int | None, typer.Option(show_default=False)] = None,
    edition: _TextOption = None,
    language: Annotated[str | None, typer.Option(help="Such as en.", show_default=False)] = None,
    url: _TextOption = None,
    licence: _TextOption = None,
    kind: Annotated[Kind | None, typer.Option(show_default=False)] = None,
    symbol: Annotated[str | None, typer.Option(help="Such as A/74/191.")] = None,
    superseded_by: Annotated[str | None, typer.Option(help="Title of the newer edition.")] = None,
    clear: Annotated[
        list[str] | None, typer.Option(help="A field to be emptied; may be given more than once.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct a document's record; it stays so, whatever catalogue and file say."""
    from gendergpt.rewriting import edit

    given = {
        "title": title,
        "publisher": publisher,
        "year": year,
        "edition": edition,
        "language": language,
        "url": url,
        "licence": licence,
        "kind": kind,
        "symbol": symbol,
        "superseded_by": superseded_by,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    cleared = [name.replace("-", "_") for name in clear or ()]
    document = edit(document_id, changes, settings_for(library), clear=cleared)
    if as_json:
        print_json(document.to_dict())
    else:
        _print_edited(document, [*changes, *cleared])


def _print_edited(document: Document, names: list[str]) -> None:
    values = document.to_dict()
    print(f"{document.id} {document.title}")
    for name in names:
        print(f"{name:14} {'(emptied)' if values[name] is None else values[name]}")


@app.command("reembed")
def reembed_library(
    encoder: Annotated[
        str | None,
        typer.Option(help="Name or folder of the model; by default that of the settings."),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the library to another model; no file is read again."""
    from gendergpt.embedding import SentenceTransformerEncoder
    from gendergpt.rewriting import reembed

    settings = settings_for(library)
    name = encoder or settings.encoder
    model = SentenceTransformerEncoder(name, settings.precision)
    with _progress() as progress:
        done = reembed(settings, encoder=model, progress=progress)
    if done.changed and name != settings.encoder:
        print(f"From now on, set GENDERGPT_ENCODER={name} for this library.", file=sys.stderr)
    if as_json:
        print_json(done.to_dict())
    elif done.changed:
        print(
            f"{done.documents} documents, {done.passages} passages encoded anew with "
            f"'{done.encoder}' instead of '{done.before}'; {done.seconds:.1f} s"
        )
    else:
        print(f"The library is made with '{done.encoder}' already; nothing to do.")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    with progress_bar() as bar:
        task = bar.add_task("Encoding", total=None, left="")

        def step(title: str, done: int, total: int) -> None:
            left = bar.tasks[0].time_remaining
            told = "" if left is None else f"{about(left)} left"
            bar.update(task, description=title[:40], completed=done, total=total, left=told)

        yield step
