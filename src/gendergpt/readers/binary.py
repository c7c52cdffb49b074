"""What text formats have in common: files that hold binary data are no text."""

from __future__ import annotations

import re

from gendergpt.errors import UnreadableFile

_BINARY = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def refuse_binary(text: str, name: str) -> str:
    """Return the text of a file, unless it holds a NUL or many other control characters.

    Raises:
        UnreadableFile: it does.
    """
    found = len(_BINARY.findall(text))
    if "\x00" in text or found > 0.01 * len(text):
        raise binary(name)
    return text


def binary(name: str) -> UnreadableFile:
    """Return the error that says that a file is binary."""
    return UnreadableFile(
        f"{name} is not a text file (it holds binary data); save it as UTF-8 text and ingest that."
    )
