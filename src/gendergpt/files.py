"""Which files an ingest finds, and how each is known again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import ItemsView, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gendergpt import passages
from gendergpt.catalogue import Record
from gendergpt.errors import UnreadableFile, UsageError
from gendergpt.readers import SUFFIXES, reader_for

_NOT_YET = frozenset(
    ".doc .docm .epub .mht .mhtml .odp .ods .odt .pps .ppsx .ppt .pptm .rtf .xls .xlsx".split()
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it is now: ``content`` is the sha256 of its bytes.

    ``fingerprint`` stands for content, versions of the steps and catalogue record.
    """

    path: Path
    content: str
    record: Record | None
    fingerprint: str
    bare: str
    """The fingerprint that it would have without its record."""

    @property
    def key(self) -> str:
        """The path as the ledger keeps it."""
        return str(self.path)

    @property
    def document_id(self) -> str:
        """The id of the document that the file holds."""
        return self.content[:16]


class Sources:
    """Which path leads to which document, and back."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._documents: dict[str, str] = {}
        self._paths: dict[str, dict[str, None]] = {}
        self.note(known.items())

    def note(self, changes: Iterable[tuple[str, str | None]]) -> None:
        """Keep in mind where paths lead from now on (None: nowhere)."""
        for path, document_id in changes:
            old = self._documents.pop(path, None)
            if old is not None:
                del self._paths[old][path]
            if document_id is not None:
                self._documents[path] = document_id
                self._paths.setdefault(document_id, {})[path] = None

    def get(self, path: str) -> str | None:
        """Return the id of the document that a path leads to, or None."""
        return self._documents.get(path)

    def paths(self, document_id: str) -> list[str]:
        """Return the paths that lead to a document."""
        return list(self._paths.get(document_id, ()))

    def items(self) -> ItemsView[str, str]:
        """Return all paths, each with its document's id."""
        return self._documents.items()


def inspect(path: Path, record: Record | None) -> SourceFile:
    """Look at a file without parsing it.

    Raises:
        UnreadableFile: no reader takes it, or it cannot be opened.
    """
    reader = reader_for(path)
    if reader is None:
        known = ", ".join(sorted(SUFFIXES))
        raise UnreadableFile(
            f"{path}: files of this kind cannot be read. Save it as one of: {known}."
        )
    if shown(path) != str(path):
        raise UnreadableFile(f"{shown(path)}: the name is not valid UTF-8. Rename the file.")
    if not path.is_file():
        raise UnreadableFile(f"{path} is no file, or a link that leads to none. Remove it.")
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            for chunk in iter(lambda: stream.read(1 << 20), b""):
                digest.update(chunk)
    except OSError as error:
        raise UnreadableFile(
            f"{path} cannot be opened: {error.strerror or error}. Check its permissions."
        ) from error
    content = digest.hexdigest()
    steps = (content, type(reader).__name__, reader.version, passages.VERSION)
    described = record.model_dump_json() if record else ""
    return SourceFile(path, content, record, _digest(*steps, described), _digest(*steps, ""))


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def shown(path: Path) -> str:
    """Return the path as text that can be printed and stored, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "replace")


def roots_of(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the files and folders that were named, resolved, each once.

    Raises:
        UsageError: one is not there.
    """
    roots = []
    for path in paths:
        root = Path(path).expanduser()
        if not root.exists():
            raise UsageError(f"There is no file or folder {root}. Nothing has been changed.")
        roots.append(root.resolve())
    return list(dict.fromkeys(roots))


def top(root: Path) -> Path:
    """Return the folder up to which catalogues are looked for."""
    return root if root.is_dir() else root.parent


def walk(root: Path) -> Iterator[Path]:
    """Yield a file, or the files of a folder that hold documents, in the order of their names."""
    if not root.is_dir():
        yield root
        return
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith((".", "_")))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith((".", "_", "~$")) and path.suffix.lower() in SUFFIXES | _NOT_YET:
                yield path


def folders(root: Path) -> Iterator[Path]:
    """Yield the folders that :func:`walk` looks into, or a file's own."""
    if not root.is_dir():
        yield root.parent
    for folder, names, _ in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith((".", "_")))
        yield Path(folder)
