"""Whether a question's history is understood: the turns of TREC CAsT with their human rewrites.

No document is needed: what counts is the question as it is searched for (``Answer.query``). The
words that the person who rewrote it added should be in it, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from gendergpt.evaluation import metrics, sets
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import OURS, Figure, Results
from gendergpt.evaluation.libraries import Material
from gendergpt.evaluation.sets import SetDocument
from gendergpt.types import Turn

ADDED, ALONE = "words taken from history", "questions that need no history"
UNCHANGED = "left as they are"
_WORDS = re.compile(r"[^\W_]{3,}")
_EMPTY = frozenset(
    """a about all also an and any are as at be been between both but by can could did do does for
    from had has have how i in into is it its like made many me more most much of on or other our
    out over some than that the their them then there these they this those to us used was we were
    what when where which while who why will with would you your tell""".split()
)
_PAGE = SetDocument("nothing", "Nothing", "This page is here so that there is a library to ask.")


class Rewrites:
    """The set in a folder with ``turns.jsonl``: {id, history, text, rewrite}."""

    kind = "follow-ups with rewrites"
    compared = False

    def __init__(self, folder: Path) -> None:
        self.name = folder.resolve().name
        keys = ("id", "history", "text", "rewrite")
        self._turns = list(sets.rows(folder / "turns.jsonl", keys))
        self.queries = len(self._turns)

    def material(self) -> Material:
        """Return one page that answers nothing."""
        return Material(documents=(_PAGE,))

    def measure(self, bench: Bench) -> Results:
        """Lead the conversations and compare the questions with the rewrites."""
        talks = [list(turns) for _, turns in groupby(self._turns, _conversation)]
        asked = bench.sample(talks, share=0.3)
        counts: list[tuple[int, int, int]] = []
        alone: list[bool] = []
        for talk in bench.each(asked, "conversations"):
            history: list[Turn] = []
            for turn in talk:
                answer = bench.ask(str(turn["text"]), history)
                added = compared(turn, answer.query or answer.question)
                counts.append(added)
                if not added[2]:
                    alone.append(added[1] == 0)
                history.append(Turn(str(turn["text"]), answer))
        return Results(tuple(_figures(counts, alone)))


def compared(turn: dict[str, Any], resolved: str) -> tuple[int, int, int]:
    """Return how many words were added and rightly so, were added, and should be added."""
    said = words(str(turn["text"]))
    wanted, added = words(str(turn["rewrite"])) - said, words(resolved) - said
    return len(wanted & added), len(added), len(wanted)


def words(text: str) -> set[str]:
    """Return the words that tell something, in lower case, plurals as singulars."""
    found = {match.group().lower() for match in _WORDS.finditer(text)}
    return {word.removesuffix("s") for word in found - _EMPTY}


def _conversation(turn: dict[str, Any]) -> str:
    return str(turn["id"]).rsplit("_", 1)[0]


def _figures(counts: Sequence[tuple[int, int, int]], alone: Sequence[bool]) -> list[Figure]:
    figures = [
        Figure(ADDED, name, OURS, estimate, len(counts))
        for name, estimate in metrics.detection(np.array(counts, np.float64)).items()
    ]
    if alone:
        estimate = metrics.mean(np.array(alone, np.float64))
        figures.append(Figure(ALONE, UNCHANGED, OURS, estimate, len(alone)))
    return figures
