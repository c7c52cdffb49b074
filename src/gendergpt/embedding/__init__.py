"""Texts to vectors: encoders, where their weights come from, and what is done to the vectors."""

from gendergpt.embedding.centring import Role
from gendergpt.embedding.encoder import ENGLISH, Encoder, Encoding, SentenceTransformerEncoder
from gendergpt.embedding.models import (
    BUILT_IN,
    DEFAULT,
    E5,
    MINILM,
    fingerprint,
    has_bf16,
    source,
)

__all__ = [
    "BUILT_IN",
    "DEFAULT",
    "E5",
    "ENGLISH",
    "MINILM",
    "Encoder",
    "Encoding",
    "Role",
    "SentenceTransformerEncoder",
    "fingerprint",
    "has_bf16",
    "source",
]
