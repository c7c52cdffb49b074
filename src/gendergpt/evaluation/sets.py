"""Judged sets in the form of BEIR: documents, queries, and which document answers which query.

A set is a folder with ``corpus.jsonl`` {id, title, text}, ``queries.jsonl`` {id, text} and
``qrels.tsv`` (query id, document id, relevance; no header). Sets in several languages name their
files ``corpus.en.jsonl`` and so on; the English ones are taken then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gendergpt.errors import UsageError

_FORM = (
    "A set is a folder with corpus.jsonl {id, title, text}, queries.jsonl {id, text} and qrels.tsv "
    "(query id, document id, relevance)"
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class SetDocument:
    """One document of a set; ``title`` may be empty."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class EvalSet:
    """A judged set. ``qrels`` leads from query id to document id to relevance (above 0).

    ``queries`` holds only those that have a relevant document, id to text.
    """

    name: str
    documents: tuple[SetDocument, ...]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def load(folder: Path) -> EvalSet:
    """Read a set.

    Raises:
        UsageError: the folder is not there or is not a set; the message says what is missing.
    """
    folder = folder.expanduser()
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder. {_FORM}.")
    documents = tuple(_documents(_file(folder, "corpus", ".jsonl")))
    qrels = _qrels(_file(folder, "qrels", ".tsv"))
    rows = _rows(_file(folder, "queries", ".jsonl"), ("id", "text"))
    queries = {str(row["id"]): str(row["text"]) for row in rows if str(row["id"]) in qrels}
    unknown = {each for judged in qrels.values() for each in judged} - {d.id for d in documents}
    if not queries or unknown:
        reason = f"names unknown documents such as '{min(unknown)}'" if unknown else "fits no query"
        raise UsageError(f"{folder}: qrels {reason}, so nothing can be measured. {_FORM}.")
    return EvalSet(
        folder.resolve().name, documents, queries, {each: qrels[each] for each in queries}
    )


def write(documents: Sequence[SetDocument], folder: Path) -> None:
    """Write each document as a Markdown file, named by its position in the set.

    The words are data: whatever Markdown would read in them is escaped. A file that is there
    already is left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(documents):
        path = folder / f"{number:06d}.md"
        if not path.exists():
            path.write_text(markdown(document), "utf-8")


def position(path: str) -> int:
    """Return the position in the set of the document that was written to ``path``."""
    return int(Path(path).stem)


def markdown(document: SetDocument) -> str:
    """Return a document as Markdown that renders as its own words."""
    title = _escaped(" ".join(document.title.split()))
    body = "\n".join(_escaped(line.strip()) for line in document.text.splitlines())
    return f"# {title}\n\n{body}\n" if title else f"{body}\n"


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", text)


def _file(folder: Path, stem: str, suffix: str) -> Path:
    for name in (f"{stem}{suffix}", f"{stem}.en{suffix}"):
        if (folder / name).is_file():
            return folder / name
    others = sorted(path.name for path in folder.glob(f"{stem}*{suffix}"))
    if len(others) == 1:
        return folder / others[0]
    found = f"there are {', '.join(others)}" if others else "there is none"
    raise UsageError(f"{folder} is not a set: no {stem}{suffix} ({found}). {_FORM}.")


def _documents(path: Path) -> Iterator[SetDocument]:
    for row in _rows(path, ("id", "text")):
        yield SetDocument(str(row["id"]), str(row.get("title") or ""), str(row["text"]))


def _rows(path: Path, keys: tuple[str, ...]) -> Iterator[dict[str, object]]:
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path}, line {number} is no JSON: {error}. {_FORM}.") from error
        missing = [key for key in keys if not isinstance(row, dict) or key not in row]
        if missing:
            raise UsageError(f"{path}, line {number} has no '{missing[0]}'. {_FORM}.")
        yield row


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            query, document, relevance = line.split("\t")
            value = int(relevance)
        except ValueError as error:
            raise UsageError(
                f"{path}, line {number} is not 'query id, document id, relevance' with tabs "
                f"between: {line[:80]!r}. {_FORM}."
            ) from error
        if value > 0:
            qrels.setdefault(query, {})[document] = value
    return qrels
