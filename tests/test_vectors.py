from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gendergpt.vectors import VectorStore


def test_vectors_come_back_in_the_order_of_their_keys(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "f" * 16)
    rows = np.eye(3, dtype=np.float32)
    store.add([7, 8, 9], [1, 1, 2], list(rows))
    assert np.allclose(store.of([9, 7]), rows[[2, 0]])
    with pytest.raises(KeyError):
        store.of([7, 10])
    store.close()
