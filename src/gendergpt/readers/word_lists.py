"""Word's automatic numbering: the mark that Word prints before a paragraph, which no text holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gendergpt.readers.numerals import letters, roman

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = W + "val"
BULLET = "bullet"
DECIMAL = "decimal"

_PLACE = re.compile(r"%(\d)")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts; ``text`` is its pattern, such as "%1.%2"."""

    start: int = 1
    format: str = DECIMAL
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A paragraph's mark with a space after it, the list it counts in, and how."""

    text: str
    list: str
    level: int
    format: str


@dataclass(frozen=True, slots=True)
class _List:
    """An instance of a list: several may count on in the same definition."""

    definition: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int]


@dataclass
class Lists:
    """All lists of a document, and how far each has counted."""

    lists: dict[str, _List] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def find(self, number: str, level: int, style: str | None) -> tuple[_List, int] | None:
        """Return the list and the level; a level that belongs to the style goes first."""
        found = self.lists.get(number)
        if found is None:
            return None
        linked = (place for place, each in found.levels.items() if style and each.style == style)
        return found, next(linked, level)

    def next(self, number: str, level: int, style: str | None = None) -> Mark | None:
        """Count one paragraph and return its mark.

        Args:
            number: the list's id (``w:numId``).
            level: depth in the list from 0.
            style: id of the paragraph's style, which may stand for a level of its own.

        Returns:
            None where the document does not define the list or the level.
        """
        found = self.find(number, level, style)
        if found is None or found[1] not in found[0].levels:
            return None
        instance, level = found
        counts = self._count(number, instance, level)
        words = _written(instance.levels, level, counts)
        text = f"{words} " if words else ""
        return Mark(text, instance.definition, level, instance.levels[level].format)

    def _count(self, number: str, instance: _List, level: int) -> dict[int, int]:
        counts = self._counts.setdefault(instance.definition, {})
        if level in instance.starts and (number, level) not in self._begun:
            counts[level] = instance.starts[level] - 1
        self._begun.add((number, level))
        counts[level] = counts.get(level, instance.levels[level].start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            restart = instance.levels[deeper].restart if deeper in instance.levels else None
            if restart is None or level < restart:
                del counts[deeper]
        return counts


def _written(levels: Mapping[int, Level], level: int, counts: Mapping[int, int]) -> str:
    here = levels[level]
    if here.format == BULLET:
        return "-"
    if here.format == "none":
        return ""

    def numeral(match: re.Match[str]) -> str:
        place = int(match.group(1)) - 1
        at = levels.get(place, Level())
        count = counts.get(place, at.start)
        return str(count) if here.legal else _numeral(count, at.format)

    return _PLACE.sub(numeral, here.text).strip()


def _numeral(count: int, style: str) -> str:
    if style in ("lowerRoman", "upperRoman"):
        numeral = roman(count)
        return numeral.upper() if style == "upperRoman" else numeral
    if style in ("lowerLetter", "upperLetter"):
        numeral = letters(count)
        return numeral.upper() if style == "upperLetter" else numeral
    return f"{count:02d}" if style == "decimalZero" else str(count)


def read_lists(root: Any) -> Lists:
    """Read the numbering part's root element (None: the document has none)."""
    if root is None:
        return Lists()
    definitions = {each.get(W + "abstractNumId"): each for each in root.findall(W + "abstractNum")}
    by_style = {
        link.get(VAL): each
        for each in definitions.values()
        if (link := each.find(W + "styleLink")) is not None
    }
    lists = {}
    for instance in root.findall(W + "num"):
        definition = definitions.get(value(instance, "abstractNumId"))
        if definition is None:
            continue
        definition = by_style.get(value(definition, "numStyleLink"), definition)
        lists[instance.get(W + "numId")] = _list(instance, definition)
    return Lists(lists)


def _list(instance: Any, definition: Any) -> _List:
    levels = {whole(each.get(W + "ilvl")): _level(each) for each in definition.findall(W + "lvl")}
    starts = {}
    for override in instance.findall(W + "lvlOverride"):
        place = whole(override.get(W + "ilvl"))
        if (level := override.find(W + "lvl")) is not None:
            levels[place] = _level(level)
        if (start := value(override, "startOverride")) is not None:
            starts[place] = whole(start)
    return _List(definition.get(W + "abstractNumId"), levels, starts)


def _level(element: Any) -> Level:
    restart = value(element, "lvlRestart")
    return Level(
        start=whole(value(element, "start")),
        format=value(element, "numFmt") or DECIMAL,
        text=value(element, "lvlText") or "",
        restart=None if restart is None else whole(restart),
        legal=is_on(element.find(W + "isLgl")),
        style=value(element, "pStyle"),
    )


def value(element: Any, name: str) -> str | None:
    """Return the value of a Word element's child, or None."""
    child = element.find(W + name)
    return None if child is None else child.get(VAL)


def is_on(element: Any) -> bool:
    """Whether a Word switch is there and not turned off."""
    return element is not None and element.get(VAL) not in ("0", "false", "off")


def whole(text: str | None) -> int:
    """Return a number from a file, 0 where it is none, kept within a million."""
    try:
        return max(-1_000_000, min(int(text or 0), 1_000_000))
    except ValueError:
        return 0
