"""Routes for shared answers: one that takes an answer, and a plain page that shows it."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import resources

from anyio import to_thread
from fastapi import FastAPI
from markupsafe import Markup
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from gendergpt.errors import GenderGPTError, SharedAnswerMissing, UnavailableError
from gendergpt.kept import Kept
from gendergpt.phrases import phrases
from gendergpt.revisiting import revisit
from gendergpt.sharing import Shared
from gendergpt.ui import beneath, render
from gendergpt.ui.markup import fill
from gendergpt.ui.memory import LARGEST, Memory
from gendergpt.ui.notices import notices
from gendergpt.ui.ports import LookedUp, glossary_of

ROUTES = re.compile(r"/answers(/[^/]{0,64})?", re.ASCII)
"""What paths these routes take; all else is shut."""

_OWN_FILES = re.compile(r'<link rel="stylesheet" href="\./ui/.*|<script src="\./ui/.*')
_SOURCE = re.compile(r'<aside id="source".*?</aside>', re.DOTALL)
_MOST_BYTES = 4 * LARGEST
_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Offered(BaseModel):
    """What is sent to be shared: an answer as the browser keeps it."""

    sealed: str = Field(max_length=LARGEST)


class _Refused(Exception):
    """A request that is none of ours; its text is the status."""


def add_routes(app: FastAPI, library: LookedUp, memory: Memory, shared: Shared) -> None:
    """Serve the shared answers of a library."""
    routes = _Routes(library, memory, shared)
    app.add_api_route("/answers", routes.add, methods=["POST"], response_model=None)
    app.add_api_route("/answers/{name}", routes.show, methods=["GET"], response_model=None)


class _Routes:
    def __init__(self, library: LookedUp, memory: Memory, shared: Shared) -> None:
        self._library = library
        self._memory = memory
        self._shared = shared

    async def add(self, request: Request) -> Response:
        """Put an answer of ours down; return its address, or ``problem``: why that cannot be.

        A problem is no error of HTTP, which browsers would log as one of the page.
        """
        try:
            sealed = (await _offered(request)).sealed
            name = await to_thread.run_sync(lambda: self._shared.add(self._memory.opened(sealed)))
        except _Refused as refused:
            return PlainTextResponse("Not an answer", int(str(refused)))
        except GenderGPTError as error:
            return JSONResponse({"problem": str(error)}, headers=_PRIVATE)
        return JSONResponse({"address": f"answers/{name}"}, headers=_PRIVATE)

    async def show(self, name: str) -> Response:
        """Return the page of a shared answer; 404 with a sentence where there is none."""
        try:
            page = await to_thread.run_sync(self._page, name)
        except SharedAnswerMissing as error:
            return HTMLResponse(problem_page(str(error)), 404, headers=_PRIVATE)
        except UnavailableError as error:
            return HTMLResponse(problem_page(str(error)), 503, headers=_PRIVATE)
        except GenderGPTError as error:
            return HTMLResponse(problem_page(str(error)), 410, headers=_PRIVATE)
        return HTMLResponse(page, headers=_PRIVATE)

    def _page(self, name: str) -> str:
        return answer_page(self._shared.get(name), self._library)


async def _offered(request: Request) -> Offered:
    """Read what is sent. Only JSON is taken: the forms of other sites cannot send it."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise _Refused(415)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise _Refused(413)
    try:
        return Offered.model_validate_json(bytes(body))
    except ValidationError:
        raise _Refused(422) from None


def answer_page(kept: Kept, library: LookedUp) -> str:
    """Return the page of a kept answer, as the library of now allows it to be shown."""
    seen = revisit(kept, library)
    titles = {document.id: document.title for document in library.documents()}
    turn = render.finished(
        1,
        seen.answer,
        seen.passages,
        titles,
        kept.only,
        glossary_of(library),
        before=notices(seen.notices, phrases(seen.answer.language)),
        beneath=beneath.printing(1, seen.answer),
    )
    about = fill(
        '<p class="shared-when">A shared answer of {}, as the library gave it then '
        "(generation {}).</p>",
        day(kept.at),
        seen.answer.generation,
    )
    return _page(seen.answer.question, about + Markup(render.settled(turn)))


def problem_page(message: str) -> str:
    """Return the page that says why there is no answer to show."""
    return _page("No shared answer", fill('<p class="outcome none">{}</p>', message))


def day(at: str) -> str:
    """Return the day of an ISO 8601 time in words: "5 March 2026"; what is no time stays."""
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        return at
    return f"{when.day} {when:%B} {when.year}"


def _page(title: str, body: Markup) -> str:
    """Fill the page's frame; style sheets, scripts and the source panel are those of the chat."""
    chat = _static("page.html")
    values = {
        "title": fill("{}", title),
        "body": body,
        "files": "\n".join(_OWN_FILES.findall(chat)),
        "source": "".join(_SOURCE.findall(chat)),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: str(values[match[1]]), _static("shared.html"))


def _static(name: str) -> str:
    return (resources.files("gendergpt.ui") / "static" / name).read_text("utf-8")
