"""A PDF's text and where it stands, by pypdfium2.

A page's own text is kept exactly as pdfium gives it, line ends and hyphen marks included, because
its character indices lead back to the boxes on the page.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gendergpt.errors import UnreadableFile
from gendergpt.layout import Line

_LINE = re.compile(r"[^\r\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BOLD = 600
_PAGES_SEARCHED = 20

_Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's own text, its lines, and its height in points as it is seen."""

    text: str = ""
    lines: tuple[Line, ...] = ()
    height: float = 0.0


def page_text(textpage: Any) -> str:
    """Return a page's own text from pdfium's view of it."""
    return sound(textpage.get_text_range(errors="surrogatepass"))


def sound(text: str) -> str:
    """Return the text with U+FFFD for what is half a character, which cannot be encoded."""
    return _SURROGATE.sub("\ufffd", text)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Yield pdfium's document, with an empty password where one is asked for.

    Raises:
        UnreadableFile: protected by a password, broken, or without pages.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise _unopened(path, error) from error
    with contextlib.closing(document):
        if len(document) == 0:
            raise UnreadableFile(f"{path.name} has no pages; fetch or save it again.")
        yield document


def read_pages(path: Path) -> list[PageText]:
    """Return every page's text and lines.

    Raises:
        UnreadableFile: protected by a password, broken, or without pages.
    """
    with opened(path) as document:
        return [_page(document, index) for index in range(len(document))]


def _unopened(path: Path, error: Exception) -> UnreadableFile:
    import pypdfium2.raw as pdfium

    code = getattr(error, "err_code", None)
    if code == pdfium.FPDF_ERR_PASSWORD:
        return UnreadableFile(
            f"{path.name} is protected by a password; save an unprotected copy and ingest that."
        )
    if code == pdfium.FPDF_ERR_SECURITY:
        return UnreadableFile(
            f"{path.name} is encrypted in a way that cannot be opened here; save an unprotected "
            f"copy and ingest that."
        )
    return UnreadableFile(
        f"{path.name} is not a PDF that can be opened (broken or of another format); fetch it "
        f"again or save it anew (print to PDF)."
    )


def textless(path: Path) -> UnreadableFile:
    """Say whether a file without any text is a scan, or has nothing on its pages at all."""
    if has_images(path):
        return UnreadableFile(
            f"{path.name} holds only images (a scan without a text layer); run OCR on it first."
        )
    return UnreadableFile(
        f"{path.name} has no text on any page (empty or drawn pages); there is nothing to ingest."
    )


def has_images(path: Path) -> bool:
    """Whether there is an image on one of the first pages."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    with opened(path) as document:
        for index in range(min(len(document), _PAGES_SEARCHED)):
            with contextlib.suppress(pypdfium2.PdfiumError):
                if next(iter(document[index].get_objects([pdfium.FPDF_PAGEOBJ_IMAGE])), None):
                    return True
    return False


def _page(document: Any, index: int) -> PageText:
    """Return a page's text and lines; nothing where the page itself is broken."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return PageText()
    with contextlib.closing(page), contextlib.closing(page.get_textpage()) as textpage:
        text, sheet = page_text(textpage), sheet_of(page)
        probe = Probe(textpage, sheet, text)
        return PageText(text, tuple(_lines(probe, text)), sheet.height)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is seen: cropped, and turned clockwise by ``rotation`` degrees.

    ``left``, ``bottom``, ``right`` and ``top`` are the visible part in the file's own coordinates.
    """

    left: float
    bottom: float
    right: float
    top: float
    rotation: int = 0

    @property
    def width(self) -> float:
        """Width in points, as seen."""
        across = self.rotation in (0, 180)
        return self.right - self.left if across else self.top - self.bottom

    @property
    def height(self) -> float:
        """Height in points, as seen."""
        across = self.rotation in (0, 180)
        return self.top - self.bottom if across else self.right - self.left

    def seen(self, left: float, bottom: float, right: float, top: float) -> _Rectangle:
        """Return left, bottom, right and top in points from the lower left corner as seen."""
        if self.rotation == 90:
            return bottom - self.bottom, self.right - right, top - self.bottom, self.right - left
        if self.rotation == 180:
            return self.right - right, self.top - top, self.right - left, self.top - bottom
        if self.rotation == 270:
            return self.top - top, left - self.left, self.top - bottom, right - self.left
        return left - self.left, bottom - self.bottom, right - self.left, top - self.bottom


def sheet_of(page: Any) -> Sheet:
    """Return how one of pdfium's pages is seen."""
    left, bottom, right, top = page.get_bbox()
    return Sheet(left, bottom, right, top, page.get_rotation())


class Probe:
    """Asks pdfium for single characters of a page's ``text``: place, size, weight.

    Every call goes through ctypes, which is slow, so a line costs as few of them as will do. Boxes
    are placed on the page as it is seen, so that "top" is where a reader sees it.
    """

    def __init__(self, textpage: Any, sheet: Sheet, text: str) -> None:
        import pypdfium2.raw as pdfium

        self._raw = textpage.raw
        self._alike = textpage.count_chars() == len(text)
        self._wide = [index for index, char in enumerate(text) if ord(char) > 0xFFFF]
        self._pdfium = pdfium
        self._box = pdfium.FS_RECTF()
        self._matrix = pdfium.FS_MATRIX()
        self._sheet = sheet

    def place(self, index: int) -> int:
        """Return pdfium's character index for an index of the page's text (below 0: none)."""
        if self._alike:
            return index
        unit = index + bisect_left(self._wide, index)  # pdfium counts in UTF-16
        return int(self._pdfium.FPDFText_GetCharIndexFromTextIndex(self._raw, unit))

    def box(self, char: int) -> _Rectangle:
        """Return left, bottom, right and top in points; all 0 where nothing is known."""
        box = self._box
        if not self._pdfium.FPDFText_GetLooseCharBox(self._raw, char, box):
            return 0.0, 0.0, 0.0, 0.0
        return self._sheet.seen(box.left, box.bottom, box.right, box.top)

    def tight_box(self, char: int) -> _Rectangle:
        """Return the box of what is drawn, without the font's own room above and below."""
        edges = [ctypes.c_double() for _ in range(4)]
        if not self._pdfium.FPDFText_GetCharBox(self._raw, char, *edges):
            return 0.0, 0.0, 0.0, 0.0
        left, right, bottom, top = (edge.value for edge in edges)
        return self._sheet.seen(left, bottom, right, top)

    def size(self, char: int) -> float:
        """Return the type size in points: the font's size times its matrix's scale."""
        size = float(self._pdfium.FPDFText_GetFontSize(self._raw, char))
        if self._pdfium.FPDFText_GetMatrix(self._raw, char, self._matrix):
            size *= math.hypot(self._matrix.c, self._matrix.d)
        return size if math.isfinite(size) else 0.0

    def runs_across(self, char: int) -> bool:
        """Whether the character's line is seen to run from side to side, not up or down."""
        angle = math.degrees(self._pdfium.FPDFText_GetCharAngle(self._raw, char))
        return (round(angle / 90) - self._sheet.rotation // 90) % 2 == 0

    def is_bold(self, char: int) -> bool:
        """Whether the character's font is semibold or heavier."""
        return bool(self._pdfium.FPDFText_GetFontWeight(self._raw, char) >= _BOLD)


def _lines(probe: Probe, text: str) -> Iterator[Line]:
    """Yield the page's lines."""
    for match in _LINE.finditer(text):
        words = match.group()
        if not (stripped := words.strip()):
            continue
        start = match.start() + words.index(stripped[0])
        end = start + len(stripped)
        # Added spaces have no size of their own and digits may be raised marks: ask a letter.
        middle = _LETTER.search(text, (start + end) // 2, end)
        at = [start, middle.start() if middle else start, end - 1]
        yield _line(probe, start, end, [probe.place(index) for index in at], stripped[0])


def _line(probe: Probe, start: int, end: int, at: list[int], opening: str) -> Line:
    """Measure a line by its first, a middle and its last character."""
    first, middle, last = at
    left, bottom, _, _ = probe.box(first)
    _, _, right, top = probe.box(last)
    size = mark_size = probe.size(middle)
    if not opening.isalpha():  # perhaps a raised mark, which stands higher than its line
        mark_size = probe.size(first)
        _, bottom, _, _ = probe.box(middle)
    return Line(
        start=start,
        end=end,
        left=left,
        right=right,
        bottom=bottom,
        top=top,
        size=size,
        mark_size=mark_size,
        bold=probe.is_bold(middle) and probe.is_bold(first) and probe.is_bold(last),
    )
