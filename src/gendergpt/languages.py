"""Which language a question is in, if it is surely not English."""

from __future__ import annotations

import functools
from typing import Any

_FEWEST_WORDS = 3
_ENGLISH_AT_MOST = 0.02
_LEAST = 0.6
_ALIKE = ("bs", "hr", "sr")
"""Not told apart in a sentence; their shares are taken together."""


def foreign(question: str) -> str | None:
    """Return the English name of a question's language, or None for English and where unsure.

    Args:
        question: as it was asked; below three words no guess is made.
    """
    if len(question.split()) < _FEWEST_WORDS:
        return None
    ranked = dict(_identifier().rank(question))
    ranked["bs"] = sum(ranked.pop(code) for code in _ALIKE)
    best = max(ranked, key=lambda code: ranked[code])
    if best == "en" or ranked["en"] > _ENGLISH_AT_MOST or ranked[best] < _LEAST:
        return None
    if best == "bs":
        return "Bosnian, Croatian or Serbian"
    from babel import Locale

    name = Locale("en").languages.get(best)
    return str(name) if name else None


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
