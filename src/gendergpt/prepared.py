"""A document on its way into the library: read, split, and encoded under its title and headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gendergpt.embedding import ENGLISH, Encoder
from gendergpt.tokens import HEADING, quantise
from gendergpt.types import Document, Page, Passage

BATCH_PASSAGES = 256
"""How many passages are encoded and written together."""
_LONGEST_CONTEXT = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is read, split and encoded, ready to be written.

    ``vectors`` holds one (d,) vector a passage, ``tokens`` its quantised token vectors (n, d/4) and
    their starts (n,). ``replaces`` names document ids that go when this one comes. ``correction``
    holds the fields that were corrected by hand. ``added`` is kept where a document is only written
    anew (None: now).
    """

    document: Document
    fingerprint: str
    pages: Sequence[Page]
    passages: Sequence[Passage]
    vectors: Sequence[NDArray[np.float32]]
    tokens: Sequence[tuple[NDArray[np.uint8], NDArray[np.int32]]]
    warnings: Sequence[str] = ()
    sources: Sequence[tuple[str, str | None]] = ()
    replaces: Sequence[str] = ()
    correction: Mapping[str, Any] = field(default_factory=dict)
    added: str | None = None


def context(document: Document, passage: Passage) -> str:
    """Return what stands above a passage: the document's title and the headings, once each.

    Where that is long, what is nearest to the passage is kept: it must leave the passage itself
    its room in the encoder's window.
    """
    parts = list(dict.fromkeys(part for part in (document.title, *passage.heading) if part))
    while len(parts) > 1 and sum(map(len, parts)) > _LONGEST_CONTEXT:
        parts.pop(0)
    return " › ".join(parts)[:_LONGEST_CONTEXT]


def encoded(batch: Sequence[Prepared], encoder: Encoder) -> list[Prepared]:
    """Give each document its vectors; passages of all documents are encoded together."""
    texts = [(item.document, passage) for item in batch for passage in item.passages]
    vectors: list[NDArray[np.float32]] = []
    tokens: list[tuple[NDArray[np.uint8], NDArray[np.int32]]] = []
    for start in range(0, len(texts), BATCH_PASSAGES):
        for vector, matrix in _encode(texts[start : start + BATCH_PASSAGES], encoder):
            vectors.append(vector)
            tokens.append(matrix)
    result, position = [], 0
    for item in batch:
        here = slice(position, position + len(item.passages))
        result.append(replace(item, vectors=vectors[here], tokens=tokens[here]))
        position = here.stop
    return result


def _encode(
    texts: Sequence[tuple[Document, Passage]], encoder: Encoder
) -> Iterator[tuple[NDArray[np.float32], tuple[NDArray[np.uint8], NDArray[np.int32]]]]:
    heads = [context(document, passage) for document, passage in texts]
    inputs = [f"{head}\n{passage.text}" for head, (_, passage) in zip(heads, texts, strict=True)]
    languages = [document.language or ENGLISH for document, _ in texts]
    encodings = encoder.encode(inputs, "document", languages)
    codes = quantise(np.concatenate([encoding.tokens for encoding in encodings]))
    ends = np.cumsum([len(encoding.tokens) for encoding in encodings])
    for head, encoding, end in zip(heads, encodings, ends, strict=True):
        starts = encoding.starts - len(head) - 1
        starts[starts < 0] = HEADING
        yield encoding.vector, (codes[end - len(starts) : end], starts)
