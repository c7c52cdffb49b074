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
    sets: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of evaluation sets, or folders that hold some; or one .csv file of your "
            "own questions, which are asked of your own library."
        ),
    ],
    profile: Annotated[
        str, typer.Option(help="quick: a sample, within minutes; full: everything.")
    ] = "full",
    sample: Annotated[
        int | None, typer.Option(min=1, help="About so many questions of each task.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="Only questions in this language. May be given more than once."),
    ] = None,
    pages: Annotated[
        str, typer.Option(help="Language of the documents, where a set has several.")
    ] = "en",
    plain: Annotated[
        bool, typer.Option(help="Compare with the plain LangChain way on the same files.")
    ] = True,
    workspace: Annotated[
        Path | None, typer.Option(help="Folder that keeps the libraries for the next run.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the dated JSON and page.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure on sets with gold labels, or on your own questions (question,cite) as .csv."""
    if any(path.suffix.lower() == ".csv" for path in sets):
        _evaluate_own(sets, library, as_json)
        return
    from gendergpt.evaluation import evaluate as run
    from gendergpt.evaluation import render

    report = run(
        sets,
        settings_for(library),
        out,
        profile=profile,
        sample=sample,
        languages=language,
        pages=pages,
        compare=plain,
        workspace=workspace,
        console=console(stderr=True),
    )
    if as_json:
        print_json(report.to_dict())
    else:
        console().print(render(report))


def _evaluate_own(files: list[Path], library: Path | None, as_json: bool) -> None:
    from gendergpt.errors import UsageError
    from gendergpt.evaluation import evaluate_own, render_own

    if len(files) > 1:
        raise UsageError("Name one .csv file of your own questions, and nothing beside it.")
    report = evaluate_own(files[0], settings_for(library))
    if as_json:
        print_json(report.to_dict())
    else:
        console().print(render_own(report))
