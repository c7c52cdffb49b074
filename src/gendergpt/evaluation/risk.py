"""Whether a no is a no: refusals against labels, and risk by coverage.

For selective answering see El-Yaniv and Wiener, "On the foundations of noise-free selective
classification", JMLR 2010; the area under the curve is that of Geifman, Uziel and El-Yaniv,
"Bias-reduced uncertainty estimation for deep neural classifiers", ICLR 2019.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gendergpt.evaluation import metrics
from gendergpt.evaluation.figures import Curve, Figure

_POINTS = 60


def refusals(
    task: str, way: str, refused: Sequence[bool], unanswerable: Sequence[bool]
) -> list[Figure]:
    """Return precision, recall and F1 of refusing, counted against the labels."""
    predicted, gold = np.array(refused, bool), np.array(unanswerable, bool)
    counts = np.stack([predicted & gold, predicted, gold], axis=1).astype(np.float64)
    return [
        Figure(task, name, way, estimate, len(counts))
        for name, estimate in metrics.detection(counts).items()
    ]


def curve(
    task: str, confidence: str, values: Sequence[float], wrong: Sequence[bool]
) -> Curve | None:
    """Return risk by coverage, or None where all or none are wrong.

    Questions of the same confidence come together: their risk is shared.

    Args:
        task: its name.
        confidence: what ``values`` are.
        values: by question, higher is surer.
        wrong: by question, whether answering it is wrong.
    """
    from sklearn.metrics import roc_auc_score

    sure, bad = np.array(values, np.float64), np.array(wrong, np.float64)
    if len(set(wrong)) < 2:
        return None
    risk = _expected_wrong(sure, bad) / np.arange(1, len(bad) + 1)
    coverage = np.arange(1, len(bad) + 1) / len(bad)
    kept = np.unique(np.linspace(0, len(bad) - 1, min(_POINTS, len(bad))).round().astype(int))
    return Curve(
        task,
        confidence,
        tuple(coverage[kept].tolist()),
        tuple(risk[kept].tolist()),
        float(risk.mean()),
        float(roc_auc_score(1 - bad, sure)),
    )


def _expected_wrong(sure: metrics.Floats, bad: metrics.Floats) -> metrics.Floats:
    """Return how many of the first 1, 2, … are wrong; ties spread theirs evenly."""
    order = np.argsort(-sure, kind="stable")
    _, group = np.unique(-sure[order], return_inverse=True)
    rates = np.bincount(group, weights=bad[order]) / np.bincount(group)
    wrong: metrics.Floats = np.cumsum(rates[group])
    return wrong
