"""The table of goals with a run's figures, from the run's JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gendergpt.evaluation.figures import OURS, PLAIN
from gendergpt.evaluation.published import GOALS, Goal

HEAD = ("what", "goal", "published or trial", "today", "plain LangChain")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: figures as in the JSON, or None where nothing was measured."""

    goal: Goal
    today: Mapping[str, Any] | None
    plain: Mapping[str, Any] | None

    def cells(self) -> list[str]:
        """Return the line's texts, in the order of :data:`HEAD`."""
        known = ", ".join(map(str, self.goal.known)) or "–"
        return [
            self.goal.what,
            self.goal.wording(),
            known,
            *map(interval, (self.today, self.plain)),
        ]


def lines(run: Mapping[str, Any], goals: Sequence[Goal] = GOALS) -> Iterator[Line]:
    """Yield the lines whose set is in a run."""
    for goal in goals:
        if goal.set in run["sets"]:
            figures = run["sets"][goal.set]["figures"]
            yield Line(goal, _find(figures, goal, OURS), _find(figures, goal, PLAIN))


def interval(figure: Mapping[str, Any] | None) -> str:
    """Return a figure of the JSON as ``0.727 [0.681, 0.770], n = 300``, or a dash."""
    if figure is None:
        return "–"
    low, high = figure["low"], figure["high"]
    return f"{figure['value']:.3f} [{low:.3f}, {high:.3f}], n = {figure['count']}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines_ = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines_)


def _find(figures: Sequence[Mapping[str, Any]], goal: Goal, way: str) -> Mapping[str, Any] | None:
    for figure in figures:
        if (figure["task"], figure["measure"], figure["way"]) == (goal.task, goal.measure, way):
            return figure
    return None
