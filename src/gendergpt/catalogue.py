"""Records of documents: what ``catalogue.toml`` beside the files says about each of them.

A catalogue holds ``[[document]]`` tables. ``file`` is relative to the catalogue's own folder; the
other keys are the record. A catalogue governs the files of its folder and of the folders below it,
unless a nearer catalogue lists them. ``[[original]]`` tables list publications that users should
add themselves.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gendergpt.errors import CatalogueError
from gendergpt.types import Basis, Kind, Original

NAME = "catalogue.toml"


class BasisRecord(BaseModel):
    """One publication behind a summary; see :class:`gendergpt.types.Basis`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    publisher: str | None = None
    year: int | None = None
    place: str | None = None
    url: str | None = Field(default=None, pattern=r"^https?://")
    seen: Literal["FULL", "PAGE", "START", "LAND"] | None = None
    heading: str | None = None
    original: str | None = None
    facts: tuple[str, ...] = ()

    def to_basis(self) -> Basis:
        """Return the record as the value that citations carry."""
        return Basis(**self.model_dump(exclude={"facts"}))


class OriginalRecord(BaseModel):
    """A publication that users should add; see :class:`gendergpt.types.Original`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    title: str
    publisher: str | None = None
    year: int | None = Field(default=None, ge=1000, le=2999)
    edition: str | None = None
    language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$")
    symbol: str | None = None
    url: str | None = Field(default=None, pattern=r"^https?://")
    superseded_by: str | None = None
    also: tuple[str, ...] = ()

    def to_original(self) -> Original:
        """Return the record as the value that the library keeps."""
        return Original(**self.model_dump())


class Record(BaseModel):
    """What the catalogue says about one file. Everything but ``file`` is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    title: str | None = None
    publisher: str | None = None
    year: int | None = Field(default=None, ge=1000, le=2999)
    edition: str | None = None
    language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$")
    licence: str | None = None
    kind: Kind = Kind.ORIGINAL
    url: str | None = Field(default=None, pattern=r"^https?://")
    superseded_by: str | None = None
    symbol: str | None = None
    original: str | None = None
    based_on: tuple[BasisRecord, ...] = ()


class _CatalogueFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    document: tuple[Record, ...] = ()
    original: tuple[OriginalRecord, ...] = ()


def load(path: Path) -> dict[Path, Record]:
    """Read one catalogue.

    Args:
        path: the ``catalogue.toml``.

    Returns:
        A record for each file, keyed by the file's path, its folder resolved.

    Raises:
        CatalogueError: the file is no TOML, a key is unknown, a value is wrong, or ``file`` leaves
            the catalogue's folder; the message names the record.
    """
    try:
        content = _CatalogueFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(
            f"{path} cannot be read as TOML: {error}. Mend or remove it."
        ) from error
    except ValidationError as error:
        raise CatalogueError(
            f"{path} has a record that cannot be used: {_first(error)}."
        ) from error
    folder = path.parent.resolve()
    records: dict[Path, Record] = {}
    for record in content.document:
        target = _located(folder / record.file)
        if not target.is_relative_to(folder):
            raise CatalogueError(
                f"{path}: file = {record.file!r} lies outside the folder {folder}."
            )
        if target in records:
            raise CatalogueError(
                f"{path}: file = {record.file!r} is listed twice; keep one record."
            )
        records[target] = record
    return records


class Catalogues:
    """The catalogues that govern a set of files; each is read once."""

    def __init__(self) -> None:
        self._loaded: dict[Path, dict[Path, Record]] = {}

    def record(self, path: Path, root: Path) -> Record | None:
        """Return the record of ``path``, looking from its folder up to ``root``.

        Raises:
            CatalogueError: a catalogue on the way cannot be used.
        """
        target = _located(path)
        for folder in target.parents:
            if (folder / NAME).is_file():
                found = self._load(folder).get(target)
                if found is not None:
                    return found
            if folder == root.resolve():
                break
        return None

    def _load(self, folder: Path) -> dict[Path, Record]:
        if folder not in self._loaded:
            self._loaded[folder] = load(folder / NAME)
        return self._loaded[folder]


def _located(path: Path) -> Path:
    """Resolve the folder but not the file, which may be a link to somewhere else."""
    return path.parent.resolve() / path.name


def _first(error: ValidationError) -> str:
    item = error.errors()[0]
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in item["loc"])
    return f"{place} ({item['msg']}, got {item['input']!r})"
