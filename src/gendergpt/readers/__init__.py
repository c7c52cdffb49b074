"""Readers: from a file to its pages and blocks, one module per format.

Nothing heavy is imported here; each reader loads its libraries when it reads. Files from other
people are read through ``gendergpt.readers.sandbox.Sandbox``, which bounds time and memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from gendergpt.readers.docx import DocxReader
from gendergpt.readers.html import HtmlReader
from gendergpt.readers.markdown import MarkdownReader
from gendergpt.readers.pdf import PdfReader
from gendergpt.readers.pptx import PptxReader
from gendergpt.readers.text import TextReader
from gendergpt.types import Reading


class Reader(Protocol):
    """Reads one format.

    ``suffixes`` are lower case with their dot. ``version`` changes whenever the same file would be
    read differently, so that the library knows what to read again.
    """

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File name endings that this reader takes."""
        ...

    @property
    def version(self) -> str:
        """Version of the way this reader reads."""
        ...

    def read(self, path: Path) -> Reading:
        """Read the file.

        Raises:
            UnreadableFile: the file cannot be read; the message says why and the way out.
        """
        ...


READERS: tuple[Reader, ...] = (
    PdfReader(),
    DocxReader(),
    PptxReader(),
    HtmlReader(),
    MarkdownReader(),
    TextReader(),
)
"""One reader for each format."""

SUFFIXES: frozenset[str] = frozenset(suffix for reader in READERS for suffix in reader.suffixes)
"""All file name endings that can be read, lower case with their dot."""


def reader_for(path: Path) -> Reader | None:
    """Return the reader for this file name's ending (in any case), or None."""
    suffix = path.suffix.lower()
    return next((reader for reader in READERS if suffix in reader.suffixes), None)
