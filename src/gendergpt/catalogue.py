"""Records of documents: what ``catalogue.toml`` beside the files says about each of them.

A catalogue holds ``[[document]]`` tables. ``file`` is relative to the catalogue's own folder; the
other keys are the record. A catalogue governs the files of its folder and of the folders below it,
unless a nearer catalogue lists them. ``[[original]]`` tables list publications that users should
add themselves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one ``catalogue.toml`` says.

    ``records`` has a record for each file, keyed by the file's path, its folder resolved.
    """

    path: Path
    records: dict[Path, Record]
    originals: tuple[Original, ...]

    def check(self, known: Collection[str]) -> None:
        """Refuse names of originals that nobody lists.

        Args:
            known: ids of originals that other catalogues list.

        Raises:
            CatalogueError: a record names an original by an id that is neither here nor known.
        """
        ids = {each.id for each in self.originals} | set(known)
        for where, name in self._named():
            if name not in ids:
                raise CatalogueError(
                    f"{self.path}: {where} names the original '{name}', which no [[original]] "
                    "table lists. Add the table, correct the name, or first ingest the folder "
                    "whose catalogue lists it."
                )

    def _named(self) -> Iterator[tuple[str, str]]:
        """Yield each name of an original in the records, and where it stands."""
        for each in self.originals:
            if each.superseded_by is not None:
                yield f"the original '{each.id}' (superseded_by)", each.superseded_by
        for record in self.records.values():
            if record.original is not None:
                yield f"the record of {record.file!r}", record.original
            for basis in record.based_on:
                if basis.original is not None:
                    yield f"the record of {record.file!r} (based_on)", basis.original


def load(path: Path) -> dict[Path, Record]:
    """Read the records of one catalogue: ``read(path).records``."""
    return read(path).records


def read(path: Path) -> Catalogue:
    """Read one catalogue.

    Args:
        path: the ``catalogue.toml``.

    Raises:
        CatalogueError: the file is no TOML, a key is unknown, a value is wrong, ``file`` leaves
            the catalogue's folder, or a file or original is listed twice; the message names the
            record.
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
    return Catalogue(path, _records(path, content.document), _originals(path, content.original))


def _records(path: Path, listed: tuple[Record, ...]) -> dict[Path, Record]:
    folder = path.parent.resolve()
    records: dict[Path, Record] = {}
    for record in listed:
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


def _originals(path: Path, listed: tuple[OriginalRecord, ...]) -> tuple[Original, ...]:
    ids: set[str] = set()
    for record in listed:
        if record.id in ids:
            raise CatalogueError(
                f"{path}: the original with id = {record.id!r} is listed twice; keep one table."
            )
        ids.add(record.id)
        if record.superseded_by == record.id:
            raise CatalogueError(
                f"{path}: the original '{record.id}' cannot be superseded by itself; name the "
                "newer edition's id or leave superseded_by out."
            )
    return tuple(record.to_original() for record in listed)


class Catalogues:
    """The catalogues that govern a set of files; each is read once."""

    def __init__(self) -> None:
        self._loaded: dict[Path, Catalogue] = {}

    def record(self, path: Path, root: Path) -> Record | None:
        """Return the record of ``path``, looking from its folder up to ``root``.

        Raises:
            CatalogueError: a catalogue on the way cannot be used.
        """
        target = _located(path)
        for folder in target.parents:
            if (folder / NAME).is_file():
                found = self._load(folder).records.get(target)
                if found is not None:
                    return found
            if folder == root.resolve():
                break
        return None

    def visit(self, folder: Path) -> None:
        """Read the catalogue of a folder, if it has one, for its originals.

        Raises:
            CatalogueError: it cannot be used.
        """
        if (folder / NAME).is_file():
            self._load(folder.resolve())

    def originals(self) -> dict[Path, tuple[Original, ...]]:
        """Return the originals of each catalogue that was read, by the catalogue's path."""
        return {folder / NAME: each.originals for folder, each in self._loaded.items()}

    def check(self, known: Collection[str] = ()) -> None:
        """Refuse names of originals that no catalogue lists.

        Args:
            known: ids of originals that are known from elsewhere.

        Raises:
            CatalogueError: see :meth:`Catalogue.check`.
        """
        ids = {each.id for some in self.originals().values() for each in some} | set(known)
        for catalogue in self._loaded.values():
            catalogue.check(ids)

    def _load(self, folder: Path) -> Catalogue:
        if folder not in self._loaded:
            self._loaded[folder] = read(folder / NAME)
        return self._loaded[folder]


def _located(path: Path) -> Path:
    """Resolve the folder but not the file, which may be a link to somewhere else."""
    return path.parent.resolve() / path.name


def _first(error: ValidationError) -> str:
    item = error.errors()[0]
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in item["loc"])
    return f"{place} ({item['msg']}, got {item['input']!r})"
