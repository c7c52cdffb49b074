"""A user's own questions, asked of the user's own library: which document must be cited.

A file of comma-separated values with a header: ``question``; ``cite``, the id or words of the title
of the document that must be cited (several with ``|`` between: any of them), or nothing or "none"
where nothing should be; and, if wanted, ``page`` (as printed, or counted from 1) and ``contains``
(words that a quotation must hold).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gendergpt.assistant import Assistant, build_assistant
from gendergpt.errors import UsageError
from gendergpt.evaluation import metrics
from gendergpt.evaluation.alignment import bare
from gendergpt.evaluation.figures import OURS, Figure
from gendergpt.evaluation.log import Log
from gendergpt.settings import Settings
from gendergpt.types import Answer, Citation, Document, Outcome

COLUMNS = ("question", "cite", "page", "contains")
CITED, FOUND, REFUSED = "cited", "among the first five", "refused"
_NEEDED = COLUMNS[:2]
_FORM = (
    "It is comma-separated text in UTF-8 whose first line is 'question,cite' (and, if you like, "
    "',page,contains'): the question; the title or id of the document that must be cited, or none"
)
_TOP = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of the file: a question, and the library's documents of which one must be cited.

    ``documents`` is empty where nothing should be cited.
    """

    line: int
    question: str
    documents: frozenset[str]
    page: str | None = None
    contains: str | None = None


@dataclass(frozen=True, slots=True)
class Got:
    """What a question got. ``fault`` says what is wrong, or is None."""

    wanted: Wanted
    outcome: Outcome
    cited: tuple[str, ...]
    found: bool
    fault: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the question, what was cited for it, and what is wrong."""
        return {
            "line": self.wanted.line,
            "question": self.wanted.question,
            "outcome": str(self.outcome),
            "cited": list(self.cited),
            "found": self.found,
            "right": self.fault is None,
            "fault": self.fault,
        }


@dataclass(frozen=True, slots=True)
class OwnReport:
    """All questions of a file, and the totals."""

    file: str
    library: str
    encoder: str | None
    got: tuple[Got, ...]
    figures: tuple[Figure, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON that is printed."""
        return {
            "file": self.file,
            "library": self.library,
            "encoder": self.encoder,
            "questions": [each.to_dict() for each in self.got],
            "figures": [figure.to_dict() for figure in self.figures],
        }


def evaluate_own(path: Path, settings: Settings, log: Log | None = None) -> OwnReport:
    """Ask the questions of a file of the user's own library.

    Raises:
        UsageError: the file has another form; see :func:`read`.
        UnavailableError: the library or its model cannot be used.
    """
    assistant = build_assistant(settings)
    try:
        wanted = read(path, assistant.documents())
        log = log or Log()
        got = tuple(ask(assistant, each) for each in log.each(wanted, path.name))
        encoder = assistant.library.ledger.meta("encoder_name")
        return OwnReport(str(path), str(settings.library), encoder, got, totals(got))
    finally:
        assistant.library.close()


def read(path: Path, documents: Sequence[Document]) -> list[Wanted]:
    """Read a file of questions and find the documents that it names.

    Raises:
        UsageError: the file cannot be read or has another form, or a line names no document, or
            words that stand in the titles of several; the message names the line.
    """
    try:
        text = path.expanduser().read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}. {_FORM}.") from error
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    wanted = []
    try:
        _check_header(path, reader.fieldnames or ())
        for row in reader:
            wanted.append(_wanted(path, reader.line_num, row, documents))
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.reader.line_num}: {error}. {_FORM}.") from error
    if not wanted:
        raise UsageError(f"{path} holds no question. {_FORM}.")
    return wanted


def ask(assistant: Assistant, wanted: Wanted) -> Got:
    """Ask a question and say what is wrong with what it gets."""
    answer = assistant.ask(wanted.question)
    hits = assistant.search(wanted.question, _TOP)
    found = any(hit.document.id in wanted.documents for hit in hits)
    cited = tuple(dict.fromkeys(_shown(citation) for citation in answer.citations))
    return Got(wanted, answer.outcome, cited, found, _fault(wanted, answer))


def totals(got: Sequence[Got]) -> tuple[Figure, ...]:
    """Return the shares that are right, of questions with an answer and of those without."""
    answerable = [each for each in got if each.wanted.documents]
    other = [each for each in got if not each.wanted.documents]
    shares = (
        ("questions", CITED, [each.fault is None for each in answerable]),
        ("questions", FOUND, [each.found for each in answerable]),
        ("questions without an answer", REFUSED, [each.fault is None for each in other]),
    )
    return tuple(
        Figure(task, measure, OURS, metrics.mean(np.array(values, np.float64)), len(values))
        for task, measure, values in shares
        if values
    )


def _check_header(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in _NEEDED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown:
        what = f"no column '{missing[0]}'" if missing else f"an unknown column '{unknown[0]}'"
        raise UsageError(f"{path}, line 1 has {what}. {_FORM}.")


def _wanted(
    path: Path, line: int, row: Mapping[str | None, Any], documents: Sequence[Document]
) -> Wanted:
    if None in row or None in row.values():
        count = "more" if None in row else "fewer"
        raise UsageError(
            f"{path}, line {line} has {count} values than the header has columns; put a value that "
            'holds a comma in double quotes ("…").'
        )
    values = {name: str(value).strip() for name, value in row.items()}
    if not values["question"]:
        raise UsageError(f"{path}, line {line} has no question.")
    named = [each.strip() for each in values["cite"].split("|")]
    wanted = [each for each in named if each and each.casefold() != "none"]
    return Wanted(
        line,
        values["question"],
        frozenset(_document(path, line, each, documents) for each in wanted),
        values.get("page") or None,
        values.get("contains") or None,
    )


def _document(path: Path, line: int, named: str, documents: Sequence[Document]) -> str:
    """Return the id of the document with this id, this title, or these words in its title."""
    words = bare(named)[0]
    for same in (
        [each for each in documents if each.id == named],
        [each for each in documents if bare(each.title)[0] == words],
        [each for each in documents if words and words in bare(each.title)[0]],
    ):
        if len(same) == 1:
            return same[0].id
        if same:
            titles = "; ".join(f"{each.id} ({each.title})" for each in same[:3])
            raise UsageError(
                f"{path}, line {line}: '{named}' stands in {len(same)} titles: {titles}. "
                "Write more of the title, or the id."
            )
    raise UsageError(
        f"{path}, line {line}: the library holds no document '{named}'. `gendergpt library list` "
        "shows ids and titles."
    )


def _fault(wanted: Wanted, answer: Answer) -> str | None:
    if not wanted.documents:
        return None if not answer.citations else "something is cited, and nothing should be"
    right = [each for each in answer.citations if each.document.id in wanted.documents]
    if not right:
        return "another document is cited" if answer.citations else "nothing is cited"
    if wanted.page and not any(wanted.page in _pages(each) for each in right):
        return f"not cited from page {wanted.page}"
    if wanted.contains:
        words = bare(wanted.contains)[0]
        if not any(words in bare(each.quote)[0] for each in right):
            return f"no quotation holds '{wanted.contains}'"
    return None


def _pages(citation: Citation) -> Iterator[str]:
    """Yield the pages of a quotation, as printed and counted from 1."""
    for span in citation.spans:
        if span.page is not None:
            yield str(span.page.number)
            if span.page.label:
                yield span.page.label


def _shown(citation: Citation) -> str:
    pages = ", ".join(
        dict.fromkeys(
            span.page.label or str(span.page.number) for span in citation.spans if span.page
        )
    )
    return citation.document.title + (f", p. {pages}" if pages else "")
