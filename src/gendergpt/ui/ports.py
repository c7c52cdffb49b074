"""What the web chat needs from an assistant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from gendergpt.glossary import Glossary
from gendergpt.types import Document, Event, Filters, Original, Page, Passage, Turn


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
class LookedUp(Protocol):
    """An assistant whose library can be looked up, so that answers of earlier can be checked."""

    @property
    def folder(self) -> Path:
        """The library's folder."""
        ...

    def documents(self) -> Sequence[Document]:
        """Return what the library holds now."""
        ...

    def page_text(self, document_id: str, number: int | None) -> str | None:
        """Return a page's own text (``number`` None: formats without pages), or None."""
        ...

    def passage(self, document_id: str, passage_id: str) -> Passage | None:
        """Return a passage of a document, or None."""
        ...


@runtime_checkable
class Suggesting(Protocol):
    """An assistant that can also name questions that its library answers."""

    def suggestions(self) -> Sequence[str]:
        """Return a few questions to begin with."""
        ...


@runtime_checkable
class Readable(Protocol):
    """An assistant whose library's documents can be read on."""

    def pages(self, document_id: str) -> Sequence[Page]:
        """Return a document's pages with their own text, none where it is not held."""
        ...

    def passages(self, document_id: str) -> Sequence[Passage]:
        """Return a document's passages in order, none where it is not held."""
        ...


def suggestions_of(assistant: AssistantLike) -> list[str]:
    """Return the assistant's example questions, or none where it offers none."""
    return list(assistant.suggestions()) if isinstance(assistant, Suggesting) else []


@runtime_checkable
class Catalogued(Protocol):
    """An assistant whose library also has catalogues that name publications to add."""

    def originals(self) -> Sequence[Original]:
        """Return the publications that the catalogues name, in the library or not."""
        ...


def originals_of(assistant: AssistantLike) -> list[Original]:
    """Return the publications that the library's catalogues name, or none without catalogues."""
    return list(assistant.originals()) if isinstance(assistant, Catalogued) else []


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


def glossary_of(assistant: object) -> Glossary:
    """Return the terms that the assistant's library explains, or none where it knows none."""
    return assistant.glossary() if isinstance(assistant, Explaining) else Glossary()
