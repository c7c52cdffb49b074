"""Texts to vectors: the encoder's protocol and the sentence-transformers behind it.

One forward pass gives both the passage vector and the token vectors that late interaction needs.
torch and sentence-transformers are imported when an encoder is loaded, not before; nothing is ever
fetched from a model hub.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gendergpt.embedding import models
from gendergpt.embedding.centring import Role, centred, means
from gendergpt.embedding.models import DEFAULT

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ENGLISH = "en"
_BATCH = 16

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

    def encode(
        self, texts: Sequence[str], role: Role, languages: Sequence[str] | None = None
    ) -> list[Encoding]:
        """Return one encoding for each text, in order.

        Args:
            texts: any number of texts.
            role: whether they ask or tell.
            languages: the language of each text (ISO 639-1); English where it is not given.
        """
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model on this machine's processor, loaded with its first use.

    Args:
        name: a name of :data:`gendergpt.embedding.models.BUILT_IN`, or the folder of a model.
        precision: ``fp32``, ``bf16``, or ``auto`` (bf16 where the processor computes in it).
        plain: leave out what was measured and trained for a built-in model: the means of languages
            and the adapter for questions.

    Raises:
        ModelUnavailable: no such folder, altered weights, or a model without a fast tokenizer.
    """

    def __init__(self, name: str = DEFAULT, precision: str = "auto", plain: bool = False) -> None:
        found = models.source(name)
        self._source = replace(found, centred=False, adapter=None) if plain else found
        self.name, self.fingerprint = self._source.name, self._source.fingerprint
        self._precision = precision
        self._loading = threading.Lock()

    @functools.cached_property
    def _model(self) -> SentenceTransformer:
        return models.load(self._source, self._precision)

    def load(self) -> None:
        """Load the weights now, which takes seconds, rather than with the first text."""
        with self._loading:
            self._model.max_seq_length  # noqa: B018

    def encode(
        self, texts: Sequence[str], role: Role, languages: Sequence[str] | None = None
    ) -> list[Encoding]:
        """Return one :class:`Encoding` for each text, in order."""
        if not texts:
            return []
        self.load()
        prompt = _prompt(self._model, role)
        inputs = [prompt + text for text in texts]
        tokenised = self._model.tokenizer(
            inputs,
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
        )
        lengths = [len(ids) for ids in tokenised["input_ids"]]
        order = sorted(range(len(texts)), key=lambda index: -lengths[index])
        results: dict[int, Encoding] = {}
        with models.in_role(role):
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                some = [inputs[index] for index in batch]
                encodings = self._forward(tokenised, batch, some, len(prompt))
                results.update(zip(batch, encodings, strict=True))
        made = [results[index] for index in range(len(texts))]
        if not self._source.centred:
            return made
        spoken = languages or [ENGLISH] * len(texts)
        return [_moved(*each, role) for each in zip(made, spoken, strict=True)]

    def _forward(
        self, tokenised: Any, batch: Sequence[int], texts: Sequence[str], skip: int
    ) -> list[Encoding]:
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
        mapping = tokenised["offset_mapping"]
        offsets = [np.array(mapping[index], np.int64).reshape(-1, 2) for index in batch]
        return _encodings(vectors.numpy(), tokens.numpy(), offsets, texts, skip)


def _padded(rows: Sequence[Sequence[int]], value: int) -> NDArray[np.int64]:
    """Return rows of different lengths as one (len(rows), longest) matrix."""
    matrix = np.full((len(rows), max(map(len, rows))), value, np.int64)
    for index, row in enumerate(rows):
        matrix[index, : len(row)] = row
    return matrix


def _encodings(
    vectors: Vectors,
    tokens: Vectors,
    offsets: Sequence[NDArray[np.int64]],
    texts: Sequence[str],
    skip: int,
) -> list[Encoding]:
    """Keep the tokens that stand for characters after the first ``skip`` (the prompt).

    ``texts`` are with the prompt. A token of SentencePiece begins with the space before its word;
    here it begins with the word.
    """
    results = []
    for vector, rows, pairs, text in zip(vectors, tokens, offsets, texts, strict=True):
        spans = [(start + _blank(text[start:end]), end) for start, end in pairs.tolist()]
        kept = np.array([skip <= start < end for start, end in spans], bool)
        stretches = np.array(spans, np.int32)[kept] - skip
        results.append(Encoding(vector, rows[: len(spans)][kept], stretches[:, 0], stretches[:, 1]))
    return results


def _blank(text: str) -> int:
    """Return how many characters at the beginning of a text cannot be seen."""
    seen = (index for index, c in enumerate(text) if c.isprintable() and not c.isspace())
    return next(seen, len(text))


def _moved(encoding: Encoding, language: str, role: Role) -> Encoding:
    """Take the language out of an encoding."""
    mean = means(role, language)
    return replace(
        encoding,
        vector=centred(encoding.vector, mean.passage),
        tokens=centred(encoding.tokens, mean.token),
    )


def _prompt(model: SentenceTransformer, role: Role) -> str:
    prompts = model.prompts or {}
    keys = ("query",) if role == "query" else ("document", "passage", "corpus")
    return next((prompt for key in keys if (prompt := prompts.get(key))), "")
