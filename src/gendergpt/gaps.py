"""Questions that the library did not answer, kept where a setting allows it.

One small SQLite file in the library's folder, written only with ``Settings.keep_gaps``. It holds
the questions, when they were asked, and what came nearest; not who asked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gendergpt import references
from gendergpt.plainly import in_one_line
from gendergpt.settings import Settings
from gendergpt.sidefiles import damaged, opened
from gendergpt.types import Answer, Hit, Outcome

FILE = "gaps.sqlite"
_TABLE = (
    "gaps (at TEXT NOT NULL, likeness TEXT NOT NULL, question TEXT NOT NULL, "
    "language TEXT NOT NULL, missing TEXT NOT NULL, nearest TEXT NOT NULL)"
)
LONGEST_QUESTION = 2000
MOST_NEAREST = 3
MOST_ROWS = 50_000
_LONGEST_SOURCE = 400


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that was not answered, in its last wording, with when and how often it came.

    ``first`` and ``last`` are times in UTC (ISO 8601); ``nearest`` names the sources that came
    nearest when it was asked last, ``missing`` what of the question was not found.
    """

    question: str
    count: int
    first: str
    last: str
    language: str
    missing: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the gap as JSON."""
        return {
            "question": self.question,
            "count": self.count,
            "first": self.first,
            "last": self.last,
            "language": self.language,
            "missing": list(self.missing),
            "nearest": list(self.nearest),
        }


def note(settings: Settings, answer: Answer, at: str = "") -> bool:
    """Keep the question of an answer if it is a gap and the settings allow it; say whether.

    A question that was limited by filters is not kept: the library as a whole was not asked.

    Args:
        settings: ``keep_gaps`` allows, ``library`` names the folder.
        answer: what was answered.
        at: the time in UTC; now by default.

    Raises:
        UnavailableError: the file cannot be written.
    """
    gap = answer.outcome is Outcome.NOT_IN_LIBRARY and not answer.searched.filters
    folder = settings.library.expanduser()
    if not settings.keep_gaps or not gap or not folder.is_dir():
        return False
    asked = in_one_line(answer.query or answer.question, LONGEST_QUESTION)
    row = (
        at or datetime.now(UTC).isoformat(timespec="seconds"),
        likeness(asked, answer.language),
        asked,
        answer.language,
        json.dumps([in_one_line(each, 200) for each in answer.missing], ensure_ascii=False),
        json.dumps([_source(hit) for hit in answer.nearest[:MOST_NEAREST]], ensure_ascii=False),
    )
    with opened(folder / FILE, _TABLE) as file:
        file.execute("INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?)", row)
        # The oldest go, so that the file never grows without end.
        file.execute(
            "DELETE FROM gaps WHERE rowid <= (SELECT max(rowid) FROM gaps) - ?", (MOST_ROWS,)
        )
    return True


def likeness(question: str, language: str) -> str:
    """Return what questions have in common that differ in case, marks and stop words only."""
    from gendergpt.lexical.analysis import terms, words

    found = terms(question, language) or words(question, language)
    return " ".join(found) or question.casefold()


def _source(hit: Hit) -> str:
    whose = references.whose(hit.document, references.basis_of(hit.document, hit.passage.heading))
    return in_one_line(f"{whose}, {references.whereabouts(hit)}", _LONGEST_SOURCE)


def gaps(library: Path) -> list[Gap]:
    """Return the questions that were not answered, the most frequent first, then the newest.

    Raises:
        UnavailableError: the file is damaged.
    """
    path = library.expanduser() / FILE
    if not path.exists():
        return []
    with opened(path, _TABLE) as file:
        rows = file.execute("SELECT * FROM gaps ORDER BY at, rowid").fetchall()
    groups: dict[tuple[str, str], list[Sequence[str]]] = {}
    for row in rows:
        groups.setdefault((row[3], row[1]), []).append(row)
    try:
        found = [_gap(group) for group in groups.values()]
    except (TypeError, ValueError) as error:
        raise damaged(path, error) from error
    newest_first = sorted(found, key=lambda each: each.last, reverse=True)
    return sorted(newest_first, key=lambda each: -each.count)


def _gap(group: Sequence[Sequence[str]]) -> Gap:
    last = group[-1]
    return Gap(
        last[2],
        len(group),
        group[0][0],
        last[0],
        last[3],
        tuple(json.loads(last[4])),
        tuple(json.loads(last[5])),
    )
