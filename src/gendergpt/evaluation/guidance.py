"""The practitioners' questions of a folder, asked of the documents that lie beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gendergpt.errors import UsageError
from gendergpt.evaluation import metrics
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import OURS, Figure, Results
from gendergpt.evaluation.libraries import Loaded, Material
from gendergpt.evaluation.practitioners import Asked, ask, ask_base, ask_foreign, holds
from gendergpt.evaluation.sources import Checks

ANSWERED, REFUSED, FOLLOWED = "questions", "unanswerable questions", "follow-ups"
THINGS = "things an answer must hold"
RIGHT, QUOTED, OF_LOADED = "right", "quoted", "quoted, of those in the library"
BESIDE = ("documents", "pdfs/guidance")
"""Folders beside the questions whose documents answer them, as far as they are there."""

_FEW, _MANY = 1, len(BESIDE)


class Practitioners:
    """The questions in a folder with ``questions.json``.

    Args:
        folder: of the questions.
        starter: the starter library's documents, which are loaded too where they are there.
        whole: also load the larger of the folders beside the questions.

    Raises:
        UsageError: the file is no JSON of that form, or there are no documents to ask.
    """

    kind = "practitioners' questions"
    compared = False

    def __init__(self, folder: Path, starter: Path, whole: bool) -> None:
        self.name = folder.resolve().name + ("" if whole else "-few")
        self._data, self._whole = _read(folder / "questions.json"), whole
        beside = [folder.resolve().parent / name for name in BESIDE[: _MANY if whole else _FEW]]
        self._files = tuple(path for path in (starter.resolve(), *beside) if path.is_dir())
        if not self._files:
            raise UsageError(
                f"{folder}: there are no documents to ask, neither in {starter} nor beside it in "
                f"{' and '.join(BESIDE)}."
            )
        self.queries = sum(map(len, self._data.values()))

    def material(self) -> Material:
        """Return the folders of documents."""
        return Material(files=self._files)

    def measure(self, bench: Bench) -> Results:
        """Ask all questions, and the translations of those that have some."""
        asked = ask_base(bench.ask, self._data)
        if self._whole:
            asked += ask_foreign(bench.ask, self._data)
        translated = self._translated(bench)
        checks = Checks(bench.loaded)
        for each in (*asked, *(one for group in translated.values() for one in group)):
            checks.add(each.answer.citations)
        answerable = [each for each in asked if each.kind == "answerable"]
        figures = [
            *_right(ANSWERED, answerable),
            *_right(REFUSED, [each for each in asked if each.kind == "unanswerable"]),
            *_right(FOLLOWED, [each for each in asked if each.kind == "follow_up"]),
            *_things(bench.loaded, answerable),
        ]
        for language, group in translated.items():
            figures += _right(f"{ANSWERED}, asked in {language}", group)
        faults = tuple(each.line() for each in asked if each.fault)
        return Results(tuple(figures), notes=faults) + checks.results()

    def _translated(self, bench: Bench) -> dict[str, list[Asked]]:
        """Ask the questions that have translations, by language."""
        translations = {
            each["id"]: each["translations"]
            for each in self._data["questions"]
            if each.get("translations")
        }
        languages = sorted({code for texts in translations.values() for code in texts})
        wanted = bench.options.languages
        return {
            code: [
                ask(bench.ask, id_, "answerable", True, [texts[code]])
                for id_, texts in translations.items()
                if code in texts
            ]
            for code in bench.each(languages, "translations")
            if wanted is None or code in wanted
        }


def _right(task: str, asked: Sequence[Asked]) -> list[Figure]:
    """Return the share that gets what it should."""
    if not asked:
        return []
    values = np.array([each.fault is None for each in asked], np.float64)
    return [Figure(task, RIGHT, OURS, metrics.mean(values), len(asked))]


def _things(loaded: Loaded, asked: Sequence[Asked]) -> list[Figure]:
    """Return which share of what answers must hold is quoted: of all, and of what is loaded."""
    if not asked:
        return []
    ledger = loaded.assistant.library.ledger
    texts = [page.text for id_ in loaded.origin for page in ledger.pages(id_)]
    present = [[any(holds(each, text) for text in texts) for each in a.patterns] for a in asked]
    quoted = np.array([len(each.held) for each in asked], np.float64)
    every = np.array([len(each.patterns) for each in asked], np.float64)
    there = np.array([sum(each) for each in present], np.float64)
    return [
        Figure(THINGS, QUOTED, OURS, metrics.ratio(quoted, every), int(every.sum())),
        Figure(THINGS, OF_LOADED, OURS, metrics.ratio(quoted, there), int(there.sum())),
    ]


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        data = json.loads(path.read_text("utf-8"))
        return {part: data[part] for part in ("questions", "unanswerable", "follow_up_pairs")}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is no file of questions: {error}. It is a JSON object with the lists "
            "questions, unanswerable and follow_up_pairs."
        ) from error
