"""The files behind the library's documents, asked for by document id, never by path.

As an id is made from the content of a file, a file that has changed since it was ingested is
noticed and not given out.
"""

from __future__ import annotations

import hashlib
import stat
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from gendergpt.errors import DocumentNotFound, UnreadableFile
from gendergpt.types import Document

Stamp = tuple[str, int, int, int]
"""What changes when a file is written or replaced: path, size, time of writing, inode."""

CHANGED = (
    "The publication's file has changed since it was ingested, so it cannot be shown. "
    "Ingest it again."
)
_GONE = (
    "The publication's file is no longer where it was when it was ingested, so it cannot be "
    "shown. Ingest it again from where it is now."
)
_SHUT = (
    "The publication's file may not be read, so it cannot be shown. "
    "Ask whoever keeps the library to change its permissions."
)


class SourceFiles:
    """Finds the file of a document and sees that its content is still the document's.

    May be called from several threads.

    Args:
        documents: returns what the library holds now.
    """

    def __init__(self, documents: Callable[[], Sequence[Document]]) -> None:
        """Note where documents are asked for; files are read when they are."""
        self._documents = documents
        self._one = threading.Lock()
        self._verified: dict[str, Stamp] = {}

    def document(self, document_id: str) -> Document:
        """Return a document of the library.

        Raises:
            DocumentNotFound: the library holds none with this id.
        """
        found = next((each for each in self._documents() if each.id == document_id), None)
        if found is None:
            raise DocumentNotFound("This document is no longer in the library.")
        return found

    def verified(self, document_id: str) -> tuple[Path, Stamp]:
        """Return the path of a document's file, whose content was verified, and its stamp.

        Raises:
            DocumentNotFound: the library holds no document with this id.
            UnreadableFile: the file is gone, has changed or may not be read.
        """
        path = Path(self.document(document_id).path or "")
        now = stamp(path)
        with self._one:
            if self._verified.get(document_id) != now:
                _verify(path, document_id)
                self._verified[document_id] = now
        return path, now


def stamp(path: Path) -> Stamp:
    """Return what changes when a file is written or replaced.

    Raises:
        UnreadableFile: there is no such regular file.
    """
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
        raise UnreadableFile(_SHUT) from None
    if content[:16] != document_id:
        raise UnreadableFile(CHANGED)
