"""Routes for whoever keeps the library: what people send, and what was not answered."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Annotated

from anyio import to_thread
from fastapi import FastAPI
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from gendergpt import feedback
from gendergpt.errors import GenderGPTError
from gendergpt.feedback import Cited, Entry, Reason, Verdict
from gendergpt.gaps import Gap, gaps, note
from gendergpt.settings import Settings
from gendergpt.types import Answer
from gendergpt.ui.markup import count, fill, join
from gendergpt.ui.ports import AssistantLike

ROUTES = frozenset({"/feedback", "/gaps"})
"""What paths these routes take."""

_MOST_BYTES = 64_000
_MOST_A_MINUTE = 60
_MOST_A_MINUTE_EACH = 12
_MOST_VISITORS = 1000
log = logging.getLogger(__name__)


class _SentCited(BaseModel):
    model_config = ConfigDict(extra="forbid")
    document: Annotated[str, Field(max_length=64)]
    place: Annotated[str, Field(max_length=feedback.LONGEST_NAME)]
    quote: Annotated[str, Field(max_length=feedback.LONGEST_QUOTE)]


class _Sent(BaseModel):
    """What the page sends; everything is bounded, and nothing else is taken."""

    model_config = ConfigDict(extra="forbid")
    verdict: Verdict
    question: Annotated[str, Field(max_length=feedback.LONGEST_QUESTION)]
    outcome: Annotated[str, Field(max_length=40)] = ""
    reason: Reason | None = None
    comment: Annotated[str, Field(max_length=feedback.LONGEST_COMMENT)] = ""
    cited: Annotated[list[_SentCited], Field(max_length=feedback.MOST_CITED)] = []


def add_routes(app: FastAPI, assistant: AssistantLike, settings: Settings) -> None:
    """Serve both routes; the list of unanswered questions only where the settings keep them."""
    routes = _Routes(assistant, settings)
    app.add_api_route("/feedback", routes.feedback, methods=["POST"], response_model=None)
    if settings.keep_gaps:
        app.add_api_route("/gaps", routes.gaps, methods=["GET"], response_model=None)


def gap_keeper(settings: Settings) -> Callable[[Answer], None]:
    """Return what keeps unanswered questions; it never disturbs the answer."""

    def keep(answer: Answer) -> None:
        try:
            note(settings, answer)
        except GenderGPTError as error:
            log.warning("%s", error)

    return keep


class _Routes:
    def __init__(self, assistant: AssistantLike, settings: Settings) -> None:
        self._assistant = assistant
        self._library = settings.library.expanduser()
        self._pace = Pace()

    async def feedback(self, request: Request) -> Response:
        """Keep what somebody sent; a sentence says why, where that cannot be."""
        if refusal := _refused(request):
            return refusal
        try:
            sent = _Sent.model_validate_json(await request.body())
        except ValidationError:
            return PlainTextResponse("This is not what the page sends.", 400)
        if not self._pace.allows(request.client.host if request.client else ""):
            return PlainTextResponse("Too much was sent within a minute. Try again later.", 429)
        try:
            await to_thread.run_sync(self._keep, sent)
        except GenderGPTError as error:
            return PlainTextResponse(str(error), 503)
        return Response(status_code=204)

    def _keep(self, sent: _Sent) -> None:
        titles = {document.id: document.title for document in self._assistant.documents()}
        cited = tuple(
            Cited(each.document, titles.get(each.document, ""), each.place, each.quote)
            for each in sent.cited
        )
        entry = Entry(sent.verdict, sent.question, sent.outcome, sent.reason, sent.comment, cited)
        feedback.keep(self._library, entry)

    async def gaps(self) -> Response:
        """Return the list of questions that were not answered, as a page."""
        try:
            found = await to_thread.run_sync(gaps, self._library)
        except GenderGPTError as error:
            return PlainTextResponse(str(error), 503)
        return HTMLResponse(gaps_page(found), headers={"Cache-Control": "no-store"})


def _refused(request: Request) -> Response | None:
    """Refuse what another site's page could send, and what is too long."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    elsewhere = request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    if kind != "application/json" or elsewhere:
        return PlainTextResponse("Only this page's own forms are taken.", 403)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _MOST_BYTES:
        return PlainTextResponse("This is too long.", 413)
    return None


class Pace:
    """How much may be sent within a minute, by one visitor and by all together."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all: deque[float] = deque()
        self._each: dict[str, deque[float]] = {}

    def allows(self, visitor: str) -> bool:
        """Say whether a visitor may send something now, and count it if so."""
        if len(self._each) > _MOST_VISITORS:
            self._each.clear()
        own = self._each.setdefault(visitor, deque())
        now = self._clock()
        for times in (self._all, own):
            while times and now - times[0] >= 60:
                times.popleft()
        if len(self._all) >= _MOST_A_MINUTE or len(own) >= _MOST_A_MINUTE_EACH:
            return False
        self._all.append(now)
        own.append(now)
        return True


# --- the list of unanswered questions ------------------------------------------------------------

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>Questions without an answer</title>'
    '<link rel="icon" href="./ui/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="./ui/chat.css"><link rel="stylesheet" href="./ui/tools.css">'
    '</head><body><main class="gaps"><p><a href="./">GenderGPT</a></p>'
    "<h1>Questions without an answer</h1><p>{intro}</p>{table}</main></body></html>"
)
_INTRO = (
    "{} so far. Questions that differ only in capitals, marks and small words are counted together."
)


def gaps_page(found: Sequence[Gap]) -> str:
    """Return the page that lists the questions that were not answered."""
    intro = fill(_INTRO, count(len(found), "question")) if found else "There is none so far."
    return str(fill(_PAGE, intro=intro, table=_table(found) if found else Markup("")))


def _table(found: Sequence[Gap]) -> Markup:
    rows = join(
        fill(
            '<tr><td class="number">{}</td><th scope="row" dir="auto" lang="{}">{}{}</th>'
            "<td>{}</td><td>{}</td><td><ul>{}</ul></td></tr>",
            gap.count,
            gap.language,
            gap.question,
            _missing(gap),
            _day(gap.first),
            _day(gap.last),
            join(fill('<li dir="auto">{}</li>', source) for source in gap.nearest),
        )
        for gap in found
    )
    heads = join(
        fill('<th scope="col">{}</th>', head)
        for head in ("Asked", "Question", "First", "Last", "What came nearest")
    )
    return fill(
        '<div class="wide" tabindex="0" role="region" aria-label="The questions"><table><thead>'
        "<tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        heads,
        rows,
    )


def _missing(gap: Gap) -> Markup:
    if not gap.missing:
        return Markup("")
    return fill('<p class="missing">Not found: {}</p>', "; ".join(gap.missing))


def _day(at: str) -> Markup:
    return fill('<time datetime="{}">{}</time>', at, at[:10])
