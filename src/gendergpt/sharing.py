"""Answers that were shared: an SQLite file in the library's folder, made with the first of them.

An answer is put down only when somebody shares it, under a name that cannot be guessed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gendergpt.errors import SharedAnswerMissing, UnavailableError, UsageError
from gendergpt.kept import Kept, read, written

SHARED = "shared.sqlite"
NAME = re.compile(r"[A-Za-z0-9_-]{22}")
"""What names of shared answers look like."""

_SCHEMA = 1
_TABLE = """
CREATE TABLE shared (
    name TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL,
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, record TEXT NOT NULL
) WITHOUT ROWID
"""
_LARGEST = 256 * 1024
_PATIENCE = 10


class Shared:
    """The shared answers of one library; may be used from several threads and processes.

    Args:
        folder: the library's folder.
        most: how many answers are held.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._path = folder / SHARED
        self._most = most

    def add(self, kept: Kept) -> str:
        """Put an answer down and return its name; the same answer again keeps its name.

        Raises:
            UsageError: the answer is too large.
            UnavailableError: as many are held as may be, or the file cannot be used.
        """
        if not self._most:
            raise UnavailableError(
                "Sharing is switched off here (GENDERGPT_SHARED_ANSWERS is 0). Copy the answer "
                "instead."
            )
        record = written(kept)
        if len(record) > _LARGEST:
            raise UsageError("This answer is too long to be shared. Copy it instead.")
        digest = hashlib.sha256(record.encode("utf-8", "replace")).hexdigest()
        with self._opened(create=True) as db:
            db.execute("BEGIN IMMEDIATE")
            found = db.execute("SELECT name FROM shared WHERE digest = ?", (digest,)).fetchone()
            name = str(found[0]) if found else self._insert(db, digest, kept, record)
            db.execute("COMMIT")
        return name

    def _insert(self, db: sqlite3.Connection, digest: str, kept: Kept, record: str) -> str:
        if db.execute("SELECT COUNT(*) FROM shared").fetchone()[0] >= self._most:
            raise UnavailableError(
                f"This library holds as many shared answers as it may ({self._most}). Whoever "
                "keeps it can raise the setting GENDERGPT_SHARED_ANSWERS, or remove the file "
                f"{SHARED} with all of them. Copy the answer instead."
            )
        name = secrets.token_urlsafe(16)
        db.execute(
            "INSERT INTO shared (name, digest, generation, record) VALUES (?, ?, ?, ?)",
            (name, digest, kept.answer.generation, record),
        )
        return name

    def get(self, name: str) -> Kept:
        """Return a shared answer.

        Raises:
            SharedAnswerMissing: there is none of this name.
            UsageError: it was put down by a version of GenderGPT that this one does not understand.
            UnavailableError: the file cannot be used.
        """
        found = None
        if NAME.fullmatch(name) and self._path.is_file():
            with self._opened() as db:
                found = db.execute("SELECT record FROM shared WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise SharedAnswerMissing(
                "There is no shared answer at this address. Check that the address is whole, or "
                "ask whoever sent it to share the answer again."
            )
        return read(found[0])

    @contextmanager
    def _opened(self, create: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self._path, isolation_level=None, timeout=_PATIENCE)
            ) as db:
                self._prepare(db, create)
                yield db  # what was begun and not committed is undone by closing
        except sqlite3.Error as error:
            raise UnavailableError(
                f"Shared answers cannot be used: {error} ({self._path}). Check the folder's "
                "permissions and the room on the disk; if the file is damaged, restore it from a "
                "copy or remove it."
            ) from error

    def _prepare(self, db: sqlite3.Connection, create: bool) -> None:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and create:
            db.execute("BEGIN IMMEDIATE")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                db.execute(_TABLE)
                db.execute(f"PRAGMA user_version = {_SCHEMA}")
                version = _SCHEMA
            db.execute("COMMIT")
        if version != _SCHEMA:
            raise UnavailableError(
                f"The shared answers in {self._path} are of another version of GenderGPT. Use "
                "that one, or remove the file."
            )
