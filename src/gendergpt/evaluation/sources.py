"""Whether a quotation stands where it says, looked up without the library.

Texts are taken from the set or the file itself; PDFs are read by PyMuPDF, which reads none of them
when a library is made. Letters and digits are compared, not white space and hyphens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from gendergpt.evaluation import metrics
from gendergpt.evaluation.alignment import bare
from gendergpt.evaluation.figures import OURS, Figure, Results
from gendergpt.evaluation.libraries import Loaded
from gendergpt.types import Citation, LabelFrom, Span

QUOTATIONS = "quotations"
FOUND, PAGE, LABEL = "found where they say", "page right", "printed number right"
_NO_PYMUPDF = "quotations from PDFs were not looked up: PyMuPDF is not installed (extra 'dev')"


@dataclass
class Checks:
    """Quotations that were looked up. Each list holds one entry a quotation that it applies to."""

    loaded: Loaded
    found: list[bool] = field(default_factory=list)
    page: list[bool] = field(default_factory=list)
    label: list[bool] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unread: int = 0
    _pdfs: dict[Path, Pdf] = field(default_factory=dict)

    def add(self, citations: Sequence[Citation]) -> None:
        """Look up the quotations of an answer."""
        for citation in citations:
            path = _path(citation)
            if path is not None and path.suffix.lower() == ".pdf":
                self._add_pdf(citation, path)
                continue
            texts = self._texts(citation, path)
            if texts:
                pieces = len(citation.spans)
                found = any(stands(citation.quote, [text] * pieces) for text in texts)
                self._note(citation, found)

    def results(self) -> Results:
        """Return the shares of quotations that are right."""
        lists = ((FOUND, self.found), (PAGE, self.page), (LABEL, self.label))
        figures = tuple(
            Figure(QUOTATIONS, name, OURS, metrics.mean(np.array(each, np.float64)), len(each))
            for name, each in lists
            if each
        )
        notes = [f"not found where it says: {each}" for each in self.lost[:10]]
        if self.unread:
            notes.append(f"{_NO_PYMUPDF}: {self.unread}")
        return Results(figures, notes=tuple(notes))

    def _add_pdf(self, citation: Citation, path: Path) -> None:
        if find_spec("pymupdf") is None:
            self.unread += 1
            return
        pdf = self._pdfs.setdefault(path, Pdf(path))
        spans = citation.spans
        right = stands(citation.quote, [pdf.text(_number(span)) for span in spans])
        self._note(citation, right or stands(citation.quote, [pdf.whole()] * len(spans)))
        self.page.append(right)
        declared = [span.page for span in spans if span.page]
        self.label += [
            pdf.label(each.number) == each.label
            for each in declared
            if each.label_from is LabelFrom.FILE
        ]

    def _note(self, citation: Citation, found: bool) -> None:
        self.found.append(found)
        if not found:
            self.lost.append(f"{citation.document.title}: {citation.quote[:160]!r}")

    def _texts(self, citation: Citation, path: Path | None) -> list[str]:
        """Return what the document's own text may be: several where they have the same content."""
        if self.loaded.material.documents:
            documents = {each.id: each for each in self.loaded.material.documents}
            ids = self.loaded.origin.get(citation.document.id, ())
            return [bare(f"{documents[each].title}\n{documents[each].text}")[0] for each in ids]
        if path is not None and path.suffix.lower() in (".md", ".txt") and path.is_file():
            return [bare(path.read_text("utf-8"))[0]]
        return []


class Pdf:
    """The pages of a PDF as PyMuPDF reads them, letters and digits only."""

    def __init__(self, path: Path) -> None:
        import pymupdf

        self._file: Any = pymupdf.open(path)  # type: ignore[no-untyped-call]
        self._texts: dict[int, str] = {}

    def text(self, number: int) -> str:
        """Return the text of a page, counted from 1."""
        if number not in self._texts:
            self._texts[number] = bare(self._file[number - 1].get_text())[0]
        return self._texts[number]

    def whole(self) -> str:
        """Return the text of all pages."""
        return "".join(self.text(number) for number in range(1, len(self._file) + 1))

    def label(self, number: int) -> str:
        """Return the page label that the file declares for a page, counted from 1."""
        label = str(self._file[number - 1].get_label())
        return label.removeprefix("ageLabel")  # PyMuPDF takes "/PageLabel" for a prefix "/P"


def stands(quote: str, texts: Sequence[str]) -> bool:
    """Say whether a quotation is made of one stretch of each of the texts, in order.

    Args:
        quote: the words as they are shown.
        texts: by stretch the letters and digits in which it should be; see :func:`alignment.bare`.
    """
    left = bare(quote)[0]
    for text in texts:
        left = left[_longest_prefix(left, text) :]
    return not left


def _longest_prefix(words: str, text: str) -> int:
    """Return how many of the first characters of ``words`` stand in the text together."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if words[:middle] in text:
            low = middle
        else:
            high = middle - 1
    return low


def _path(citation: Citation) -> Path | None:
    return Path(citation.document.path) if citation.document.path else None


def _number(span: Span) -> int:
    return span.page.number if span.page else 1
