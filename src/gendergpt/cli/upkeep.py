"""``gendergpt doctor`` and ``eval``: is everything in order, and how good is it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gendergpt.cli.options import JsonOption, LibraryOption, settings_for
from gendergpt.cli.output import DONE, FOUND, console, print_json

app = typer.Typer()


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

    settings = settings_for(library)
    done = run_repair(settings) if repair else []
    findings = done + examine(settings)
    if as_json:
        print_json([finding.to_dict() for finding in findings])
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

    report = run(sets, settings_for(None), out=out)
    if as_json:
        print_json(report.to_dict())
    else:
        console().print(render(report))
