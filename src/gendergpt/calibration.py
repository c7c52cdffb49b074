"""When an answer is too weak to be given: measured on labelled questions, kept by encoder.

``scripts/calibrate_refusal.py`` asks questions of which it is known whether the library answers
them, and writes the least relevance of an answer, the curve that it was chosen on, and how
relevance turns into a probability (Platt, "Probabilistic outputs for support vector machines",
1999). An encoder without a file of its own gets the default encoder's figures.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

from gendergpt.embedding import DEFAULT

FOLDER = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer needs where question and guidance share a language, or where they do not.

    ``floor`` is the least relevance of the best sentence, ``off_topic`` the least cosine of the
    question and the nearest passage. ``slope`` and ``shift`` turn relevance into the probability
    that the question is answered.
    """

    floor: float
    off_topic: float
    slope: float
    shift: float

    @property
    def lower_floor(self) -> float:
        """Least relevance of any quotation."""
        return 0.93 * self.floor

    def confidence(self, relevance: float) -> float:
        """Return the probability, from 0 to 1, that an answer of this relevance is one."""
        return 1 / (1 + exp(-(self.slope * relevance + self.shift)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The limits of one encoder."""

    same_language: Limits
    across_languages: Limits


_ALL = Limits(floor=0.0, off_topic=-1.0, slope=1.0, shift=0.0)
NONE = Calibration(_ALL, _ALL)
"""Nothing is too weak: for who measures what the other rules let through."""


def path(encoder: str) -> Path:
    """Return where the figures of an encoder stand, or would stand."""
    return FOLDER / f"{encoder}.refusal.json"


@functools.cache
def calibration(encoder: str) -> Calibration:
    """Return the figures of an encoder, by name; the default encoder's where it has none."""
    own = path(encoder)
    stored = json.loads((own if own.is_file() else path(DEFAULT)).read_text("utf-8"))
    return Calibration(_limits(stored["same_language"]), _limits(stored["across_languages"]))


def _limits(stored: dict[str, Any]) -> Limits:
    return Limits(**{name: float(stored[name]) for name in Limits.__slots__})
