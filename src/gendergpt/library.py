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
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from gendergpt.errors import (
    DocumentNotFound,
    LibraryLocked,
    LibraryMismatch,
    UnavailableError,
    UsageError,
)
from gendergpt.glossary import CALLED, Glossary, glossary
from gendergpt.ledger import Ledger, Stored
from gendergpt.lexical import FOLDER, FORMER, LexicalIndex
from gendergpt.settings import Settings
from gendergpt.tokens import TokenStore
from gendergpt.types import Document, Filters
from gendergpt.vectors import VectorStore
from gendergpt.writing import Writer

LEDGER = "ledger.sqlite"
VECTORS = "vectors"
_LOCK = "writer.lock"
_HOLDER = "writer.json"
_SHORTEST_PREFIX = 4


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
        self.ledger = Ledger(self.folder / LEDGER, create)
        try:
            self._generation = self.ledger.generation()  # before the encoder, which may change
            self.check_encoder(fingerprint, encoder)
            self._encoder = (fingerprint, encoder)
            self.vectors = self._current_vectors()
            self.lexical = LexicalIndex(self.folder / FOLDER)
            self.tokens = TokenStore(self.folder / "tokens")
        except BaseException:
            self.ledger.close()
            raise
        self._refreshing = threading.Lock()
        if (self.folder / FORMER).exists():
            with self.writer() as writer:
                writer.renew_words()

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
            "to that model, change the library to this one with `gendergpt library reembed`, or "
            "ingest into a new library (--library DIR)."
        )

    def _current_vectors(self) -> VectorStore:
        made_with = self.ledger.meta("encoder") or self._encoder[0] or ""
        return VectorStore(self.folder / (self.ledger.meta("vectors") or VECTORS), made_with)

    # --- reading ---------------------------------------------------------------------------------

    def refresh(self) -> int:
        """Reopen the stores if another process has changed the library; return the generation.

        Raises:
            LibraryMismatch: it was encoded anew with another model than the one it was opened for.
        """
        with self._refreshing:
            generation = self.ledger.generation()
            if generation != self._generation:
                self._check_still()
                self._reopen_vectors()
                self.lexical.reopen()
                self._generation = generation
            return generation

    def _reopen_vectors(self) -> None:
        current = self._current_vectors()
        if current.folder == self.vectors.folder and current.name == self.vectors.name:
            self.vectors.reopen()
        else:
            self.vectors.close()
            self.vectors = current

    def _check_still(self) -> None:
        """Refuse to go on with vectors of a model that the library has left meanwhile."""
        fingerprint, encoder = self._encoder
        made_with = self.ledger.meta("encoder")
        if fingerprint is not None and made_with not in (None, fingerprint):
            raise LibraryMismatch(
                f"The library in {self.folder} has meanwhile been encoded anew with the model "
                f"'{self.ledger.meta('encoder_name')}', and this process still uses '{encoder}'. "
                "Stop it and start it again with GENDERGPT_ENCODER set to that model."
            )

    def seen(self, generation: int) -> None:
        """Note that the open stores are at this generation: this process wrote it."""
        with self._refreshing:
            self._generation = generation

    def turn_to(self, vectors: VectorStore) -> None:
        """Go on with other vectors: this process has made them the library's own."""
        with self._refreshing:
            self.vectors.close()
            self.vectors, self._encoder = vectors, (None, None)

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

    def find(self, prefix: str) -> Document:
        """Return the document whose id is, or alone begins with, ``prefix``.

        Raises:
            DocumentNotFound: there is none; fewer than four characters are no beginning.
            UsageError: there are several.
        """
        found = [each for each in self.documents() if each.id.startswith(prefix)]
        exact = [each for each in found if each.id == prefix]
        if exact or len(prefix) < _SHORTEST_PREFIX or not found:
            return exact[0] if exact else self.document(prefix)
        if len(found) > 1:
            ids = ", ".join(each.id for each in found[:5])
            raise UsageError(f"Several ids begin with '{prefix}': {ids}. Give more of it.")
        return found[0]

    def glossary(self) -> Glossary:
        """Return the terms and acronyms that the library explains."""
        kept = {each[0]: each[2] for each in self._ready()}
        explained = self.lexical.explained()
        return glossary(
            ((each.document, each.passage) for each in self.ledger.called(CALLED)),
            ((kept[each], explained[each]) for each in sorted(explained) if each in kept),
        )

    def _ready(self) -> Iterator[tuple[int, str, Document]]:
        found = (self.ledger.revision(document.id) for document in self.documents())
        return (each for each in found if each is not None)

    def dense(
        self, vector: NDArray[np.float32], limit: int, revisions: Collection[int] | None
    ) -> list[tuple[int, float]]:
        """Return passage keys and their cosine similarity to a (d,) vector, best first."""
        if revisions is not None and not revisions:
            return []
        return self.vectors.query(vector, limit, revisions)

    def bm25(
        self, text: str, limit: int, revisions: Collection[int] | None, language: str | None = None
    ) -> list[tuple[int, float]]:
        """Return passage keys and their BM25 scores, best first.

        Args:
            text: the question.
            limit: most passages to return.
            revisions: only passages of these; None for all.
            language: of the question (ISO 639-1), for its words' forms.
        """
        if revisions is not None and not revisions:
            return []
        return self.lexical.query(text, limit, revisions, language)

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
            orphans=len(vectors - self.ledger.keys()) + len(stray) + len(self.left_behind()),
            lost=len(self._lost()),
            unfinished=len(self.ledger.revisions("writing")),
        )

    def left_behind(self) -> list[Path]:
        """Return the folders of vectors of other models that a broken-off change has left."""
        current = self.ledger.meta("vectors") or VECTORS
        folders = self.folder.glob(f"{VECTORS}*")
        return [folder for folder in folders if folder.is_dir() and folder.name != current]

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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"The library's folder {folder} cannot be made: {error.strerror or error}. "
            "Name another with --library."
        ) from error
