"""The library: ledger, vectors, lexical index and token vectors kept as one.

Readers open the library without a lock and look at the ledger's generation before each question.
Writers take the lock, one at a time; what they write shows when the ledger says so.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from gendergpt.errors import DocumentNotFound, LibraryLocked, LibraryMismatch, UnavailableError
from gendergpt.ledger import Entry, Ledger, Stored
from gendergpt.lexical import LexicalIndex
from gendergpt.settings import Settings
from gendergpt.tokens import TokenStore
from gendergpt.types import Document, Filters, Page, Passage
from gendergpt.vectors import VectorStore

_LEDGER = "ledger.sqlite"
_LOCK = "writer.lock"
_HOLDER = "writer.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is read, split and encoded, ready to be written.

    ``vectors`` holds one (d,) vector a passage, ``tokens`` its quantised token vectors (n, d/4) and
    their starts (n,). ``replaces`` names document ids that go when this one comes.
    """

    document: Document
    fingerprint: str
    pages: Sequence[Page]
    passages: Sequence[Passage]
    vectors: Sequence[NDArray[np.float32]]
    tokens: Sequence[tuple[NDArray[np.uint8], NDArray[np.int32]]]
    warnings: Sequence[str] = ()
    sources: Sequence[tuple[str, str | None]] = ()
    replaces: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What a check of the stores found; all counts of passages.

    ``orphans`` are in a store but unknown to the ledger; ``lost`` are ready in the ledger but
    missing from a store (:meth:`Library.lost` names their documents).
    """

    documents: int
    passages: int
    vectors: int
    lexical: int
    orphans: int
    lost: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed: entries of stores without a document, and unfinished documents."""

    strays: int
    unfinished: int


class Library:
    """All stores of one library.

    Args:
        settings: ``library`` names the folder.
        fingerprint: of the encoder's weights, or None where no vectors are needed.
        encoder: the encoder's name, for messages.
        create: make the library when it is missing.

    Raises:
        LibraryMissing: there is none and ``create`` is False.
        LibraryMismatch: it was made with another encoder or another version.
        UnavailableError: a store is damaged, or the folder cannot be made.
    """

    def __init__(
        self,
        settings: Settings,
        fingerprint: str | None = None,
        encoder: str | None = None,
        create: bool = False,
    ) -> None:
        self.folder = settings.library.expanduser()
        self._lock_seconds = settings.lock_seconds
        if create:
            _make_folder(self.folder)
        self.ledger = Ledger(self.folder / _LEDGER, create)
        try:
            self.check_encoder(fingerprint, encoder)
            self._generation = self.ledger.generation()
            made_with = self.ledger.meta("encoder") or fingerprint or ""
            self.vectors = VectorStore(self.folder / "vectors", made_with)
            self.lexical = LexicalIndex(self.folder / "lexical")
            self.tokens = TokenStore(self.folder / "tokens")
        except BaseException:
            self.ledger.close()
            raise
        self._refreshing = threading.Lock()

    def check_encoder(self, fingerprint: str | None, encoder: str | None) -> None:
        """Refuse an encoder that is not the one that the library was made with.

        Raises:
            LibraryMismatch: it is another one; the message names both.
        """
        made_with = self.ledger.meta("encoder")
        if fingerprint is None or made_with in (None, fingerprint):
            return
        raise LibraryMismatch(
            f"The library in {self.folder} was made with the model "
            f"'{self.ledger.meta('encoder_name')}', not with '{encoder}'. Set GENDERGPT_ENCODER "
            "back to that model, or ingest into a new library (--library DIR)."
        )

    # --- reading ---------------------------------------------------------------------------------

    def refresh(self) -> int:
        """Reopen the stores if another process has changed the library; return the generation."""
        with self._refreshing:
            generation = self.ledger.generation()
            if generation != self._generation:
                self.vectors.reopen()
                self.lexical.reopen()
                self._generation = generation
            return generation

    def seen(self, generation: int) -> None:
        """Note that the open stores are at this generation: this process wrote it."""
        with self._refreshing:
            self._generation = generation

    def documents(self) -> list[Document]:
        """Return the documents, by title."""
        return self.ledger.documents()

    def document(self, document_id: str) -> Document:
        """Return one document.

        Raises:
            DocumentNotFound: the library holds none with this id.
        """
        found = self.ledger.revision(document_id)
        if found is None:
            raise DocumentNotFound(
                f"The library holds no document '{document_id}'. "
                "`gendergpt library list` shows the ids."
            )
        return found[2]

    def dense(
        self, vector: NDArray[np.float32], limit: int, revisions: Collection[int] | None
    ) -> list[tuple[int, float]]:
        """Return passage keys and their cosine similarity to a (d,) vector, best first."""
        if revisions is not None and not revisions:
            return []
        return self.vectors.query(vector, limit, revisions)

    def bm25(self, text: str, limit: int, revisions: Collection[int] | None) -> list[int]:
        """Return passage keys by BM25, best first."""
        if revisions is not None and not revisions:
            return []
        return [key for key, _ in self.lexical.query(text, limit, revisions)]

    def stored(self, keys: Iterable[int]) -> dict[int, Stored]:
        """Return the passages behind keys; keys that the ledger does not know are left out."""
        return self.ledger.stored(keys)

    def matching(self, filters: Filters | None) -> set[int] | None:
        """Return the revisions that pass the filters, or None where all do."""
        return self.ledger.matching(filters)

    def health(self) -> Health:
        """Compare the stores with the ledger."""
        documents, passages = self.ledger.counts()
        vectors = self.vectors.keys()
        ready = set(self.ledger.revisions())
        stray = (self.lexical.revisions() | self.tokens.revisions()) - ready
        return Health(
            documents,
            passages,
            len(vectors),
            self.lexical.count(),
            orphans=len(vectors - self.ledger.keys()) + len(stray),
            lost=len(self._lost()),
            unfinished=len(self.ledger.revisions("writing")),
        )

    def lost(self) -> list[Document]:
        """Return the documents of which a store misses passages."""
        revisions = set(self._lost().values())
        found = [self.ledger.revision(document.id) for document in self.documents()]
        return [each[2] for each in found if each is not None and each[0] in revisions]

    def _lost(self) -> dict[int, int]:
        """Return key and revision of the passages that a store misses."""
        kept = self.vectors.keys() & self.lexical.keys()
        whole = self.tokens.revisions()
        owners = self.ledger.owners()
        return {key: each for key, each in owners.items() if key not in kept or each not in whole}

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def writer(self, thorough: bool = False) -> Iterator[Writer]:
        """Hold the library's lock and write.

        Args:
            thorough: sweep all stores first, whatever the last writer left.

        Raises:
            LibraryLocked: another process holds it; the message names the holder.
        """
        lock = FileLock(self.folder / _LOCK)
        try:
            lock.acquire(timeout=self._lock_seconds)
        except Timeout as error:
            raise LibraryLocked(self._locked_message()) from error
        except OSError as error:
            raise UnavailableError(
                f"The library in {self.folder} cannot be written to: {error.strerror or error}. "
                "Check the folder's permissions, or use another library (--library DIR)."
            ) from error
        try:
            broken_off = (self.folder / _HOLDER).exists()
            self._name_holder()
            writer = Writer(self)
            writer.swept = writer.sweep(broken_off or thorough)
            yield writer
            (self.folder / _HOLDER).unlink(missing_ok=True)
        finally:
            lock.release()

    def _name_holder(self) -> None:
        holder = {
            "pid": os.getpid(),
            "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
            "since": time.strftime("%Y-%m-%d %H:%M:%S"),
        }
        (self.folder / _HOLDER).write_text(json.dumps(holder), "utf-8")

    def _locked_message(self) -> str:
        try:
            holder = json.loads((self.folder / _HOLDER).read_text("utf-8"))
            who = f"process {holder['pid']} (`{holder['command']}`, since {holder['since']})"
        except (OSError, ValueError, KeyError):
            who = "another process"
        return (
            f"The library in {self.folder} is being written to by {who}. Wait until it has "
            "finished, or stop it, and try again."
        )

    def close(self) -> None:
        """Let go of all files."""
        self.vectors.close()
        self.ledger.close()


class Writer:
    """Changes a library. Made by :meth:`Library.writer`, which holds the lock.

    ``swept`` says what was removed from the stores before.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self.swept = Swept(0, 0)
        library.refresh()

    def sweep(self, thorough: bool) -> Swept:
        """Remove what a broken-off run left in the stores; return what that was.

        Args:
            thorough: look into every store, as after a writer that did not come to its end.
                Otherwise Chroma, which writes to its files whenever it is opened, is left alone
                unless another store has leftovers.
        """
        library = self._library
        partial = library.tokens.sweep_partial()
        writing = library.ledger.revisions("writing")
        for revision in writing:
            library.ledger.abandon(revision)
        ready = set(library.ledger.revisions())
        stray = library.tokens.revisions() - ready
        for revision in stray:
            library.tokens.remove(revision)
        uneven = library.lexical.count() != library.ledger.counts()[1]
        words = library.lexical.revisions() - ready if uneven or thorough else set()
        if words:
            library.lexical.remove(words)
        vectors: list[int] = []
        if (thorough or writing or stray or uneven) and (library.folder / "vectors").exists():
            vectors = sorted(library.vectors.keys() - library.ledger.keys())
            library.vectors.remove_keys(vectors)
        return Swept(len(vectors) + len(stray | words) + partial, len(writing))

    def claim(self, fingerprint: str, encoder: str) -> None:
        """Note which encoder the library is made with, the first time.

        Raises:
            LibraryMismatch: another process was first, with another encoder.
        """
        self._library.check_encoder(fingerprint, encoder)
        ledger = self._library.ledger
        if ledger.meta("encoder") is None:
            self._commit(meta=[("encoder", fingerprint), ("encoder_name", encoder)])

    def add(self, batch: Sequence[Prepared]) -> int:
        """Write documents and make them visible together; return the generation."""
        library = self._library
        written = [library.ledger.begin(self._entry(item)) for item in batch]
        lexical, numbers = [], []
        for item, (revision, keys) in zip(batch, written, strict=True):
            if keys:
                library.tokens.write(revision, item.tokens)
            for key, passage in zip(keys, item.passages, strict=True):
                lexical.append((key, revision, passage.text, context(item.document, passage)))
                numbers.append((key, revision))
        keys, revisions = [key for key, _ in numbers], [revision for _, revision in numbers]
        library.vectors.add(keys, revisions, [vector for item in batch for vector in item.vectors])
        library.lexical.add(lexical)
        gone = [
            found[0]
            for item in batch
            for document_id in {item.document.id, *item.replaces}
            if (found := library.ledger.revision(document_id)) is not None
        ]
        sources = [source for item in batch for source in item.sources]
        return self._commit(ready=[revision for revision, _ in written], gone=gone, sources=sources)

    def remove(self, document_ids: Iterable[str]) -> int:
        """Remove documents and all paths that lead to them; return the generation.

        Raises:
            DocumentNotFound: one of them is not there; nothing is removed then.
        """
        library = self._library
        ids = [library.document(document_id).id for document_id in document_ids]
        gone = [found[0] for each in ids if (found := library.ledger.revision(each)) is not None]
        sources = [(path, None) for path, each in library.ledger.sources().items() if each in ids]
        return self._commit(gone=gone, sources=sources)

    def update(
        self,
        records: Sequence[tuple[int, Document]] = (),
        sources: Sequence[tuple[str, str | None]] = (),
    ) -> int:
        """Change records or paths of documents whose text stays; return the generation."""
        return self._commit(records=records, sources=sources)

    def quarantine(self, path: str, fingerprint: str | None, reason: str = "") -> None:
        """Remember that a file could not be read, or (fingerprint None) that it can."""
        self._library.ledger.quarantine(path, fingerprint, reason)

    def forget_gone(self, roots: Collection[Path] | None = None) -> list[str]:
        """Forget quarantined files that are gone, in ``roots`` or anywhere; return their paths."""
        paths = [
            path
            for path in self._library.ledger.quarantined()
            if is_gone(path) and (roots is None or any(map(Path(path).is_relative_to, roots)))
        ]
        for path in paths:
            self.quarantine(path, None)
        return paths

    @staticmethod
    def _entry(item: Prepared) -> Entry:
        counts = [len(starts) for _, starts in item.tokens]
        return Entry(
            item.document, item.fingerprint, item.pages, item.passages, counts, item.warnings
        )

    def _commit(
        self,
        ready: Sequence[int] = (),
        gone: Sequence[int] = (),
        sources: Sequence[tuple[str, str | None]] = (),
        records: Sequence[tuple[int, Document]] = (),
        meta: Sequence[tuple[str, str]] = (),
    ) -> int:
        library = self._library
        generation = library.ledger.commit(ready, gone, sources, records, meta)
        for revision in gone:
            library.tokens.remove(revision)
            library.vectors.remove(revision)
        library.lexical.remove(gone)
        if gone:  # whoever reopened in between still sees what is gone by now: look again
            generation = library.ledger.commit()
        library.seen(generation)
        return generation


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"The library's folder {folder} cannot be made: {error.strerror or error}. "
            "Name another with --library."
        ) from error


def is_gone(path: str) -> bool:
    """Say whether there is surely no such file; one that cannot be looked at may be there."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


_LONGEST_CONTEXT = 200


def context(document: Document, passage: Passage) -> str:
    """Return what stands above a passage: the document's title and the headings, once each.

    Where that is long, what is nearest to the passage is kept: it must leave the passage itself
    its room in the encoder's window.
    """
    parts = list(dict.fromkeys(part for part in (document.title, *passage.heading) if part))
    while len(parts) > 1 and sum(map(len, parts)) > _LONGEST_CONTEXT:
        parts.pop(0)
    return " › ".join(parts)[:_LONGEST_CONTEXT]
