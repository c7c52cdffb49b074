"""Gradient-boosted trees as plain arrays: evaluated with numpy, trained elsewhere.

``scripts/train_answering.py`` trains them with scikit-learn's HistGradientBoostingClassifier and
writes the arrays. A file of arrays runs no code when it is read, and outlives scikit-learn's
versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_NAMES = ("features", "thresholds", "left", "right", "missing_left", "values", "roots")


@dataclass(frozen=True, slots=True)
class Forest:
    """All nodes of all trees in one row; ``roots`` (trees,) says where each tree begins.

    A leaf is its own child to the left and to the right, and ``values`` is added up over the
    leaves; ``baseline`` is added to the sum.
    """

    features: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    missing_left: NDArray[np.bool_]
    values: NDArray[np.float64]
    roots: NDArray[np.int64]
    baseline: float
    depth: int

    def logits(self, rows: Floats) -> NDArray[np.float64]:
        """Return the (n,) log-odds of (n, features) rows; NaN is a missing value."""
        places = np.tile(self.roots, (len(rows), 1))
        number = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            seen = rows[number, self.features[places]]
            missing = np.isnan(seen)
            goes_left = np.where(
                missing, self.missing_left[places], seen <= self.thresholds[places]
            )
            places = np.where(goes_left, self.left[places], self.right[places])
        return np.asarray(self.values[places].sum(axis=1) + self.baseline)


def restored(arrays: Mapping[str, NDArray[np.generic]], prefix: str) -> Forest:
    """Return the forest whose arrays have names that begin with ``prefix``."""
    parts = {name: np.asarray(arrays[f"{prefix}.{name}"]) for name in _NAMES}
    return Forest(
        parts["features"].astype(np.int64),
        parts["thresholds"].astype(np.float64),
        parts["left"].astype(np.int64),
        parts["right"].astype(np.int64),
        parts["missing_left"].astype(np.bool_),
        parts["values"].astype(np.float64),
        parts["roots"].astype(np.int64),
        float(arrays[f"{prefix}.baseline"]),
        int(arrays[f"{prefix}.depth"]),
    )
