"""Office Open XML packages: what is no such file, or would burst, is refused before it is parsed.

The libraries load every part into memory, so sizes are checked first: what the package declares,
and (by unpacking it once, without keeping anything) that it tells the truth. Nothing is ever
written to disk, so the names of the parts lead nowhere, and XML is parsed without entities.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

from gendergpt.errors import UnreadableFile

PARTS = 20_000
PART_BYTES = 400 << 20
"""Most that all parts together may unpack to, pictures and films included."""
XML_BYTES = 100 << 20
"""Most that all XML parts together may unpack to; parsed, they need several times that."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1


def check_package(path: Path, program: str, suffix: str) -> None:
    """Refuse what is no sound Office package.

    Args:
        path: the file.
        program: what its kind is called ("Word", "PowerPoint").
        suffix: the kind's ending (".docx").

    Raises:
        UnreadableFile: another format, protected by a password, damaged, or too large unpacked.
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    if head == _OLE:
        raise UnreadableFile(
            f"{path.name} is protected by a password, or is an old {suffix[:-1]} file; save it "
            f"without a password as {suffix} and ingest that."
        )
    if head.startswith(b"%PDF"):
        raise UnreadableFile(f"{path.name} is a PDF with the wrong ending; rename it to .pdf.")
    try:
        with zipfile.ZipFile(path) as package:
            _check_sizes(path, package.infolist())
            if package.testzip() is not None:
                raise damaged(path, program, suffix)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise damaged(path, program, suffix) from error


def damaged(path: Path, program: str, suffix: str) -> UnreadableFile:
    """Return the error for a file that is not what its ending says, or is broken."""
    return UnreadableFile(
        f"{path.name} cannot be read as a {program} file (damaged, cut off, with macros, or of "
        f"another format); open it in {program}, save it as {suffix} and ingest that."
    )


def core_text(properties: Any, name: str) -> str | None:
    """Return a core property in one line, or None where it is empty or cannot be read."""
    from gendergpt.readers.writing import one_line

    try:
        return one_line(str(getattr(properties, name) or ""))[:500] or None
    except (ValueError, AttributeError, KeyError):
        return None


def _check_sizes(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise UnreadableFile(
            f"{path.name} is protected by a password; save it without one and ingest that."
        )
    total = sum(part.file_size for part in parts)
    markup = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if total > PART_BYTES or markup > XML_BYTES or len(parts) > PARTS:
        raise UnreadableFile(
            f"{path.name} would unpack to {total >> 20} MB in {len(parts)} parts, which is more "
            f"than can be read; take out pictures and films or split it, and ingest that."
        )
