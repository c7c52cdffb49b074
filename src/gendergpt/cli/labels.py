"""Printed page labels in few words: "i–xvi, 1–214"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from gendergpt.types import Page

_ORIGINS = {
    "file": "declared by the file",
    "page": "read off the page",
    "none": "without a label",
}


def ranges(labels: Sequence[str]) -> str:
    """Return labels in their order, those that follow one another as "first–last"."""
    runs: list[list[str]] = []
    for label in labels:
        if runs and label in _successors(runs[-1][-1]):
            runs[-1].append(label)
        else:
            runs.append([label])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def origins(pages: Sequence[Page]) -> dict[str, int]:
    """Return how many pages have a label from the file, from the page, and none."""
    counts = dict.fromkeys(("file", "page", "none"), 0)
    for page in pages:
        counts[str(page.label_from or "file") if page.label is not None else "none"] += 1
    return counts


def described(pages: Sequence[Page]) -> str:
    """Return the labels of numbered pages and where they come from, as a sentence."""
    counts = origins(pages)
    told = [(count, _ORIGINS[name]) for name, count in counts.items() if count]
    labels = [page.label for page in pages if page.label is not None]
    if not labels:
        return "none"
    if len(told) == 1:
        return f"{ranges(labels)} ({told[0][1]})"
    return f"{ranges(labels)} ({', '.join(f'{count} {origin}' for count, origin in told)})"


def _successors(label: str) -> Iterator[str]:
    """Yield what may follow a label: the next figure after any prefix, the next Roman numeral."""
    figure = re.fullmatch(r"(.*?)(\d+)", label, re.DOTALL)
    if figure:
        yield f"{figure[1]}{int(figure[2]) + 1:0{len(figure[2])}}"
        return
    numeral = re.fullmatch(r"(.*?)([ivxlcdm]+|[IVXLCDM]+)", label, re.DOTALL)
    value = _romans().get(numeral[2].lower()) if numeral else None
    if numeral and value is not None:
        following = _numeral(value + 1)
        yield numeral[1] + (following.upper() if numeral[2].isupper() else following)


@cache
def _romans() -> dict[str, int]:
    return {_numeral(number): number for number in range(1, 1000)}


def _numeral(number: int) -> str:
    from gendergpt.readers.numerals import roman

    return roman(number)
