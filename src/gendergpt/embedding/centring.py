"""Taking the language out of an encoder's vectors.

Vectors of multilingual encoders lie in a narrow cone and tell the language of a text as much as its
meaning. Subtracting the mean of a language, measured once on other texts, leaves the meaning
(Libovický, Rosa and Fraser, "On the language neutrality of pre-trained multilingual
representations", Findings of EMNLP 2020). ``weights/README.md`` tells which
texts the means come from.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Role = Literal["query", "document"]
Floats = NDArray[np.float32]

FILE = Path(__file__).parent.parent / "weights" / "multilingual-e5-small.means.npz"
_OTHER = "other"
_ALIKE = {"bs": "sr", "hr": "sr", "sh": "sr", "cnr": "sr"}


@dataclass(frozen=True, slots=True)
class Means:
    """Mean vectors of texts of one language in one role, each of shape (d,)."""

    passage: Floats
    token: Floats


@functools.cache
def means(role: Role, language: str) -> Means:
    """Return the means of a language (ISO 639-1), or of all languages where it is not known."""
    tables = _tables()
    code = _ALIKE.get(language, language)
    known = code if f"{role}-{code}-passage" in tables else _OTHER
    return Means(tables[f"{role}-{known}-passage"], tables[f"{role}-{known}-token"])


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Return (n, d) vectors less the (d,) mean, of length 1 again."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-9), np.float32)


@functools.cache
def _tables() -> dict[str, Floats]:
    with np.load(FILE) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}
