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
from typing import Any

from gendergpt.errors import UsageError

FORM = (
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
        raise UsageError(f"{folder} is not a folder. {FORM}.")
    corpus = tuple(documents(_file(folder, "corpus", ".jsonl")))
    judged = qrels(_file(folder, "qrels", ".tsv"))
    asked = queries(_file(folder, "queries", ".jsonl"))
    asked = {id_: text for id_, text in asked.items() if id_ in judged}
    unknown = {each for by in judged.values() for each in by} - {d.id for d in corpus}
    if not asked or unknown:
        reason = f"names unknown documents such as '{min(unknown)}'" if unknown else "fits no query"
        raise UsageError(f"{folder}: qrels {reason}, so nothing can be measured. {FORM}.")
    return EvalSet(folder.resolve().name, corpus, asked, {each: judged[each] for each in asked})


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
    raise UsageError(f"{folder} is not a set: no {stem}{suffix} ({found}). {FORM}.")


def documents(path: Path) -> Iterator[SetDocument]:
    """Yield the documents of a file of {id, title, text}.

    Raises:
        UsageError: a line is no JSON or lacks something; the message names it.
    """
    for row in rows(path, ("id", "text")):
        yield SetDocument(str(row["id"]), str(row.get("title") or ""), str(row["text"]))


def queries(path: Path) -> dict[str, str]:
    """Return the texts of a file of {id, text} by id; its errors are those of :func:`rows`."""
    return {str(row["id"]): str(row["text"]) for row in rows(path, ("id", "text"))}


def languages(folder: Path, wanted: Sequence[str] | None) -> list[str]:
    """Return the languages of the files ``queries.LL.jsonl``, those that are wanted.

    Raises:
        UsageError: none of them is there.
    """
    there = sorted(path.name.split(".")[1] for path in folder.glob("queries.*.jsonl"))
    chosen = [each for each in there if wanted is None or each in wanted]
    if not chosen:
        raise UsageError(
            f"{folder} has no questions in {', '.join(wanted or ('any language',))}; there are: "
            f"{', '.join(there)}."
        )
    return chosen


def named(folder: Path, pages: str) -> str:
    """Return a set's name; pages that are not English are added to it."""
    return folder.resolve().name + ("" if pages == "en" else f"-{pages}")


def rows(path: Path, keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines, each of which has the keys.

    Raises:
        UsageError: the file cannot be read, a line is no JSON or lacks a key; the message says
            which.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not there. {FORM}.")
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path}, line {number} is no JSON: {error}. {FORM}.") from error
        missing = [key for key in keys if not isinstance(row, dict) or key not in row]
        if missing:
            raise UsageError(f"{path}, line {number} has no '{missing[0]}'. {FORM}.")
        yield row


def qrels(path: Path) -> dict[str, dict[str, int]]:
    """Return query id to document id to relevance (above 0) of a file with tabs.

    Raises:
        UsageError: a line has another form; the message names it.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not there. {FORM}.")
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            query, document, relevance = line.split("\t")
            value = int(relevance)
        except ValueError as error:
            raise UsageError(
                f"{path}, line {number} is not 'query id, document id, relevance' with tabs "
                f"between: {line[:80]!r}. {FORM}."
            ) from error
        if value > 0:
            judged.setdefault(query, {})[document] = value
    return judged
