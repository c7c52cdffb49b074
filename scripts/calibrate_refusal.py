"""Choose how weak an answer may be, on labelled questions, and keep the curve.

``python scripts/calibrate_refusal.py`` builds a throw-away library from ``corpus/`` and
``../shared/documents`` and asks the practitioners' questions of ``../shared/questions`` with their
rewordings and translations, and those of ``tests/data``. For English questions and for questions in
other languages it counts, for each least relevance, how many answerable questions would be answered
(coverage) and how many of the answered ones are unanswerable (risk), after the rules on names and
kinds of things have had their say. The floor is the one with the least loss, where an answer to
what the library does not answer weighs as much as two refusals of what it does.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from gendergpt.assistant import Assistant
from gendergpt.calibration import NONE, path
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.library import Library
from scripts.practitioners import CORPUS, DOCUMENTS, QUESTIONS, REWORDINGS, build_library

OTHER_LANGUAGES = REWORDINGS.with_name("other_languages.json")
_STEPS = np.arange(0.30, 0.70, 0.01)
_WORSE = 2.0

Labelled = tuple[str, bool]
Floats = NDArray[np.float64]


def english() -> Iterator[Labelled]:
    """Yield the English questions, and whether the library answers them."""
    rewordings = json.loads(REWORDINGS.read_text("utf-8"))
    for name, answered in (("answerable", True), ("unanswerable", False)):
        for item in rewordings[name]:
            yield from ((question, answered) for question in item["questions"])
    yield from ((question, False) for question in rewordings["new_unanswerable"])


def others() -> Iterator[Labelled]:
    """Yield the questions in other languages, and whether the library answers them."""
    for question in json.loads(QUESTIONS.read_text("utf-8"))["questions"]:
        yield from ((text, True) for text in question.get("translations", {}).values())
    own = json.loads(OTHER_LANGUAGES.read_text("utf-8"))
    yield from ((text, True) for texts in own["answerable"].values() for text in texts.values())
    yield from ((text, False) for texts in own["unanswerable"].values() for text in texts)


def curve(
    relevance: Floats, quoted: NDArray[np.bool_], answered: NDArray[np.bool_]
) -> list[dict[str, float]]:
    """Return, for each least relevance, coverage of the answerable and risk of what is answered.

    Args:
        relevance: (n,) of the best sentence for each question.
        quoted: (n,) whether the other rules let something be quoted.
        answered: (n,) whether the library answers it.
    """
    points = []
    for floor in _STEPS:
        through = quoted & (relevance >= floor)
        risk = float((~answered[through]).mean()) if through.any() else 0.0
        loss = (answered & ~through).mean() + _WORSE * (through & ~answered).mean()
        points.append(
            {
                "floor": round(float(floor), 2),
                "coverage": round(float(through[answered].mean()), 4),
                "risk": round(risk, 4),
                "loss": round(float(loss), 4),
            }
        )
    return points


def calibrated(assistant: Assistant, labelled: Sequence[Labelled]) -> dict[str, Any]:
    """Return the limits for questions of one kind, with the curve that they were chosen on."""
    measured = [assistant.relevance(question) for question, _ in labelled]
    relevance = np.array([each for each, _ in measured])
    nearness = np.array([each for _, each in measured])
    answered = np.array([each for _, each in labelled])
    quoted = np.array([bool(assistant.ask(question).citations) for question, _ in labelled])
    points = curve(relevance, quoted, answered)
    least = min(point["loss"] for point in points)
    floors = [point["floor"] for point in points if point["loss"] == least]
    floor = floors[len(floors) // 2]
    near = nearness[answered & quoted & (relevance >= floor)]
    fitted = LogisticRegression(C=1e4).fit(relevance[:, None], answered)
    return {
        "floor": floor,
        "off_topic": round(float(np.quantile(near, 0.01)) - 0.01, 3),
        "slope": round(float(fitted.coef_[0, 0]), 3),
        "shift": round(float(fitted.intercept_[0]), 3),
        "questions": len(labelled),
        "answerable": int(answered.sum()),
        "curve": points,
    }


def main() -> int:
    """Ask, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    options = parser.parse_args()
    if not QUESTIONS.exists():
        print(f"There are no questions at {QUESTIONS}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        settings = build_library(Path(folder) / "library", [CORPUS, DOCUMENTS])
        encoder = SentenceTransformerEncoder(settings.encoder, settings.precision)
        library = Library(settings, encoder.fingerprint, encoder.name)
        assistant = Assistant(library, encoder, NONE)
        found: dict[str, Any] = {
            "encoder": assistant.encoder,
            "measured": time.strftime("%Y-%m-%d"),
            "same_language": calibrated(assistant, [*english()]),
            "across_languages": calibrated(assistant, [*others()]),
        }
        assistant.library.close()
    for name in ("same_language", "across_languages"):
        print(name, {key: value for key, value in found[name].items() if key != "curve"})
        assert math.isfinite(found[name]["floor"])
    if not options.dry:
        path(found["encoder"]).write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
