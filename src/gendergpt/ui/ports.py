"""What the web chat needs from an assistant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from gendergpt.glossary import Glossary
from gendergpt.types import Document, Event, Filters, Turn


class AssistantLike(Protocol):
    """Whoever answers questions. Its methods are called from several threads at once."""

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        """Yield ``Retrieved``, then pieces of text, then the ``Answer``. History: oldest first."""
        ...

    def documents(self) -> Sequence[Document]:
        """Return what the library holds now; another process may have changed it meanwhile."""
        ...


@runtime_checkable
class Suggesting(Protocol):
    """An assistant that can also name questions that its library answers."""

    def suggestions(self) -> Sequence[str]:
        """Return a few questions to begin with."""
        ...


def suggestions_of(assistant: AssistantLike) -> list[str]:
    """Return the assistant's example questions, or none where it offers none."""
    return list(assistant.suggestions()) if isinstance(assistant, Suggesting) else []


@runtime_checkable
class Following(Protocol):
    """An assistant that can also name questions that go on from an answer."""

    def followups(self, history: Sequence[Turn], filters: Filters | None = None) -> Sequence[str]:
        """Return a few questions that the library answers; histories run to the newest turn."""
        ...


def followups_of(
    assistant: AssistantLike, history: Sequence[Turn], filters: Filters | None
) -> list[str]:
    """Return the questions that the assistant offers next, or none where it offers none."""
    return list(assistant.followups(history, filters)) if isinstance(assistant, Following) else []


@runtime_checkable
class Explaining(Protocol):
    """An assistant that also knows which terms its library explains."""

    def glossary(self) -> Glossary:
        """Return the terms and acronyms that the library explains now."""
        ...


def glossary_of(assistant: AssistantLike) -> Glossary:
    """Return the terms that the assistant's library explains, or none where it knows none."""
    return assistant.glossary() if isinstance(assistant, Explaining) else Glossary()
