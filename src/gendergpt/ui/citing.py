"""Copying a citation or a quotation from a source card, and the route that words references."""

from __future__ import annotations

import json
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Query
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from gendergpt import csl
from gendergpt.errors import UsageError
from gendergpt.phrases import Phrases
from gendergpt.types import Citation, Kind
from gendergpt.ui.enumerations import even
from gendergpt.ui.markup import fill, safe

ROUTE = "/references"
"""What path the route takes."""

_LONGEST_ITEM = 8000
_LONGEST_PLACE = 600
_MOST_WAITING = 60


def copying(citation: Citation, say: Phrases) -> Markup:
    """Return the buttons that copy a citation and, where words are quoted, the quotation.

    ``static/tools.js`` fetches the reference when the card is opened and shows what is copied.
    """
    place = csl.place_of(citation)
    return fill(
        '<div class="cite" data-item="{item}" data-pages="{pages}" data-beside="{beside}" '
        'data-quotation="{quotation}"><div class="cite-row">{copy_quotation}'
        '<button type="button" class="tool" data-tool="citation">{copy}</button>'
        '<select class="cite-style" aria-label="{style}"><option value="footnote">{footnote}'
        '</option><option value="apa">APA 7</option><option value="chicago">Chicago</option>'
        '</select></div><p class="cited-as" lang="en" dir="ltr"></p></div>',
        item=json.dumps(csl.item(citation)),
        pages=place.pages,
        beside=place.beside,
        quotation=quotation(citation),
        copy_quotation=_copy_quotation(say) if citation.quote else Markup(""),
        copy=say.gettext("Copy citation"),
        style=say.gettext("Style of the citation"),
        footnote=say.gettext("Footnote"),
    )


def quotation(citation: Citation) -> str:
    """Return quoted words as they are copied: a publisher's in quotation marks, ours without."""
    words = even(citation.quote)
    ours = citation.document.kind is Kind.SUMMARY or not words
    return words if ours else f"“{words}”"


def _copy_quotation(say: Phrases) -> Markup:
    return fill(
        '<button type="button" class="tool" data-tool="quotation">{}</button>',
        say.gettext("Copy quotation"),
    )


def add_routes(app: FastAPI) -> None:
    """Serve references in all styles for an item of CSL-JSON, as a source card holds it."""
    one_at_a_time = CapacityLimiter(1)

    async def references(
        item: Annotated[str, Query(max_length=_LONGEST_ITEM)],
        pages: Annotated[str, Query(max_length=_LONGEST_PLACE)] = "",
        beside: Annotated[str, Query(max_length=_LONGEST_PLACE)] = "",
    ) -> Response:
        if one_at_a_time.statistics().tasks_waiting >= _MOST_WAITING:
            return JSONResponse({"problem": "Many references are being made. Try again."}, 503)
        try:
            made = await to_thread.run_sync(
                worded, item, csl.Place(pages, beside), limiter=one_at_a_time
            )
        except UsageError as error:
            return JSONResponse({"problem": str(error)}, 400)
        return JSONResponse(made, headers={"Cache-Control": "private, max-age=3600"})

    app.add_api_route(ROUTE, references, methods=["GET"], response_model=None)


def worded(item: str, place: csl.Place) -> dict[str, list[tuple[str, bool]]]:
    """Return a reference in each style, as stretches of text and whether they are in italics.

    Raises:
        UsageError: the item is no item of CSL-JSON.
    """
    try:
        read: Any = json.loads(item)
    except ValueError as error:
        raise UsageError(f"The item cannot be read as JSON: {error}.") from error
    if not isinstance(read, dict):
        raise UsageError("The item is no object of JSON.")
    return {
        style: [(safe(run.text), run.italic) for run in csl.reference(read, place, style)]
        for style in csl.STYLES
    }
