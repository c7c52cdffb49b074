"""What people think of answers and citations, kept for whoever keeps the library.

One small SQLite file in the library's folder. It holds what somebody sent on purpose, and no more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from gendergpt.errors import LibraryMissing, UnavailableError
from gendergpt.plainly import in_one_line, plainly
from gendergpt.sidefiles import damaged, opened

FILE = "feedback.sqlite"
_TABLE = "feedback (number INTEGER PRIMARY KEY, at TEXT NOT NULL, entry TEXT NOT NULL)"
MOST_ENTRIES = 20_000
LONGEST_QUESTION = 2000
LONGEST_COMMENT = 1000
LONGEST_QUOTE = 300
LONGEST_NAME = 300
MOST_CITED = 20


class Verdict(StrEnum):
    """What somebody says: the answer helped, it did not, or a citation is wrong."""

    UP = "up"
    DOWN = "down"
    WRONG_CITATION = "wrong_citation"


class Reason(StrEnum):
    """Why an answer did not help."""

    BESIDE = "beside"
    INCOMPLETE = "incomplete"
    OVERLOOKED = "overlooked"
    OTHER = "other"


REASONS = {
    Reason.BESIDE: "It is beside the question",
    Reason.INCOMPLETE: "Something important is missing",
    Reason.OVERLOOKED: "The library does hold an answer",
    Reason.OTHER: "Another reason",
}
"""The reasons in words."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A quotation that was shown: its document's id and title, its place, its first words."""

    document: str
    title: str
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody sent; ``at`` is the time in UTC (ISO 8601), set when it is kept."""

    verdict: Verdict
    question: str
    outcome: str = ""
    reason: Reason | None = None
    comment: str = ""
    cited: tuple[Cited, ...] = ()
    at: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        return {
            "at": self.at,
            "verdict": str(self.verdict),
            "reason": str(self.reason) if self.reason else None,
            "comment": self.comment,
            "question": self.question,
            "outcome": self.outcome,
            "cited": [_cited_to_dict(each) for each in self.cited],
        }


def keep(library: Path, entry: Entry) -> None:
    """Keep an entry; texts are cut to their longest length and freed of control characters.

    Args:
        library: the library's folder.
        entry: what somebody sent.

    Raises:
        LibraryMissing: there is no such folder.
        UnavailableError: the file cannot be written, or is full.
    """
    if not library.is_dir():
        raise LibraryMissing(f"There is no library in {library}; nothing can be kept there.")
    clean = _cleaned(entry)
    with opened(library / FILE, _TABLE) as file:
        if file.execute("SELECT count(*) FROM feedback").fetchone()[0] >= MOST_ENTRIES:
            raise UnavailableError(
                f"{library / FILE} holds {MOST_ENTRIES:,} entries, and takes no more. Look at them "
                "with `gendergpt feedback`, then move the file away."
            )
        file.execute(
            "INSERT INTO feedback (at, entry) VALUES (?, ?)",
            (clean.at, json.dumps(clean.to_dict(), ensure_ascii=False)),
        )


def entries(library: Path) -> list[Entry]:
    """Return what is kept, newest first; nothing where nothing was sent yet.

    Raises:
        UnavailableError: the file is damaged.
    """
    if not (library / FILE).exists():
        return []
    with opened(library / FILE, _TABLE) as file:
        rows = file.execute("SELECT entry FROM feedback ORDER BY at DESC, number DESC").fetchall()
    try:
        return [_entry(json.loads(row[0])) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(library / FILE, error) from error


def _cleaned(entry: Entry) -> Entry:
    return Entry(
        entry.verdict,
        in_one_line(entry.question, LONGEST_QUESTION),
        in_one_line(entry.outcome, 40),
        entry.reason,
        plainly(entry.comment, LONGEST_COMMENT),
        tuple(_cited_cleaned(each) for each in entry.cited[:MOST_CITED]),
        entry.at or datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _cited_cleaned(cited: Cited) -> Cited:
    return Cited(
        in_one_line(cited.document, 64),
        in_one_line(cited.title, LONGEST_NAME),
        in_one_line(cited.place, LONGEST_NAME),
        in_one_line(cited.quote, LONGEST_QUOTE),
    )


def _cited_to_dict(cited: Cited) -> dict[str, str]:
    return {
        "document": cited.document,
        "title": cited.title,
        "place": cited.place,
        "quote": cited.quote,
    }


def _entry(value: dict[str, Any]) -> Entry:
    return Entry(
        Verdict(value["verdict"]),
        value["question"],
        value["outcome"],
        Reason(value["reason"]) if value["reason"] else None,
        value["comment"],
        tuple(Cited(**each) for each in value["cited"]),
        value["at"],
    )


def counts(kept: Sequence[Entry]) -> dict[str, int]:
    """Return how many entries there are of each verdict."""
    return {str(each): sum(entry.verdict is each for entry in kept) for each in Verdict}
