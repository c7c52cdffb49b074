"""PDF: text and positions by pypdfium2, page labels, outline and metadata by pypdf.

A page's own text is kept exactly as pdfium gives it, line ends and hyphen marks included, because
its character indices lead back to the boxes on the page. Nothing is invented: no label where the
file has none, no text where a page has only a picture.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gendergpt.errors import UnreadableFile
from gendergpt.layout import Line, OutlineEntry, find_blocks
from gendergpt.types import LabelFrom, Page, Reading

_LINE = re.compile(r"[^\r\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]|$)")
_BOLD = 600
_OUTLINE_ENTRIES = 5000
_LABEL_CHARACTERS = 40
_TREE_DEPTH = 16
_METADATA_CHARACTERS = 500
_PAGES_NAMED = 20
_TEXT_CHARACTERS = 10  # less on a page is no more than its number or symbol


class PdfReader:
    """Reads PDF files. ``Page.number`` counts from 1; ``Page.label`` is what the file declares."""

    suffixes: tuple[str, ...] = (".pdf",)
    version: str = "1"

    def read(self, path: Path) -> Reading:
        """Read all pages.

        Raises:
            UnreadableFile: protected by a password, broken, without pages, or without any text.
        """
        texts, lines = _texts_and_lines(path)
        if not any(text.strip() for text in texts):
            raise _textless(path)
        extras, warnings = _extras(path, len(texts))
        blank = [n for n, text in enumerate(texts, 1) if len(text.strip()) < _TEXT_CHARACTERS]
        if blank:
            warnings = (*warnings, _blank_warning(blank))
        labels = extras.labels or (None,) * len(texts)
        pages = tuple(
            Page(number, label, text, LabelFrom.FILE if label else None)
            for number, (label, text) in enumerate(zip(labels, texts, strict=True), 1)
        )
        return Reading(
            pages=pages,
            blocks=find_blocks(texts, lines, extras.outline),
            title=extras.title,
            author=extras.author,
            language=extras.language,
            warnings=warnings,
        )


def _blank_warning(numbers: list[int]) -> str:
    """Name the pages without text; long lists are cut."""
    named = ", ".join(map(str, numbers[:_PAGES_NAMED]))
    more = len(numbers) - _PAGES_NAMED
    tail = f" and {more} more" if more > 0 else ""
    pages = "pages" if len(numbers) > 1 else "page"
    return f"No text, or only a page number, on {pages} {named}{tail} (PDF page numbers)."


# --- text and positions, by pdfium ---------------------------------------------------------------


def _texts_and_lines(path: Path) -> tuple[list[str], list[list[Line]]]:
    """Return every page's text and its lines with their place and size."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise _unopened(path, error) from error
    with contextlib.closing(document):
        if len(document) == 0:
            raise UnreadableFile(f"{path.name} has no pages; fetch or save it again.")
        texts, lines = [], []
        for index in range(len(document)):
            text, found = _page(document, index)
            texts.append(text)
            lines.append(found)
    return texts, lines


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


def _textless(path: Path) -> UnreadableFile:
    """Say whether a file without any text is a scan, or has nothing on its pages at all."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    with contextlib.closing(pypdfium2.PdfDocument(path)) as document:
        for index in range(min(len(document), _PAGES_NAMED)):
            with contextlib.suppress(pypdfium2.PdfiumError):
                if next(iter(document[index].get_objects([pdfium.FPDF_PAGEOBJ_IMAGE])), None):
                    return UnreadableFile(
                        f"{path.name} holds only images (a scan without a text layer); run OCR on "
                        f"it first."
                    )
    return UnreadableFile(
        f"{path.name} has no text on any page (empty or drawn pages); there is nothing to ingest."
    )


def _page(document: Any, index: int) -> tuple[str, list[Line]]:
    """Return a page's text and lines; both empty where the page itself is broken."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return "", []
    with contextlib.closing(page), contextlib.closing(page.get_textpage()) as textpage:
        text = _SURROGATE.sub("\ufffd", textpage.get_text_range())
        if page.get_rotation() or textpage.count_chars() != len(text):
            probe = _Probe(textpage.raw, page.get_rotation(), page.get_size())
            return text, list(_lines(probe, text, probe.place))
        return text, list(_lines(_Probe(textpage.raw), text, None))


class _Probe:
    """Asks pdfium for single characters of a page: place, size, weight.

    Every call goes through ctypes, which is slow, so a line costs as few of them as will do. Boxes
    are turned by the page's rotation, so that "top" is where a reader sees it.
    """

    def __init__(self, raw: Any, rotation: int = 0, size: tuple[float, float] = (0, 0)) -> None:
        import pypdfium2.raw as pdfium

        self._raw = raw
        self._pdfium = pdfium
        self._box = pdfium.FS_RECTF()
        self._matrix = pdfium.FS_MATRIX()
        self._rotation = rotation
        self._width, self._height = size

    def place(self, index: int) -> int:
        """Return the character index that belongs to an index of the page's text."""
        return int(self._pdfium.FPDFText_GetCharIndexFromTextIndex(self._raw, index))

    def box(self, char: int) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top in points."""
        box = self._box
        if not self._pdfium.FPDFText_GetLooseCharBox(self._raw, char, box):
            return 0.0, 0.0, 0.0, 0.0
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        if self._rotation == 90:
            return bottom, self._height - right, top, self._height - left
        if self._rotation == 180:
            return (
                self._width - right,
                self._height - top,
                self._width - left,
                self._height - bottom,
            )
        if self._rotation == 270:
            return self._width - top, left, self._width - bottom, right
        return left, bottom, right, top

    def size(self, char: int) -> float:
        """Return the type size in points: the font's size times its matrix's scale."""
        size = float(self._pdfium.FPDFText_GetFontSize(self._raw, char))
        if self._pdfium.FPDFText_GetMatrix(self._raw, char, self._matrix):
            size *= math.hypot(self._matrix.c, self._matrix.d)
        return size if math.isfinite(size) else 0.0

    def is_bold(self, char: int) -> bool:
        """Whether the character's font is semibold or heavier."""
        return bool(self._pdfium.FPDFText_GetFontWeight(self._raw, char) >= _BOLD)


def _lines(probe: _Probe, text: str, place: Callable[[int], int] | None) -> Iterator[Line]:
    """Yield the page's lines; ``place`` maps text to character indices (None: they are equal)."""
    for match in _LINE.finditer(text):
        words = match.group()
        if not (stripped := words.strip()):
            continue
        start = match.start() + words.index(stripped[0])
        end = start + len(stripped)
        # Added spaces have no size of their own and digits may be raised marks: ask a letter.
        middle = _LETTER.search(text, (start + end) // 2, end)
        at = [start, middle.start() if middle else start, end - 1]
        yield _line(probe, start, end, [place(i) for i in at] if place else at, stripped[0])


def _line(probe: _Probe, start: int, end: int, at: list[int], opening: str) -> Line:
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


# --- labels, outline and metadata, by pypdf ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Extras:
    """What a PDF says about itself beside its text."""

    labels: tuple[str | None, ...] | None = None
    outline: tuple[OutlineEntry, ...] = ()
    title: str | None = None
    author: str | None = None
    language: str | None = None


def _extras(path: Path, pages: int) -> tuple[_Extras, tuple[str, ...]]:
    """Return labels, outline and metadata; what cannot be read is left out, with a warning."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        reader = pypdf.PdfReader(path, strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        root = reader.root_object
    except MemoryError:
        raise
    except Exception as error:  # broken files make pypdf raise errors of any kind
        return _Extras(), (_left_out("page labels, outline and metadata", error),)
    tries = (
        ("labels", "page labels", lambda: _labels(reader, root, pages)),
        ("outline", "outline", lambda: _outline(reader, root)),
        ("title", "title", lambda: _metadata(reader, "/Title")),
        ("author", "author", lambda: _metadata(reader, "/Author")),
        ("language", "language", lambda: _language(root)),
    )
    found: dict[str, Any] = {}
    warnings = []
    for name, words, attempt in tries:
        try:
            found[name] = attempt()
        except MemoryError:
            raise
        except Exception as error:
            warnings.append(_left_out(words, error))
    found = {name: value for name, value in found.items() if value is not None}
    return _Extras(**found), tuple(warnings)


def _left_out(what: str, error: Exception) -> str:
    return f"The file's {what} could not be read ({type(error).__name__}) and were left out."


def _labels(reader: Any, root: Mapping[str, Any], pages: int) -> tuple[str | None, ...] | None:
    """Return a label or None for each page, or None where the file declares no labels."""
    if "/PageLabels" not in root:
        return None
    first = _first_labelled(root["/PageLabels"])
    if first is None:
        return None
    declared = list(reader.page_labels)
    if len(declared) != pages:
        raise ValueError("pypdf and pdfium disagree about the number of pages")
    return tuple(
        (label.strip() or None) if index >= first and len(label) <= _LABEL_CHARACTERS else None
        for index, label in enumerate(declared)
    )


def _first_labelled(tree: Any, depth: int = 0) -> int | None:
    """Return the index of the first page that a tree of labels speaks of."""
    tree = tree.get_object()
    numbers = tree.get("/Nums", [])
    starts = [int(number.get_object()) for number in numbers[::2]]
    if depth < _TREE_DEPTH:
        kids = [_first_labelled(kid, depth + 1) for kid in tree.get("/Kids", [])]
        starts += [kid for kid in kids if kid is not None]
    return min(starts, default=None)


def _outline(reader: Any, root: Mapping[str, Any]) -> tuple[OutlineEntry, ...]:
    if "/Outlines" not in root:
        return ()
    return tuple(itertools.islice(_entries(reader, reader.outline, 1), _OUTLINE_ENTRIES))


def _entries(reader: Any, items: Iterable[Any], level: int) -> Iterator[OutlineEntry]:
    """Yield the outline's entries that lead to a page of this file, in order."""
    for item in items:
        if isinstance(item, list):
            yield from _entries(reader, item, level + 1)
        elif item.title and (page := reader.get_destination_page_number(item)) is not None:
            yield OutlineEntry(title=str(item.title), page=page, level=level)


def _metadata(reader: Any, key: str) -> str | None:
    """Return a text of the file's information dictionary, in one line; None where it is empty."""
    value = (reader.metadata or {}).get(key)
    if value is None:
        return None
    words = " ".join(str(value).replace("\x00", " ").split())[:_METADATA_CHARACTERS]
    return _SURROGATE.sub("\ufffd", words) or None


def _language(root: Mapping[str, Any]) -> str | None:
    """Return the declared language's primary subtag ("en" of "en-GB")."""
    match = _LANGUAGE.match(str(root.get("/Lang") or ""))
    return match.group(1).lower() if match else None
