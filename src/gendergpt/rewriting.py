"""Documents written anew from the ledger's own pages and passages; no file is opened.

A title stands before each passage when it is encoded, so a new title is a new encoding; other
fields are not. Another model is a new encoding of everything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gendergpt.edits import applied, checked
from gendergpt.embedding import Encoder, SentenceTransformerEncoder
from gendergpt.ingestion import recognise_loaded
from gendergpt.library import VECTORS, Library
from gendergpt.prepared import BATCH_PASSAGES, Prepared, encoded
from gendergpt.settings import Settings
from gendergpt.types import Document
from gendergpt.vectors import VectorStore


@dataclass(frozen=True, slots=True)
class Reembedding:
    """What :func:`reembed` did; ``before`` names the model that the library was made with."""

    documents: int
    passages: int
    encoder: str
    before: str | None
    changed: bool
    seconds: float
    generation: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON."""
        return asdict(self)


def edit(
    document_id: str,
    changes: Mapping[str, Any],
    settings: Settings | None = None,
    *,
    clear: Collection[str] = (),
    encoder: Encoder | None = None,
) -> Document:
    """Correct a document's record by hand; the correction wins over all else from now on.

    Args:
        document_id: an id, or its beginning.
        changes: new values; see :data:`gendergpt.edits.FIELDS`.
        settings: where the library is; the environment's by default.
        clear: fields to be emptied.
        encoder: used for a new title; by default the one that the settings name.

    Returns:
        The document with its new record.

    Raises:
        UsageError: a field or value cannot be; nothing has been changed then.
        DocumentNotFound: the library holds no such document.
        LibraryLocked: another process is writing.
        LibraryMismatch: a new title needs the model that the library was made with.
    """
    settings = settings or Settings()
    correction = checked(changes, clear)
    library = Library(settings)
    try:
        with library.writer() as writer:
            before = library.find(document_id)
            whole = library.ledger.correction(before.id) | correction
            after = applied(before, whole)
            if after.title == before.title:
                revision = _revision(library, before.id)
                writer.update([(revision, after)], corrections=[(before.id, whole)])
            else:
                encoder = encoder or _encoder(settings)
                library.check_encoder(encoder.fingerprint, encoder.name)
                prepared = _from_ledger(library, before.id, after, whole)
                writer.add(encoded([prepared], encoder))
            recognise_loaded(library, writer)
            return library.document(before.id)
    finally:
        library.close()


def reembed(
    settings: Settings | None = None,
    *,
    encoder: Encoder | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Reembedding:
    """Encode the whole library anew with another model and change to it in one step.

    Until that step, readers see the library as it was; broken off before it, nothing has changed.

    Args:
        settings: where the library is; the environment's by default.
        encoder: by default the one that the settings name.
        progress: called before each document with its title, how many passages are done, and how
            many there are.

    Raises:
        LibraryMissing: there is no library.
        LibraryLocked: another process is writing.
        ModelUnavailable: the encoder's weights cannot be used.
    """
    started = time.monotonic()
    settings = settings or Settings()
    encoder = encoder or _encoder(settings)
    library = Library(settings)
    try:
        with library.writer() as writer:
            before = library.ledger.meta("encoder_name")
            changed = library.ledger.meta("encoder") != encoder.fingerprint
            if changed:
                folder = library.folder / f"{VECTORS}-{encoder.fingerprint[:12]}"
                vectors = VectorStore(folder, encoder.fingerprint)
                staged: list[int] = []
                try:
                    for batch in _batches(library, progress):
                        staged += writer.stage(encoded(batch, encoder), vectors)
                except BaseException:
                    vectors.close()
                    raise
                writer.switch(staged, vectors, (encoder.fingerprint, encoder.name))
            documents, passages = library.ledger.counts()
            generation = library.ledger.generation()
    finally:
        library.close()
    seconds = round(time.monotonic() - started, 3)
    return Reembedding(documents, passages, encoder.name, before, changed, seconds, generation)


def _batches(
    library: Library, progress: Callable[[str, int, int], None] | None
) -> Iterator[list[Prepared]]:
    """Yield all documents, some at a time: as many as make a good batch of passages."""
    _, total = library.ledger.counts()
    batch: list[Prepared] = []
    done = waiting = 0
    for document in library.documents():
        if progress is not None:
            progress(document.title, done, total)
        batch.append(_from_ledger(library, document.id, document, {}))
        waiting += len(batch[-1].passages)
        if waiting >= BATCH_PASSAGES:
            yield batch
            done, waiting, batch = done + waiting, 0, []
    if batch:
        yield batch


def _from_ledger(
    library: Library, document_id: str, document: Document, correction: Mapping[str, Any]
) -> Prepared:
    """Return a document as the ledger holds it, to be encoded with the record ``document``."""
    ledger = library.ledger
    found = ledger.revision(document_id)
    assert found is not None  # the caller has just seen it, and holds the lock
    revision, fingerprint, _ = found
    return Prepared(
        document=document,
        fingerprint=fingerprint,
        pages=ledger.pages(document_id),
        passages=[stored.passage for stored in ledger.passages(revision)],
        vectors=(),
        tokens=(),
        warnings=ledger.warnings(document_id),
        correction=correction,
        added=ledger.added(document_id),
    )


def _revision(library: Library, document_id: str) -> int:
    found = library.ledger.revision(document_id)
    assert found is not None
    return found[0]


def _encoder(settings: Settings) -> Encoder:
    return SentenceTransformerEncoder(settings.encoder, settings.precision)
