"""What was said before a question, weighed for the search: which words count, which publications.

A conversation mostly stays with one publication, so all that was said tells where to look; what is
looked for there is in the last words. How much either counts is decided turn by turn: a question
that says enough, and that other publications answer better, is searched for alone. Nothing here is
bound to a language. ``scripts/fit_conversation.py`` tells how the numbers were found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from gendergpt.rerank import standardise
from gendergpt.types import Outcome, Turn

Floats = NDArray[np.float32]

HALF_LIFE = 5.0
"""How many words further back a word counts half as much."""
PRIOR = 1.94
"""Share of the publication's score beside the passage's own, where all of history counts."""
BEFORE = 0.4
"""Share of the words just before the turn in BM25."""
LEAST = 0.15
"""A turn that relies on history less than this is searched for alone."""

_BIAS, _RARITY, _GAP, _BEST = 5.9, -1.12, -10.9, -6.1
_TAIL_WORDS = 20
_BEFORE_WORDS = 12
_LAST_WORDS = 6
_LONGEST_SAID = 3000
_RUNS_ON = 24
_RUNS_ON_UNBROKEN = 40
_WORD = re.compile(r"\w+")
_BREAK = re.compile(r"[.!?…؟。]['\"”’»)\]]*\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn behind what was said before it.

    ``text[own:]`` is the turn itself; ``before`` the words just before it. ``said`` is all that
    tells which publication is talked about.
    """

    text: str
    own: int
    said: str
    before: str = field(default="")

    def shares(self, words: Sequence[tuple[int, int]]) -> Floats:
        """Return how much each token counts, shape (len(words),): 1 in the turn, less before it.

        Args:
            words: the characters (start, end) of ``text`` behind each token.
        """
        ends = np.array([m.end() for m in _WORD.finditer(self.text, 0, self.own)], np.int64)
        starts = np.array([start for start, _ in words], np.int64)
        back = len(ends) - np.searchsorted(ends, starts, side="right")
        shares = np.where(starts >= self.own, 1.0, 0.5 ** (back / HALF_LIFE))
        return np.asarray(np.where(back > _TAIL_WORDS, 0.0, shares), np.float32)

    @property
    def turn(self) -> str:
        """The turn itself."""
        return self.text[self.own :]


def spoken(question: str, history: Sequence[Turn]) -> Spoken | None:
    """Return a question behind its conversation; None where nothing was said before.

    Args:
        question: as typed.
        history: earlier turns, oldest first. Of an answer its quotations count; of one without
            any, its text, unless it says that there is no answer.
    """
    parts = [part for turn in history for part in (turn.question, _told(turn)) if part.strip()]
    said = " ".join(" ".join(parts)[-_LONGEST_SAID:].split())
    if not said:
        return None
    tail = _last(said, _TAIL_WORDS)
    turn = " ".join(question.split())
    return Spoken(f"{tail} {turn}", len(tail) + 1, said, _last(said, _BEFORE_WORDS))


def running_on(text: str) -> Spoken | None:
    """Return a long text of several sentences as one whose last words say what is looked for.

    None for a text that is short, or one sentence.
    """
    text = " ".join(text.split())
    words = [match.start() for match in _WORD.finditer(text)]
    broken = _BREAK.search(text) is not None
    if len(words) < (_RUNS_ON if broken else _RUNS_ON_UNBROKEN):
        return None
    own = words[-_LAST_WORDS]
    return Spoken(text, own, text, _last(text[:own].rstrip(), _BEFORE_WORDS))


def publications(scores: Floats, documents: Sequence[int]) -> Floats:
    """Return the score of each passage's publication: that of the best of its passages.

    Args:
        scores: (n,) scores of passages for all that was said.
        documents: (n,) which publication each is of.

    Returns:
        (n,) scores with mean 0 and variance 1 among passages, the best of each publication.
    """
    if not len(scores):
        return scores
    _, places = np.unique(np.asarray(documents), return_inverse=True)
    best = np.full(int(places.max()) + 1, -np.inf, np.float32)
    np.maximum.at(best, places, standardise(scores))
    return best[places]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells whether a turn relies on what was said before.

    ``late`` (n,) are the MaxSim scores of passages for the turn alone, ``prior`` (n,) what
    :func:`publications` says of them for what was said before. ``rarity`` is the sum of the inverse
    document frequencies of the turn's words.
    """

    late: Floats
    prior: Floats
    rarity: float


def reliance(evidence: Evidence) -> float:
    """Return from 0 to 1 how much a turn relies on what was said before it.

    Little where it has many rare words, or where a passage elsewhere meets it much better than any
    of the publication talked about.
    """
    late, prior = evidence.late, evidence.prior
    if not len(late):
        return 0.0
    here = float(late[prior >= prior.max()].max())
    seen = _BIAS + _RARITY * log(1.0 + evidence.rarity) + _GAP * (float(late.max()) - here)
    return 1.0 / (1.0 + exp(-seen - _BEST * here))


def blended(alone: Floats, behind: Floats, relied: float) -> Floats:
    """Return passages' scores (n,) between those without history and those with it.

    Args:
        alone: (n,) scores for the turn alone.
        behind: (n,) scores for the turn behind its history.
        relied: what :func:`reliance` says.
    """
    if relied < LEAST:
        return alone
    return np.asarray(alone + relied * (behind - alone), np.float32)


def _told(turn: Turn) -> str:
    answer = turn.answer
    if answer.citations:
        return " ".join(citation.quote for citation in answer.citations)
    return answer.text if answer.outcome in (Outcome.ANSWERED, Outcome.PARTIAL) else ""


def _last(text: str, count: int) -> str:
    starts = [match.start() for match in _WORD.finditer(text)]
    return text if len(starts) <= count else text[starts[-count] :]
