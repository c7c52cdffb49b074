"""The command line: ``gendergpt ingest``, ``ask``, ``search``, ``serve``, ``library``, ``doctor``.

Results go to standard output, everything else to standard error. Nothing heavy is imported before
a command needs it.

Exit codes: 0 done; 1 done, but files were quarantined or ``doctor`` found something; 2 wrong usage;
3 the library, the model or the port cannot be used; 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from gendergpt.cli import changes, ingest, keeping, library, originals, questions, upkeep
from gendergpt.cli.output import DONE, STOPPED, UNAVAILABLE, USAGE


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"gendergpt {version('gendergpt')}")
        raise typer.Exit


app = typer.Typer(
    help="Cited answers on gender mainstreaming in border management, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def start(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Cited answers on gender mainstreaming in border management, offline."""


library.app.add_typer(changes.app)
library.app.add_typer(originals.library_app)
for part in (ingest.app, questions.app, originals.app, keeping.app, upkeep.app):
    app.add_typer(part)
app.add_typer(library.app, name="library")


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
