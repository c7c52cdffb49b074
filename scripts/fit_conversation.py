"""Fit when a turn of a conversation relies on what was said before it: ``conversation.reliance``.

``python scripts/fit_conversation.py`` asks turns of doc2dial (CC BY 3.0, ``../shared/evalsets``) in
their conversation, and first turns behind a conversation about something else, and prints the
weights at which a gold span ranks highest, with what they do to turns that were held out (by
document). The weights are copied into ``src/gendergpt/conversation.py`` by hand. With --workspace
the library is kept.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logsumexp

from gendergpt import Settings
from gendergpt.assistant import Assistant
from gendergpt.conversation import Evidence, blended, spoken
from gendergpt.evaluation.doc2dial import Conversations, _in_gold, history
from gendergpt.evaluation.libraries import Loaded, library_of
from gendergpt.evaluation.log import Log

SET = Path(__file__).resolve().parent.parent.parent / "shared" / "evalsets" / "doc2dial"
NAMES = ("bias", "rarity", "gap", "best")
FOREIGN = 1.0
"""How much a first turn behind a foreign conversation counts; one in its own counts 1."""
_PENALTY = 1e-3

Floats = NDArray[np.float64]
Turn = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A turn: scores (n,) of passages alone and behind its history, gold (n,), features (4,)."""

    foreign: bool
    held_out: bool
    alone: Floats
    behind: Floats
    gold: NDArray[np.bool_]
    seen: Floats


def features(evidence: Evidence) -> Floats:
    """Return what :func:`gendergpt.conversation.reliance` weighs, in its order."""
    late, prior = evidence.late, evidence.prior
    here = float(late[prior >= prior.max()].max())
    gap = float(late.max()) - here
    return np.array([1.0, log(1.0 + evidence.rarity), gap, here])


def case(loaded: Loaded, turn: Turn, said: Sequence[Turn], foreign: bool) -> Case | None:
    """Ask a turn behind what was said; None where no gold passage is among those looked at."""
    assistant: Assistant = loaded.assistant
    retriever = assistant._retriever
    talk = spoken(turn["text"], history(said))
    talked = talk and retriever.talked(retriever.query(turn["text"]), talk)
    if not talked:
        return None
    gold = np.array([_is_gold(loaded, turn, stored) for stored in talked.passages])
    if not gold.any():
        return None
    held_out = int(md5(turn["gold_doc"].encode()).hexdigest(), 16) % 3 == 0
    alone, behind = talked.alone.astype(np.float64), talked.behind.astype(np.float64)
    return Case(foreign, held_out, alone, behind, gold, features(talked.evidence))


def _is_gold(loaded: Loaded, turn: Turn, stored: Any) -> bool:
    document = stored.document.id
    if turn["gold_doc"] not in loaded.origin.get(document, ()):
        return False
    stretches = (
        loaded.span(document, turn["gold_doc"], span.start, span.end)
        for span in stored.passage.spans
    )
    return any(stretch is not None and _in_gold(turn, stretch) for stretch in stretches)


def cases(loaded: Loaded, turns: Sequence[Turn], count: int) -> Iterator[Case]:
    """Yield ``count`` turns in their conversation and half as many in a foreign one."""
    rng = random.Random(7)
    talks = [turn for turn in turns if len(turn["history"]) >= 2]
    first = [turn for turn in turns if not turn["history"]]
    pairs = [(turn, turn, False) for turn in rng.sample(talks, min(count, len(talks)))]
    for turn in rng.sample(first, min(count // 2, len(first))):
        other = rng.choice([each for each in talks if each["gold_doc"] != turn["gold_doc"]])
        pairs.append((turn, other, True))
    for turn, other, foreign in pairs:
        found = case(loaded, turn, other["history"], foreign)
        if found is not None:
            yield found


def fit(some: Sequence[Case]) -> Floats:
    """Return the weights under which gold passages are likeliest (a softmax over passages)."""
    seen = np.stack([each.seen for each in some])
    mean, deviation = seen.mean(axis=0), seen.std(axis=0) + 1e-9
    mean[0], deviation[0] = 0.0, 1.0

    def loss(point: Floats) -> float:
        relied = expit(((seen - mean) / deviation) @ point[:-1])
        total = 0.0
        for each, share in zip(some, relied, strict=True):
            scores = log_softmax(
                np.exp(point[-1]) * (each.alone + share * (each.behind - each.alone))
            )
            total -= (FOREIGN if each.foreign else 1.0) * logsumexp(scores[each.gold])
        return total / len(some) + _PENALTY * float((point[:-1] ** 2).sum())

    start = np.append(np.zeros(len(NAMES)), 0.7)
    found = minimize(loss, start, method="L-BFGS-B").x[:-1] / deviation
    found[0] -= float((found[1:] * mean[1:]).sum())
    return np.asarray(found)


def hit(each: Case, weights: Floats) -> bool:
    """Say whether a gold passage is among the best five."""
    relied = float(expit(each.seen @ weights))
    scores = blended(each.alone.astype(np.float32), each.behind.astype(np.float32), relied)
    return bool(each.gold[np.argsort(-scores, kind="stable")[:5]].any())


def main(argv: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=600, help="turns that are asked")
    parser.add_argument("--workspace", type=Path, help="folder that keeps the library")
    options = parser.parse_args(argv)
    if not SET.is_dir():
        print(f"There are no conversations at {SET}.", file=sys.stderr)
        return 2
    lines = (SET / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    turns = [json.loads(line) for line in lines]
    material = Conversations(SET).material()
    with library_of("doc2dial", material, Settings(), options.workspace, Log()) as loaded:
        found = list(cases(loaded, turns, options.turns))
    learnt = [each for each in found if not each.held_out]
    weights = fit(learnt)
    print(dict(zip(NAMES, np.round(weights, 2).tolist(), strict=True)))
    for foreign in (False, True):
        some = [each for each in found if each.held_out and each.foreign is foreign]
        rate = np.mean([hit(each, weights) for each in some])
        print(f"{'foreign' if foreign else 'own'} history, held out: {rate:.3f} of {len(some)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
