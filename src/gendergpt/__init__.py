"""GenderGPT: cited answers on gender mainstreaming in border management, offline.

>>> from gendergpt import Filters, Settings, Turn, build_assistant, ingest
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gendergpt.assistant import Assistant, build_assistant
    from gendergpt.ingestion import ingest, remove
    from gendergpt.settings import Settings
    from gendergpt.types import (
        Answer,
        Citation,
        Document,
        Filters,
        Hit,
        IngestReport,
        Outcome,
        Passage,
        Retrieved,
        TextDelta,
        Turn,
    )

_HOMES = {
    "Assistant": "assistant",
    "build_assistant": "assistant",
    "ingest": "ingestion",
    "remove": "ingestion",
    "Settings": "settings",
    **dict.fromkeys(
        (
            "Answer",
            "Citation",
            "Document",
            "Filters",
            "Hit",
            "IngestReport",
            "Outcome",
            "Passage",
            "Retrieved",
            "TextDelta",
            "Turn",
        ),
        "types",
    ),
}

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Document",
    "Filters",
    "Hit",
    "IngestReport",
    "Outcome",
    "Passage",
    "Retrieved",
    "Settings",
    "TextDelta",
    "Turn",
    "build_assistant",
    "ingest",
    "remove",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that ``gendergpt --help`` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'gendergpt' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gendergpt.{_HOMES[name]}"), name)
