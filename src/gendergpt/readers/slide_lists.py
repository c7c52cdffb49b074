"""PowerPoint's bullets and automatic numbers: the paragraph's own, or the layout's or master's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gendergpt.readers.numerals import letters, roman

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_KINDS = ("buNone", "buAutoNum", "buChar", "buBlip")
_SCHEME = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)(Period|ParenR|ParenBoth|Plain)")
_PATTERN = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}
_LIST_BODY = ("BODY", "OBJECT", "VERTICAL_BODY", "VERTICAL_OBJECT")


class Bullets:
    """The marks of one shape's paragraphs, asked for in their order."""

    def __init__(self, shape: Any) -> None:
        self._styles = list(_styles(shape))
        self._counts: dict[int, tuple[str, int]] = {}

    def mark(self, paragraph: Any) -> str:
        """Return the paragraph's mark with a space after it, or nothing."""
        level = paragraph.level
        self._counts = {depth: each for depth, each in self._counts.items() if depth <= level}
        bullet = self._bullet(paragraph._p, level)
        name = None if bullet is None else bullet.tag.removeprefix(_A)
        if not paragraph.text.strip():
            return ""
        if name == "buAutoNum":
            return self._numbered(bullet, level)
        self._counts.pop(level, None)
        return "" if name in (None, "buNone") else "- "

    def _bullet(self, paragraph: Any, level: int) -> Any:
        """Return the element that decides, from the paragraph's own up to the master's."""
        own = paragraph.find(f"{_A}pPr")
        inherited = (style.find(f"{_A}lvl{level + 1}pPr") for style in self._styles)
        for properties in (own, *inherited):
            if properties is None:
                continue
            for name in _KINDS:
                if (found := properties.find(_A + name)) is not None:
                    return found
        return None

    def _numbered(self, bullet: Any, level: int) -> str:
        scheme = bullet.get("type") or "arabicPeriod"
        before, count = self._counts.get(level, (scheme, None))
        start = _whole(bullet.get("startAt"))
        count = start if count is None or before != scheme else count + 1
        self._counts[level] = (scheme, count)
        match = _SCHEME.fullmatch(scheme)
        kind, pattern = match.groups() if match else ("arabic", "Period")
        numeral = {"alpha": letters, "roman": roman}.get(kind[:-2], str)(count)
        return _PATTERN[pattern].format(numeral.upper() if kind.endswith("Uc") else numeral) + " "


def _styles(shape: Any) -> Iterator[Any]:
    """Yield the list styles that a shape's paragraphs inherit from, nearest first."""
    yield from shape.element.iter(f"{_A}lstStyle")
    if not shape.is_placeholder:
        return
    base, role = shape, shape.placeholder_format.type
    for _ in range(2):  # the layout's placeholder and the master's
        base = getattr(base, "_base_placeholder", None)
        if base is None:
            break
        yield from base.element.iter(f"{_A}lstStyle")
    if role is not None and role.name in _LIST_BODY:
        yield from _master(shape).iter(f"{_P}bodyStyle")


def _master(shape: Any) -> Any:
    """Return the root element of the master that the shape's slide follows."""
    return shape.part.slide.slide_layout.slide_master.element


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 1
