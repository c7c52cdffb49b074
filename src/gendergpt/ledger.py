"""The ledger: an SQLite file that alone decides what the library holds.

A *revision* is one writing of one document. Its pages and passages are put down in the state
``writing``, derived data go to the other stores under the revision's number, and one transaction
then makes it ``ready``, removes what it replaces and raises the *generation*. What the other stores
hold beyond the ready revisions does not exist.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from gendergpt.errors import LibraryMismatch, LibraryMissing, UnavailableError
from gendergpt.filters import passes
from gendergpt.numbering import Place, normal, page_name
from gendergpt.packing import packed_place, to_document, to_label_from, to_original, to_passage
from gendergpt.schema import FROM_1, SCHEMA, TABLES
from gendergpt.types import (
    Document,
    Filters,
    Original,
    Page,
    Passage,
)

_READY = "state = 'ready'"
_PATIENCE = 30
"""Seconds to wait for another process that has the file locked."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as the ledger knows it, with its document and where its token vectors are."""

    key: int
    revision: int
    position: int
    passage: Passage
    document: Document
    token_first: int
    token_count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to be written: its record, fingerprint, pages and passages with token counts."""

    document: Document
    fingerprint: str
    pages: Sequence[Page]
    passages: Sequence[Passage]
    token_counts: Sequence[int]
    warnings: Sequence[str] = ()
    added: str | None = None


class Ledger:
    """The ledger of one library.

    Args:
        path: the SQLite file.
        create: make it when it is missing.

    Raises:
        LibraryMissing: there is no such file.
        LibraryMismatch: another version of GenderGPT made it.
        UnavailableError: the file is damaged or cannot be opened.
    """

    def __init__(self, path: Path, create: bool = False) -> None:
        if not path.is_file() and not create:
            raise LibraryMissing(
                f"There is no library in {path.parent.absolute()}. Make one with "
                "`gendergpt ingest PATHS…`, or name another with --library."
            )
        self._path = path
        self._lock = threading.RLock()
        with self._usable():
            self._db = sqlite3.connect(
                path, check_same_thread=False, isolation_level=None, timeout=_PATIENCE
            )
        try:
            # Safe with a write-ahead log, but for the last moments before a power cut, and those
            # are swept away or ingested again.
            self._rows("PRAGMA synchronous = NORMAL")
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        if not self._rows("SELECT name FROM sqlite_master LIMIT 1"):
            self._make()
        version = self._rows("PRAGMA user_version")[0][0]
        if version == 1:
            version = self._upgrade()
        if version != SCHEMA:
            raise LibraryMismatch(
                f"The library in {self._path.parent} has schema {version}; this GenderGPT uses "
                f"{SCHEMA}. Use the version that made it, or ingest into a new library "
                "(--library DIR)."
            )

    def _make(self) -> None:
        """Lay out an empty file, unless another process does so at the same time."""
        self._log_ahead()
        with self._transaction() as db:
            if db.execute("SELECT name FROM sqlite_master LIMIT 1").fetchone() is None:
                for statement in TABLES.strip().split(";\n"):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('generation', '0')")
                db.execute(f"PRAGMA user_version = {SCHEMA}")

    def _upgrade(self) -> int:
        """Bring a library of schema 1 to this one, unless another process did so meanwhile."""
        with self._transaction() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] == 1:
                for statement in FROM_1.strip().split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {SCHEMA}")
        return SCHEMA

    def _log_ahead(self) -> None:
        """Turn the write-ahead log on; for this, SQLite itself does not wait for others."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._rows("PRAGMA journal_mode = WAL")
            except UnavailableError as error:
                busy = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > end:
                    raise
            else:
                return
            time.sleep(0.02)

    # --- reading ---------------------------------------------------------------------------------

    def generation(self) -> int:
        """Return the number that every commit raises."""
        return int(self.meta("generation") or 0)

    def meta(self, key: str) -> str | None:
        """Return a value of the library as a whole, or None."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        return str(rows[0][0]) if rows else None

    def documents(self) -> list[Document]:
        """Return the documents that are ready, by title."""
        rows = self._rows("SELECT record FROM documents WHERE state = 'ready'")
        return sorted((to_document(row[0]) for row in rows), key=lambda doc: (doc.title, doc.id))

    def revision(self, document_id: str) -> tuple[int, str, Document] | None:
        """Return revision, fingerprint and document of a ready document, or None."""
        rows = self._rows(
            "SELECT revision, fingerprint, record FROM documents WHERE id = ? AND state = 'ready'",
            document_id,
        )
        return (rows[0][0], rows[0][1], to_document(rows[0][2])) if rows else None

    def warnings(self, document_id: str) -> list[str]:
        """Return what the reader had to say about a document."""
        rows = self._rows(
            "SELECT warnings FROM documents WHERE id = ? AND state = 'ready'", document_id
        )
        return list(json.loads(rows[0][0])) if rows else []

    def correction(self, document_id: str) -> dict[str, Any]:
        """Return the fields of a document that were corrected by hand (None: emptied).

        They are kept when the document goes, so that they hold again when its file comes back.
        """
        rows = self._rows("SELECT record FROM edits WHERE document_id = ?", document_id)
        return dict(json.loads(rows[0][0])) if rows else {}

    def added(self, document_id: str) -> str | None:
        """Return when a ready document came in, as UTC in ``YYYY-MM-DD HH:MM:SS``, or None."""
        rows = self._rows(
            "SELECT added FROM documents WHERE id = ? AND state = 'ready'", document_id
        )
        return str(rows[0][0]) if rows else None

    def revisions(self, state: str = "ready") -> list[int]:
        """Return the revisions in a state."""
        rows = self._rows("SELECT revision FROM documents WHERE state = ?", state)
        return [row[0] for row in rows]

    def matching(self, filters: Filters | None) -> set[int] | None:
        """Return the ready revisions that pass the filters, or None where all do."""
        if filters is None or not filters.to_dict():
            return None
        rows = self._rows("SELECT revision, record FROM documents WHERE state = 'ready'")
        return {row[0] for row in rows if passes(to_document(row[1]), filters)}

    def counts(self) -> tuple[int, int]:
        """Return how many documents and passages are ready."""
        documents = self._rows("SELECT COUNT(*) FROM documents WHERE state = 'ready'")[0][0]
        passages = self._rows(
            "SELECT COUNT(*) FROM passages JOIN documents USING (revision) WHERE state = 'ready'"
        )[0][0]
        return documents, passages

    def keys(self) -> set[int]:
        """Return the keys of all ready passages."""
        return set(self.owners())

    def owners(self) -> dict[int, int]:
        """Return the revision of each ready passage, by its key."""
        return dict(
            self._rows(
                "SELECT key, revision FROM passages JOIN documents USING (revision) "
                "WHERE state = 'ready'"
            )
        )

    def stored(self, keys: Iterable[int]) -> dict[int, Stored]:
        """Return the ready passages among ``keys``; those the ledger does not know are left out."""
        wanted = [int(key) for key in keys]
        result: dict[int, Stored] = {}
        for start in range(0, len(wanted), 500):
            chunk = wanted[start : start + 500]
            marks = ",".join("?" * len(chunk))
            result.update(
                (stored.key, stored)
                for stored in self._stored(f"{_READY} AND key IN ({marks})", *chunk)
            )
        return result

    def at(self, place: Place, revisions: set[int] | None = None) -> list[int]:
        """Return the keys of the ready passages that touch a numbered place or page, in order.

        Args:
            place: what a question asks for.
            revisions: what the search is limited to (None: all).
        """
        names = sorted({*place.names, *([_PAGE + place.page] if place.page else [])})
        marks = ",".join("?" * len(names))
        rows = self._rows(
            "SELECT key, revision FROM places JOIN documents USING (revision) "
            f"WHERE state = 'ready' AND name IN ({marks}) "
            "GROUP BY key HAVING COUNT(DISTINCT name) = ? ORDER BY key",
            *names,
            len(names),
        )
        return [key for key, revision in rows if revisions is None or revision in revisions]

    def passages(self, revision: int) -> list[Stored]:
        """Return the passages of a revision in either state, in order."""
        return self._stored("revision = ? ORDER BY position", revision)

    def passage(self, document_id: str, passage_id: str) -> Passage | None:
        """Return a passage of a ready document, or None."""
        condition = f"{_READY} AND documents.id = ? AND passages.id = ?"
        found = self._stored(condition, document_id, passage_id)
        return found[0].passage if found else None

    def called(self, words: Sequence[str]) -> list[Stored]:
        """Return the passages whose title or heading has one of some words, in reading order.

        Args:
            words: plain letters and spaces; capitals do not matter.
        """
        some = " OR ".join(
            ["json_extract(place, '$[0]') LIKE ? OR json_extract(record, '$.title') LIKE ?"]
            * len(words)
        )
        values = [f"%{word}%" for word in words for _ in range(2)]
        return self._stored(f"state = 'ready' AND ({some}) ORDER BY revision, position", *values)

    def neighbours(self, revision: int, position: int, reach: int = 1) -> list[Stored]:
        """Return the passages from ``reach`` before to ``reach`` after a position, in order."""
        condition = f"{_READY} AND revision = ? AND position BETWEEN ? AND ? ORDER BY position"
        return self._stored(condition, revision, position - reach, position + reach)

    def pages(self, document_id: str) -> list[Page]:
        """Return the pages of a ready document, in order."""
        rows = self._rows(
            "SELECT number, label, text, label_from FROM pages JOIN documents USING (revision) "
            "WHERE id = ? AND state = 'ready' ORDER BY position",
            document_id,
        )
        return [
            Page(number, label, text, to_label_from(origin)) for number, label, text, origin in rows
        ]

    def page_text(self, document_id: str, number: int | None) -> str | None:
        """Return one page's own text (``number`` None: formats without pages), or None."""
        rows = self._rows(
            "SELECT text FROM pages JOIN documents USING (revision) "
            "WHERE id = ? AND state = 'ready' AND number IS ?",
            document_id,
            number,
        )
        return rows[0][0] if rows else None

    def sources(self) -> dict[str, str]:
        """Return the document id of each known path."""
        return dict(self._rows("SELECT path, document_id FROM sources"))

    def quarantined(self) -> dict[str, tuple[str, str]]:
        """Return fingerprint and reason of each file that could not be read."""
        rows = self._rows("SELECT path, fingerprint, reason FROM quarantine")
        return {path: (fingerprint, reason) for path, fingerprint, reason in rows}

    def originals(self) -> list[Original]:
        """Return the publications that users should add, by id, each once."""
        rows = self._rows("SELECT id, record FROM originals ORDER BY id, catalogue DESC")
        return list({key: to_original(record) for key, record in rows}.values())

    def catalogues(self) -> list[str]:
        """Return the paths of the catalogues that list originals."""
        return [row[0] for row in self._rows("SELECT DISTINCT catalogue FROM originals")]

    # --- writing (only while holding the library's lock) -----------------------------------------

    def begin(self, entry: Entry) -> tuple[int, list[int]]:
        """Write a document in the state ``writing``; return its revision and passage keys."""
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO documents (id, state, fingerprint, record, warnings, added) "
                "VALUES (?, 'writing', ?, ?, ?, COALESCE(?, CURRENT_TIMESTAMP))",
                (
                    entry.document.id,
                    entry.fingerprint,
                    json.dumps(entry.document.to_dict()),
                    json.dumps(list(entry.warnings)),
                    entry.added,
                ),
            )
            revision = int(cursor.lastrowid or 0)
            db.executemany(
                "INSERT INTO pages (revision, position, number, label, text, label_from) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (revision, n, p.number, p.label, p.text, p.label_from)
                    for n, p in enumerate(entry.pages)
                ],
            )
            keys = self._insert_passages(db, revision, entry)
        return revision, keys

    @staticmethod
    def _insert_passages(db: sqlite3.Connection, revision: int, entry: Entry) -> list[int]:
        firsts = accumulate(entry.token_counts, initial=0)
        keys = []
        for position, (passage, first, count) in enumerate(
            zip(entry.passages, firsts, entry.token_counts, strict=False)
        ):
            cursor = db.execute(
                "INSERT INTO passages "
                "(revision, position, id, text, place, token_first, token_count) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (revision, position, passage.id, passage.text, packed_place(passage), first, count),
            )
            keys.append(int(cursor.lastrowid or 0))
        db.executemany(
            "INSERT INTO places VALUES (?, ?, ?)",
            [
                (name, key, revision)
                for key, passage in zip(keys, entry.passages, strict=False)
                for name in sorted(_names_of(passage))
            ],
        )
        return keys

    def commit(
        self,
        ready: Sequence[int] = (),
        gone: Sequence[int] = (),
        sources: Sequence[tuple[str, str | None]] = (),
        records: Sequence[tuple[int, Document]] = (),
        meta: Sequence[tuple[str, str]] = (),
        corrections: Sequence[tuple[str, Mapping[str, Any]]] = (),
    ) -> int:
        """Make a change of the library visible, all of it or nothing; return the new generation.

        Args:
            ready: revisions that are complete in all stores.
            gone: ready revisions that are replaced or removed.
            sources: path and document id (None: the path is forgotten).
            records: ready revisions whose document's record changes.
            meta: values of the library as a whole.
            corrections: document id and all fields that were corrected by hand.
        """
        with self._transaction() as db:
            for revision in gone:
                self._delete(db, revision)
            for revision in ready:
                db.execute("UPDATE documents SET state = 'ready' WHERE revision = ?", (revision,))
            for revision, document in records:
                record = json.dumps(document.to_dict())
                db.execute("UPDATE documents SET record = ? WHERE revision = ?", (record, revision))
            for path, document_id in sources:
                db.execute("DELETE FROM sources WHERE path = ?", (path,))
                if document_id is not None:
                    db.execute("INSERT INTO sources VALUES (?, ?)", (path, document_id))
            for key, value in meta:
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
            for document_id, correction in corrections:
                packed = json.dumps(dict(correction))
                db.execute("INSERT OR REPLACE INTO edits VALUES (?, ?)", (document_id, packed))
            db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
        return self.generation()

    def abandon(self, revision: int) -> None:
        """Drop a revision that was never made ready."""
        with self._transaction() as db:
            self._delete(db, revision)

    def quarantine(self, path: str, fingerprint: str | None, reason: str = "") -> None:
        """Remember that a file could not be read, or (fingerprint None) that it can."""
        with self._transaction() as db:
            db.execute("DELETE FROM quarantine WHERE path = ?", (path,))
            if fingerprint is not None:
                db.execute("INSERT INTO quarantine VALUES (?, ?, ?)", (path, fingerprint, reason))

    def list_originals(self, catalogue: str, originals: Iterable[Original]) -> None:
        """Replace the originals that one catalogue lists (none: it lists none any more)."""
        rows = [(catalogue, each.id, json.dumps(each.to_dict())) for each in originals]
        with self._transaction() as db:
            db.execute("DELETE FROM originals WHERE catalogue = ?", (catalogue,))
            db.executemany("INSERT INTO originals VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- below -----------------------------------------------------------------------------------

    @staticmethod
    def _delete(db: sqlite3.Connection, revision: int) -> None:
        for table in ("documents", "pages", "passages", "places"):
            db.execute(f"DELETE FROM {table} WHERE revision = ?", (revision,))

    def _stored(self, condition: str, *values: Any) -> list[Stored]:
        rows = self._rows(
            "SELECT key, revision, position, passages.id, text, place, token_first, token_count, "
            f"record FROM passages JOIN documents USING (revision) WHERE {condition}",
            *values,
        )
        return [_from_row(*row) for row in rows]

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock, self._usable():
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._usable():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Turn SQLite's complaints about the file into one that says the way out."""
        try:
            yield
        except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
            raise
        except sqlite3.Error as error:
            raise UnavailableError(
                f"The library's ledger {self._path} cannot be used: {error}. If it is damaged, "
                "restore it from a copy, or remove the library's folder and ingest again."
            ) from error


_PAGE = "page "


def _names_of(passage: Passage) -> set[str]:
    """Return the names under which a passage is found: its numbered places, its printed pages.

    Where nothing is printed on a page, it is found by its position in the file.
    """
    numbered = {normal(name) for each in passage.sentences for name in each.numbers}
    pages = {span.page for span in passage.spans if span.page is not None}
    return numbered | {_PAGE + page_name(page.label or str(page.number)) for page in pages}


def _from_row(
    key: int,
    revision: int,
    position: int,
    passage_id: str,
    text: str,
    place: str,
    first: int,
    count: int,
    record: str,
) -> Stored:
    document = to_document(record)
    passage = to_passage(passage_id, text, place, document)
    return Stored(key, revision, position, passage, document, first, count)
