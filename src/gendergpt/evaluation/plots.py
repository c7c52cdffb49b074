"""Plots of a run as SVG that stands in a page: bars with intervals, risk by coverage, changes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gendergpt.errors import UnavailableError
from gendergpt.evaluation.figures import OURS, PLAIN
from gendergpt.evaluation.table import Line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {OURS: "#005c8a", PLAIN: "#b45309"}
_GOAL, _OLD = "#15803d", "#9ca3af"
_WIDTH = 9.0
KEY = (
    "Blue bars: GenderGPT; orange: plain LangChain; green lines: goals; short strokes: published "
    "and trial figures."
)
KEY_OF_CHANGES = "Grey: the last run; blue: this one."


def require() -> None:
    """Check that matplotlib is there.

    Raises:
        UnavailableError: it is not installed.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise UnavailableError(
            "The page with plots needs matplotlib, which is not installed. "
            "Install it with: pip install 'gendergpt[eval]'"
        ) from error


def goals(lines: Sequence[Line]) -> str:
    """Return bars with their 95 % intervals for each line that was measured; see :data:`KEY`."""
    measured = [line for line in lines if line.today is not None]
    figure, axes = _axes(0.45 * len(measured) + 1)
    for row, line in enumerate(measured):
        _bar(axes, row - 0.2, line.today, OURS)
        _bar(axes, row + 0.2, line.plain, PLAIN)
        if line.goal.goal is not None:
            axes.plot([line.goal.goal] * 2, [row - 0.42, row + 0.42], color=_GOAL, linewidth=2)
        for known in line.goal.known:
            axes.plot([known.value], [row], "|", color="#111827", markersize=9)
    axes.set_yticks(range(len(measured)), [line.goal.what for line in measured])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    return _svg(figure)


def risk(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """Return risk by coverage; ``curves`` are those of the JSON, by name."""
    figure, axes = _axes(4.0)
    for name, curve in curves.items():
        label = f"{name}: area {curve['aurc']:.3f}, AUROC {curve['auroc']:.3f}"
        axes.plot(curve["coverage"], curve["risk"], label=label)
    axes.set_xlabel("coverage: share of the questions, the surest first")
    axes.set_ylabel("risk: share of unanswerable ones")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.legend(fontsize=8)
    return _svg(figure)


def changes(found: Sequence[Mapping[str, Any]]) -> str:
    """Return how far figures have moved since the last run."""
    figure, axes = _axes(0.3 * len(found) + 1)
    for row, each in enumerate(found):
        axes.plot([each["before"], each["now"]], [row, row], color=_OLD)
        axes.plot([each["before"]], [row], "o", color=_OLD)
        axes.plot([each["now"]], [row], "o", color=_COLOURS[OURS])
    names = [f"{each['set']}, {each['task']}, {each['measure']}" for each in found]
    axes.set_yticks(range(len(found)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    return _svg(figure)


def _axes(height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.grid(axis="x", color="#e5e7eb")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _bar(axes: Axes, row: float, figure: Mapping[str, Any] | None, way: str) -> None:
    if figure is not None:
        value = figure["value"]
        errors = [[max(0.0, value - figure["low"])], [max(0.0, figure["high"] - value)]]
        colour = _COLOURS[way]
        axes.barh(row, value, 0.36, color=colour, xerr=errors, error_kw={"elinewidth": 1})


def _svg(figure: Figure) -> str:
    """Return the drawing as an SVG element: text stays text, and nothing says when it was made."""
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gendergpt", "font.size": 9}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
