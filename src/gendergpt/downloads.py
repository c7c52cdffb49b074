"""The folder that originals are downloaded to, and what is known of each file in it.

Beside the files stand ``fetched.json`` (address, date, size, checksum) and a ``catalogue.toml``
that says which original each file is, so that the folder can be ingested again by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gendergpt.errors import UnavailableError, UsageError
from gendergpt.fetching import FetchFailed, Limits, download
from gendergpt.settings import Settings
from gendergpt.types import Original

_HEADER = "# Written by `gendergpt fetch`; changes are lost with the next download.\n"
_NOTES = "fetched.json"
_CATALOGUE = "catalogue.toml"
_STALE = 86_400


@dataclass(frozen=True, slots=True)
class Fetching:
    """How far a download is: bytes received of ``total`` (None: not known)."""

    original: Original
    received: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one original: its file, or the reason why there is none.

    ``links`` are PDF files that the address, a web page, links to.
    """

    original: Original
    path: Path | None = None
    reason: str | None = None
    reachable: bool = True
    links: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what the command line prints as JSON."""
        return {
            "id": self.original.id,
            "path": str(self.path) if self.path else None,
            "reason": self.reason,
            "links": list(self.links),
        }


def fetch(
    originals: Iterable[Original],
    settings: Settings,
    *,
    progress: Callable[[Fetching], None] | None = None,
    pause: float = 1.0,
) -> list[Fetched]:
    """Download originals from their addresses, one after the other.

    Args:
        originals: those to download; one that was downloaded before is not downloaded again.
        settings: the folder and the limits.
        progress: called as each download gets on.
        pause: seconds before the second attempt.

    Returns:
        What became of each, in the same order. A failure leaves no file behind.

    Raises:
        UsageError: the folder has a catalogue of somebody else's.
        UnavailableError: the folder cannot be written to.
    """
    folder = Folder(settings.download_folder)
    limits = Limits(
        settings.fetch_megabytes * 1_000_000,
        settings.fetch_silence_seconds,
        settings.fetch_minutes * 60,
        settings.fetch_attempts,
        pause,
    )
    try:
        folder.prepare()
        return [_fetched(each, folder, limits, progress) for each in originals]
    except OSError as error:
        raise UnavailableError(
            f"The folder {folder.path} cannot be written to: {error.strerror or error}. Check its "
            "permissions and the disk, or name another folder with GENDERGPT_DOWNLOADS."
        ) from error
    finally:
        folder.tidy()


def _fetched(
    original: Original,
    folder: Folder,
    limits: Limits,
    progress: Callable[[Fetching], None] | None,
) -> Fetched:
    there = folder.find(original.id)
    if there is not None:
        return Fetched(original, there)
    if original.url is None:
        whom = original.publisher or "the publisher"
        return Fetched(original, reason=f"no address is known; ask {whom}")

    def report(received: int, total: int | None) -> None:
        if progress is not None:
            progress(Fetching(original, received, total))

    part = folder.part(original.id)
    try:
        ending = download(original.url, part, limits, report)
        return Fetched(original, folder.keep(original, part, ending))
    except FetchFailed as failed:
        return Fetched(original, None, str(failed), failed.reachable, failed.links)
    finally:
        part.unlink(missing_ok=True)


class Folder:
    """A folder of downloads.

    Args:
        path: the folder; it is made when something is kept in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make the folder.

        Raises:
            UsageError: a catalogue is there that was not written here.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        catalogue = self.path / _CATALOGUE
        if catalogue.exists() and not catalogue.read_text("utf-8", "replace").startswith(_HEADER):
            raise UsageError(
                f"{catalogue} was not written by `gendergpt fetch` and is left alone. Name "
                "another folder for downloads with GENDERGPT_DOWNLOADS."
            )
        for part in self.path.glob("*.part"):  # of a run that was killed
            if time.time() - part.stat().st_mtime > _STALE:
                part.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove the folder again if nothing is in it."""
        if self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()

    def find(self, name: str) -> Path | None:
        """Return the file that was downloaded before for an original, if it is still the same."""
        note = self._notes().get(name)
        if note is None:
            return None
        path = self.path / note["file"]
        return path if path.is_file() and _checksum(path) == note["sha256"] else None

    def part(self, name: str) -> Path:
        """Return where to download to; no other process has the same file."""
        return self.path / f"{name}-{os.getpid()}.part"

    def keep(self, original: Original, part: Path, ending: str) -> Path:
        """Give a complete download its name and note what it is; return its path.

        Raises:
            FetchFailed: a file of that name is there already; it is left as it is.
        """
        target = self.path / f"{original.id}{ending}"
        checksum, size = _checksum(part), part.stat().st_size
        _place(part, target)
        note = {
            "file": target.name,
            "url": original.url,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "bytes": size,
            "sha256": checksum,
        }
        try:
            self._write({**self._notes(), original.id: note})
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return target

    def _notes(self) -> dict[str, dict[str, Any]]:
        try:
            notes = json.loads((self.path / _NOTES).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise UsageError(
                f"{self.path / _NOTES} cannot be read: {error}. Remove it; the files stay."
            ) from error
        return dict(notes)

    def _write(self, notes: Mapping[str, Mapping[str, Any]]) -> None:
        _replace(self.path / _NOTES, json.dumps(notes, indent=1, ensure_ascii=False) + "\n")
        records = [
            f'\n[[document]]\nfile = "{note["file"]}"\noriginal = "{name}"\n'
            for name, note in sorted(notes.items())
        ]
        _replace(self.path / _CATALOGUE, _HEADER + "".join(records))


def _place(part: Path, target: Path) -> None:
    """Give a file its name; unlike a plain rename, this never replaces what is there."""
    taken = FetchFailed(
        f"{target} is there already and is not overwritten; move it away, or ingest it"
    )
    try:
        os.link(part, target)
    except FileExistsError as error:
        raise taken from error
    except OSError as error:  # a file system without hard links
        if target.exists():
            raise taken from error
        part.rename(target)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
