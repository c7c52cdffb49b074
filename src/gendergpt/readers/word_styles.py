"""Word's paragraph styles: which are headings, contents or the title, whatever Word's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gendergpt.readers.word_lists import W, is_on, value, whole

TITLE = "title"
CONTENTS = "contents"

_HEADING = re.compile(r"heading ([1-9])")
_HEADING_ID = re.compile(
    r"(?:heading|(?:ü|ue)?berschrift|titre|t[ií]?tulo|titolo|kop|rubrik|overskrift|otsikko"
    r"|nag[lł]?[oó]?wek|nadpis|c[ií]msor|ba[sş]l[ıi]k|титул|заголовок|heading_20_)-?([1-9])",
    re.IGNORECASE,
)
_BODY = 9
"""The outline level that Word gives to body text."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph has from its style. ``level`` is a heading's, from 1, or None."""

    id: str | None = None
    role: str | None = None
    level: int | None = None
    number: str | None = None
    depth: int | None = None
    hidden: bool = False


@dataclass
class Styles:
    """The styles of a document by id; each is looked up once."""

    elements: Mapping[str, Any]
    default: str | None = None
    _known: dict[str | None, Style] = field(default_factory=dict)

    def of(self, style_id: str | None) -> Style:
        """Return the style with that id (None: the default), with all that it inherits."""
        wanted = style_id or self.default
        if wanted not in self._known:
            self._known[wanted] = self._resolved(wanted)
        return self._known[wanted]

    def _resolved(self, style_id: str | None) -> Style:
        chain = list(self._chain(style_id))
        names = [(value(each, "name") or "").lower() for each in chain]
        first = names[0] if names else ""
        numbering = next((each for each in map(_numbering, chain) if each is not None), None)
        return Style(
            id=style_id,
            role=TITLE if first == "title" else CONTENTS if first.startswith("toc ") else None,
            level=_level(style_id, chain, names),
            number=numbering and numbering[0],
            depth=numbering and numbering[1],
            hidden=any(_hides(each) for each in chain[:1]),
        )

    def _chain(self, style_id: str | None) -> Iterator[Any]:
        """Yield the style and those it is based on; a circle ends where it closes."""
        seen = set()
        while style_id is not None and style_id in self.elements and style_id not in seen:
            seen.add(style_id)
            yield self.elements[style_id]
            style_id = value(self.elements[style_id], "basedOn")


def read_styles(root: Any) -> Styles:
    """Read the styles part's root element."""
    elements = {each.get(W + "styleId"): each for each in root.findall(W + "style")}
    defaults = [
        name
        for name, each in elements.items()
        if each.get(W + "type") == "paragraph" and each.get(W + "default") in ("1", "true", "on")
    ]
    return Styles(elements, defaults[0] if defaults else None)


def outline_level(properties: Any) -> int | None:
    """Return the level that a paragraph's properties set: from 1, 0 for body text, or None."""
    if properties is None or (said := value(properties, "outlineLvl")) is None:
        return None
    return 0 if whole(said) >= _BODY else max(whole(said), 0) + 1


def _level(style_id: str | None, chain: list[Any], names: list[str]) -> int | None:
    """Return the heading level by outline level or built-in name, else by a localised id."""
    for element, name in zip(chain, names, strict=True):
        level = outline_level(element.find(W + "pPr"))
        if level is not None:
            return level or None
        if match := _HEADING.fullmatch(name):
            return int(match.group(1))
    match = None if chain else _HEADING_ID.fullmatch(style_id or "")
    return int(match.group(1)) if match else None


def _numbering(element: Any) -> tuple[str | None, int] | None:
    found = element.find(f"{W}pPr/{W}numPr")
    if found is None:
        return None
    return value(found, "numId"), whole(value(found, "ilvl"))


def _hides(element: Any) -> bool:
    return is_on(element.find(f"{W}rPr/{W}vanish"))
