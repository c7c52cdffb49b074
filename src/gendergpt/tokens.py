"""Token vectors on disk: two bits a dimension, one memory-mapped file per revision of a document.

A random rotation makes the coordinates of a unit vector close to independent normal variables, for
which the best two-bit quantiser is known (Max, "Quantizing for minimum distortion", 1960). The
rotation is the same everywhere (fixed seed) and is applied to the question's vectors instead of
being undone on the stored ones, since it changes no dot product.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LEVELS = np.array([-1.510, -0.4528, 0.4528, 1.510], np.float32)
_THRESHOLDS = np.array([-0.9816, 0.0, 0.9816], np.float32)
_SEED = 20201031
HEADING = -1
"""``starts`` of tokens that stand in the heading before a passage, not in the passage itself."""


@dataclass(frozen=True, slots=True)
class TokenMatrix:
    """The tokens of one passage: ``vectors`` (n, d), rotated; ``starts`` (n,) in its text."""

    vectors: Floats
    starts: NDArray[np.int16]


@functools.cache
def rotation(dimensions: int) -> Floats:
    """Return the (d, d) random rotation that all stored token vectors were turned by."""
    normal = np.random.default_rng(_SEED).standard_normal((dimensions, dimensions))
    orthogonal, upper = np.linalg.qr(normal)
    signs = np.sign(np.diag(upper))
    return np.ascontiguousarray((orthogonal * signs).T, dtype=np.float32)


def rotate(vectors: Floats) -> Floats:
    """Turn (n, d) vectors into the space of the stored ones."""
    return np.asarray(vectors @ rotation(int(vectors.shape[-1])), np.float32)


def quantise(vectors: Floats) -> NDArray[np.uint8]:
    """Turn (n, d) unit vectors into (n, d/4) bytes; d must be a multiple of 4."""
    scaled = rotate(vectors) * np.float32(np.sqrt(vectors.shape[1]))
    codes = np.zeros(scaled.shape, np.uint8)
    for threshold in _THRESHOLDS:
        codes += scaled > threshold
    groups: NDArray[np.uint8] = codes.reshape(len(vectors), vectors.shape[1] // 4, 4)
    low, high = groups[:, :, 0] | groups[:, :, 1] << 2, groups[:, :, 2] << 4 | groups[:, :, 3] << 6
    return np.asarray(low | high, np.uint8)


def restore(codes: NDArray[np.uint8]) -> Floats:
    """Turn (n, d/4) bytes into (n, d) vectors of length 1, still rotated."""
    vectors = _table()[codes].reshape(len(codes), codes.shape[1] * 4)
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    vectors /= norms[:, None]
    return vectors


@functools.cache
def _table() -> Floats:
    codes = np.arange(256)
    return np.stack([_LEVELS[codes >> shift & 3] for shift in (0, 2, 4, 6)], axis=1)


def _dtype(width: int) -> np.dtype[np.void]:
    return np.dtype([("start", "<i2"), ("codes", "u1", (width,))])


class TokenStore:
    """A folder with one ``.npy`` file per revision; files are written once and never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[int, NDArray[np.void]] = {}

    def write(
        self, revision: int, tokens: Sequence[tuple[NDArray[np.uint8], NDArray[np.int32]]]
    ) -> None:
        """Store the tokens of a revision's passages, in order.

        Args:
            revision: the revision's number; its file must not be there yet.
            tokens: for each passage, its (n, d/4) quantised vectors and (n,) starts in its text.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        codes = np.concatenate([matrix for matrix, _ in tokens])
        rows = np.zeros(len(codes), _dtype(codes.shape[1]))
        rows["codes"] = codes
        rows["start"] = np.concatenate([starts for _, starts in tokens]).clip(HEADING, 32767)
        partial = self._path(revision).with_suffix(".partial")
        with partial.open("wb") as stream:
            np.save(stream, rows)
        partial.replace(self._path(revision))

    def read(self, revision: int, first: int, count: int) -> TokenMatrix:
        """Return ``count`` tokens of a revision from the ``first`` on.

        Raises:
            FileNotFoundError: the revision has no file.
        """
        rows = self._rows(revision)[first : first + count]
        return TokenMatrix(restore(rows["codes"]), rows["start"])

    def read_many(self, places: Sequence[tuple[int, int, int]]) -> list[TokenMatrix | None]:
        """Return the tokens at many places (revision, first, count), restored in one go.

        A place in a revision without a file gives None: its document was removed a moment ago.
        """
        found: list[NDArray[np.void] | None] = []
        for revision, first, count in places:
            try:
                found.append(self._rows(revision)[first : first + count])
            except FileNotFoundError:
                found.append(None)
        present = [rows for rows in found if rows is not None]
        if not present:
            return [None] * len(found)
        vectors = restore(np.concatenate([rows["codes"] for rows in present]))
        ends = iter(np.cumsum([len(rows) for rows in present]).tolist())
        return [
            None if rows is None else TokenMatrix(
                vectors[(end := next(ends)) - len(rows) : end], rows["start"]
            )
            for rows in found
        ]  # fmt: skip

    def _rows(self, revision: int) -> NDArray[np.void]:
        if revision not in self._open:
            self._open[revision] = np.load(self._path(revision), mmap_mode="r")
        return self._open[revision]

    def revisions(self) -> set[int]:
        """Return the revisions that have a file."""
        return {int(path.stem) for path in self._folder.glob("*.npy")}

    def remove(self, revision: int) -> None:
        """Remove a revision's file; it may be gone already."""
        self._open.pop(revision, None)
        self._path(revision).unlink(missing_ok=True)

    def sweep_partial(self) -> int:
        """Remove what a broken-off write left behind; return how many files that were."""
        partial = list(self._folder.glob("*.partial"))
        for path in partial:
            path.unlink(missing_ok=True)
        return len(partial)

    def _path(self, revision: int) -> Path:
        return self._folder / f"{revision}.npy"
