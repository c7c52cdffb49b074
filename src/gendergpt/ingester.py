"""One run of ingest, file by file: what each needs, done in batches of passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gendergpt import passages
from gendergpt.catalogue import Record
from gendergpt.describing import describe, remarks
from gendergpt.edits import applied
from gendergpt.embedding import Encoder
from gendergpt.errors import UnreadableFile
from gendergpt.files import SourceFile, Sources, inspect, shown
from gendergpt.library import Library
from gendergpt.originals import completed, recognise
from gendergpt.prepared import BATCH_PASSAGES, Prepared, encoded
from gendergpt.readers.sandbox import Sandbox
from gendergpt.types import Document, FileOutcome, Reading
from gendergpt.writing import Writer, is_gone


@dataclass
class Run:
    """What a run has done so far."""

    added: list[FileOutcome] = field(default_factory=list)
    replaced: list[FileOutcome] = field(default_factory=list)
    unchanged: list[FileOutcome] = field(default_factory=list)
    removed: list[FileOutcome] = field(default_factory=list)
    quarantined: list[FileOutcome] = field(default_factory=list)
    pending: list[tuple[Prepared, FileOutcome, bool]] = field(default_factory=list)


class Ingester:
    """One run: decides what each file needs and does it in batches."""

    def __init__(
        self, library: Library, writer: Writer, sandbox: Sandbox, encoder: Encoder, run: Run
    ) -> None:
        self._library = library
        self._writer = writer
        self._sandbox = sandbox
        self._encoder = encoder
        self._run = run
        self._sources = Sources(library.ledger.sources())
        self._quarantined = library.ledger.quarantined()
        self._originals = library.ledger.originals()
        self._flushing = False

    def knows(self, path: Path) -> bool:
        """Say whether a file of this name has been taken before."""
        return self._sources.get(str(path)) is not None or str(path) in self._quarantined

    def take(self, path: Path, record: Record | None) -> None:
        """Bring in one file, or note why not."""
        try:
            file = inspect(path, record)
        except UnreadableFile as error:
            self._quarantine(shown(path), None, str(error))
            return
        if not self._is_known(file):
            self._read(file)

    def _is_known(self, file: SourceFile) -> bool:
        remembered = self._quarantined.get(file.key)
        if remembered is not None and remembered[0] == file.fingerprint:
            self._quarantine(file.key, None, remembered[1])
            return True
        if any(file.document_id in (item.document.id, *item.replaces) for item in self._waiting()):
            self.flush()
        known = self._library.ledger.revision(file.document_id)
        if known is None:
            return False
        revision, fingerprint, document = known
        if fingerprint != file.fingerprint and not self._is_copy(file, fingerprint, document):
            return False
        self._unchanged(file, revision, document)
        return True

    def _waiting(self) -> list[Prepared]:
        return [item for item, _, _ in self._run.pending]

    def _is_copy(self, file: SourceFile, fingerprint: str, document: Document) -> bool:
        """Say whether the document stands for another file, which is still there.

        A copy gives the document its record only if the other file has none.
        """
        if document.path == file.key or not self._stands_for(document):
            return False
        return file.record is None or fingerprint != file.bare

    def _stands_for(self, document: Document) -> bool:
        """Say whether the document's path still leads to it."""
        path = document.path
        return path is not None and self._sources.get(path) == document.id and not is_gone(path)

    def _unchanged(self, file: SourceFile, revision: int, document: Document) -> None:
        reason = None
        sources: list[tuple[str, str | None]] = []
        records: list[tuple[int, Document]] = []
        if self._sources.get(file.key) != document.id:
            self._drop_if_last(file)
            sources.append((file.key, document.id))
        if document.path != file.key and self._stands_for(document):
            reason = f"same content as {document.path}"
        elif document.path != file.key:
            records.append((revision, _at(document, file.key)))
            if document.path is not None and is_gone(document.path):
                reason = f"moved from {document.path}"
                sources.append((document.path, None))
        if sources or records:
            self._writer.update(records, sources)
            self._sources.note(sources)
        self._readable(file)
        self._run.unchanged.append(outcome(document, file.key, reason))

    def _readable(self, file: SourceFile) -> None:
        if self._quarantined.pop(file.key, None) is not None:
            self._writer.quarantine(file.key, None)

    def _drop_if_last(self, file: SourceFile) -> None:
        """Remove the document that the path led to before, unless another path leads to it."""
        for old in self._replaced(file):
            found = self._library.ledger.revision(old)
            if found is not None:
                self._run.removed.append(
                    outcome(found[2], file.key, "replaced by content known already")
                )
                self._writer.remove([old])

    def _read(self, file: SourceFile) -> None:
        try:
            reading = self._sandbox.read(file.path)
            prepared = self._prepare(file, reading)
        except UnreadableFile as error:
            self._quarantine(file.key, file.fingerprint, str(error))
            return
        self._readable(file)
        known = self._library.ledger.revision(file.document_id) is not None
        replaced = bool(prepared.replaces) or known
        said = remarks(prepared.document, reading)
        taken = outcome(prepared.document, file.key, said)
        self._run.pending.append((prepared, taken, replaced))
        self._sources.note(prepared.sources)
        if sum(len(item.passages) for item, _, _ in self._run.pending) >= BATCH_PASSAGES:
            self.flush()

    def _prepare(self, file: SourceFile, reading: Reading) -> Prepared:
        split = passages.split(file.document_id, reading)
        if not split:
            raise UnreadableFile(
                f"{file.path} holds no sentence that could be searched. "
                "If it is a scan, run a text recognition over it first."
            )
        sources: list[tuple[str, str | None]] = [(file.key, file.document_id)]
        known = self._library.ledger.revision(file.document_id)
        if known is not None and known[2].path is not None and is_gone(known[2].path):
            sources.append((known[2].path, None))
        correction = self._correction(file)
        described = applied(describe(file, reading, len(split)), correction)
        return Prepared(
            document=self._recognised(described, file.record, correction),
            fingerprint=file.fingerprint,
            pages=reading.pages,
            passages=split,
            vectors=(),
            tokens=(),
            warnings=reading.warnings,
            sources=sources,
            replaces=self._replaced(file),
            correction=correction,
        )

    def _correction(self, file: SourceFile) -> dict[str, Any]:
        """Return what was corrected by hand, also in the document that the path led to before."""
        ledger, old = self._library.ledger, self._sources.get(file.key)
        return ledger.correction(file.document_id) or (ledger.correction(old) if old else {})

    def _recognised(
        self, document: Document, record: Record | None, correction: Mapping[str, Any]
    ) -> Document:
        """Complete the record of a document that is one of the catalogue's originals."""
        found = recognise(document, self._originals)
        if found is None:
            return document
        firm = record.model_dump(exclude_none=True) if record else {}
        return completed(document, found, self._originals, {*firm, *correction})

    def _replaced(self, file: SourceFile) -> list[str]:
        """Return the document that the path led to before, unless another path leads to it."""
        old = self._sources.get(file.key)
        if old is None or old == file.document_id:
            return []
        others = [key for key in self._sources.paths(old) if key != file.key]
        if not others:
            return [old]
        self._hand_over(old, file.key, others[0])
        return []

    def _hand_over(self, document_id: str, path: str, other: str) -> None:
        """Let a document that stood for ``path`` stand for ``other``, a copy of what was there."""
        found = self._library.ledger.revision(document_id)
        if found is not None and found[2].path == path:
            self._writer.update([(found[0], _at(found[2], other))])

    def flush(self) -> None:
        """Encode and commit what is pending."""
        if not self._run.pending:
            return
        self._flushing = True
        self._writer.add(encoded(self._waiting(), self._encoder))
        for _, taken, replaced in self._run.pending:
            (self._run.replaced if replaced else self._run.added).append(taken)
        self._run.pending = []
        self._flushing = False

    def save(self) -> None:
        """After an interrupt: commit what is pending, but for a file that takes long to encode."""
        self._settle()
        if self._flushing and sum(len(item.passages) for item in self._waiting()) >= BATCH_PASSAGES:
            self._run.pending.pop()
        self.flush()

    def _settle(self) -> None:
        """Count what is pending and was nevertheless committed before the interrupt."""
        pending, self._run.pending = self._run.pending, []
        for item, taken, replaced in pending:
            known = self._library.ledger.revision(item.document.id)
            if known is not None and known[1:] == (item.fingerprint, item.document):
                (self._run.replaced if replaced else self._run.added).append(taken)
            else:
                self._run.pending.append((item, taken, replaced))

    def prune(self, roots: Sequence[Path], found: Iterable[Path]) -> None:
        """Remove documents whose files are gone from folders that hold others."""
        folders = [root for root in roots if root.is_dir()]
        living = [root for root in folders if any(each.is_relative_to(root) for each in found)]
        gone = {
            path: document_id
            for path, document_id in self._sources.items()
            if any(Path(path).is_relative_to(root) for root in living) and is_gone(path)
        }
        kept = {each for path, each in self._sources.items() if path not in gone}
        doomed = sorted(set(gone.values()) - kept)
        self._run.removed += [
            outcome(found_[2], found_[2].path, "its file is gone")
            for each in doomed
            if (found_ := self._library.ledger.revision(each)) is not None
        ]
        if doomed:
            self._writer.remove(doomed)
        leftover: list[tuple[str, str | None]] = [
            (path, None) for path, each in gone.items() if each in kept
        ]
        if leftover:
            self._writer.update(sources=leftover)

    def _quarantine(self, path: str, fingerprint: str | None, reason: str) -> None:
        if fingerprint is not None:
            self._writer.quarantine(path, fingerprint, reason)
        if self._sources.get(path) is not None:
            reason += " What the library held of it before stays there."
        self._run.quarantined.append(FileOutcome(path, reason=reason))


def _at(document: Document, path: str) -> Document:
    return replace(document, path=path)


def outcome(document: Document, path: str | None = None, reason: str | None = None) -> FileOutcome:
    """Return the report's line on a document, under the path it came by."""
    where = path or document.path or ""
    return FileOutcome(where, document.id, document.pages, document.passages, reason)
