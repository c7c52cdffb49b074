"""Two bits a dimension: what is kept of a vector, and the files they are kept in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gendergpt.tokens import HEADING, TokenStore, quantise, restore, rotate, rotation

Floats = NDArray[np.float32]


def unit(count: int, seed: int, dimensions: int = 384) -> Floats:
    rows = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("dimensions", [4, 32, 384])
def test_the_rotation_is_orthogonal_and_the_same_everywhere(dimensions: int) -> None:
    turned = rotation(dimensions)
    np.testing.assert_allclose(turned @ turned.T, np.eye(dimensions), atol=1e-5)
    rotation.cache_clear()
    assert (rotation(dimensions) == turned).all()


def test_the_rotation_has_not_changed() -> None:
    """Stored vectors of every library depend on it."""
    assert rotation(4)[0].tolist() == pytest.approx(PINNED, abs=1e-6)


PINNED = [-0.6570314, 0.1386489, -0.6038134, 0.4295295]


@hypothesis_settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_restored_vectors_point_the_same_way(seed: int) -> None:
    vectors = unit(20, seed)
    codes = quantise(vectors)
    assert codes.shape == (20, 96)
    assert codes.dtype == np.uint8
    restored = restore(codes)
    np.testing.assert_allclose(np.linalg.norm(restored, axis=1), 1, atol=1e-5)
    assert np.einsum("ij,ij->i", restored, rotate(vectors)).min() > 0.9


@hypothesis_settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_dot_products_are_nearly_kept(seed: int) -> None:
    """Also for vectors that are anything but random: near one axis, near one another."""
    question = unit(5, seed)
    passage = 0.7 * question[[0, 1, 2, 3, 4, 0]] + 0.3 * unit(6, seed + 1)
    passage[0] = np.eye(384, dtype=np.float32)[seed % 384]
    passage /= np.linalg.norm(passage, axis=1, keepdims=True)
    found = rotate(question) @ restore(quantise(passage)).T
    np.testing.assert_allclose(found, question @ passage.T, atol=0.12)
    assert np.abs(rotate(question) @ rotate(passage).T - question @ passage.T).max() < 1e-5


def test_each_code_survives_its_place_in_the_byte() -> None:
    """The four codes of a byte do not run into one another."""
    codes = np.arange(256, dtype=np.uint8).reshape(-1, 1)
    back = quantise(restore(codes) @ rotation(4).T)
    levels = np.array([[c >> shift & 3 for shift in (0, 2, 4, 6)] for c in range(256)])
    far = np.array([[c >> shift & 3 for shift in (0, 2, 4, 6)] for c in back[:, 0].tolist()])
    assert ((levels >= 2) == (far >= 2)).all(), "signs are kept for every byte"


def test_written_tokens_are_read_back(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens")
    first, second = unit(5, 1, 32), unit(3, 2, 32)
    starts = np.array([HEADING, 0, 4, 32_767, 90_000], np.int32)
    store.write(7, [(quantise(first), starts), (quantise(second), np.arange(3, dtype=np.int32))])
    for opened in (store, TokenStore(tmp_path / "tokens")):
        matrix = opened.read(7, 0, 5)
        np.testing.assert_array_equal(matrix.vectors, restore(quantise(first)))
        assert matrix.starts.tolist() == [HEADING, 0, 4, 32_767, 32_767]
        matrix = opened.read(7, 5, 3)
        np.testing.assert_array_equal(matrix.vectors, restore(quantise(second)))
        assert matrix.starts.tolist() == [0, 1, 2]
        assert len(opened.read(7, 8, 0).vectors) == 0


def test_revisions_come_and_go(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens")
    assert store.revisions() == set()
    tokens = [(quantise(unit(2, 1, 32)), np.arange(2, dtype=np.int32))]
    store.write(1, tokens)
    store.write(2, tokens)
    (tmp_path / "tokens" / "3.partial").write_bytes(b"half")
    assert store.revisions() == {1, 2}, "what is half written is not there"
    store.sweep_partial()
    assert sorted(p.name for p in (tmp_path / "tokens").iterdir()) == ["1.npy", "2.npy"]
    store.read(1, 0, 2)
    store.remove(1)
    store.remove(1)
    assert store.revisions() == {2}
    with pytest.raises(FileNotFoundError):
        store.read(1, 0, 2)
    with pytest.raises(FileNotFoundError):
        store.read(99, 0, 1)
