"""PDF: text and positions by pypdfium2, page labels, outline and metadata by pypdf.

Nothing is invented: no label where the file declares none and prints none, no text where a page has
only a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gendergpt.layout import find_blocks
from gendergpt.layout.printed import printed_labels
from gendergpt.readers.pdf_extras import read_extras
from gendergpt.readers.pdf_text import PageText, has_images, read_pages, textless
from gendergpt.types import LabelFrom, Page, Reading

_PAGES_NAMED = 20
_TEXT_CHARACTERS = 10  # less on a page is no more than its number or symbol

_Labels = Sequence[str | None]


class PdfReader:
    """Reads PDF files. ``Page.number`` counts from 1.

    ``Page.label`` is what the file declares, even where that differs from what is printed; in a
    file that declares no labels it is the number read off the page.
    """

    suffixes: tuple[str, ...] = (".pdf",)
    version: str = "2"

    def read(self, path: Path) -> Reading:
        """Read all pages.

        Raises:
            UnreadableFile: protected by a password, broken, without pages, or without any text.
        """
        found = read_pages(path)
        texts, lines = [page.text for page in found], [page.lines for page in found]
        blank = [n for n, text in enumerate(texts, 1) if len(text.strip()) < _TEXT_CHARACTERS]
        if not any(text.strip() for text in texts) or (
            len(blank) == len(texts) and has_images(path)  # numbers stamped on a scan
        ):
            raise textless(path)
        extras, warnings = read_extras(path, len(texts))
        if blank:
            warnings = (*warnings, _blank_warning(blank))
        return Reading(
            pages=_pages(found, extras.labels),
            blocks=find_blocks(texts, lines, extras.outline),
            title=extras.title,
            author=extras.author,
            language=extras.language,
            warnings=warnings,
        )


def _pages(found: Sequence[PageText], declared: _Labels | None) -> tuple[Page, ...]:
    """Return the pages with the labels that are declared, else those read off the pages."""
    texts = [page.text for page in found]
    if declared and any(declared):
        labels, origin = declared, LabelFrom.FILE
    else:
        lines, heights = [page.lines for page in found], [page.height for page in found]
        labels, origin = printed_labels(texts, lines, heights), LabelFrom.PAGE
    return tuple(
        Page(number, label, text, origin if label else None)
        for number, (label, text) in enumerate(zip(labels, texts, strict=True), 1)
    )


def _blank_warning(numbers: list[int]) -> str:
    """Name the pages without text; long lists are cut."""
    named = ", ".join(map(str, numbers[:_PAGES_NAMED]))
    more = len(numbers) - _PAGES_NAMED
    tail = f" and {more} more" if more > 0 else ""
    pages = "pages" if len(numbers) > 1 else "page"
    return f"No text, or only a page number, on {pages} {named}{tail} (PDF page numbers)."
