"""The one writer at a time: how a library changes, step by step in all its stores."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gendergpt.errors import UnavailableError
from gendergpt.ledger import Entry
from gendergpt.lexical import ENGLISH, FORMER, Words
from gendergpt.prepared import Prepared, context
from gendergpt.types import Document, Original
from gendergpt.vectors import VectorStore

if TYPE_CHECKING:
    from gendergpt.library import Library


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed: entries of stores without a document, and unfinished documents."""

    strays: int
    unfinished: int


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
        if (thorough or writing or stray or uneven) and library.vectors.folder.exists():
            vectors = sorted(library.vectors.keys() - library.ledger.keys())
            library.vectors.remove_keys(vectors)
        folders = library.left_behind()
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        strays = len(vectors) + len(stray | words) + partial + len(folders)
        return Swept(strays, len(writing))

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
        """Write documents and make them visible together; return the generation.

        Raises:
            UnavailableError: the disk is full.
        """
        library = self._library
        written = self.stage(batch, library.vectors)
        library.lexical.add(self._words(written))
        gone = [
            found[0]
            for item in batch
            for document_id in {item.document.id, *item.replaces}
            if (found := library.ledger.revision(document_id)) is not None
        ]
        sources = [source for item in batch for source in item.sources]
        corrections = [(item.document.id, item.correction) for item in batch if item.correction]
        return self._commit(written, gone, sources, corrections=corrections)

    def stage(self, batch: Sequence[Prepared], vectors: VectorStore) -> list[int]:
        """Write documents in the state ``writing``, but for their words; return the revisions.

        Raises:
            UnavailableError: the disk is full.
        """
        ledger, tokens = self._library.ledger, self._library.tokens
        written = [ledger.begin(self._entry(item)) for item in batch]
        try:
            for item, (revision, keys) in zip(batch, written, strict=True):
                if keys:
                    tokens.write(revision, item.tokens)
            keys = [key for _, some in written for key in some]
            revisions = [revision for revision, some in written for _ in some]
            vectors.add(keys, revisions, [each for item in batch for each in item.vectors])
        except OSError as error:
            raise UnavailableError(
                f"The library in {self._library.folder} cannot be written to: "
                f"{error.strerror or error}. Make room on the disk and run the command again; "
                "what was finished stays."
            ) from error
        return [revision for revision, _ in written]

    def switch(self, staged: Sequence[int], vectors: VectorStore, encoder: tuple[str, str]) -> int:
        """Put staged revisions in the place of all that is there, in one step.

        Args:
            staged: a revision for each document of the library.
            vectors: where their vectors are.
            encoder: fingerprint and name of the encoder that made them.

        Returns:
            The generation.
        """
        library = self._library
        library.lexical.add(self._words(staged))
        gone = library.ledger.revisions()
        fingerprint, name = encoder
        meta = [("encoder", fingerprint), ("encoder_name", name), ("vectors", vectors.folder.name)]
        library.ledger.commit(staged, gone, meta=meta)
        library.turn_to(vectors)
        for folder in library.left_behind():
            shutil.rmtree(folder, ignore_errors=True)
        for revision in gone:
            library.tokens.remove(revision)
        library.lexical.remove(gone)
        generation = library.ledger.commit()  # as in _commit
        library.seen(generation)
        return generation

    def renew_words(self) -> None:
        """Make the word index from the ledger, in place of that of an earlier form.

        Another process may have done so meanwhile; then there is nothing to do.
        """
        library = self._library
        former = library.folder / FORMER
        if former.exists():
            library.lexical.remove(library.lexical.revisions())
            library.lexical.add(self._words(library.ledger.revisions()))
            library.seen(library.ledger.commit())
            shutil.rmtree(former)

    def _words(self, revisions: Iterable[int]) -> Iterator[Words]:
        """Yield what the word index holds of revisions that the ledger has."""
        for revision in revisions:
            for each in self._library.ledger.passages(revision):
                head = context(each.document, each.passage)
                language = each.document.language or ENGLISH
                yield Words(each.key, revision, each.passage.text, head, language)

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
        corrections: Sequence[tuple[str, Mapping[str, Any]]] = (),
    ) -> int:
        """Change records or paths of documents whose text stays; return the generation."""
        return self._commit(records=records, sources=sources, corrections=corrections)

    def list_originals(self, catalogue: str, originals: Sequence[Original]) -> None:
        """Keep what one catalogue lists as originals, in place of what it listed before."""
        self._library.ledger.list_originals(catalogue, originals)

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
            item.document,
            item.fingerprint,
            item.pages,
            item.passages,
            counts,
            item.warnings,
            item.added,
        )

    def _commit(
        self,
        ready: Sequence[int] = (),
        gone: Sequence[int] = (),
        sources: Sequence[tuple[str, str | None]] = (),
        records: Sequence[tuple[int, Document]] = (),
        meta: Sequence[tuple[str, str]] = (),
        corrections: Sequence[tuple[str, Mapping[str, Any]]] = (),
    ) -> int:
        library = self._library
        generation = library.ledger.commit(ready, gone, sources, records, meta, corrections)
        for revision in gone:
            library.tokens.remove(revision)
            library.vectors.remove(revision)
        library.lexical.remove(gone)
        if gone:  # whoever reopened in between still sees what is gone by now: look again
            generation = library.ledger.commit()
        library.seen(generation)
        return generation


def is_gone(path: str) -> bool:
    """Say whether there is surely no such file; one that cannot be looked at may be there."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
