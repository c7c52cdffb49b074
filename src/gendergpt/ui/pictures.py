"""Routes for the pages of publications: a picture, and where the quoted words stand on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Query
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gendergpt.errors import DocumentNotFound, GenderGPTError, UnavailableError, UnreadableFile
from gendergpt.pagepictures import MOST_PIXELS, SHARPEST, PagePictures

ROUTES = re.compile(r"/documents/[\w-]{1,64}/pages/\d{1,6}(\.png|/boxes)", re.ASCII)
"""What paths these routes take; all else is shut."""

_PAGE = "/documents/{document_id}/pages/{number:int}"
_MOST_WAITING = 60
_MOST_SPANS = 40
_Made = TypeVar("_Made")


def add_routes(app: FastAPI, pictures: PagePictures) -> None:
    """Serve the pages that ``pictures`` draws."""
    routes = _Routes(pictures)
    app.add_api_route(f"{_PAGE}.png", routes.picture, methods=["GET"], response_model=None)
    app.add_api_route(f"{_PAGE}/boxes", routes.boxes, methods=["GET"], response_model=None)


class _Routes:
    def __init__(self, pictures: PagePictures) -> None:
        self._pictures = pictures
        # Waiting for a page must not hold the threads that the rest of the page is served from.
        self._one_at_a_time = CapacityLimiter(1)

    async def picture(
        self,
        request: Request,
        document_id: str,
        number: int,
        sharp: Annotated[int, Query(ge=1, le=SHARPEST)] = 1,
    ) -> Response:
        """Return a page as PNG; 404 with a sentence where there is none.

        ``sharp`` is how many times as wide and as high as usual the picture is, for looking closer.
        Browsers keep it but ask each time whether it is still to be had.
        """
        tag = f'"{document_id}-{number}-{MOST_PIXELS}-{sharp}"'
        headers = {
            "ETag": tag,
            "Cache-Control": "private, no-cache",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        try:
            if request.headers.get("if-none-match") == tag:
                await self._run(self._pictures.check, document_id)
                return Response(status_code=304, headers=headers)
            png = await self._run(self._pictures.picture, document_id, number, sharp)
        except GenderGPTError as error:
            missing = isinstance(error, DocumentNotFound | UnreadableFile)
            return PlainTextResponse(str(error), 404 if missing else 503)
        return Response(png, media_type="image/png", headers=headers)

    async def boxes(
        self,
        document_id: str,
        number: int,
        start: Annotated[list[int], Query(min_length=1, max_length=_MOST_SPANS)],
        end: Annotated[list[int], Query(min_length=1, max_length=_MOST_SPANS)],
    ) -> dict[str, Any]:
        """Return the page's width and height and boxes on it, in points from its upper left.

        Where the page cannot be shown, ``problem`` says why. That is no 404, which browsers would
        log as an error of the page.
        """
        spans = list(zip(start, end, strict=False))
        try:
            return asdict(await self._run(self._pictures.boxes, document_id, number, spans))
        except GenderGPTError as error:
            return {"problem": str(error)}

    async def _run(self, work: Callable[..., _Made], *arguments: object) -> _Made:
        """Have the work done in a thread, one piece after the other."""
        if self._one_at_a_time.statistics().tasks_waiting >= _MOST_WAITING:
            raise UnavailableError(
                "Many pages are being drawn just now. Open the source again in a moment."
            )
        return await to_thread.run_sync(work, *arguments, limiter=self._one_at_a_time)
