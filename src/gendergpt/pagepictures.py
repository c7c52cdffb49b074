"""Pages of the library's PDF files as pictures, and where quoted words stand on them.

Documents are asked for by id, never by path. As an id is made from the content of a file, a file
that has changed since it was ingested is noticed and not shown.
"""

from __future__ import annotations

import hashlib
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from gendergpt.errors import DocumentNotFound, UnreadableFile
from gendergpt.readers.boxes import PageBoxes
from gendergpt.readers.sandbox import Sandbox
from gendergpt.types import Document

MOST_PIXELS = 1_200_000
"""Size of a picture: about 920 pixels across a portrait page of A4."""

SECONDS = 20.0
"""Longest time for one page; others wait meanwhile."""

_SCALE = 3.0
_KEPT = 48
_Made = TypeVar("_Made")
_Page = tuple[str, int]
_Stamp = tuple[str, int, int, int]


class PagePictures:
    """Draws pages in a child process, one at a time; may be called from several threads.

    Args:
        documents: returns what the library holds now.
        megabytes: most memory for the child.
    """

    def __init__(self, documents: Callable[[], Sequence[Document]], megabytes: int = 2048) -> None:
        """Note where documents are asked for; the child starts with the first page."""
        self._documents = documents
        self._sandbox = Sandbox(SECONDS, megabytes)
        self._one = threading.Lock()
        self._verified: dict[str, _Stamp] = {}
        self._kept: OrderedDict[_Page, bytes] = OrderedDict()
        self._given_up: set[_Page] = set()

    def check(self, document_id: str) -> None:
        """See that a document is in the library and its PDF file still what was ingested.

        Raises:
            DocumentNotFound: the library holds no document with this id.
            UnreadableFile: the file is no PDF, gone or changed.
        """
        with self._one:
            self._file(document_id)

    def picture(self, document_id: str, number: int) -> bytes:
        """Return page ``number`` (from 1) as PNG of at most :data:`MOST_PIXELS`.

        Raises:
            DocumentNotFound: the library holds no document with this id.
            UnreadableFile: the file is no PDF, gone or changed, has no such page, or the page
                cannot be drawn.
        """
        with self._one:
            path = self._file(document_id)
            page = document_id, number
            if page not in self._kept:
                self._kept[page] = self._asked(
                    page, path, lambda: self._sandbox.picture(path, number, _SCALE, MOST_PIXELS)
                )
            self._kept.move_to_end(page)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[page]

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
            path = self._file(document_id)
            page = document_id, number
            found = self._asked(page, path, lambda: self._each(path, number, spans))
            return replace(found[0], boxes=tuple(box for each in found for box in each.boxes))

    def close(self) -> None:
        """End the child."""
        with self._one:
            self._sandbox.close()

    # --- the file --------------------------------------------------------------------------------

    def _file(self, document_id: str) -> Path:
        """Return the path of a document's file, whose content was verified."""
        document = next((each for each in self._documents() if each.id == document_id), None)
        if document is None:
            raise DocumentNotFound("This document is no longer in the library.")
        path = Path(document.path or "")
        if path.suffix.lower() != ".pdf":
            raise UnreadableFile("This document has no pages to show; only PDF files have.")
        stamp = _stamp(path)
        if self._verified.get(document_id) != stamp:
            _verify(path, document_id)
            self._verified[document_id] = stamp
        return path

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

    def _asked(self, page: _Page, path: Path, ask: Callable[[], _Made]) -> _Made:
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
        if _stamp(path) != self._verified[page[0]]:
            raise UnreadableFile(_CHANGED)
        return made


_GONE = (
    "The publication's file is no longer where it was when it was ingested, so its page cannot be "
    "shown. Ingest it again from where it is now."
)
_CHANGED = (
    "The publication's file has changed since it was ingested, so its page cannot be shown. "
    "Ingest it again."
)


def _slow(number: int) -> str:
    return f"Page {number} takes longer than {SECONDS:g} s to draw and was given up."


def _stamp(path: Path) -> _Stamp:
    """Return what changes when a file is written or replaced."""
    try:
        status = path.stat()
    except OSError:
        raise UnreadableFile(_GONE) from None
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile(_GONE)
    return str(path), status.st_size, status.st_mtime_ns, status.st_ino


def _verify(path: Path, document_id: str) -> None:
    """Refuse a file whose content is not the document's."""
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise UnreadableFile(
            "The publication's file may not be read, so its page cannot be shown. "
            "Change its permissions."
        ) from None
    if content[:16] != document_id:
        raise UnreadableFile(_CHANGED)
