"""From paths to a library that holds them: read, split, encode, write; one bad file stops no other.

The same folder again writes nothing: a file is known by its content, the versions of the steps and
its catalogue record. What a run has committed stays, whatever happens afterwards.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gendergpt import passages
from gendergpt.catalogue import Catalogues, Record
from gendergpt.embedding import Encoder, SentenceTransformerEncoder
from gendergpt.errors import UnreadableFile, UsageError
from gendergpt.library import Library, Prepared, Writer, context, is_gone
from gendergpt.readers import SUFFIXES, reader_for
from gendergpt.readers.sandbox import Sandbox
from gendergpt.settings import Settings
from gendergpt.tokens import HEADING, quantise
from gendergpt.types import Document, FileOutcome, IngestReport, Kind, Passage, Reading

_BATCH_PASSAGES = 256
_NOT_YET = frozenset(
    {".doc", ".docx", ".epub", ".htm", ".html", ".odp", ".odt", ".ppt", ".pptx", ".rtf", ".xlsx"}
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: ``done`` of ``total`` files; ``path`` is the one under way."""

    path: str
    done: int
    total: int


@dataclass
class _Run:
    """What a run has done so far."""

    added: list[FileOutcome] = field(default_factory=list)
    replaced: list[FileOutcome] = field(default_factory=list)
    unchanged: list[FileOutcome] = field(default_factory=list)
    removed: list[FileOutcome] = field(default_factory=list)
    quarantined: list[FileOutcome] = field(default_factory=list)
    pending: list[tuple[Prepared, FileOutcome, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    content: str
    record: Record | None
    fingerprint: str
    bare: str
    """The fingerprint that it would have without its record."""

    @property
    def key(self) -> str:
        return str(self.path)

    @property
    def document_id(self) -> str:
        return self.content[:16]


def ingest(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings | None = None,
    *,
    prune: bool = False,
    encoder: Encoder | None = None,
    progress: Callable[[Progress], None] | None = None,
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

    Returns:
        What became of each file. A file that cannot be read is quarantined with the reason.

    Raises:
        UsageError: a path does not exist, or a catalogue is wrong; nothing has been written then.
        LibraryLocked: another process is writing.
        LibraryMismatch: the library was made with another model.
    """
    started = time.monotonic()
    settings = settings or Settings()
    roots = _roots(paths)
    catalogues = Catalogues()
    records: dict[Path, Record | None] = {}
    for root in roots:
        for path in _walk(root):
            records.setdefault(path, catalogues.record(path, _top(root)))
    encoder = encoder or SentenceTransformerEncoder(settings.encoder, settings.precision)
    library = Library(settings, encoder.fingerprint, encoder.name, create=True)
    run = _Run()
    try:
        with library.writer() as writer, _sandbox(settings) as sandbox:
            writer.claim(encoder.fingerprint, encoder.name)
            ingester = _Ingester(library, writer, sandbox, encoder, run)
            for number, (path, record) in enumerate(records.items()):
                if progress is not None:
                    progress(Progress(_shown(path), number, len(records)))
                ingester.take(path, record)
            ingester.flush()
            writer.forget_gone(roots)
            if prune:
                ingester.prune(roots, records)
            generation = library.ledger.generation()
    finally:
        library.close()
    return IngestReport(
        added=tuple(run.added),
        replaced=tuple(run.replaced),
        unchanged=tuple(run.unchanged),
        removed=tuple(run.removed),
        quarantined=tuple(run.quarantined),
        seconds=round(time.monotonic() - started, 3),
        generation=generation,
    )


def remove(document_ids: Sequence[str], settings: Settings | None = None) -> IngestReport:
    """Remove documents from the library by id.

    Raises:
        DocumentNotFound: the library does not hold one of them; nothing is removed then.
        LibraryLocked: another process is writing.
    """
    started = time.monotonic()
    library = Library(settings or Settings())
    try:
        with library.writer() as writer:
            documents = [library.document(document_id) for document_id in document_ids]
            generation = writer.remove(document_ids)
    finally:
        library.close()
    removed = tuple(_outcome(document) for document in documents)
    seconds = round(time.monotonic() - started, 3)
    return IngestReport(removed=removed, seconds=seconds, generation=generation)


class _Ingester:
    """One run: decides what each file needs and does it in batches."""

    def __init__(
        self, library: Library, writer: Writer, sandbox: Sandbox, encoder: Encoder, run: _Run
    ) -> None:
        self._library = library
        self._writer = writer
        self._sandbox = sandbox
        self._encoder = encoder
        self._run = run
        self._sources = library.ledger.sources()
        self._quarantined = library.ledger.quarantined()

    def take(self, path: Path, record: Record | None) -> None:
        """Bring in one file, or note why not."""
        try:
            file = _inspect(path, record)
        except UnreadableFile as error:
            self._quarantine(_shown(path), None, str(error))
            return
        if not self._is_known(file):
            self._read(file)

    def _is_known(self, file: _File) -> bool:
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

    def _is_copy(self, file: _File, fingerprint: str, document: Document) -> bool:
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

    def _unchanged(self, file: _File, revision: int, document: Document) -> None:
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
            self._note(sources)
        self._readable(file)
        self._run.unchanged.append(_outcome(document, file.key, reason))

    def _note(self, sources: Iterable[tuple[str, str | None]]) -> None:
        """Keep in mind where paths lead, before or after the ledger says so."""
        for path, document_id in sources:
            self._sources.pop(path, None)
            if document_id is not None:
                self._sources[path] = document_id

    def _readable(self, file: _File) -> None:
        if self._quarantined.pop(file.key, None) is not None:
            self._writer.quarantine(file.key, None)

    def _drop_if_last(self, file: _File) -> None:
        """Remove the document that the path led to before, unless another path leads to it."""
        for old in self._replaced(file):
            found = self._library.ledger.revision(old)
            if found is not None:
                self._run.removed.append(
                    _outcome(found[2], file.key, "replaced by content known already")
                )
                self._writer.remove([old])

    def _read(self, file: _File) -> None:
        try:
            reading = self._sandbox.read(file.path)
            prepared = self._prepare(file, reading)
        except UnreadableFile as error:
            self._quarantine(file.key, file.fingerprint, str(error))
            return
        self._readable(file)
        known = self._library.ledger.revision(file.document_id) is not None
        replaced = bool(prepared.replaces) or known
        reason = "; ".join(reading.warnings) or None
        outcome = _outcome(prepared.document, file.key, reason)
        self._run.pending.append((prepared, outcome, replaced))
        self._note(prepared.sources)
        if sum(len(item.passages) for item, _, _ in self._run.pending) >= _BATCH_PASSAGES:
            self.flush()

    def _prepare(self, file: _File, reading: Reading) -> Prepared:
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
        return Prepared(
            document=describe(file, reading, len(split)),
            fingerprint=file.fingerprint,
            pages=reading.pages,
            passages=split,
            vectors=(),
            tokens=(),
            warnings=reading.warnings,
            sources=sources,
            replaces=self._replaced(file),
        )

    def _replaced(self, file: _File) -> list[str]:
        """Return the document that the path led to before, unless another path leads to it."""
        old = self._sources.get(file.key)
        if old is None or old == file.document_id:
            return []
        others = [key for key, each in self._sources.items() if each == old and key != file.key]
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
        pending, self._run.pending = self._run.pending, []
        if not pending:
            return
        batch = _encoded([item for item, _, _ in pending], self._encoder)
        self._writer.add(batch)
        self._sources = self._library.ledger.sources()
        for _, outcome, replaced in pending:
            (self._run.replaced if replaced else self._run.added).append(outcome)

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
            _outcome(found_[2], found_[2].path, "its file is gone")
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
        if path in self._sources:
            reason += " What the library held of it before stays there."
        self._run.quarantined.append(FileOutcome(path, reason=reason))


def describe(file: _File, reading: Reading, count: int) -> Document:
    """Return the document's record: from the catalogue, else from the file itself."""
    record = file.record or Record(file=file.path.name)
    numbered = [page for page in reading.pages if page.number is not None]
    return Document(
        id=file.document_id,
        title=record.title or reading.title or file.path.stem.replace("_", " ").replace("-", " "),
        publisher=record.publisher,
        year=record.year or reading.year,
        edition=record.edition,
        language=record.language or _language(reading),
        kind=Kind(record.kind),
        based_on=tuple(basis.to_basis() for basis in record.based_on),
        path=file.key,
        url=record.url,
        licence=record.licence,
        pages=len(numbered) or None,
        passages=count,
        superseded_by=record.superseded_by,
    )


def _at(document: Document, path: str) -> Document:
    return replace(document, path=path)


def _language(reading: Reading) -> str | None:
    if reading.language:
        return reading.language.lower().replace("_", "-").split("-")[0]
    from py3langid import classify

    sample = " ".join(page.text[:2000] for page in reading.pages[:20])
    return str(classify(sample)[0]) if len(sample.split()) > 10 else None


def _encoded(batch: Sequence[Prepared], encoder: Encoder) -> list[Prepared]:
    """Give each document its vectors; passages of all documents are encoded together."""
    texts = [(item.document, passage) for item in batch for passage in item.passages]
    vectors: list[NDArray[np.float32]] = []
    tokens: list[tuple[NDArray[np.uint8], NDArray[np.int32]]] = []
    for start in range(0, len(texts), _BATCH_PASSAGES):
        for vector, matrix in _encode(texts[start : start + _BATCH_PASSAGES], encoder):
            vectors.append(vector)
            tokens.append(matrix)
    result, position = [], 0
    for item in batch:
        here = slice(position, position + len(item.passages))
        result.append(replace(item, vectors=vectors[here], tokens=tokens[here]))
        position = here.stop
    return result


def _encode(
    texts: Sequence[tuple[Document, Passage]], encoder: Encoder
) -> Iterator[tuple[NDArray[np.float32], tuple[NDArray[np.uint8], NDArray[np.int32]]]]:
    heads = [context(document, passage) for document, passage in texts]
    inputs = [f"{head}\n{passage.text}" for head, (_, passage) in zip(heads, texts, strict=True)]
    encodings = encoder.encode(inputs, "document")
    codes = quantise(np.concatenate([encoding.tokens for encoding in encodings]))
    ends = np.cumsum([len(encoding.tokens) for encoding in encodings])
    for head, encoding, end in zip(heads, encodings, ends, strict=True):
        starts = encoding.starts - len(head) - 1
        starts[starts < 0] = HEADING
        yield encoding.vector, (codes[end - len(starts) : end], starts)


def _inspect(path: Path, record: Record | None) -> _File:
    reader = reader_for(path)
    if reader is None:
        known = ", ".join(sorted(SUFFIXES))
        raise UnreadableFile(
            f"{path}: files of this kind cannot be read. Save it as one of: {known}."
        )
    if _shown(path) != str(path):
        raise UnreadableFile(f"{_shown(path)}: the name is not valid UTF-8. Rename the file.")
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
    return _File(path, content, record, _digest(*steps, described), _digest(*steps, ""))


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _shown(path: Path) -> str:
    """Return the path as text that can be printed and stored, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "replace")


def _roots(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    roots = []
    for path in paths:
        root = Path(path).expanduser()
        if not root.exists():
            raise UsageError(f"There is no file or folder {root}. Nothing has been changed.")
        roots.append(root.resolve())
    return list(dict.fromkeys(roots))


def _top(root: Path) -> Path:
    return root if root.is_dir() else root.parent


def _walk(root: Path) -> Iterator[Path]:
    if not root.is_dir():
        yield root
        return
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith((".", "_")))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith((".", "_", "~$")) and path.suffix.lower() in SUFFIXES | _NOT_YET:
                yield path


def _outcome(document: Document, path: str | None = None, reason: str | None = None) -> FileOutcome:
    where = path or document.path or ""
    return FileOutcome(where, document.id, document.pages, document.passages, reason)


def _sandbox(settings: Settings) -> Sandbox:
    return Sandbox(settings.read_seconds, settings.read_megabytes)
