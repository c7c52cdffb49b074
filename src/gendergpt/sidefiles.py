"""Small SQLite files beside the library, which it does not need: made with their first use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gendergpt.errors import UnavailableError

_PATIENCE = 5


@contextmanager
def opened(path: Path, table: str) -> Iterator[sqlite3.Connection]:
    """Open a file for one transaction and make its table where there is none.

    Args:
        path: of the file.
        table: what follows ``CREATE TABLE IF NOT EXISTS``.

    Raises:
        UnavailableError: the file is damaged or cannot be written.
    """
    try:
        file = sqlite3.connect(path, timeout=_PATIENCE)
        try:
            with file:
                file.execute(f"CREATE TABLE IF NOT EXISTS {table}")
                yield file
        finally:
            file.close()
    except sqlite3.Error as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> UnavailableError:
    """Return the error that says how to go on without a file."""
    return UnavailableError(
        f"{path} cannot be used ({error}). Move it away; a new one is made when it is needed."
    )
