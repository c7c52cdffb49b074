"""Pages of the library's PDF files as pictures, and where quoted words stand on them.

Documents are asked for by id, never by path. As an id is made from the content of a file, a file
that has changed since it was ingested is noticed and not shown.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from gendergpt.errors import UnreadableFile
from gendergpt.readers.boxes import PageBoxes
from gendergpt.readers.sandbox import Sandbox
from gendergpt.sourcefiles import CHANGED, SourceFiles, Stamp, stamp
from gendergpt.types import Document

MOST_PIXELS = 1_200_000
"""Size of a picture: about 920 pixels across a portrait page of A4."""

SHARPEST = 3
"""Pictures are drawn up to so many times as wide and as high, for looking closer."""

SECONDS = 20.0
"""Longest time for one page; others wait meanwhile."""

_SCALE = 3.0
_KEPT = 48
_KEPT_BYTES = 64 << 20
_Made = TypeVar("_Made")
_Drawn = tuple[str, int, int]


class PagePictures:
    """Draws pages in a child process, one at a time; may be called from several threads.

    Args:
        documents: returns what the library holds now.
        megabytes: most memory for the child.
    """

    def __init__(self, documents: Callable[[], Sequence[Document]], megabytes: int = 2048) -> None:
        """Note where documents are asked for; the child starts with the first page."""
        self._files = SourceFiles(documents)
        self._sandbox = Sandbox(SECONDS, megabytes)
        self._one = threading.Lock()
        self._kept: OrderedDict[_Drawn, bytes] = OrderedDict()
        self._given_up: set[_Drawn] = set()

    def check(self, document_id: str) -> None:
        """See that a document is in the library and its PDF file still what was ingested.

        Raises:
            DocumentNotFound: the library holds no document with this id.
            UnreadableFile: the file is no PDF, gone or changed.
        """
        with self._one:
            self._file(document_id)

    def picture(self, document_id: str, number: int, sharpness: int = 1) -> bytes:
        """Return a page as PNG.

        Args:
            document_id: id of a document.
            number: page of the file, from 1.
            sharpness: 1 for at most :data:`MOST_PIXELS`; up to :data:`SHARPEST` for so many times
                the width and height.

        Raises:
            DocumentNotFound: the library holds no document with this id.
            UnreadableFile: the file is no PDF, gone or changed, has no such page, or the page
                cannot be drawn.
            ValueError: there is no such sharpness.
        """
        if not 1 <= sharpness <= SHARPEST:
            raise ValueError(f"sharpness is 1 to {SHARPEST}, not {sharpness}")
        with self._one:
            path, was = self._file(document_id)
            page = document_id, number, sharpness
            if page not in self._kept:
                scale, most = _SCALE * sharpness, MOST_PIXELS * sharpness**2
                self._kept[page] = self._asked(
                    page, path, was, lambda: self._sandbox.picture(path, number, scale, most)
                )
            self._kept.move_to_end(page)
            self._forget_the_oldest()
            return self._kept[page]

    def _forget_the_oldest(self) -> None:
        held = sum(map(len, self._kept.values()))
        while len(self._kept) > 1 and (len(self._kept) > _KEPT or held > _KEPT_BYTES):
            held -= len(self._kept.popitem(last=False)[1])

    def boxes(self, document_id: str, number: int, spans: Sequence[tuple[int, int]]) -> PageBoxes:
        """Return where characters of page ``number`` stand.

        Args:
            document_id: id of a document.
            number: page of the file, from 1.
            spans: start and end of each stretch of characters, counted in ``Page.text``.

        Raises:
            DocumentNotFound: the library holds no document with this id.
            UnreadableFile: as for :meth:`picture`; also if the page has no such characters.
            ValueError: there are no spans.
        """
        if not spans:
            raise ValueError("no characters are asked for")
        with self._one:
            path, was = self._file(document_id)
            page = document_id, number, 0
            found = self._asked(page, path, was, lambda: self._each(path, number, spans))
            return replace(found[0], boxes=tuple(box for each in found for box in each.boxes))

    def close(self) -> None:
        """End the child."""
        with self._one:
            self._sandbox.close()

    # --- the file --------------------------------------------------------------------------------

    def _file(self, document_id: str) -> tuple[Path, Stamp]:
        """Return the path of a document's PDF file, whose content was verified, and its stamp."""
        path = Path(self._files.document(document_id).path or "")
        if path.suffix.lower() != ".pdf":
            raise UnreadableFile("This document has no pages to show; only PDF files have.")
        return self._files.verified(document_id)

    # --- the child -------------------------------------------------------------------------------

    def _each(self, path: Path, number: int, spans: Sequence[tuple[int, int]]) -> list[PageBoxes]:
        """Return the boxes of each stretch, if all together are found in time."""
        end = time.monotonic() + SECONDS
        found = []
        for span in spans:
            found.append(self._sandbox.boxes(path, number, *span))
            if time.monotonic() > end:
                raise UnreadableFile("out of time")
        return found

    def _asked(self, page: _Drawn, path: Path, was: Stamp, ask: Callable[[], _Made]) -> _Made:
        """Have the child do something and see that the file was the same all the while."""
        begun = time.monotonic()
        try:
            if page in self._given_up:
                raise UnreadableFile(_slow(page[1]))
            made = ask()
        except UnreadableFile:
            if time.monotonic() - begun < SECONDS:
                raise
            self._given_up.add(page)  # others would wait for it again and again
            raise UnreadableFile(_slow(page[1])) from None
        if stamp(path) != was:
            raise UnreadableFile(CHANGED)
        return made


def _slow(number: int) -> str:
    return f"Page {number} takes longer than {SECONDS:g} s to draw and was given up."
