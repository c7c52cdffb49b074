"""Where words stand on a page of a PDF, and a picture of that page, for showing quotations.

Both are had again from the file when they are asked for, one page at a time, and are not stored.
Files from other people are asked through ``Sandbox.boxes`` and ``Sandbox.picture``.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gendergpt.errors import UnreadableFile
from gendergpt.readers.pdf_text import Probe, Sheet, opened, page_text, sheet_of

MOST_PIXELS = 20_000_000
"""Largest picture; pages that would need more are drawn at a smaller scale."""

_GAP = 2.0  # times the height of a line; what is farther apart stands in another column
_OVERLAP = 0.3
_WILD = 2.5  # times the type size; some fonts claim to be far taller than their letters


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points (1/72 inch) from the page's upper left corner, y running down.

    The page is taken as it is seen: turned as the file says and cut to its crop box.
    """

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """Boxes on one page, in the order of its text, and the page's own size in points, as seen.

    Divided by ``width`` and ``height``, boxes lie between 0 and 1 on a picture of any scale.
    """

    width: float
    height: float
    boxes: tuple[Box, ...]


def boxes(path: Path, page_number: int, start: int, end: int) -> PageBoxes:
    """Return where characters ``start`` to ``end`` of a page's own text stand, a box for each line.

    Args:
        path: the PDF file.
        page_number: from 1.
        start: first character, counted in ``Page.text``.
        end: one past the last character.

    Raises:
        UnreadableFile: the file cannot be opened, or has no such page or characters.
    """
    with _page(path, page_number) as page, contextlib.closing(page.get_textpage()) as textpage:
        text, sheet = page_text(textpage), sheet_of(page)
        if not 0 <= start < end <= len(text):
            raise _changed(path, f"characters {start} to {end} on page {page_number}")
        indices = [index for index in range(start, end) if not text[index].isspace()]
        letters = _letters(Probe(textpage, sheet, text), indices)
        found = (_seen_from_above(line, sheet) for line in _lines(letters))
        return PageBoxes(sheet.width, sheet.height, tuple(box for box in found if box))


def picture(
    path: Path, page_number: int, scale: float = 1.0, most_pixels: int = MOST_PIXELS
) -> bytes:
    """Return a page as PNG, ``scale`` pixels for a point.

    Pages that would need more than ``most_pixels`` or ``MOST_PIXELS`` are drawn smaller.

    Raises:
        UnreadableFile: the file cannot be opened, or has no such page.
        ValueError: ``scale`` is not a positive number.
    """
    most_pixels = min(most_pixels, MOST_PIXELS)
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"a scale above 0 is needed, not {scale}")
    with _page(path, page_number) as page:
        width, height = page.get_size()
        scale = min(scale, math.sqrt(most_pixels / max(width * height, 1.0)))
        bitmap = page.render(scale=scale)
        with contextlib.closing(bitmap), io.BytesIO() as file:
            bitmap.to_pil().save(file, "PNG")
            return file.getvalue()


@contextlib.contextmanager
def _page(path: Path, number: int) -> Iterator[Any]:
    """Yield one page of the file."""
    import pypdfium2

    if path.suffix.lower() != ".pdf":
        raise UnreadableFile(f"{path.name} has no pages to show; only PDF files have.")
    with opened(path) as document:
        if not 1 <= number <= len(document):
            raise _changed(path, f"page {number}")
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            raise UnreadableFile(f"Page {number} of {path.name} is broken.") from None
        with contextlib.closing(page):
            yield page


def _changed(path: Path, what: str) -> UnreadableFile:
    return UnreadableFile(
        f"{path.name} has no {what}; if it has changed since it was read, ingest it again."
    )


# --- from characters to lines --------------------------------------------------------------------


@dataclass(slots=True)
class _Stretch:
    """A rectangle (y running up) of one character or line; ``across`` as most text is set."""

    left: float
    bottom: float
    right: float
    top: float
    across: bool

    def goes_on_with(self, letter: _Stretch) -> bool:
        """Whether a character stands beside this one, on the same line."""
        if self.across is not letter.across:
            return False
        mine, other = self._along(), letter._along()
        gap = max(other[0] - mine[1], mine[0] - other[1])
        (low, high), (lower, higher) = self._over(), letter._over()
        thickness = min(high - low, higher - lower)
        shared = min(high, higher) - max(low, lower)
        return shared >= _OVERLAP * thickness and gap <= _GAP * (high - low)

    def take_in(self, letter: _Stretch) -> None:
        """Grow so as to hold the character."""
        self.left, self.right = min(self.left, letter.left), max(self.right, letter.right)
        self.bottom, self.top = min(self.bottom, letter.bottom), max(self.top, letter.top)

    def _along(self) -> tuple[float, float]:
        return (self.left, self.right) if self.across else (self.bottom, self.top)

    def _over(self) -> tuple[float, float]:
        return (self.bottom, self.top) if self.across else (self.left, self.right)


def _letters(probe: Probe, indices: Iterable[int]) -> Iterator[_Stretch]:
    """Yield the boxes of characters of the text; what has no extent is left out."""
    for char in map(probe.place, indices):
        left, bottom, right, top = probe.box(char)
        size = probe.size(char)
        if size and top - bottom > _WILD * size and right - left > 0:
            left, bottom, right, top = probe.tight_box(char)
        if right > left and top > bottom:
            yield _Stretch(left, bottom, right, top, probe.runs_across(char))


def _lines(letters: Iterator[_Stretch]) -> Iterator[_Stretch]:
    """Join the boxes of characters that stand on one line."""
    line: _Stretch | None = None
    before: _Stretch | None = None
    for letter in letters:
        if line and before and before.goes_on_with(letter):
            line.take_in(letter)
        else:
            if line:
                yield line
            line = _Stretch(letter.left, letter.bottom, letter.right, letter.top, letter.across)
        before = letter
    if line:
        yield line


def _seen_from_above(line: _Stretch, sheet: Sheet) -> Box | None:
    """Return the visible part of a line, measured from the top; None where nothing is visible."""
    left, right = max(line.left, 0.0), min(line.right, sheet.width)
    top, bottom = max(sheet.height - line.top, 0.0), min(sheet.height - line.bottom, sheet.height)
    if right <= left or bottom <= top:
        return None
    return Box(*(round(value, 2) for value in (left, top, right, bottom)))
