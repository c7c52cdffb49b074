"""Enumerations that run on in a paragraph, whose lines happen to begin with a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_ENUMERATOR = re.compile(r"(?:(?<=\s)|^)\((\d{1,2}|[a-z])\)(?=\s)")
_ENDS = (".", "!", "?", "]")


def even(text: str) -> str:
    """Return ``text`` with such an enumeration on one line; its length stays the same.

    Where a page reads "(1) …; (2) …;" and its next line "(3) …", the break belongs to the page
    and not to the list. Items that each have a line of their own keep it.
    """
    lines = text.split("\n")
    joined: set[int] = set()
    for run in _runs(lines):
        if any(len(_in_sequence(lines[n])) > _opens(lines[n]) for n in run):
            joined.update(run[1:])
            if run[0] and _opens(lines[run[0]]) and lines[run[0] - 1].rstrip().endswith(":"):
                joined.add(run[0])
    return "".join(
        f"{' ' if n in joined else chr(10) if n else ''}{line}" for n, line in enumerate(lines)
    )


def _runs(lines: Sequence[str]) -> Iterator[list[int]]:
    """Yield the numbers of neighbouring lines in which one enumeration goes on."""
    run = [0]
    for number in range(1, len(lines)):
        if _goes_on(lines[number - 1], lines[number]):
            run.append(number)
        else:
            yield run
            run = [number]
    yield run


def _goes_on(before: str, line: str) -> bool:
    counted = _in_sequence(before)
    if not counted or not _opens(line) or before.rstrip().endswith(_ENDS):
        return False
    return _in_sequence(line)[0] == _after(counted[-1])


def _opens(line: str) -> bool:
    return _ENUMERATOR.match(line.lstrip()) is not None


def _in_sequence(line: str) -> list[str]:
    """Return the line's enumerators as far as each follows upon the one before."""
    counted: list[str] = []
    for value in _ENUMERATOR.findall(line.lstrip()):
        if not counted or value == _after(counted[-1]):
            counted.append(value)
    return counted


def _after(value: str) -> str:
    return str(int(value) + 1) if value.isdigit() else chr(ord(value) + 1)
