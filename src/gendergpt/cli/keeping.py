"""``gendergpt feedback`` and ``gaps``: what whoever keeps the library should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from gendergpt.cli.options import JsonOption, LibraryOption, settings_for
from gendergpt.cli.output import print_json

if TYPE_CHECKING:
    from gendergpt.feedback import Cited, Entry
    from gendergpt.gaps import Gap

app = typer.Typer()


@app.command()
def feedback(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List what people said of answers and citations, newest first."""
    from gendergpt.feedback import counts, entries

    kept = entries(settings_for(library).library.expanduser())
    number = counts(kept)
    if as_json:
        print_json({"counts": number, "entries": [entry.to_dict() for entry in kept]})
        return
    for entry in kept:
        _print_entry(entry)
    print(
        f"{number['up']} helpful, {number['down']} not helpful, "
        f"{number['wrong_citation']} citations reported as wrong"
    )


@app.command()
def gaps(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the questions that the library did not answer, the most frequent first."""
    from gendergpt.gaps import gaps as found

    settings = settings_for(library)
    kept = found(settings.library)
    if as_json:
        print_json([gap.to_dict() for gap in kept])
        return
    for gap in kept:
        _print_gap(gap)
    print(f"{len(kept)} question{'' if len(kept) == 1 else 's'} without an answer")
    if not settings.keep_gaps:
        print("Questions are not being kept; GENDERGPT_KEEP_GAPS=true has them kept.")


def _print_entry(entry: Entry) -> None:
    from gendergpt.feedback import REASONS, Verdict

    said = {
        Verdict.UP: "helpful",
        Verdict.DOWN: "not helpful",
        Verdict.WRONG_CITATION: "citation wrong",
    }[entry.verdict]
    reason = f": {REASONS[entry.reason]}" if entry.reason else ""
    print(f"{_line(entry.at)}  {said}{reason}")
    print(f"    asked: {_line(entry.question)}")
    if entry.comment:
        print(f"    comment: {_line(entry.comment)}")
    for cited in entry.cited:
        print(f"    cited: {_cited(cited)}")
    print()


def _cited(cited: Cited) -> str:
    name = f"{cited.title} ({cited.document})" if cited.title else cited.document
    return _line(f"{name}, {cited.place}: {cited.quote}")


def _print_gap(gap: Gap) -> None:
    times = "once" if gap.count == 1 else f"{gap.count} times"
    since = f", first {_line(gap.first)}" if gap.count > 1 else ""
    print(f"{times}, last {_line(gap.last)}{since}")
    print(f"    asked: {_line(gap.question)}")
    if gap.missing:
        print(f"    not found: {_line('; '.join(gap.missing))}")
    for source in gap.nearest:
        print(f"    nearest: {_line(source)}")
    print()


def _line(text: str) -> str:
    """Return a text that a terminal prints and does not obey, whoever wrote the file."""
    from gendergpt.plainly import in_one_line

    return in_one_line(text, 4000)
