"""``gendergpt ask``, ``search`` and ``serve``: questions to the library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from gendergpt.cli.output import print_json

if TYPE_CHECKING:
    from gendergpt.assistant import Assistant
    from gendergpt.types import Filters

app = typer.Typer()


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    publisher: ManyOption = None,
    document: DocumentOption = None,
    language: ManyOption = None,
    kind: KindOption = None,
    edition: ManyOption = None,
    year_from: YearOption = None,
    year_to: YearOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with quotations from the library."""
    from gendergpt.gaps import note
    from gendergpt.references import as_text

    filters = filters_of(publisher, document, language, kind, edition, year_from, year_to)
    answer = _assistant(library, filters).ask(question, filters=filters)
    if as_json:
        print_json(answer.to_dict())
    else:
        print(as_text(answer))
    note(settings_for(library), answer)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A question or keywords.")],
    limit: Annotated[int, typer.Option(help="Most passages to print.", min=1)] = 10,
    publisher: ManyOption = None,
    document: DocumentOption = None,
    language: ManyOption = None,
    kind: KindOption = None,
    edition: ManyOption = None,
    year_from: YearOption = None,
    year_to: YearOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages, best first."""
    from gendergpt.references import basis_of, whereabouts, whose

    filters = filters_of(publisher, document, language, kind, edition, year_from, year_to)
    hits = _assistant(library, filters).search(query, limit, filters)
    if as_json:
        print_json([hit.to_dict() for hit in hits])
        return
    for hit in hits:
        source = whose(hit.document, basis_of(hit.document, hit.passage.heading))
        where = whereabouts(hit)
        print(f"{hit.rank}. {source}, {where}")
        print(f"   {' '.join(hit.passage.text.split())}\n")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)
    ] = None,
    ask: Annotated[
        str | None, typer.Option(help="First print the answer to this question.")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Serve the web chat until stopped."""
    from gendergpt.ui.listening import listen

    settings = settings_for(library)
    host, port = host or settings.host, settings.port if port is None else port
    listen(host, port).close()  # a taken port is told now, not after the model has loaded
    from gendergpt.assistant import build_assistant
    from gendergpt.references import as_text
    from gendergpt.ui import serve as run

    print("Loading the model …", file=sys.stderr, flush=True)
    assistant = build_assistant(settings)
    if ask is not None:
        print(f"\n{as_text(assistant.ask(ask))}\n", flush=True)
    print("Starting the web chat …", file=sys.stderr, flush=True)
    assistant.warm_up()
    run(assistant, host, port, on_ready=_announce, settings=settings)


def _assistant(library: Path | None, filters: Filters | None) -> Assistant:
    """Return an assistant; say on standard error if the filters leave it nothing to search."""
    from gendergpt.assistant import build_assistant
    from gendergpt.filters import passes

    assistant = build_assistant(settings_for(library))
    if filters and not any(passes(document, filters) for document in assistant.documents()):
        print(
            "gendergpt: no document of the library passes these filters; "
            "`gendergpt library list` shows what there is.",
            file=sys.stderr,
        )
    return assistant


def _announce(address: str) -> None:
    print(f"The web chat is at {address}  (stop it with Ctrl-C)", flush=True)
