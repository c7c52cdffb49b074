"""Options that several commands have, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gendergpt.types import Kind

if TYPE_CHECKING:
    from gendergpt.settings import Settings
    from gendergpt.types import Filters

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        help="Folder of the library; by default $GENDERGPT_LIBRARY, else library/ here.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
ManyOption = Annotated[list[str] | None, typer.Option(help="May be given more than once.")]
DocumentOption = Annotated[
    list[str] | None,
    typer.Option(help="Id of a document, as `library list` shows it. May be given more than once."),
]
KindOption = Annotated[list[Kind] | None, typer.Option(help="May be given more than once.")]
YearOption = Annotated[int | None, typer.Option(help="A year; inclusive.")]


def settings_for(library: Path | None) -> Settings:
    """Return the environment's settings, with the library named on the command line."""
    from gendergpt.settings import Settings

    return Settings() if library is None else Settings(library=library)


def filters_of(
    publisher: list[str] | None,
    document: list[str] | None,
    language: list[str] | None,
    kind: list[Kind] | None,
    edition: list[str] | None,
    year_from: int | None,
    year_to: int | None,
) -> Filters | None:
    """Return the filters that are set, or None where none is."""
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
