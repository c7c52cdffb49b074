"""A set's documents in a library of its own, made by the real ingest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gendergpt.assistant import Assistant, build_assistant
from gendergpt.errors import UsageError
from gendergpt.evaluation import sets
from gendergpt.evaluation.alignment import Alignment, align
from gendergpt.evaluation.log import Log
from gendergpt.evaluation.sets import SetDocument
from gendergpt.ingestion import Progress, ingest
from gendergpt.settings import Settings
from gendergpt.types import Hit, IngestReport


@dataclass(frozen=True, slots=True)
class Material:
    """What goes into a library: documents that are written as files, or else files as they are.

    A file's id in the set is its name without the ending.
    """

    documents: tuple[SetDocument, ...] = ()
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """A set whose documents are in a library.

    ``origin`` leads from a library document's id to the ids of the set's documents with that
    content (mostly one).
    """

    material: Material
    assistant: Assistant
    origin: dict[str, list[str]]
    ingested: IngestReport
    _alignments: dict[tuple[str, str], Alignment] = field(default_factory=dict)

    def ranking(self, hits: Sequence[Hit]) -> list[str]:
        """Return the set's documents behind hits, each at the rank of its best passage."""
        found = (each for hit in hits for each in self.origin.get(hit.document.id, ()))
        return list(dict.fromkeys(found))

    def library_id(self, set_id: str) -> str | None:
        """Return the id in the library of one of the set's documents, or None."""
        return self._library_ids().get(set_id)

    def text(self, set_id: str) -> str | None:
        """Return the text of a document that was written as a file, or None."""
        return self._texts().get(set_id)

    def span(self, library_id: str, set_id: str, start: int, end: int) -> tuple[int, int] | None:
        """Return which stretch of a document's own text one of its page in the library is."""
        key = (library_id, set_id)
        if key not in self._alignments:
            page = self.assistant.library.ledger.page_text(library_id, None) or ""
            self._alignments[key] = align(page, self.text(set_id) or "")
        return self._alignments[key].span(start, end)

    @cache  # noqa: B019 -- lives as long as the evaluation of one set
    def _library_ids(self) -> dict[str, str]:
        return {each: id_ for id_, originals in self.origin.items() for each in originals}

    @cache  # noqa: B019
    def _texts(self) -> dict[str, str]:
        return {document.id: document.text for document in self.material.documents}

    def __hash__(self) -> int:
        return id(self)


@contextmanager
def library_of(
    name: str, material: Material, settings: Settings, workspace: Path | None, log: Log
) -> Iterator[Loaded]:
    """Ingest a set into a library of its own and yield it with an open assistant.

    Args:
        name: the set's name; its files and library are ``workspace/name``.
        material: the set's documents.
        settings: encoder and precision; its ``library`` is not touched.
        workspace: kept and used again; None for a temporary folder.
        log: shows how far it is.

    Raises:
        UsageError: nothing could be ingested.
    """
    with tempfile.TemporaryDirectory(prefix="gendergpt-eval-") as temporary:
        folder = (workspace or Path(temporary)) / name
        paths: Sequence[Path] = material.files
        if material.documents:
            sets.write(material.documents, folder / "files")
            paths = [folder / "files"]
        own = settings.model_copy(update={"library": folder / "library"})
        report = _ingest(paths, own, name, log)
        origin = _origin(material, report)
        if not origin:
            raise UsageError(f"{name}: none of the set's documents could be ingested.")
        assistant = build_assistant(own)
        try:
            yield Loaded(material, assistant, origin, report)
        finally:
            assistant.library.close()


def _ingest(paths: Sequence[Path], settings: Settings, name: str, log: Log) -> IngestReport:
    with log.bar(f"{name}: ingest") as advance:

        def show(progress: Progress) -> None:
            advance(progress.done, progress.total)

        return ingest(paths, settings, progress=show)


def _origin(material: Material, report: IngestReport) -> dict[str, list[str]]:
    origin: dict[str, list[str]] = {}
    for outcome in (*report.added, *report.replaced, *report.unchanged):
        if outcome.document_id is not None:
            path = Path(outcome.path)
            written = material.documents
            id_ = written[sets.position(path.name)].id if written else path.stem
            origin.setdefault(outcome.document_id, []).append(id_)
    return origin
