"""Which kind of set a folder holds, told by its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from gendergpt.errors import UsageError
from gendergpt.evaluation import sets
from gendergpt.evaluation.beir import Judged
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.cast import Rewrites
from gendergpt.evaluation.doc2dial import Conversations
from gendergpt.evaluation.figures import Results
from gendergpt.evaluation.financebench import PdfPages
from gendergpt.evaluation.guidance import Practitioners
from gendergpt.evaluation.libraries import Material
from gendergpt.evaluation.omosqa import MultilingualPages
from gendergpt.evaluation.squad2 import Unanswerable
from gendergpt.evaluation.xquad import MultilingualParagraphs

STARTER = Path("corpus")


class Task(Protocol):
    """A set that can be measured.

    ``queries`` is how many questions it has; ``compared`` says whether the plain way takes part.
    """

    name: str
    kind: str
    queries: int
    compared: bool

    def material(self) -> Material:
        """Return what goes into its library."""

    def measure(self, bench: Bench) -> Results:
        """Ask its questions."""


def expanded(folders: Sequence[Path]) -> list[Path]:
    """Return the sets that folders are or hold: a folder of sets stands for those in it.

    Raises:
        UsageError: a folder is not there, or two sets have the same name.
    """
    found: list[Path] = []
    for folder in folders:
        path = folder.expanduser()
        if not path.is_dir():
            raise UsageError(f"{folder} is not a folder. {sets.FORM}.")
        inside = [] if _files(path) else [each for each in sorted(path.iterdir()) if _is_set(each)]
        found += inside or [path]
    names = [path.resolve().name for path in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice or not names:
        what = f"two sets are named '{min(twice)}'" if twice else "no set was named"
        raise UsageError(f"Nothing can be measured: {what}. Name folders, each once.")
    return found


def load(folder: Path, pages: str = "en", whole: bool = True) -> Task:
    """Read the set in a folder.

    Args:
        folder: of the set.
        pages: which language's documents are loaded, where there are several.
        whole: also load what is large beside a set.

    Raises:
        UsageError: the folder holds no set that is known; the message says what one is.
    """
    files = _files(folder)
    if "questions.json" in files:
        return Practitioners(folder, STARTER, whole)
    if "turns.jsonl" in files:
        return Rewrites(folder)
    if "docs.jsonl" in files:
        return Conversations(folder)
    if "queries.jsonl" in files and (folder / "pdfs").is_dir():
        return PdfPages(folder, whole)
    if f"corpus.{pages}.jsonl" in files and f"queries.{pages}.jsonl" in files:
        if "answerable" in _first(folder / f"queries.{pages}.jsonl"):
            return MultilingualPages(folder, pages)
        return MultilingualParagraphs(folder, pages)
    if "corpus.jsonl" in files and "is_impossible" in _first(folder / "queries.jsonl"):
        return Unanswerable(folder)
    return Judged(folder)


def _is_set(folder: Path) -> bool:
    files = _files(folder)
    questions = any(name.startswith("queries.") for name in files)
    return bool(files & {"questions.json", "turns.jsonl"}) or questions


def _files(folder: Path) -> set[str]:
    known = (".jsonl", ".tsv", ".json")
    if not folder.is_dir():
        return set()
    return {path.name for path in folder.iterdir() if path.suffix in known}


def _first(path: Path) -> dict[str, object]:
    rows: Iterator[dict[str, object]] = sets.rows(path, ()) if path.is_file() else iter(())
    return next(rows, {})
