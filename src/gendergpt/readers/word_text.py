"""The words of a Word paragraph: as Word shows them once all changes are accepted.

Deletions, comments, field codes and hidden text are no words. Text boxes and notes stand elsewhere
and are collected on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gendergpt.readers.word_lists import W, is_on, value

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT_BOX = W + "txbxContent"
_AROUND = frozenset(
    W + name
    for name in "ins moveTo hyperlink smartTag sdt sdtContent fldSimple customXml dir bdo".split()
)
_DRAWN = (W + "drawing", W + "pict", W + "object")
_PRIVATE = range(0xE000, 0xF900)


@dataclass
class Words:
    """What one paragraph holds: words, text boxes to be read after it, notes it refers to.

    ``is_hidden`` says of a character style's id whether its text is hidden.
    """

    is_hidden: Callable[[str], bool]
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    _fields: list[bool] = field(default_factory=list)

    def of(self, element: Any) -> str:
        """Return the words of a paragraph, or of what stands around runs in it."""
        return "".join(self._inline(element))

    def _inline(self, element: Any) -> Iterator[str]:
        for child in element.iterchildren("*"):
            if child.tag == W + "r":
                yield from self._run(child)
            elif child.tag == _M + "t":
                yield child.text or ""
            elif child.tag in _AROUND or child.tag.startswith(_M):
                yield from self._inline(child)
            elif child.tag == _MC + "AlternateContent":
                self._drawn(child)

    def _run(self, run: Any) -> Iterator[str]:
        properties = run.find(W + "rPr")
        if properties is not None and self._hides(properties):
            return
        for child in run.iterchildren("*"):
            if child.tag == W + "fldChar":
                self._field(child.get(W + "fldCharType"))
            elif child.tag in (W + "footnoteReference", W + "endnoteReference"):
                kind = child.tag[len(W) :].removesuffix("Reference")
                self.notes.append((kind, child.get(W + "id") or ""))
            elif child.tag in _DRAWN or child.tag == _MC + "AlternateContent":
                self._drawn(child)
            elif not any(self._fields):
                yield _character(child)

    def _hides(self, properties: Any) -> bool:
        switch = properties.find(W + "vanish")
        if switch is not None:
            return is_on(switch)
        style = value(properties, "rStyle")
        return style is not None and self.is_hidden(style)

    def _field(self, kind: str | None) -> None:
        """Keep track of fields: what stands between "begin" and "separate" is code, not text."""
        if kind == "begin":
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _drawn(self, element: Any) -> None:
        """Collect the text boxes of a drawing; of alternatives only the first that has any."""
        choices = list(element) if element.tag == _MC + "AlternateContent" else [element]
        for choice in choices:
            boxes = [each for each in choice.iter(_TEXT_BOX) if not _is_inside_box(each, choice)]
            if boxes:
                self.boxes += boxes
                return


def _is_inside_box(box: Any, top: Any) -> bool:
    for parent in box.iterancestors():
        if parent is top:
            return False
        if parent.tag in (_TEXT_BOX, _MC + "Fallback"):
            return True
    return False


def _character(element: Any) -> str:
    """Return the text of a run's child: its words, or the character it stands for."""
    tag = element.tag
    if tag == W + "t":
        return str(element.text or "")
    if tag in (W + "br", W + "cr"):
        return "\n"
    if tag == W + "sym":
        return _symbol(element.get(W + "char"))
    return {W + "tab": "\t", W + "ptab": "\t", W + "noBreakHyphen": "\u2011"}.get(tag, "")


def _symbol(code: str | None) -> str:
    """Return a character given by its code, unless only a symbol font knows what it looks like."""
    try:
        point = int(code or "", 16)
    except ValueError:
        return ""
    return "" if point in _PRIVATE or not 0x20 <= point < 0x110000 else chr(point)
