"""From paths to a library that holds them: read, split, encode, write; one bad file stops no other.

The same folder again writes nothing: a file is known by its content, the versions of the steps and
its catalogue record. What a run has committed stays, whatever happens afterwards.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gendergpt.catalogue import Catalogues, Record
from gendergpt.embedding import Encoder, SentenceTransformerEncoder
from gendergpt.errors import UnavailableError
from gendergpt.estimates import Estimate, Plan
from gendergpt.files import folders, roots_of, shown, top, walk
from gendergpt.ingester import Ingester, Run, outcome
from gendergpt.ledger import Ledger
from gendergpt.library import LEDGER, Library
from gendergpt.originals import completed, recognise
from gendergpt.readers.sandbox import Sandbox
from gendergpt.settings import Settings
from gendergpt.types import Document, IngestReport
from gendergpt.writing import Writer, is_gone

_SPARE = 20_000_000
"""Bytes that must be free beyond what the documents need."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: ``done`` of ``total`` files; ``path`` is the one under way.

    ``seconds_left`` is an estimate; see :mod:`gendergpt.estimates`.
    """

    path: str
    done: int
    total: int
    seconds_left: float | None = None


class IngestStopped(KeyboardInterrupt):
    """An ingest was interrupted; ``report`` is what it had done, ``files`` how many there are."""

    def __init__(self, report: IngestReport, files: int) -> None:
        super().__init__(f"interrupted after {self._done(report)} of {files} files")
        self.report, self.files = report, files

    @property
    def done(self) -> int:
        """How many files need not be read again."""
        return self._done(self.report)

    @staticmethod
    def _done(report: IngestReport) -> int:
        ends = (report.added, report.replaced, report.unchanged, report.quarantined)
        return sum(map(len, ends))


def ingest(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings | None = None,
    *,
    prune: bool = False,
    encoder: Encoder | None = None,
    progress: Callable[[Progress], None] | None = None,
    planned: Callable[[Estimate], None] | None = None,
) -> IngestReport:
    """Bring files and folders into the library.

    Args:
        paths: files, and folders to walk through (names that begin with ``.`` or ``_`` are left
            out; a ``catalogue.toml`` in them gives the documents' records).
        settings: where the library is and how to read; the environment's by default.
        prune: also remove documents whose files are gone from the given folders. A folder that
            holds no document at all prunes nothing.
        encoder: by default the one that the settings name.
        progress: called before each file.
        planned: called once, before the first file, with what the run is likely to take.

    Returns:
        What became of each file. A file that cannot be read is quarantined with the reason.

    Raises:
        UsageError: a path does not exist, or a catalogue is wrong; nothing has been written then.
        LibraryLocked: another process is writing.
        LibraryMismatch: the library was made with another model.
        UnavailableError: there is not enough room on the disk.
        IngestStopped: interrupted with Ctrl-C; what was finished is in the library.
    """
    started = time.monotonic()
    settings = settings or Settings()
    roots = roots_of(paths)
    catalogues = Catalogues()
    records: dict[Path, Record | None] = {}
    for root in roots:
        for path in walk(root):
            records.setdefault(path, catalogues.record(path, top(root)))
        for folder in folders(root):
            catalogues.visit(folder)
    catalogues.check(_known_originals(settings))
    encoder = encoder or SentenceTransformerEncoder(settings.encoder, settings.precision)
    library = Library(settings, encoder.fingerprint, encoder.name, create=True)
    run = Run()
    try:
        with library.writer() as writer, _sandbox(settings) as sandbox:
            writer.claim(encoder.fingerprint, encoder.name)
            _list_originals(library, writer, catalogues, roots if prune else ())
            ingester = Ingester(library, writer, sandbox, encoder, run)
            plan = Plan((path, ingester.knows(path)) for path in records)
            _check_room(library.folder, plan.estimate.disk)
            if planned is not None:
                planned(plan.estimate)
            begun = time.monotonic()
            try:
                for number, (path, record) in enumerate(records.items()):
                    if progress is not None:
                        left = plan.left(number, time.monotonic() - begun)
                        progress(Progress(shown(path), number, len(records), left))
                    ingester.take(path, record)
                ingester.flush()
            except KeyboardInterrupt as error:
                with suppress(KeyboardInterrupt):
                    ingester.save()
                raise IngestStopped(_report(run, library, started), len(records)) from error
            writer.forget_gone(roots)
            if prune:
                ingester.prune(roots, records)
            recognise_loaded(library, writer)
            return _report(run, library, started)
    finally:
        library.close()


def _check_room(folder: Path, needed: int) -> None:
    """Refuse to begin what will not end.

    Raises:
        UnavailableError: the disk has less room than is likely to be needed.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise UnavailableError(
            f"The disk of {folder} has {free / 1e6:,.0f} MB left, and the library is likely to "
            f"grow by about {needed / 1e6:,.0f} MB. Make room, name a library on another disk "
            "(--library DIR), or ingest fewer files at a time."
        )


def _report(run: Run, library: Library, started: float) -> IngestReport:
    return IngestReport(
        added=tuple(run.added),
        replaced=tuple(run.replaced),
        unchanged=tuple(run.unchanged),
        removed=tuple(run.removed),
        quarantined=tuple(run.quarantined),
        seconds=round(time.monotonic() - started, 3),
        generation=library.ledger.generation(),
    )


def remove(document_ids: Sequence[str], settings: Settings | None = None) -> IngestReport:
    """Remove documents from the library by id, or by its beginning.

    Raises:
        UsageError: several ids begin so; nothing is removed then.
        DocumentNotFound: the library does not hold one of them; nothing is removed then.
        LibraryLocked: another process is writing.
    """
    started = time.monotonic()
    library = Library(settings or Settings())
    try:
        with library.writer() as writer:
            documents = [library.find(document_id) for document_id in document_ids]
            generation = writer.remove({document.id: None for document in documents})
    finally:
        library.close()
    removed = tuple(outcome(document) for document in documents)
    seconds = round(time.monotonic() - started, 3)
    return IngestReport(removed=removed, seconds=seconds, generation=generation)


def recognise_loaded(library: Library, writer: Writer) -> list[Document]:
    """Complete the records of documents that turn out to be originals; return those.

    No file is read again; so titles, which are encoded with the text, stay as they are.
    """
    originals = library.ledger.originals()
    changed: list[tuple[int, Document]] = []
    for document in library.documents() if originals else []:
        found = recognise(document, originals)
        known = library.ledger.revision(document.id)
        if found is not None and known is not None and document.original is None:
            firm = {"title", *library.ledger.correction(document.id)}
            changed.append((known[0], completed(document, found, originals, firm)))
    if changed:
        writer.update(changed)
    return [document for _, document in changed]


def _known_originals(settings: Settings) -> set[str]:
    path = settings.library.expanduser() / LEDGER
    if not path.is_file():
        return set()
    ledger = Ledger(path)
    try:
        return {each.id for each in ledger.originals()}
    finally:
        ledger.close()


def _list_originals(
    library: Library, writer: Writer, catalogues: Catalogues, pruned: Sequence[Path]
) -> None:
    """Keep the originals that catalogues list, and forget catalogues gone from pruned folders."""
    found = {str(path): originals for path, originals in catalogues.originals().items()}
    for path in library.ledger.catalogues():
        if path not in found and is_gone(path) and any(map(Path(path).is_relative_to, pruned)):
            found[path] = ()
    for path, originals in found.items():
        writer.list_originals(path, originals)


def _sandbox(settings: Settings) -> Sandbox:
    return Sandbox(settings.read_seconds, settings.read_megabytes)
