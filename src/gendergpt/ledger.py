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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from gendergpt.errors import LibraryMismatch, LibraryMissing, UnavailableError
from gendergpt.types import (
    Basis,
    Document,
    Filters,
    Form,
    Kind,
    LabelFrom,
    Page,
    PageRef,
    Passage,
    Sentence,
    Span,
)

SCHEMA = 2
_PATIENCE = 30
"""Seconds to wait for another process that has the file locked."""
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('writing', 'ready')),
    fingerprint TEXT NOT NULL,
    record TEXT NOT NULL,
    warnings TEXT NOT NULL,
    added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX one_ready ON documents (id) WHERE state = 'ready';
CREATE TABLE sources (path TEXT PRIMARY KEY, document_id TEXT NOT NULL);
CREATE TABLE pages (
    revision INTEGER NOT NULL, position INTEGER NOT NULL,
    number INTEGER, label TEXT, text TEXT NOT NULL, label_from TEXT,
    PRIMARY KEY (revision, position)
) WITHOUT ROWID;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL, position INTEGER NOT NULL,
    id TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL,
    token_first INTEGER NOT NULL, token_count INTEGER NOT NULL
);
CREATE INDEX passages_of ON passages (revision, position);
CREATE TABLE quarantine (path TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE edits (document_id TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE originals (
    catalogue TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (catalogue, id)
) WITHOUT ROWID;
"""
_FROM_1 = """
ALTER TABLE pages ADD COLUMN label_from TEXT;
CREATE TABLE edits (document_id TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE originals (
    catalogue TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (catalogue, id)
) WITHOUT ROWID;
"""


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
                f"There is no library in {path.parent}. Make one with "
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
                for statement in _TABLES.strip().split(";\n"):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('generation', '0')")
                db.execute(f"PRAGMA user_version = {SCHEMA}")

    def _upgrade(self) -> int:
        """Bring a library of schema 1 to this one, unless another process did so meanwhile."""
        with self._transaction() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] == 1:
                for statement in _FROM_1.strip().split(";\n"):
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
        return sorted((_document(row[0]) for row in rows), key=lambda doc: (doc.title, doc.id))

    def revision(self, document_id: str) -> tuple[int, str, Document] | None:
        """Return revision, fingerprint and document of a ready document, or None."""
        rows = self._rows(
            "SELECT revision, fingerprint, record FROM documents WHERE id = ? AND state = 'ready'",
            document_id,
        )
        return (rows[0][0], rows[0][1], _document(rows[0][2])) if rows else None

    def warnings(self, document_id: str) -> list[str]:
        """Return what the reader had to say about a document."""
        rows = self._rows(
            "SELECT warnings FROM documents WHERE id = ? AND state = 'ready'", document_id
        )
        return list(json.loads(rows[0][0])) if rows else []

    def revisions(self, state: str = "ready") -> list[int]:
        """Return the revisions in a state."""
        rows = self._rows("SELECT revision FROM documents WHERE state = ?", state)
        return [row[0] for row in rows]

    def matching(self, filters: Filters | None) -> set[int] | None:
        """Return the ready revisions that pass the filters, or None where all do."""
        if filters is None or not filters.to_dict():
            return None
        rows = self._rows("SELECT revision, record FROM documents WHERE state = 'ready'")
        return {row[0] for row in rows if passes(_document(row[1]), filters)}

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
                (stored.key, stored) for stored in self._stored(f"key IN ({marks})", *chunk)
            )
        return result

    def neighbours(self, revision: int, position: int, reach: int = 1) -> list[Stored]:
        """Return the passages from ``reach`` before to ``reach`` after a position, in order."""
        condition = "revision = ? AND position BETWEEN ? AND ? ORDER BY position"
        return self._stored(condition, revision, position - reach, position + reach)

    def pages(self, document_id: str) -> list[Page]:
        """Return the pages of a ready document, in order."""
        rows = self._rows(
            "SELECT number, label, text, label_from FROM pages JOIN documents USING (revision) "
            "WHERE id = ? AND state = 'ready' ORDER BY position",
            document_id,
        )
        return [
            Page(number, label, text, _label_from(origin)) for number, label, text, origin in rows
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

    # --- writing (only while holding the library's lock) -----------------------------------------

    def begin(self, entry: Entry) -> tuple[int, list[int]]:
        """Write a document in the state ``writing``; return its revision and passage keys."""
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO documents (id, state, fingerprint, record, warnings) "
                "VALUES (?, 'writing', ?, ?, ?)",
                (
                    entry.document.id,
                    entry.fingerprint,
                    json.dumps(entry.document.to_dict()),
                    json.dumps(list(entry.warnings)),
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
                (revision, position, passage.id, passage.text, _place(passage), first, count),
            )
            keys.append(int(cursor.lastrowid or 0))
        return keys

    def commit(
        self,
        ready: Sequence[int] = (),
        gone: Sequence[int] = (),
        sources: Sequence[tuple[str, str | None]] = (),
        records: Sequence[tuple[int, Document]] = (),
        meta: Sequence[tuple[str, str]] = (),
    ) -> int:
        """Make a change of the library visible, all of it or nothing; return the new generation.

        Args:
            ready: revisions that are complete in all stores.
            gone: ready revisions that are replaced or removed.
            sources: path and document id (None: the path is forgotten).
            records: ready revisions whose document's record changes.
            meta: values of the library as a whole.
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

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- below -----------------------------------------------------------------------------------

    @staticmethod
    def _delete(db: sqlite3.Connection, revision: int) -> None:
        for table in ("documents", "pages", "passages"):
            db.execute(f"DELETE FROM {table} WHERE revision = ?", (revision,))

    def _stored(self, condition: str, *values: Any) -> list[Stored]:
        rows = self._rows(
            "SELECT key, revision, position, passages.id, text, place, token_first, token_count, "
            f"record FROM passages JOIN documents USING (revision) WHERE state = 'ready' AND "
            f"{condition}",
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


def passes(document: Document, filters: Filters) -> bool:
    """Say whether a document is among those that the filters admit."""
    publishers = {document.publisher, *(basis.publisher for basis in document.based_on)}
    years = {document.year} if document.kind is Kind.ORIGINAL else {
        document.year, *(basis.year for basis in document.based_on)
    }  # fmt: skip
    return (
        _among({document.id}, filters.document)
        and _among(publishers, filters.publisher)
        and _among({document.language}, filters.language)
        and _among({document.edition}, filters.edition)
        and _among({str(document.kind)}, filters.kind)
        and _in_years(years, filters)
    )


def _among(values: set[str | None], wanted: str | frozenset[str] | set[str] | None) -> bool:
    if wanted is None:
        return True
    return bool(values & ({wanted} if isinstance(wanted, str) else set(wanted)))


def _in_years(years: set[int | None], filters: Filters) -> bool:
    if filters.year_from is None and filters.year_to is None:
        return True
    low, high = filters.year_from or 0, filters.year_to or 9999
    return any(year is not None and low <= year <= high for year in years)


def _place(passage: Passage) -> str:
    """Pack heading, spans and sentences; spans are lists of page, label, start, end, origin."""
    sentences = [
        [s.start, s.end, str(s.form), _packed(s.spans), list(s.numbers)] for s in passage.sentences
    ]
    return json.dumps([list(passage.heading), _packed(passage.spans), sentences])


def _packed(spans: Iterable[Span]) -> list[list[Any]]:
    return [
        [None, None, s.start, s.end]
        if s.page is None
        else [s.page.number, s.page.label, s.start, s.end, s.page.label_from]
        for s in spans
    ]


def _span(number: int | None, label: str | None, start: int, end: int, origin: Any = None) -> Span:
    page = None if number is None else PageRef(number, label, _label_from(origin))
    return Span(page, start, end)


def _label_from(origin: str | None) -> LabelFrom | None:
    return None if origin is None else LabelFrom(origin)


def _passage(passage_id: str, text: str, place: str, document: Document) -> Passage:
    heading, spans, sentences = json.loads(place)
    return Passage(
        passage_id,
        document.id,
        text,
        tuple(_span(*row) for row in spans),
        tuple(heading),
        tuple(_sentence(*row) for row in sentences),
    )


def _sentence(
    start: int, end: int, form: str, spans: list[list[Any]], numbers: Sequence[str] = ()
) -> Sentence:
    return Sentence(start, end, tuple(_span(*row) for row in spans), Form(form), tuple(numbers))


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
    document = _document(record)
    passage = _passage(passage_id, text, place, document)
    return Stored(key, revision, position, passage, document, first, count)


def _document(record: str) -> Document:
    values = json.loads(record)
    values["kind"] = Kind(values["kind"])
    values["based_on"] = tuple(Basis(**basis) for basis in values["based_on"])
    values["guessed"] = tuple(values.get("guessed", ()))
    return Document(**values)
