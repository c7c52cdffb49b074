"""Routes for reading on: a document's section with quoted words marked, and what a page is called.

Both answer with JSON in which texts are only texts; ``static/viewer.js`` shows them as such.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import FastAPI, Query

from gendergpt import references
from gendergpt.errors import DocumentNotFound, GenderGPTError
from gendergpt.passages import page_ref
from gendergpt.phrases import phrases
from gendergpt.sections import section
from gendergpt.types import Document, PageRef, Span
from gendergpt.ui.ports import AssistantLike, Readable

ROUTES = re.compile(r"/documents/[\w-]{1,64}/(text|pages/\d{1,6}/place)", re.ASCII)
"""What paths these routes take; all else is shut."""

_MOST_SPANS = 40
_LONGEST = 10**9
_GONE = "This document is no longer in the library."
_NO_SECTION = "This document has no such section; if it has changed since, ask again."
_Offsets = Annotated[list[int], Query(max_length=_MOST_SPANS)]


def add_routes(app: FastAPI, assistant: AssistantLike) -> None:
    """Serve the texts of the documents that ``assistant`` holds."""
    routes = _Routes(assistant)
    path = "/documents/{document_id}"
    # Plain functions, so that Starlette runs them in threads of its own.
    app.add_api_route(f"{path}/text", routes.text, methods=["GET"])
    app.add_api_route(f"{path}/pages/{{number:int}}/place", routes.place, methods=["GET"])


class _Routes:
    def __init__(self, assistant: AssistantLike) -> None:
        self._assistant = assistant

    def text(
        self,
        document_id: str,
        start: _Offsets = [],  # noqa: B006 (FastAPI copies it)
        end: _Offsets = [],  # noqa: B006
        page: _Offsets = [],  # noqa: B006
        number: Annotated[int | None, Query(ge=1, le=_LONGEST)] = None,
        language: Annotated[str, Query(max_length=8)] = "en",
    ) -> dict[str, Any]:
        """Return section ``number``, by default the one of the first span, and what it is called.

        ``page`` is 0 for formats without pages. Where it cannot be shown, ``problem`` says why.
        """
        quoted = [_span(*each) for each in zip(page, start, end, strict=False)]
        try:
            document, held = self._held(document_id)
            found = section(held.pages(document_id), held.passages(document_id), quoted, number)
        except GenderGPTError as error:
            return {"problem": str(error)}
        if found is None:
            return {"problem": _NO_SECTION}
        spans = [Span(found.page, 0, 0)]
        where = references.place(spans, (), document, phrases(language)) if found.page else ""
        return asdict(found) | {"place": where}

    def place(
        self,
        document_id: str,
        number: int,
        language: Annotated[str, Query(max_length=8)] = "en",
    ) -> dict[str, Any]:
        """Return what a page is called: "p. 14 (PDF page 22)"."""
        try:
            document, held = self._held(document_id)
            pages = held.pages(document_id)
        except GenderGPTError as error:
            return {"problem": str(error)}
        known = (page_ref(each) for each in pages if each.number == number)
        page = next(known, None) or PageRef(number, None)
        return {"place": references.place([Span(page, 0, 0)], (), document, phrases(language))}

    def _held(self, document_id: str) -> tuple[Document, Readable]:
        """Return a document and who has its text.

        Raises:
            DocumentNotFound: it is not in the library, or its text cannot be had.
        """
        found = [each for each in self._assistant.documents() if each.id == document_id]
        if not found or not isinstance(self._assistant, Readable):
            raise DocumentNotFound(_GONE)
        return found[0], self._assistant


def _span(page: int, start: int, end: int) -> Span:
    return Span(PageRef(page, None) if page else None, start, end)
