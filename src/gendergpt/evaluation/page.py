"""A readable page about a run, made from its JSON alone: one HTML file that asks for no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from gendergpt.evaluation import plots, table

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
       color: #111827; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
         border-bottom: 1px solid #e5e7eb; }
.yes { color: #15803d; } .no { color: #b91c1c; }
svg { max-width: 100%; height: auto; }
"""
_MOST_CHANGES = 60


def html(run: Mapping[str, Any]) -> str:
    """Return the page of a run's JSON.

    Raises:
        UnavailableError: matplotlib is not installed.
    """
    plots.require()
    lines = list(table.lines(run))
    parts = [
        Markup("<h1>Evaluation of {}</h1>").format(run["date"][:10]),
        Markup("<p>{}</p>").format(_about(run)),
        *_goals(lines),
        *_risk(run),
        *_changes(run),
        *(part for name, result in run["sets"].items() for part in _set(name, result)),
    ]
    head = Markup(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        "<title>Evaluation</title><style>{}</style></head>\n<body>\n"
    ).format(Markup(_STYLE))
    return str(head + Markup("\n").join(parts) + Markup("\n</body></html>\n"))


def _about(run: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items())
    asked = "all questions" if run["sample"] is None else f"samples by {run['sample']} questions"
    left_out = "".join(f" Left out: {name} ({why})." for name, why in run["skipped"].items())
    return (
        f"Profile {run['profile']}, {asked}, {run['seconds'] / 60:.0f} minutes. Encoder "
        f"{run['encoder']} in {run['precision']}; {versions}. Brackets hold 95 % intervals "
        f"(percentile bootstrap over the questions).{left_out}"
    )


def _goals(lines: Sequence[table.Line]) -> list[Markup]:
    if not lines:
        return []
    rows = [[*line.cells(), _verdict(line)] for line in lines]
    return [
        Markup("<h2>Goals</h2>"),
        _table([*table.HEAD, "reached"], rows),
        Markup("<p>{}</p>").format(plots.KEY),
        Markup(plots.goals(lines)),
    ]


def _verdict(line: table.Line) -> str | Markup:
    reached = None if line.today is None else line.goal.reached(line.today["value"])
    if reached is None:
        return "–"
    return Markup('<b class="{0}">{0}</b>').format("yes" if reached else "no")


def _risk(run: Mapping[str, Any]) -> list[Markup]:
    curves = {
        f"{name}, {curve['task']} ({curve['confidence']})": curve
        for name, result in run["sets"].items()
        for curve in result["curves"]
    }
    return [Markup("<h2>Risk by coverage</h2>"), Markup(plots.risk(curves))] if curves else []


def _changes(run: Mapping[str, Any]) -> list[Markup]:
    if run["previous"] is None:
        return []
    found = sorted(run["changes"], key=lambda each: -abs(each["now"] - each["before"]))
    title = Markup("<h2>Since {}</h2>").format(run["previous"])
    if not found:
        return [title, Markup("<p>No figure differs.</p>")]
    key = Markup("<p>{}</p>").format(plots.KEY_OF_CHANGES)
    return [title, key, Markup(plots.changes(found[:_MOST_CHANGES]))]


def _set(name: str, result: Mapping[str, Any]) -> list[Markup]:
    figures = [
        [each["task"], each["measure"], each["way"], table.interval(each)]
        for each in result["figures"]
    ]
    gains = [
        [each["task"], each["measure"], f"{each['way']} − {each['over']}", _signed(each)]
        for each in result["gains"]
    ]
    times = [
        [each["what"], each["way"], f"{each['median_ms']:.0f}", f"{each['p95_ms']:.0f}"]
        for each in result["latencies"]
    ]
    about = (
        f"{result['kind']}: {result['documents']} documents, {result['passages']} passages, "
        f"{result['queries']} questions."
    )
    notes = Markup("").join(Markup("<li>{}</li>").format(each) for each in result["notes"])
    return [
        Markup("<h2>{}</h2><p>{}</p>").format(name, about),
        _table(["task", "measure", "way", "figure"], figures),
        _table(["task", "measure", "difference", "paired bootstrap"], gains),
        _table(["what", "way", "median ms", "p95 ms"], times),
        Markup("<ul>{}</ul>").format(notes) if notes else Markup(""),
    ]


def _signed(gain: Mapping[str, Any]) -> str:
    return f"{gain['value']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str | Markup]]) -> Markup:
    if not rows:
        return Markup("")
    titles = Markup("").join(Markup("<th>{}</th>").format(each) for each in head)
    lines = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(escape(each)) for each in row)
        )
        for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        titles, lines
    )
