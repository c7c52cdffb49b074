import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from gendergpt.forest import Floats, restored
from scripts.train_answering import _as_arrays, _compact


@pytest.fixture(scope="module")
def rows() -> Floats:
    table = np.random.default_rng(1).standard_normal((300, 6)).astype(np.float32)
    table[::7, 2] = np.nan
    return table


def test_arrays_say_what_scikit_learn_says(rows: Floats) -> None:
    gold = (rows[:, 0] + np.nan_to_num(rows[:, 2], nan=2.0) > 0.4).astype(int)
    trees = HistGradientBoostingClassifier(max_iter=12, random_state=0).fit(rows, gold)
    arrays = {f"x.{name}": np.asarray(value) for name, value in _compact(_as_arrays(trees)).items()}
    ours = restored(arrays, "x").logits(rows)
    assert np.allclose(ours, trees.decision_function(rows), atol=1e-4)
    assert ours.std() > 0.5
