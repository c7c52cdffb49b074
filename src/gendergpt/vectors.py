"""Passage vectors in Chroma: one collection per encoder, keyed by the ledger's passage keys."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gendergpt.errors import UnavailableError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_LARGEST_BATCH = 4000


class VectorStore:
    """The vectors of one encoder.

    A Chroma client that stays open does not see what another process writes; :meth:`reopen` makes
    it look again.

    Args:
        folder: where Chroma keeps its files.
        fingerprint: of the encoder's weights; it names the collection.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self.name = f"passages-{fingerprint[:16]}"
        self._lock = threading.RLock()
        self._client: ClientAPI | None = None
        self._collection: Any = None

    def add(
        self,
        keys: Sequence[int],
        revisions: Sequence[int],
        vectors: Sequence[NDArray[np.float32]],
    ) -> None:
        """Add vectors of shape (d,) under their passages' keys, each with its revision."""
        for start in range(0, len(keys), _LARGEST_BATCH):
            batch = slice(start, start + _LARGEST_BATCH)
            self._opened().upsert(
                ids=[str(key) for key in keys[batch]],
                embeddings=np.stack(vectors[batch]),
                metadatas=[{"revision": revision} for revision in revisions[batch]],
            )

    def query(
        self, vector: NDArray[np.float32], limit: int, revisions: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``limit`` pairs of key and cosine similarity, best first.

        Args:
            vector: shape (d,), length 1.
            limit: most pairs to return.
            revisions: only passages of these revisions; None for all.
        """
        where = None if revisions is None else {"revision": {"$in": sorted(revisions)}}
        with self._lock:
            found = self._opened().query(
                query_embeddings=[vector], n_results=limit, where=where, include=["distances"]
            )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(int(key), 1.0 - float(distance)) for key, distance in pairs]

    def of(self, keys: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors (n, d) under keys; one that is not there raises a KeyError."""
        names = [str(key) for key in keys]
        with self._lock:
            found = self._opened().get(ids=names, include=["embeddings"])
        vectors = dict(zip(found["ids"], found["embeddings"], strict=True))
        return np.stack([np.asarray(vectors[name], np.float32) for name in names])

    def remove(self, revision: int) -> None:
        """Remove all vectors of a revision."""
        self._opened().delete(where={"revision": revision})

    def remove_keys(self, keys: Sequence[int]) -> None:
        """Remove single vectors by their passages' keys."""
        for start in range(0, len(keys), _LARGEST_BATCH):
            self._opened().delete(ids=[str(key) for key in keys[start : start + _LARGEST_BATCH]])

    def count(self) -> int:
        """Return the number of vectors."""
        with self._lock:
            return int(self._opened().count())

    def keys(self) -> set[int]:
        """Return the keys of all vectors."""
        with self._lock:
            return {int(key) for key in self._opened().get(include=[])["ids"]}

    def reopen(self) -> None:
        """Forget what is in memory, so that the next call sees what is on disk."""
        with self._lock:
            self.close()

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._client is not None:
                self._client.close()  # type: ignore[attr-defined]
            self._client = self._collection = None

    def _opened(self) -> Any:
        with self._lock:
            if self._collection is None:
                import chromadb
                from chromadb.config import Settings
                from chromadb.errors import ChromaError

                try:
                    self._client = chromadb.PersistentClient(
                        str(self.folder), Settings(anonymized_telemetry=False)
                    )
                    self._collection = self._client.get_or_create_collection(
                        self.name, embedding_function=None, metadata={"hnsw:space": "cosine"}
                    )
                except ChromaError as error:
                    raise UnavailableError(
                        f"The library's vectors in {self.folder} cannot be used: {error}. Restore "
                        "them from a copy, or remove the library's folder and ingest again."
                    ) from error
            return self._collection
