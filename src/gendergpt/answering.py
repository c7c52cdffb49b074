"""Which lines of one document answer a question, and whether any does: probabilities for both.

Gradient-boosted trees over the table of :mod:`gendergpt.evidence` for the lines, a logistic
regression for the document. ``scripts/train_answering.py`` trains them and names the data.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gendergpt.evidence import View, summary, table
from gendergpt.forest import Forest, restored

Floats = NDArray[np.float32]

FOLDER = Path(__file__).parent / "weights"
_EDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Verdict:
    """``lines`` (n,) are the probabilities that each line belongs to the answer.

    ``answerable`` is the probability that any does.
    """

    lines: Floats
    answerable: float


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt for one encoder.

    ``mean``, ``scale`` and ``weights`` (f,) are those of the regression over a document's summary;
    A line is quoted from the probability ``take`` on, if it has at least the share ``share`` of the
    best line's; below the probability ``refuse`` the document is said to hold no answer. These were
    set by cross-validation on the training data.
    """

    forest: Forest
    mean: Floats
    scale: Floats
    weights: Floats
    bias: float
    take: float
    share: float
    refuse: float

    def least(self, lines: Floats) -> float:
        """Return the least probability of a line to quote among (n,) lines."""
        return max(self.take, self.share * float(lines.max()))

    def judge(self, view: View) -> Verdict:
        """Return the probabilities for a question and the lines of a document."""
        rows = table(view)
        lines = _probability(self.forest.logits(rows))
        seen = document_row(view, rows, lines)
        logit = float(self.weights @ ((seen - self.mean) / self.scale)) + self.bias
        return Verdict(lines, float(_probability(np.array([logit]))[0]))


def document_row(view: View, rows: Floats, lines: Floats) -> Floats:
    """Return the (f,) summary of a document: its best lines, and how near it comes at all.

    Args:
        view: the question and its lines.
        rows: the (n, features) table of its lines.
        lines: (n,) probabilities of the lines.
    """
    odds = np.sort(_odds(lines))[::-1]
    best = [odds[0], odds[:3].mean(), np.log(len(odds))]
    return np.array([*best, *summary(view, rows)], np.float32)


def _odds(probabilities: Floats) -> Floats:
    clipped = np.clip(probabilities, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float32)


def _probability(logits: NDArray[np.float64]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


@functools.cache
def model(encoder: str) -> Model | None:
    """Return what was learnt for the encoder of this name, or None where nothing was."""
    path = FOLDER / f"answering.{encoder}.npz"
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        named = {name: arrays[name] for name in arrays.files}
    return Model(
        restored(named, "lines"),
        *(named[name].astype(np.float32) for name in ("mean", "scale", "weights")),
        *(float(named[name]) for name in ("bias", "take", "share", "refuse")),
    )
